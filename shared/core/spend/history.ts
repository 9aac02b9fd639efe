import { addDays, daysBetween, daysIn, monthOf } from './day.ts';
import type { CostSeries, DailyCosts, Day, SeriesKey } from './series.ts';

/** What was answered for the days of one month. A day that is not in `days` was not answered: it is unknown, not free. */
export interface MonthOfCosts {
  /** `2026-11` */
  readonly month: string;
  readonly currency: string;
  readonly days: readonly Day[];
  /** Days that were asked about, of which Cost Explorer had not a single group: it has not got to them, or keeps nothing. */
  readonly empty?: readonly Day[] | undefined;
  /** The pairs that had spend on any of the days; `amounts` are in the order of `days`. */
  readonly groups: readonly { readonly keys: readonly [string, string]; readonly amounts: readonly number[] }[];
}

/** One day as it was answered: only the pairs that have spend. */
export interface AnsweredDay {
  readonly day: Day;
  readonly groups: readonly { readonly keys: readonly string[]; readonly amount: number }[];
}

/** Two answers in different currencies are never added; a payer whose currency changed begins a new history. */
class CurrencyChangedError extends Error {
  override readonly name = 'CurrencyChangedError';
  constructor(before: string, now: string) {
    super(
      `Cost Explorer answers in ${now}, the history in the ledger is in ${before}: amounts in different currencies are ` +
        'not compared. Remove the items COST# of the payer to begin a new history',
    );
  }
}

/**
 * The months with newly answered days in them: a day that was answered again replaces what it was, unless it has no group
 * now.
 * @throws {CurrencyChangedError}
 */
