import { type Arn, parseArn } from '../../core/identity.ts';
import type { DeleteSnapshot } from '../../core/retention/action.ts';
import type { Snapshot } from '../../core/retention/facts.ts';
import { copiesOf, namedIn, whyNotDeleted, whyOther } from '../../core/retention/recheck.ts';
import type { Asked, ChangeVerbs, Gate, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { only } from './only.ts';
import { notAsExpected } from './refused.ts';
import { type RdsIn, snapshotForm } from './snapshot-forms.ts';
import { nameIn, orNextPlan, passedOver } from './snapshot-looks.ts';

/** The end of one of Lamplighter's own snapshots. Nothing takes that back. */
export function deleteSnapshot(rdsIn: RdsIn): ChangeVerbs {
  const shelfIn = async ({ form }: DeleteSnapshot, scope: DeleteSnapshot['scope']) =>
    snapshotForm({ rds: await rdsIn(scope), scope }, form);
  return {
    recheck: async (action, gate) => {
      const doomed = only('delete-snapshot', action);
      return whyNotDeleted(doomed, { ...gate, snapshots: await everyCopy(doomed, gate) });
    },
    apply: async (action) => {
      const doomed = only('delete-snapshot', action);
      const here = await shelfIn(doomed, doomed.scope);
      return orNextPlan(
        ask({
          look: () => here.describe(doomed.name),
          judge: (seen) => judge(seen, doomed),
          mutate: () => here.remove(doomed.name),
        }),
      );
    },
    settled: async (action) => {
      const doomed = only('delete-snapshot', action);
      return gone(await (await shelfIn(doomed, doomed.scope)).describe(doomed.name));
    },
    undo: async (): Promise<Asked> => {
      throw notAsExpected(NO_WAY_BACK);
    },
    undone: async () => ({ state: 'failed', because: NO_WAY_BACK }),
  };

  /** There, and wherever copies may be made of it: by the id of the database, and by name what AWS gives no id. */
  async function everyCopy(doomed: DeleteSnapshot, { policy }: Gate): Promise<Snapshot[]> {
    const found = new Map<Arn, Snapshot>();
    for (const scope of [doomed.scope, ...copiesOf(doomed, policy)]) {
      const all = await (await shelfIn(doomed, scope)).ofDatabase(doomed.expect.databaseId);
      for (const one of all) found.set(one.arn, one);
    }
    for (const arn of namedIn(doomed)) {
      const { account = '', region = '' } = parseArn(arn) ?? {};
      const one = found.has(arn) ? undefined : await (await shelfIn(doomed, { account, region })).describe(nameIn(arn));
      if (one) found.set(one.arn, one);
    }
    return [...found.values()];
  }
}

const NO_WAY_BACK = 'a deleted snapshot is gone for good';

function judge(seen: Snapshot | undefined, doomed: DeleteSnapshot): Verdict {
  if (!seen || seen.status === 'deleting') return 'done';
  const other = whyOther(seen, doomed);
  return other ? passedOver(other) : 'ask';
}

function gone(seen: Snapshot | undefined): Progress {
  if (!seen) return { state: 'done' };
  return seen.status === 'deleting'
    ? { state: 'pending', seen: 'deleting' }
    : { state: 'failed', because: `it is ${seen.status}` };
}
