import type { Policy } from '../policy.ts';
import { parseShare } from '../quantity.ts';
import { type CalendarEntry, calendarOf } from './calendar.ts';
import { costOf, type SnapshotCost } from './cost.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import type { DayRange } from './due.ts';
import { expired } from './expired.ts';
import type { RetentionFacts } from './facts.ts';
import { type Home, homesOf, momentAt } from './homes.ts';
import { purposeOf } from './marks.ts';
import { offSite } from './off-site.ts';
import type { Kept, LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import { countRooms, type QuotaLine } from './quota.ts';
import { shelve } from './shelf.ts';
import { takings } from './takings.ts';
import { modesOf } from './terms.ts';

export interface RetentionPlan {
  /** In the order in which they are carried out: deletes, what is taken at home, handovers, copies. */
  readonly act: readonly PlannedSnapshot[];
  readonly leave: readonly LeftOut[];
  readonly kept: readonly Kept[];
  readonly coverage: readonly Coverage[];
  readonly quotas: readonly QuotaLine[];
  /** Of Lamplighter's own snapshots: all of them, and what the plan deletes. */
  readonly cost: { readonly held: SnapshotCost; readonly pruned: SnapshotCost };
}

export interface RetentionTick {
  readonly now: Date;
  /** Days of the policy's time zone of which everything is filled that AWS still has. */
  readonly fill?: DayRange;
}

/**
 * Databases, snapshots, policy and time to what is to be done, in order, what is left out and why, and what protects each
 * database. Total: it neither throws nor looks at anything else. Carried out and planned again, it converges.
 */
export function planSnapshots(facts: RetentionFacts, policy: Policy, { now, fill }: RetentionTick): RetentionPlan {
  const moment = momentAt(now, policy.timezone);
  const shelves = shelve(facts.snapshots, moment);
  const { homes, alone } = homesOf(facts, policy.snapshots, { shelves, moment });
  const rooms = countRooms(facts);
  const modes = modesOf(policy);

  const pruning = expired({ facts, homes, shelves }, policy, moment);
  for (const { snapshot } of pruning.deletes) rooms.freedBy(snapshot, modes.prune === modes.take ? 'counts' : 'waits');
  const parts: PlanPart[] =
    modes.take === 'off' ? [] : [takings(homes, { rooms, moment, mode: modes.take, ...(fill ? { fill } : {}) })];
  if (modes.take !== 'off') parts.push(offSite({ facts, homes }, policy.snapshots, { rooms, mode: modes.take }));

  const ours = facts.snapshots.filter((snapshot) => purposeOf(snapshot));
  return {
    act: [...pruning.act, ...parts.flatMap(({ act }) => act)],
    leave: [
      ...alone.map(({ database, because, unknown }) => ({ ...of(database), because, ...(unknown ? { unknown } : {}) })),
      ...pruning.leave,
      ...parts.flatMap(({ leave }) => leave),
    ],
    kept: pruning.kept,
    coverage: homes.map((home) => coverageOf(home, home.away, moment)),
    quotas: rooms.lines(parseShare(policy.snapshots.quotaAlert)),
    cost: {
      held: costOf(ours, facts.prices),
      pruned: costOf(
        pruning.deletes.map(({ snapshot }) => snapshot),
        facts.prices,
      ),
    },
  };
}

/** For each database, by its immutable id, what should exist over a range of days and what does. */
export function calendars(
  facts: RetentionFacts,
  policy: Policy,
  { now, range }: { now: Date; range: DayRange },
): ReadonlyMap<string, CalendarEntry[]> {
  const moment = momentAt(now, policy.timezone);
  const { homes } = homesOf(facts, policy.snapshots, { shelves: shelve(facts.snapshots, moment), moment });
  return new Map(homes.map((home) => [home.database.identity.id, calendarOf(home, home.away, { moment, range })]));
}

const of = ({ name, scope }: Home['database']): Pick<LeftOut, 'databaseName' | 'scope'> => ({
  databaseName: name,
  scope,
});
