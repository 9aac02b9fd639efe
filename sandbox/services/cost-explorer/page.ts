import { createHash } from 'node:crypto';
import type { ResultByTime } from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../http/errors.ts';
import type { CostRequest } from './answer.ts';

/** Where a page begins. All pages of an answer show what was known when the first was asked for. */
export interface Position {
  readonly asOf: number;
  /** Counted over all periods: a group is one row, and so is a period without groups. */
  readonly row: number;
}

export const firstRow = (now: Date): Position => ({ asOf: now.getTime(), row: 0 });

interface Cut {
  readonly input: CostRequest;
  readonly start: Position;
  readonly groupsPerPage: number;
}

/** Pages are cut between groups, not between periods: a period may go on with the next page. */
export function cutPage(results: readonly ResultByTime[], { input, start, groupsPerPage }: Cut) {
  const end = start.row + groupsPerPage;
  let row = 0;
  const shown = results.flatMap((result): ResultByTime[] => {
    const { Groups = [] } = result;
    const first = row;
    row += Math.max(1, Groups.length);
    if (first >= end || row <= start.row) return [];
    return [{ ...result, Groups: Groups.slice(Math.max(0, start.row - first), end - first) }];
  });
  return {
    ResultsByTime: shown,
    ...(row > end ? { NextPageToken: writeToken({ asOf: start.asOf, row: end }, input) } : {}),
  };
}

const writeToken = (position: Position, input: CostRequest): string =>
  Buffer.from(JSON.stringify({ ...position, of: digest(input) })).toString('base64');

/** @throws AwsError InvalidNextTokenException, or RequestChangedException for the token of another request */
export function readToken(token: string, input: CostRequest): Position {
  const { asOf, row, of } = parsed(token);
  if (typeof asOf !== 'number' || typeof row !== 'number') throw unknownToken();
  if (of === digest(input)) return { asOf, row };
  throw new AwsError(
    'RequestChangedException',
    'Your request parameters changed between pages. Try again with the old parameters or without a pagination token.',
  );
}

const digest = ({ NextPageToken: _, ...parameters }: CostRequest): string =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('base64');

function parsed(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>;
  } catch {
    throw unknownToken();
  }
}

const unknownToken = (): AwsError =>
  new AwsError('InvalidNextTokenException', 'The pagination token is invalid. Try again without a pagination token.');
