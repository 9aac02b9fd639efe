import { createHash } from 'node:crypto';
import type { LookupEventsRequest } from '@aws-sdk/client-cloudtrail';
import { HOUR } from '../../clock.ts';
import { AwsError } from '../../http/errors.ts';

/** The last event that was shown. */
interface Position {
  readonly at: number;
  readonly index: number;
}

/** A token is good for so long. */
const LIFETIME = HOUR;

export const writeToken = (position: Position, request: LookupEventsRequest, now: Date): string =>
  Buffer.from(JSON.stringify({ ...position, of: digest(request), issued: now.getTime() })).toString('base64');

/** @throws AwsError InvalidNextTokenException for a token that is old, of another request, or nobody's */
export function readToken(token: string, request: LookupEventsRequest, now: Date): Position {
  const { at, index, of, issued } = parsed(token);
  if (of !== digest(request) || !(now.getTime() - Number(issued) <= LIFETIME)) throw invalid();
  return { at: Number(at), index: Number(index) };
}

const digest = ({ NextToken: _, ...parameters }: LookupEventsRequest): string =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('base64');

function parsed(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>;
  } catch {
    throw invalid();
  }
}

const invalid = (): AwsError =>
  new AwsError(
    'InvalidNextTokenException',
    'Invalid token or token that was previously used in a request with different parameters.',
  );
