import type { CalendarDay } from './calendar.ts';
import { Levels } from './levels.ts';
import type { Span } from './span.ts';
import { median } from './statistics.ts';
import { Weekdays } from './weekdays.ts';

/** Days at the beginning that tell nothing of the weekdays yet. */
const SEASON_DAYS = 20;

/** The week around a day ends so many days later. */
const HALF_WEEK = 3;

/** So many days are rewritten to a new level, the longest window included. */
const REWRITTEN_DAYS = 28;

/** So many times as much, or as far off, is far; off by this share of what was spent is near. */
const FAR = 2;
const NEAR = 0.1;

/** What is known of a series up to a day, without its charges: each day, the weekdays, the levels. */
export class PastDays {
  readonly levels: Levels;
  readonly #weekdays = new Weekdays();
  readonly #calendar: CalendarDay[] = [];
  /** As it was; NaN where it is not known. */
  readonly #amounts: Float64Array;
  /** The same, but what was unusual is what was expected. */
  readonly #clean: Float64Array;
  #largest = 0;
  /** The first day that tells something of the weekdays. */
  #seasonFrom = 0;

  constructor(days: number) {
    this.levels = new Levels(days);
    this.#amounts = new Float64Array(days).fill(Number.NaN);
    this.#clean = new Float64Array(days).fill(Number.NaN);
  }

  /** The next day, of which nothing is known yet. */
  begin(calendar: CalendarDay): number {
    return this.#calendar.push(calendar) - 1;
  }

  know(day: number, amount: number): void {
    this.#amounts[day] = amount;
    this.#clean[day] = amount;
    if (amount > this.#largest) this.#largest = amount;
  }

  /** It was unusual: what enters the history is what was expected. */
  replace(day: number, amount: number): void {
    this.#clean[day] = amount;
  }

  amount(day: number): number {
    return this.#amounts[day]!;
  }

  /** The days of the month whose charges come on this day; the first is its own. */
  chargeDays(day: number): readonly number[] {
    return this.#calendar[day]!.chargeDays;
  }

  factor(day: number): number {
    return this.#weekdays.factor(this.#calendar[day]!.weekday);
  }

  /** What a day is to cost at a level, by its weekday: never far more than any day did. */
  costAt(level: number, day: number): number {
    return Math.min(level * this.factor(day), FAR * this.#largest);
  }

  /** A day by itself. */
  spanOf(day: number): Span {
    return { days: 1, spent: this.#amounts[day]!, averageDays: this.factor(day) };
  }

  /** Adds the known days of a half-open range to a span, the unusual ones as they were expected. */
  addTo(span: { -readonly [K in keyof Span]: Span[K] }, from: number, to: number): void {
    for (let day = from; day < to; day++) {
      const amount = this.#clean[day]!;
      if (Number.isNaN(amount)) continue;
      span.days += 1;
      span.spent += amount;
      span.averageDays += this.factor(day);
    }
  }

  /** What an average day cost from a day through another. The weekdays are learned anew where these days contradict them. */
  levelSince(from: number, through: number): number {
    const days: number[] = [];
    for (let day = Math.max(0, from); day <= through; day++) if (!Number.isNaN(this.amount(day))) days.push(day);
    const level = this.#levelOf(days);
    if (this.#areAsWeekdays(days, level)) return level;
    this.relearnWeekdays(from, through);
    return this.#levelOf(days);
  }

  /** The weekdays are no more what they were before a day, but what they were from it on. */
  relearnWeekdays(from: number, through: number): void {
    this.#weekdays.forget();
    this.#seasonFrom = from;
    for (let day = Math.max(0, from); day < through; day++) this.learnWeekday(day);
  }

  /** The largest amount from a day until another; 0 where none is known. */
  largestSince(from: number, until: number): number {
    let largest = 0;
    for (let day = Math.max(0, from); day < until; day++)
      if (this.#amounts[day]! > largest) largest = this.#amounts[day]!;
    return largest;
  }

  #levelOf(days: readonly number[]): number {
    return days.length === 0 ? 0 : Math.max(0, median(days.map((day) => this.amount(day) / this.factor(day))));
  }

  /** No day is to cost far more than any did, nor are the days far off what they were to cost, and nearer to their mean. */
  #areAsWeekdays(days: readonly number[], level: number): boolean {
    const spent = sum(days.map((day) => this.amount(day)));
    const off = (expected: (day: number) => number) =>
      sum(days.map((day) => Math.abs(this.amount(day) - expected(day))));
    return (
      level * this.#weekdays.largest() <= FAR * this.#largest &&
      off((day) => level * this.factor(day)) <= Math.max(FAR * off(() => spent / days.length), NEAR * spent)
    );
  }

  /** As if it had been at this level for weeks. */
  rewrite(day: number, level: number): void {
    const first = Math.max(0, day - REWRITTEN_DAYS);
    this.levels.set(level, first, day);
    for (let one = first; one <= day; one++) this.#clean[one] = level * this.factor(one);
  }

  /**
   * Half a week later it is known how a day was against the week around it. Unusual days count as they were: a few of them
   * move no median, and when it is the weekdays that have changed, they show it.
   */
  learnWeekday(today: number): void {
    const day = today - HALF_WEEK;
    if (day - HALF_WEEK < this.#seasonFrom) return;
    let week = 0;
    for (let one = day - HALF_WEEK; one <= today; one++) week += this.#amounts[one]!;
    if (!(week > 0)) return;
    this.#weekdays.learn(this.#calendar[day]!.weekday, this.#amounts[day]!, week / (2 * HALF_WEEK + 1));
    if (today >= SEASON_DAYS) this.#weekdays.settle();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
