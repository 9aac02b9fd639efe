import type { Filter } from '@aws-sdk/client-rds';
import { type Page, pageOf } from '../paging.ts';
import { invalidValue } from './errors.ts';

/** What a filter compares of one item: a value, or several of which one must do. */
export type Fields<T> = Readonly<Record<string, (item: T) => string | undefined | readonly (string | undefined)[]>>;

/** At most so many ids fit into one filter. */
const FILTER_VALUES = 50;

/** Whether an item passes all filters. Values are compared exactly. @throws AwsError InvalidParameterValue */
export function filterBy<T>(filters: readonly Filter[] | undefined, fields: Fields<T>): (item: T) => boolean {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const fieldOf = fields[Name];
    if (!fieldOf) throw invalidValue(`Unrecognized filter name: ${Name}`);
    if (Values.length === 0) throw invalidValue(`The filter ${Name} must have at least one value.`);
    if (Values.length > FILTER_VALUES) throw invalidValue(`The filter ${Name} has more than ${FILTER_VALUES} values.`);
    return (item: T) => [fieldOf(item)].flat().some((value) => Values.includes(value ?? ''));
  });
  return (item) => tests.every((test) => test(item));
}

export interface Paged {
  readonly MaxRecords?: number | undefined;
  readonly Marker?: string | undefined;
}

/** A page of 20 to 100 records, 100 unless asked otherwise. */
export function rdsPage<T>(
  items: readonly T[],
  { MaxRecords = 100, Marker }: Paged,
  keyOf: (item: T) => string,
): Page<T> {
  if (MaxRecords < 20 || MaxRecords > 100) {
    throw invalidValue(`Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`);
  }
  return pageOf(items, { limit: MaxRecords, token: Marker, keyOf, invalidToken: () => invalidValue('Invalid Marker') });
}

/** Names are compared in lower case; RDS stores them so. An ARN will do where a name is expected. */
export const nameOf = (nameOrArn: string): string => nameOrArn.split(':').at(-1)!.toLowerCase();
