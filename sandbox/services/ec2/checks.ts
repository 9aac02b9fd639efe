import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Page } from '../paging.ts';
import { pageOf } from '../paging.ts';

/** The instances of these ids, or the error that EC2 gives for the first one that it cannot find. */
export function findInstances(ec2: Ec2State, ids: readonly string[]): StoredInstance[] {
  const malformed = ids.find((id) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id));
  if (malformed !== undefined) throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  const unknown = ids.filter((id) => !ec2.instances.has(id));
  if (unknown.length === 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${unknown[0]}' does not exist`);
  }
  if (unknown.length > 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance IDs '${unknown.join(', ')}' do not exist`);
  }
  return ids.map((id) => ec2.instances.get(id)!);
}

export interface Paged {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** A page within the limits that EC2 puts on MaxResults; without MaxResults, a page of the largest size. */
export function ec2Page<T>(
  items: readonly T[],
  { MaxResults, NextToken }: Paged,
  at: { largest: number; keyOf: (item: T) => string },
): Page<T> {
  const { largest, keyOf } = at;
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > largest)) {
    const expected = MaxResults < 5 ? 'greater than 5' : `less than ${largest}`;
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${expected}.`,
    );
  }
  const invalidToken = () => new AwsError('InvalidParameterValue', `Unable to parse pagination token`);
  return pageOf(items, { limit: MaxResults ?? largest, token: NextToken, keyOf, invalidToken });
}

/** Ids and MaxResults exclude each other. */
export function refuseIdsWithMaxResults(ids: readonly string[], { MaxResults }: Paged, parameter: string): void {
  if (ids.length > 0 && MaxResults !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${parameter} cannot be used with the parameter maxResults`,
    );
  }
}