export function withAnswer(
  history: readonly MonthOfCosts[],
  answer: { readonly currency: string; readonly days: readonly AnsweredDay[] },
): MonthOfCosts[] {
  const before = history.find(({ currency, days }) => days.length > 0 && currency !== answer.currency);
  if (before && answer.days.some(hasGroups)) throw new CurrencyChangedError(before.currency, answer.currency);
  const months = new Map(history.map((one) => [one.month, one]));
  for (const [month, days] of Map.groupBy(answer.days, ({ day }) => monthOf(day))) {
    const known = months.get(month);
    const start = known && known.days.length > 0 ? known : { ...NOTHING, ...known, month, currency: answer.currency };
    months.set(month, monthWith(start, days));
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

const NOTHING = { days: [], groups: [] };

const hasGroups = ({ groups }: AnsweredDay): boolean => groups.length > 0;

function monthWith(before: MonthOfCosts, answered: readonly AnsweredDay[]): MonthOfCosts {
  const byDay = new Map<Day, Map<string, number>>();
  const keysOf = new Map<string, readonly [string, string]>();
  const put = (day: Day, keys: readonly string[], amount: number) => {
    const [first = '', second = ''] = keys;
    const id = `${first}\n${second}`;
    keysOf.set(id, [first, second]);
    const amounts = byDay.get(day);
    amounts?.set(id, (amounts.get(id) ?? 0) + amount);
  };
  for (const [index, day] of before.days.entries()) {
    byDay.set(day, new Map());
    for (const { keys, amounts } of before.groups) if (amounts[index]) put(day, keys, amounts[index]);
  }
  for (const { day, groups } of answered.filter(hasGroups)) {
    byDay.set(day, new Map());
    for (const { keys, amount } of groups) put(day, keys, rounded(amount));
  }
  const days = [...byDay.keys()].sort();
  const groups = [...keysOf]
    .map(([id, keys]) => ({ keys, amounts: days.map((day) => byDay.get(day)?.get(id) ?? 0) }))
    .filter(({ amounts }) => amounts.some((amount) => amount !== 0))
    .sort((a, b) => (a.keys.join('\n') < b.keys.join('\n') ? -1 : 1));
  const without = answered.filter((one) => !hasGroups(one)).map(({ day }) => day);
  const empty = [...new Set([...(before.empty ?? []), ...without])].filter((day) => !byDay.has(day)).sort();
  return { month: before.month, currency: before.currency, days, groups, ...(empty.length > 0 && { empty }) };
}

/** To the hundredth of a cent: enough for any sum that people see, and half the bytes in the ledger. */
const rounded = (amount: number): number => Math.round(amount * 1e4) / 1e4 || 0;

/**
 * The series of the half-open range: zero where the day was answered without the pair, `undefined` where nobody has
 * answered. The first key of a pair is the series' `service`, also where it is a region.
 */
export function seriesIn(history: readonly MonthOfCosts[], { from, to }: { from: Day; to: Day }): CostSeries[] {
  const length = Math.max(0, daysBetween(from, to));
  const answered = new Set(history.flatMap(({ days }) => days));
  const known = daysIn(from, to).map((day) => (answered.has(day) ? 0 : undefined));
  const series = new Map<string, SeriesKey & { amounts: (number | undefined)[] }>();
  for (const { days, groups } of history) {
    const places = days.map((day) => daysBetween(from, day));
    for (const { keys, amounts } of groups) {
      const [service, account] = keys;
      const id = `${service}\n${account}`;
      const one = series.get(id) ?? { service, account, amounts: [...known] };
      series.set(id, one);
      for (const [index, place] of places.entries()) {
        if (place >= 0 && place < length) one.amounts[place] = amounts[index] ?? 0;
      }
    }
  }
  return [...series.values()].map((one) => ({ ...one, firstDay: from }));
}

/** An answer's groups as series over its own days, whatever it was grouped by: zero where a day is there without the group. */
export function leavesOf(
  days: readonly AnsweredDay[],
): { readonly keys: readonly string[]; readonly costs: DailyCosts }[] {
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last) return [];
  const known = new Map(days.map(({ day }) => [day, 0]));
  const leaves = new Map<string, { keys: readonly string[]; amounts: Map<Day, number> }>();
  for (const { day, groups } of days) {
    for (const { keys, amount } of groups) {
      const id = keys.join('\n');
      const leaf = leaves.get(id) ?? { keys, amounts: new Map(known) };
      leaves.set(id, leaf);
      leaf.amounts.set(day, (leaf.amounts.get(day) ?? 0) + amount);
    }
  }
  const all = daysIn(first.day, addDays(last.day, 1));
  return [...leaves.values()].map(({ keys, amounts }) => ({
    keys,
    costs: { firstDay: first.day, amounts: all.map((day) => amounts.get(day)) },
  }));
}

/** The last day that was answered; nothing when none was. */
export const lastAnswered = (history: readonly MonthOfCosts[]): Day | undefined =>
  history
    .flatMap(({ days }) => days.at(-1) ?? [])
    .sort()
    .at(-1);

/** The first day of the days that AWS may still have restated since they were answered; with no history the first of all. */
export function firstToAsk(history: readonly MonthOfCosts[], { from, to, restatedDays }: Asking): Day {
  const last = lastAnswered(history);
  if (last === undefined) return from;
  const next = addDays(last, 1);
  const first = addDays(next < to ? next : to, -restatedDays);
  return first > from ? first : from;
}

interface Asking {
  readonly from: Day;
  readonly to: Day;
  readonly restatedDays: number;
}

/** The runs of days of a half-open range that nobody has asked about, each half-open. */
export function missingRanges(history: readonly MonthOfCosts[], { from, to }: { from: Day; to: Day }) {
  const answered = new Set(history.flatMap(({ days, empty = [] }) => [...days, ...empty]));
  const ranges: { from: Day; to: Day }[] = [];
  for (const day of daysIn(from, to)) {
    if (answered.has(day)) continue;
    const last = ranges.at(-1);
    if (last?.to === day) last.to = addDays(day, 1);
    else ranges.push({ from: day, to: addDays(day, 1) });
  }
  return ranges;
}
