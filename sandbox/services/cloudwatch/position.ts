import { AwsError } from '../../http/errors.ts';

/** Where the next page of GetMetricData begins: a query by its place in the request, and a point of it. */
export interface Position {
  readonly query: number;
  readonly point: number;
}

/** As a NextToken. */
export const writePosition = ({ query, point }: Position): string =>
  Buffer.from(`${query}+${point}`).toString('base64');

/** @throws AwsError InvalidNextToken */
export function readPosition(token: string): Position {
  const match = /^(\d+)\+(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  if (!match) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  return { query: Number(match[1]), point: Number(match[2]) };
}
