import { addDays } from '../spend/day.ts';
import type { Day } from '../spend/series.ts';
import { DAY_MS } from '../time.ts';
import { whyNotCopied } from './copies.ts';
import type { BackedUpDatabase } from './facts.ts';
import { contains, describePeriods, type Period } from './periods.ts';
import type { Held, Moment, Shelf } from './shelf.ts';
import type { Terms } from './terms.ts';

/** A snapshot to take at home. */
export interface Taking {
  /** The automated one to copy; none when one is created. */
  readonly source?: Held;
  readonly serves: readonly Period[];
  readonly because: string;
}

/** What is wanted and cannot be had now. */
export interface NotHad {
  readonly serves: readonly Period[];
  readonly because: string;
}

export interface Due {
  readonly takings: readonly Taking[];
  readonly notHad: readonly NotHad[];
}

/** A half-open range of days of which everything is filled that can be. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

export interface HomeFacts {
  readonly database: BackedUpDatabase;
  readonly shelf: Shelf;
  readonly terms: Terms;
  /** The periods of its tiers, as of now. */
  readonly periods: readonly Period[];
}

/**
 * For so many days an automated backup may be missed before one is created, and so long before it expires one is copied: a
 * night that was missed is made good by the next one.
 */
const SPARE_DAYS = 2;

/**
 * What to take of a database now.
 *
 * A period is served by the first of Lamplighter's own snapshots whose data are of one of its days: that never changes
 * afterwards, and the first of January serves four tiers at once. A day is served by the automated backup as well, while
 * that lives. A current period without one is due on every night until it has one, which makes up for missed nights; a
 * past one can only be had from an automated snapshot that is still there.
 */
export function dueAtHome(home: HomeFacts, moment: Moment, fill?: DayRange): Due {
  const lacking = lackingAtHome(home, moment);
  const isCurrent = (period: Period) => contains(period, moment.today);
  const past = fromAutomated(
    lacking.filter((one) => !isCurrent(one) && mayCatchUp(one, home, fill)),
    home,
  );
  const current = dueNow(lacking.filter(isCurrent), home, moment);
  return { takings: [...merged([...current.takings, ...past])], notHad: current.notHad };
}

/** The periods for which a snapshot of the database should be there: those in which it existed. */
export function wantedAtHome({ database, periods }: HomeFacts, { dayOf }: Moment): Period[] {
  const born = database.createdAt && dayOf(database.createdAt);
  return periods.filter(({ to }) => !born || born < to);
}

/** Those of them that nothing serves. */
export function lackingAtHome(home: HomeFacts, moment: Moment): Period[] {
  const isServed = (period: Period) =>
    home.shelf.own.some(({ day }) => contains(period, day)) ||
    (period.tier === 'daily' && isServedByAws(period, home, moment));
  return wantedAtHome(home, moment).filter((one) => !isServed(one));
}

/** The automated backup is the daily one until it is about to go, or for good where it outlives the tier. */
function isServedByAws(day: Period, { database, shelf, terms }: HomeFacts, { now }: Moment): boolean {
  const backup = shelf.automated.find((one) => contains(day, one.day));
  if (!backup) return false;
  if (terms.tiers.daily <= database.retentionDays) return true;
  const copiedFrom = backup.takenAt.getTime() + (database.retentionDays - SPARE_DAYS) * DAY_MS;
  return isCopied(database) && now.getTime() < copiedFrom;
}

/** Whether an automated snapshot of it can be copied where it is. RDS Custom copies to other regions only. */
export const canCopyAtHome = (database: Pick<BackedUpDatabase, 'form' | 'engine'>): boolean =>
  !database.engine.startsWith('custom-') && !whyNotCopied(database);

/** RDS instances are copied: that stops no I/O. Clusters are created: a copy is a full one. */
const isCopied = (database: BackedUpDatabase): boolean =>
  database.form === 'instance' && database.retentionDays > 0 && canCopyAtHome(database);

/**
 * A past day is copied before its backup goes. A past week, month or year only when Lamplighter looked after the database
 * already, so that it missed a night, or when somebody asks for it.
 */
function mayCatchUp(period: Period, { shelf, database }: HomeFacts, fill?: DayRange): boolean {
  if (fill && period.from < fill.to && fill.from < period.to) return true;
  if (period.tier === 'daily') return isCopied(database);
  const first = shelf.own[0];
  return first !== undefined && first.day < period.to;
}

