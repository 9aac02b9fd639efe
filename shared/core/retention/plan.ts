import type { Policy } from '../policy.ts';
import { parseHours, parseShare } from '../quantity.ts';
import { type CalendarEntry, calendarOf } from './calendar.ts';
import { costOf, type SnapshotCost } from './cost.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import type { DayRange } from './due.ts';
import { type Backlog, type EarlierDeletes, expired } from './expired.ts';
import type { RetentionFacts } from './facts.ts';
import { type Home, homesOf, momentAt } from './homes.ts';
import { keyTroubles } from './keys.ts';
import { purposeOf } from './marks.ts';
import { offSite } from './off-site.ts';
import type { Kept, LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import { countRooms, type QuotaLine } from './quota.ts';
import { shelve } from './shelf.ts';
import { takings } from './takings.ts';
import { modesOf, whenPruned } from './terms.ts';

export interface RetentionPlan {
  /** In their order: deletes, what is taken at home, handovers, copies. What only has room after a delete says so. */
  readonly act: readonly PlannedSnapshot[];
  readonly leave: readonly LeftOut[];
  readonly kept: readonly Kept[];
  /** What has expired beyond what one plan deletes, account by account. */
  readonly backlogs: readonly Backlog[];
  readonly coverage: readonly Coverage[];
  readonly quotas: readonly QuotaLine[];
  /** Of Lamplighter's own snapshots: all of them, and what the plan deletes. */
  readonly cost: { readonly held: SnapshotCost; readonly pruned: SnapshotCost };
}

export interface RetentionTick {
  readonly now: Date;
  /** Days of the policy's time zone of which everything is filled that AWS still has. */
  readonly fill?: DayRange;
  /** What was decided about deletes before: it is not planned again, and makes no room. */
  readonly earlier?: EarlierDeletes;
}

/**
 * Databases, snapshots, policy and time to what is to be done, in order, what is left out and why, and what protects each
 * database. Total: it neither throws nor looks at anything else. Carried out and planned again, it converges.
 */
export function planSnapshots(
  facts: RetentionFacts,
  policy: Policy,
  { now, fill, earlier = { vetoed: new Map(), open: [] } }: RetentionTick,
): RetentionPlan {
  const moment = momentAt(now, policy.timezone);
  const shelves = shelve(facts.snapshots, moment);
  const { homes, alone } = homesOf(facts, policy.snapshots, { shelves, moment });
  const rooms = countRooms(facts, whenPruned(policy, moment.today));
  const modes = modesOf(policy);

  const pruning = expired({ facts, homes, shelves, earlier }, policy, moment);
  for (const { snapshot } of pruning.deletes) rooms.freedBy(snapshot);
  const copyHours = parseHours(policy.snapshots.copyWithin);
  const parts: PlanPart[] =
    modes.take === 'off'
      ? []
      : [takings(homes, { rooms, moment, mode: modes.take, copyHours, ...(fill ? { fill } : {}) })];
  if (modes.take !== 'off') parts.push(offSite({ facts, homes }, policy.snapshots, { rooms, mode: modes.take, now }));

  const ours = facts.snapshots.filter((snapshot) => purposeOf(snapshot));
  return {
    act: [...pruning.act, ...parts.flatMap(({ act }) => act)],
    leave: [
      ...alone.map(({ database, because, unknown }) => ({ ...of(database), because, ...(unknown ? { unknown } : {}) })),
      ...keyTroubles(facts.snapshots),
      ...pruning.leave,
      ...parts.flatMap(({ leave }) => leave),
    ],
    kept: pruning.kept,
    backlogs: pruning.backlogs,
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
