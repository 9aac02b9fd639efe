import type { GroupDefinition } from '@aws-sdk/client-cost-explorer';
import type { StoredLine } from '../../estate/billing.ts';
import type { Dimensions } from './dimensions.ts';
import { invalid } from './validation.ts';

/** The keys under which a line is summed up, in the order of the definitions. */
export type KeysOf = (line: StoredLine) => readonly string[];

/** @throws AwsError ValidationException for more than two, or what nothing can be grouped by */
export function keysBy(definitions: readonly GroupDefinition[] = [], dimensions: Dimensions): KeysOf {
  if (definitions.length > 2) throw invalid('GroupBy takes at most two definitions.');
  const parts = definitions.map((one) => keyBy(one, dimensions));
  return (line) => parts.map((part) => part(line));
}

/** Tags and cost categories come as `Name$value`; what has none is `Name$`. */
function keyBy({ Type = 'DIMENSION', Key = '' }: GroupDefinition, dimensions: Dimensions) {
  if (Type === 'TAG') return ({ tags }: StoredLine) => `${Key}$${tags?.[Key] ?? ''}`;
  if (Type === 'COST_CATEGORY') return ({ costCategories }: StoredLine) => `${Key}$${costCategories?.[Key] ?? ''}`;
  const read = dimensions[Key];
  if (!read) {
    throw invalid(`Group Definition dimension is invalid. Valid values are ${Object.keys(dimensions).join(', ')}`);
  }
  return read;
}
