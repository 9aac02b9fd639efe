import type { Action } from '../../core/action.ts';
import { isPassing } from '../../core/passing-status.ts';
import type { CreateSnapshot } from '../../core/retention/action.ts';
import { MARKS } from '../../core/retention/marks.ts';
import type { Asked, ChangeVerbs } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { type DatabaseSeen, databaseForm } from './database-forms.ts';
import { nameIn, whyOther } from './database-power.ts';
import { only } from './only.ts';
import { notAsExpected } from './refused.ts';
import { type RdsIn, snapshotForm } from './snapshot-forms.ts';
import {
  firstOf,
  notYet,
  orNextPlan,
  passedOver,
  progressOf,
  seenIn,
  whatStands,
  whileThere,
} from './snapshot-looks.ts';

/**
 * A snapshot of a database. It takes nothing from anybody, so it needs no protection, and there is nothing to take back: who
 * does not want it deletes it.
 */
export function createSnapshot(rdsIn: RdsIn): ChangeVerbs {
  return {
    apply: async (action, _, at) => create(rdsIn, only('create-snapshot', action), at),
    settled: async (action: Action) => {
      const wanted = only('create-snapshot', action);
      const here = snapshotForm({ rds: await rdsIn(wanted.scope), scope: wanted.scope }, wanted.form);
      return progressOf(await here.describe(wanted.name), wanted);
    },
    undo: async () => {
      throw notAsExpected(STAYS);
    },
    undone: async () => ({ state: 'failed', because: STAYS }),
  };
}

export const STAYS = 'a snapshot takes nothing from anybody: it stays';

/** @param at when it is asked for, which is when the data are taken: a copy of a cluster's snapshot knows it from the tag only */
async function create(rdsIn: RdsIn, action: CreateSnapshot, at: string | undefined): Promise<Asked> {
  const { scope, form, name, database, after } = action;
  const rds = await rdsIn(scope);
  const here = snapshotForm({ rds, scope }, form);
  const tags = at ? { ...action.tags, [MARKS.taken]: at } : action.tags;
  return orNextPlan(
    ask({
      look: async () => {
        const snapshot = await here.describe(name);
        if (snapshot) return { snapshot };
        return { seen: await databaseForm(rds, form).describe(nameIn(database)), leaves: await seenIn(here, after) };
      },
      judge: ({ snapshot, seen, leaves }) =>
        snapshot ? whatStands(snapshot, action) : firstOf(whyNot(seen, action), whileThere(leaves)),
      mutate: () => here.create(nameIn(database), name, tags),
    }),
  );
}

function whyNot(seen: DatabaseSeen | undefined, { database, expect }: CreateSnapshot): Verdict {
  const other = whyOther(seen, database);
  if (!seen || other) return passedOver(`of the database: ${other?.message ?? 'it is gone'}`);
  if (expect.statuses.includes(seen.status)) return 'ask';
  const is = `the database is ${seen.status}: RDS takes no snapshot of it now`;
  return isPassing(seen.status) ? notYet(is) : passedOver(is);
}