/** Past periods from what AWS still has: one snapshot serves as many as it can. */
function fromAutomated(periods: readonly Period[], { shelf, database }: HomeFacts): Taking[] {
  if (!canCopyAtHome(database)) return [];
  const chosen: Held[] = [];
  return periods.flatMap((period) => {
    const source =
      chosen.find(({ day }) => contains(period, day)) ?? shelf.automated.find(({ day }) => contains(period, day));
    if (!source) return [];
    chosen.push(source);
    return [
      { source, serves: [period], because: `${describePeriods([period])} has none, and AWS still has its backup` },
    ];
  });
}

function dueNow(lacking: readonly Period[], home: HomeFacts, moment: Moment): Due {
  const { database, shelf, terms } = home;
  const copied = isCopied(database);
  const newest = shelf.automated.at(-1);
  const copyable = copied && newest ? lacking.filter((one) => contains(one, newest.day)) : [];
  const copies: Taking[] =
    newest && copyable.length > 0
      ? [{ source: newest, serves: copyable, because: `due for ${describePeriods(copyable)}` }]
      : [];

  const rest = lacking.filter((one) => !copyable.includes(one));
  const waiting = rest.filter((one) => isAwaited(one, home, moment));
  const wanted = rest.filter((one) => !waiting.includes(one));
  const breach = rpoBreach(shelf.held, home, moment); // one that is on its way will do
  const because = wanted.length > 0 ? `due for ${describePeriods(wanted)}` : breach;
  const notHad = waiting
    .filter(({ tier }) => tier !== 'daily')
    .map((one) => ({ serves: [one], because: 'waits for the automated backup of the night' }));
  if (!because || sumOf(terms) === 0) return { takings: copies, notHad };

  const serves = breach ? rest : wanted;
  const refused = whyNotCreated(database, shelf, moment);
  if (refused) return { takings: copies, notHad: [...(breach ? [] : notHad), { serves, because: refused }] };
  return { takings: [...copies, { serves, because }], notHad: breach ? [] : notHad };
}

/** The automated backup of the night may be yet to come: it will be the daily one, and a longer period can wait for it. */
function isAwaited({ tier, from }: Period, { database, terms }: HomeFacts, { today }: Moment): boolean {
  if (database.status === 'stopped' || database.retentionDays === 0) return false;
  if (tier === 'daily') return isCopied(database) || terms.tiers.daily <= database.retentionDays;
  return isCopied(database) && today < addDays(from, SPARE_DAYS);
}

const sumOf = ({ tiers }: Terms): number => tiers.daily + tiers.weekly + tiers.monthly + tiers.yearly;

/** Why the newest of these snapshots is too old; nothing when nothing was written since. */
export function rpoBreach(held: readonly Held[], { database, terms }: HomeFacts, { now }: Moment): string | undefined {
  const newest = held.at(-1);
  const writtenUntil = database.stoppedSince && database.stoppedSince < now ? database.stoppedSince : now;
  if (!newest) return youngerThan(terms.rpoHours, database.createdAt, now) ? undefined : 'it has no good snapshot';
  const hours = (writtenUntil.getTime() - newest.takenAt.getTime()) / HOUR_MS;
  if (hours <= terms.rpoHours) return undefined;
  return `the newest snapshot is ${Math.floor(hours)} hours older than what was last written; ${terms.rpoHours} are allowed`;
}

const HOUR_MS = 3_600_000;

const youngerThan = (hours: number, createdAt: Date | undefined, now: Date): boolean =>
  createdAt !== undefined && now.getTime() - createdAt.getTime() < hours * HOUR_MS;

/** Why RDS would refuse to create one now. */
function whyNotCreated(
  { status, form, stoppedSince }: BackedUpDatabase,
  shelf: Shelf,
  moment: Moment,
): string | undefined {
  if (status === 'available' || (status === 'storage-optimization' && form === 'instance')) return undefined;
  if (status !== 'stopped') return `it is ${status}: RDS takes no snapshot now, the next run tries again`;
  const newest = shelf.held.at(-1);
  const since = stoppedSince ? ` since ${moment.dayOf(stoppedSince)}` : '';
  const last = newest ? `; the newest snapshot is of ${newest.day}` : '; it has no snapshot';
  return `it is stopped${since}: RDS takes no snapshot, and nothing changes${last}`;
}

/** One taking for each source. */
function merged(takings: readonly Taking[]): Taking[] {
  return [...Map.groupBy(takings, ({ source }) => source?.snapshot.arn ?? '').values()].map((same) => {
    const [first] = same as [Taking];
    return same.length === 1 ? first : { ...first, serves: same.flatMap(({ serves }) => serves) };
  });
}
