import type { CalendarDay } from './calendar.ts';
import { Levels } from './levels.ts';
import type { Span } from './span.ts';
import { median } from './statistics.ts';
import { Weekdays } from './weekdays.ts';

/** Days at the beginning that tell nothing of the weekdays yet. */
const SEASON_DAYS = 20;

/** The week around a day ends so many days later. */
const HALF_WEEK = 3;

/** A new level is taken from so many days; so many are rewritten to it, the longest window included. */
const LEVEL_DAYS = 7;
const REWRITTEN_DAYS = 28;

/** What is known of a series up to a day, without its charges: each day, the weekdays, the levels. */
export class PastDays {
  readonly levels: Levels;
  readonly #weekdays = new Weekdays();
  readonly #calendar: CalendarDay[] = [];
  /** As it was; NaN where it is not known. */
  readonly #amounts: Float64Array;
  /** The same, but what was unusual is what was expected. */
  readonly #clean: Float64Array;

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

  /** What an average day cost in the week up to a day, and since `from`. */
  levelOfWeek(day: number, from: number): number {
    const days: number[] = [];
    for (let one = Math.max(from, day - LEVEL_DAYS + 1); one <= day; one++) {
      if (!Number.isNaN(this.#amounts[one]!)) days.push(this.#amounts[one]! / this.factor(one));
    }
    return Math.max(0, median(days));
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
    if (day < HALF_WEEK) return;
    let week = 0;
    for (let one = day - HALF_WEEK; one <= today; one++) week += this.#amounts[one]!;
    if (!(week > 0)) return;
    this.#weekdays.learn(this.#calendar[day]!.weekday, this.#amounts[day]!, week / (2 * HALF_WEEK + 1));
    if (today >= SEASON_DAYS) this.#weekdays.settle();
  }
}
