import { describeAction, isSnapshotAction } from '../../core/action.ts';
import { isDoneAtOnce } from '../../core/answer.ts';
import type { Change } from '../../core/change.ts';
import type { Plan } from '../../core/plan.ts';
import {
  describeSnapshots,
  isBilledTo,
  type SnapshotChange,
  type SnapshotsBehind,
} from '../../core/spend/own-snapshots.ts';
import { daysBefore, localTime } from '../../core/time.ts';
import type { TimeRange } from '../../ports.ts';
import type { OwnAbout, OwnChanges } from '../../ports-spend.ts';
import { changeKey, changeOf } from './change-items.ts';
import { plansIn } from './plans.ts';
import { runsBetween } from './runs.ts';
import { getItems, type LedgerTable } from './table.ts';

/** A function whose plans change an account, and for how many days one of them may. */
interface Planner {
  readonly name: string;
  readonly reachDays: number;
}

/** A plan waits for its grace for 30 days at most, and keeps what it stopped stopped for as long again. */
const OF_MACHINES: readonly Planner[] = [
  { name: 'right-size', reachDays: 60 },
  { name: 'undo', reachDays: 60 },
];

/** What waits for an approval, or for the grace that deletes have, and is then done within hours. */
const OF_SNAPSHOTS: Readonly<Record<SnapshotsBehind, readonly Planner[]>> = {
  none: [],
  made: [
    { name: 'snapshot-databases', reachDays: 15 },
    { name: 'fill-snapshots', reachDays: 15 },
  ],
  deleted: [{ name: 'prune-snapshots', reachDays: 31 }],
};

/** What waits for nobody is asked for within hours. */
const AT_ONCE_DAYS = 1;

/**
 * By way of the runs and their plans, because the index is for people only. Reads for each planner one query, then for each
 * plan that was handed over its parts and its changes. What a plan does at once is not looked for days later.
 */
export const ownChangesIn = (ledger: LedgerTable): OwnChanges => ({
  between: async (about, range, timezone) => {
    const isIn = (at: string) => at >= range.from.toISOString() && at < range.to.toISOString();
    const machines = await changesBy(ledger, OF_MACHINES, { accounts: [about.account], range });
    const others = await changesBy(ledger, OF_SNAPSHOTS[about.snapshots], { accounts: about.planners, range });
    return [
      ...machines
        .flatMap((change) => momentsOf(change, timezone))
        .filter(({ at }) => isIn(at))
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .map(({ words }) => words),
      ...describeSnapshots(
        others.filter(isOfSnapshot).filter((one) => isIn(one.appliedAt) && isBilledTo(about.account, one)),
        timezone,
      ),
    ];
  },
});

interface Reach {
  readonly accounts: OwnAbout['planners'];
  readonly range: TimeRange;
}

async function changesBy(
  ledger: LedgerTable,
  planners: readonly Planner[],
  { accounts, range }: Reach,
): Promise<Change[]> {
  const wanted = accounts.flatMap((account) => planners.map((planner) => ({ account, ...planner })));
  const runs = await Promise.all(
    wanted.map(({ name, account, reachDays }) =>
      runsBetween(ledger, { function: name, account }, { from: daysBefore(reachDays, range.from), to: range.to }),
    ),
  );
  // A person's undo has no run that is handed over.
  const begun = runs.flat().filter(({ function: name, state }) => state === 'handed-over' || name === 'undo');
  const changes: Change[] = [];
  for (const id of new Set(begun.map(({ planId }) => planId))) {
    changes.push(...(await changesOf(ledger, await plansIn(ledger).plan(id), range)));
  }
  return changes;
}

async function changesOf(ledger: LedgerTable, plan: Plan, { from }: TimeRange): Promise<Change[]> {
  if (plan.act.every(isDoneAtOnce) && plan.time < daysBefore(AT_ONCE_DAYS, from).toISOString()) return [];
  const keys = plan.act.map(({ resource }, index) =>
    changeKey({ resource: resource.arn, planId: plan.id, number: index + 1 }),
  );
  return (await getItems(ledger, keys)).map(changeOf);
}

const isOfSnapshot = (change: Change): change is SnapshotChange =>
  change.appliedAt !== undefined && isSnapshotAction(change.proposal.action);

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
