import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { emptyGroupNow, fillGroupNow, groupEmpty, groupFull } from './group-size.ts';
import { only } from './only.ts';

/** Needs no protection: its instances come and go anyway. Taking it back is the size that it had. */
export function stopAutoScalingGroup(autoScaling: AutoScalingClient): ChangeVerbs {
  const of = (action: Action) => {
    const { group, expect } = only('stop-auto-scaling-group', action);
    return [{ autoScaling, group }, expect] as const;
  };
  return {
    apply: async (action) => emptyGroupNow(...of(action)),
    settled: async (action) => groupEmpty(of(action)[0]),
    undo: async (action) => fillGroupNow(...of(action)),
    undone: async (action) => groupFull(of(action)[0]),
  };
}
