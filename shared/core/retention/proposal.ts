import type { Undo } from '../action.ts';
import { unknown } from '../evidence.ts';
import type { Proposal } from '../plan.ts';
import { type SnapshotAction, snapshotArnOf } from './action.ts';
import type { PlannedSnapshot } from './planned.ts';

/** A planned snapshot as an item of a plan. It is about the snapshot that is made or deleted. */
export function proposalOf({ action, databaseName, mode, because }: PlannedSnapshot): Proposal {
  return {
    rule: action.kind === 'delete-snapshot' ? 'prune-snapshots' : 'take-snapshots',
    mode,
    action,
    resource: {
      arn: snapshotArnOf(action),
      name: action.name,
      region: action.scope.region,
      what: `a snapshot of ${databaseName}`,
    },
    because,
    saving: unknown(SAVES[action.kind]),
    undo: UNDO[action.kind],
  };
}

const TAKES = 'a snapshot saves nothing';

const SAVES = {
  'create-snapshot': TAKES,
  'copy-snapshot': TAKES,
  'delete-snapshot': 'snapshots are incremental: what one of them costs, nobody can say',
} as const satisfies Record<SnapshotAction['kind'], string>;

const STAYS: Undo = { reversibility: 'none', loses: 'nothing: a snapshot takes nothing from anybody' };

const UNDO = {
  'create-snapshot': STAYS,
  'copy-snapshot': STAYS,
  'delete-snapshot': { reversibility: 'none', loses: 'its data, as far as no other snapshot has them' },
} as const satisfies Record<SnapshotAction['kind'], Undo>;
