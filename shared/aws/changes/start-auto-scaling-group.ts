import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { emptyGroupNow, fillGroupNow, groupEmpty, groupFull } from './group-size.ts';
import { only } from './only.ts';

/** Gives it the size that it had before the first stop. Taking it back empties it, whatever size it has by then. */
export function startAutoScalingGroup(autoScaling: AutoScalingClient): ChangeVerbs {
  const of = (action: Action) => {
    const { group, restore } = only('start-auto-scaling-group', action);
    return [{ autoScaling, group }, restore] as const;
  };
  return {
    apply: async (action) => fillGroupNow(...of(action)),
    settled: async (action) => groupFull(of(action)[0]),
    undo: async (action) => emptyGroupNow(of(action)[0]),
    undone: async (action) => groupEmpty(of(action)[0]),
  };
}
