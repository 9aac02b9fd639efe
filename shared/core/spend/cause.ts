import { daysBetween } from './day.ts';
import type { Cause } from './explanation.ts';
import type { DailyCosts, Day } from './series.ts';
import { median } from './statistics.ts';

/** A part of the bill, by its names, e.g. usage type and region. */
export interface Leaf {
  readonly keys: readonly string[];
  readonly costs: DailyCosts;
}

/** The days of an anomaly, half-open, and whether they cost more or less than they should. */
interface Span {
  readonly from: Day;
  readonly to: Day;
  readonly direction: 'up' | 'down';
}

const WEEK = 7;

/** Same weekdays before the span that count: for what they cost, and for their share of their week. */
const WEEKDAYS = 4;
const WEEKDAY_SHARES = 6;

/** The two weeks before tell how restless a leaf is; a week's change counts so many times. */
const RESTLESS_DAYS = 14;
const RESTLESSNESS = 2;

/**
 * The leaves that went the way the anomaly goes, the likeliest cause first. A leaf's amount is what it cost over the span
 * beyond what three views of its own past let expect, the one in the middle: its same weekdays, its last week at this
 * weekday's share, its last day. Leaves of which nothing is known before the span are left out.
 *
 * The order is by the middle day's excess, the less of it the more the views disagree and the leaf changed from week to
 * week anyway: what always moves is a poorer cause than what never did.
 */
export function rankCauses(leaves: readonly Leaf[], span: Span): Cause[] {
  const excesses = leaves.flatMap(({ keys, costs }) => {
    const excess = excessOf(costs, span);
    return excess ? [{ keys, ...excess }] : [];
  });
  const sign = span.direction === 'up' ? 1 : -1;
  const causes = excesses.filter(({ amount }) => amount * sign > 0);
  const all = sum(causes.map(({ amount }) => amount));
  return causes
    .sort((a, b) => weightOf(b, sign) - weightOf(a, sign))
    .map(({ keys, amount }) => ({ keys, amount, share: amount / all }));
}

interface Excess {
  /** Over the span. */
  readonly amount: number;
  /** Of the middle one of its days. */
  readonly daily: number;
  /** How far off it may be, a day. */
  readonly doubt: number;
}

function weightOf({ daily, doubt }: Excess, sign: number): number {
  const size = daily * sign;
  return size > 0 ? size ** 2 / (size + doubt) : size;
}

function excessOf({ firstDay, amounts }: DailyCosts, { from, to }: Span): Excess | undefined {
  const first = daysBetween(firstDay, from);
  const last = Math.min(amounts.length, daysBetween(firstDay, to));
  const past = amounts.slice(0, Math.max(0, first));
  if (!past.some((amount) => amount !== undefined)) return undefined;
  const days: { excess: number; spread: number }[] = [];
  for (let index = Math.max(0, first); index < last; index++) {
    const amount = amounts[index];
    if (amount === undefined) continue;
    const views = viewsOf(past, index);
    days.push({ excess: amount - median(views), spread: Math.max(...views) - Math.min(...views) });
  }
  if (days.length === 0) return undefined;
  const excesses = days.map(({ excess }) => excess);
  const spread = median(days.map((one) => one.spread));
  return { amount: sum(excesses), daily: median(excesses), doubt: RESTLESSNESS * restlessnessOf(past) + spread };
}

/** What the past lets expect of the day at an index behind it, in three ways. */
function viewsOf(past: DailyCosts['amounts'], index: number): number[] {
  const sameDays: number[] = [];
  const shares: number[] = [];
  for (let at = index - WEEK; at >= 0 && shares.length < WEEKDAY_SHARES; at -= WEEK) {
    const amount = past[at];
    if (amount === undefined) continue;
    if (sameDays.length < WEEKDAYS) sameDays.push(amount);
    const week = mean(known(past.slice(Math.max(0, at - 3), at + 4)));
    if (week > 0) shares.push(amount / week);
  }
  const lastWeek = mean(known(past.slice(-WEEK)));
  const views = [
    ...(sameDays.length > 0 ? [median(sameDays)] : []),
    ...(Number.isNaN(lastWeek) ? [] : [lastWeek * (shares.length > 0 ? median(shares) : 1)]),
  ];
  return [...views, known(past).at(-1)!];
}

/** How much it changed from a week to the next, on average. */
function restlessnessOf(past: DailyCosts['amounts']): number {
  const changes: number[] = [];
  for (let at = Math.max(WEEK, past.length - RESTLESS_DAYS); at < past.length; at++) {
    const [now, before] = [past[at], past[at - WEEK]];
    if (now !== undefined && before !== undefined) changes.push(Math.abs(now - before));
  }
  return changes.length > 0 ? mean(changes) : 0;
}

const known = (amounts: DailyCosts['amounts']): number[] => amounts.filter((amount) => amount !== undefined);
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
