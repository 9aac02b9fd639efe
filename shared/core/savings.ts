import { endOfDay } from './answer.ts';
import type { Change } from './change.ts';
import { type Evidence, known, unknown } from './evidence.ts';
import { HOURS_PER_MONTH, type Money, money, type Saving, totals } from './money.ts';
import type { Cause } from './policy.ts';
import { type Span, timesOf } from './standing.ts';
import { DAY_MS, localDate } from './time.ts';

const HOUR_MS = 3_600_000;

/** What one change saved in one calendar month. */
export interface Booking {
  readonly changeId: string;
  /** `2026-11`, in the time zone of the policy. */
  readonly month: string;
  readonly rule: Cause;
  readonly account: string;
  readonly owner?: string;
  /** The name of the schedule that wanted it. */
  readonly schedule?: string;
  /** For so long it stood. */
  readonly hours: Evidence<number>;
  readonly saved: Evidence<Money>;
}

/**
 * Realised savings: the hours for which a change has stood, up to `now`, times the hourly rate of its saving (a month is
 * 730 hours). What takes nothing, and what never touched its resource, books nothing. Give it all changes of the
 * resources: so nothing that a resource no longer costs is booked twice.
 */
export function bookingsOf(
  changes: readonly Change[],
  { now, timezone }: { readonly now: Date; readonly timezone: string },
): Booking[] {
  const split = byMonths(timezone);
  return timesOf(changes, now).flatMap(({ change, appliedAt, spans }) => {
    const from = Date.parse(appliedAt);
    if (!spans.known) return [{ ...headOf(change, split.monthOf(from)), hours: spans, saved: spans }];
    const { saving } = change;
    const months = Map.groupBy(spans.value.flatMap(split.months), ([month]) => month);
    return [...months].map(([month, pieces]) => {
      const spansOfMonth = pieces.map(([, piece]) => piece);
      const hours = known(spansOfMonth.reduce((sum, span) => sum + span.to - span.from, 0) / HOUR_MS);
      return { ...headOf(change, month), hours, saved: savedIn(spansOfMonth, { from, saving }) };
    });
  });
}

/** Differences of two running totals, each rounded: whatever a span is cut into, the pieces add up to the whole. */
function savedIn(
  spans: readonly Span[],
  { from, saving }: { from: number; saving: Saving | undefined },
): Evidence<Money> {
  if (!saving) return unknown('its saving is not known');
  const { currency, amount } = saving.monthly;
  const until = (time: number) => money(currency, (amount * (time - from)) / HOUR_MS / HOURS_PER_MONTH).amount;
  return known(
    money(
      currency,
      spans.reduce((sum, span) => sum + until(span.to) - until(span.from), 0),
    ),
  );
}

function headOf({ id, account, proposal }: Change, month: string): Omit<Booking, 'hours' | 'saved'> {
  const { rule, resource, schedule } = proposal;
  const owner = resource.owner ? { owner: resource.owner } : {};
  return { changeId: id, month, rule, account, ...owner, ...(schedule ? { schedule: schedule.name } : {}) };
}

/** Cuts spans where people's calendar months end; each end is looked up once. */
function byMonths(timezone: string) {
  const ends = new Map<string, number>();
  const monthOf = (time: number): string => localDate(new Date(time), timezone).slice(0, 7);
  const endOf = (month: string): number => {
    const end = ends.get(month) ?? endOfDay(lastDayOf(month), timezone).getTime() + 1;
    ends.set(month, end);
    return end;
  };
  const months = ({ from, to }: Span): [string, Span][] => {
    const pieces: [string, Span][] = [];
    let start = from;
    for (let month = monthOf(from); start < to; month = monthAfter(month)) {
      const end = Math.min(endOf(month), to);
      if (start < end) pieces.push([month, { from: start, to: end }]);
      start = Math.max(start, end);
    }
    return pieces;
  };
  return { monthOf, months };
}

const lastDayOf = (month: string): string => dayZeroAfter(month).toISOString().slice(0, 10);

const monthAfter = (month: string): string =>
  new Date(dayZeroAfter(month).getTime() + DAY_MS).toISOString().slice(0, 7);

/** The day before the first of the next month, at midnight in UTC. */
function dayZeroAfter(month: string): Date {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0));
}

