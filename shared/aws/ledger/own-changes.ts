import { describeAction } from '../../core/action.ts';
import type { Change } from '../../core/change.ts';
import type { Plan } from '../../core/plan.ts';
import { daysBefore, localTime } from '../../core/time.ts';
import type { OwnChanges } from '../../ports-spend.ts';
import { changeKey, changeOf } from './change-items.ts';
import { plansIn } from './plans.ts';
import { runsBetween } from './runs.ts';
import { getItems, type LedgerTable } from './table.ts';

/** The functions whose plans change an account. */
const PLANNERS = ['right-size', 'undo'] as const;

/** A plan waits for its grace for 30 days at most, and keeps what it stopped stopped for as long again. */
const REACH_DAYS = 60;

/**
 * By way of the runs and their plans, because the index is for people only. Reads for each planner one query, then for each
 * plan that was handed over its parts and its changes.
 */
export const ownChangesIn = (ledger: LedgerTable): OwnChanges => ({
  between: async (account, range, timezone) => {
    const reach = { from: daysBefore(REACH_DAYS, range.from), to: range.to };
    const runs = await Promise.all(PLANNERS.map((name) => runsBetween(ledger, { function: name, account }, reach)));
    const planIds = new Set(runs.flat().flatMap(({ planId, state }) => (state === 'handed-over' ? [planId] : [])));
    // A person's undo has no run that is handed over.
    for (const { function: name, planId } of runs.flat()) if (name === 'undo') planIds.add(planId);
    const changes: Change[] = [];
    for (const id of planIds) changes.push(...(await changesOf(ledger, await plansIn(ledger).plan(id))));
    return changes
      .flatMap((change) => momentsOf(change, timezone))
      .filter(({ at }) => at >= range.from.toISOString() && at < range.to.toISOString())
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ words }) => words);
  },
});

async function changesOf(ledger: LedgerTable, plan: Plan): Promise<Change[]> {
  const keys = plan.act.map(({ resource }, index) =>
    changeKey({ resource: resource.arn, planId: plan.id, number: index + 1 }),
  );
  return (await getItems(ledger, keys)).map(changeOf);
}

/** When it was done, and when it was taken back. */
function momentsOf({ id, proposal, appliedAt, endedAt, endedBecause, outcome }: Change, timezone: string) {
  const { resource, action } = proposal;
  const what = `${describeAction(action)} of ${resource.name} in ${resource.region}`;
  const shown = (at: string) => localTime(new Date(at), timezone);
  return [
    ...(appliedAt ? [{ at: appliedAt, words: `${what} at ${shown(appliedAt)} (${outcome}, change ${id})` }] : []),
    ...(endedAt
      ? [{ at: endedAt, words: `the end of: ${what}, at ${shown(endedAt)}: ${endedBecause} (change ${id})` }]
      : []),
  ];
}
