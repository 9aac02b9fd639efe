import { AwsError } from '../../http/errors.ts';

/** @throws AwsError ValidationError when more is asked for than a page holds */
export function checkMaxRecords(asked: number, largest: number): void {
  if (asked >= 1 && asked <= largest) return;
  const limit = asked < 1 ? 'greater than or equal to 1' : `less than or equal to ${largest}`;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${asked}' at 'maxRecords' failed to satisfy constraint: Member must have value ${limit}`,
  );
}

export const invalidToken = (): AwsError => new AwsError('InvalidNextToken', 'The NextToken value is not valid.');