/** Money of one group of bookings. */
export interface Sum {
  /** One amount for each currency, by its name. */
  readonly saved: readonly Money[];
  /** Changes of which nobody knows what they saved. They are in no amount. */
  readonly unknown: number;
}

export interface RealisedSavings {
  readonly total: Sum;
  readonly byMonth: readonly SumOf[];
  readonly byRule: readonly SumOf[];
  /** `of` is empty for what nobody owns. */
  readonly byOwner: readonly SumOf[];
  readonly byAccount: readonly SumOf[];
  /** Of what schedules wanted, and nothing else. */
  readonly bySchedule: readonly SumOfSchedule[];
}

export interface SumOf extends Sum {
  readonly of: string;
}

export interface SumOfSchedule extends SumOf {
  /** For so long everything under it was off, added up: two instances for a night of ten hours are twenty. */
  readonly hours: number;
}

/** Adds bookings up, never one currency to another; each list in the order of its `of`. */
export function realisedSavings(bookings: readonly Booking[]): RealisedSavings {
  return {
    total: sum(bookings),
    byMonth: sumsBy(bookings, ({ month }) => month),
    byRule: sumsBy(bookings, ({ rule }) => rule),
    byOwner: sumsBy(bookings, ({ owner }) => owner ?? ''),
    byAccount: sumsBy(bookings, ({ account }) => account),
    bySchedule: sumsBySchedule(bookings),
  };
}

/** The sums of two lots of changes together. No change is in both. */
export const addedUp = (one: RealisedSavings, other: RealisedSavings): RealisedSavings => ({
  total: plus(one.total, other.total),
  byMonth: mergedBy(plus, [...one.byMonth, ...other.byMonth]),
  byRule: mergedBy(plus, [...one.byRule, ...other.byRule]),
  byOwner: mergedBy(plus, [...one.byOwner, ...other.byOwner]),
  byAccount: mergedBy(plus, [...one.byAccount, ...other.byAccount]),
  bySchedule: mergedBy(plusHours, [...one.bySchedule, ...other.bySchedule]),
});

function mergedBy<T extends SumOf>(added: (one: T, other: T) => T, sums: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const sum of sums) {
    const before = byName.get(sum.of);
    byName.set(sum.of, before ? added(before, sum) : sum);
  }
  return [...byName.values()].sort((a, b) => compare(a.of, b.of));
}

const plus = <T extends Sum>(one: T, other: T): T => ({
  ...one,
  saved: inOrder(totals([...one.saved, ...other.saved])),
  unknown: one.unknown + other.unknown,
});

const plusHours = (one: SumOfSchedule, other: SumOfSchedule): SumOfSchedule => ({
  ...plus(one, other),
  hours: Math.round((one.hours + other.hours) * HOUR_MS) / HOUR_MS,
});

function sumsBy(bookings: readonly Booking[], keyOf: (booking: Booking) => string): SumOf[] {
  return [...Map.groupBy(bookings, keyOf)]
    .map(([of, group]) => ({ of, ...sum(group) }))
    .sort((a, b) => compare(a.of, b.of));
}

function sumsBySchedule(bookings: readonly Booking[]): SumOfSchedule[] {
  const scheduled = bookings.filter(({ schedule }) => schedule !== undefined);
  const bySchedule = Map.groupBy(scheduled, ({ schedule = '' }) => schedule);
  return sumsBy(scheduled, ({ schedule = '' }) => schedule).map((one) => ({
    ...one,
    hours: hoursOf(bySchedule.get(one.of) ?? []),
  }));
}

/** Added up in whole milliseconds: the order makes no difference. */
const hoursOf = (bookings: readonly Booking[]): number =>
  bookings.reduce((ms, { hours }) => ms + (hours.known ? Math.round(hours.value * HOUR_MS) : 0), 0) / HOUR_MS;

function sum(bookings: readonly Booking[]): Sum {
  const saved = totals(bookings.flatMap((booking) => (booking.saved.known ? [booking.saved.value] : [])));
  const unknowns = bookings.filter((booking) => !booking.saved.known).map(({ changeId }) => changeId);
  return { saved: inOrder(saved), unknown: new Set(unknowns).size };
}

const inOrder = (amounts: readonly Money[]): Money[] => amounts.toSorted((a, b) => compare(a.currency, b.currency));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
