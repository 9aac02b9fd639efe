import type { CalendarDay } from './calendar.ts';
import { MonthlyCharges } from './charges.ts';
import { PastDays } from './past-days.ts';
import { isRecord, Records } from './records.ts';
import { ACCEPTED_AFTER, hasReturned, isAccepted, isOpen, type Run, withDay } from './run-of-days.ts';
import type { Judgement } from './series.ts';
import { deviationOf, LEAST_DAY } from './span.ts';
import { median } from './statistics.ts';
import { Steadiness } from './steadiness.ts';
import { Windows } from './windows.ts';

/** Known days before there is a level. */
const START_DAYS = 14;

const UP = 1;

/** What is unusual stays unusual down to this share of the threshold. */
const STAYS = 0.45;

/** A day is at a level when it is off it by less than this, and by less than this share of what it is off the present one. */
const NEAR = 0.3;
const NEARER = 0.5;

/** For so many days a level may be returned to; later it is a rise or a fall like any other. */
const RETURN_DAYS = 28;

/** The last week of what has been unusual for long makes the new level. */
const LEVEL_DAYS = 7;

/** Of the days that people know to be right, the last ones make the level; what none of them has seen is not twice as large. */
const SETTLING_DAYS = 3;
const UNSEEN = 2;

/** The least first charge: in the first days against the next largest day, later as a share of the level. */
const CHARGE_AT_START = 1.25;
const CHARGE_SHARE = 0.2;

/** What is unusual over more days than that is no charge. */
const CHARGE_DAYS = 2;

/** What people have taught about a day. */
export interface Taught {
  /** Its day of the month carries a charge. */
  readonly isRecurring: boolean;
  /** It is one of the days that make a new level. */
  readonly level?: NewLevel;
}

/** What people say is how it is now. */
interface NewLevel {
  /** It began so many days ago. */
  readonly since: number;
  /** Whoever says so had seen this day. */
  readonly isSeen: boolean;
}

export type Verdict = Pick<Judgement, 'expected' | 'score' | 'turn'>;

/** What a day was to cost: the level of an average day, and beyond its season the charge of its day of the month. */
interface Expected {
  readonly level: number;
  readonly charge: number;
}

/** A day that is unusual: the level it was held against, and the one before the window that found it. */
interface Unusual {
  readonly direction: number;
  readonly level: number;
  readonly levelBefore: number;
}

/**
 * The model of one series, a day at a time: it cannot know what comes later. A day is expected to cost the level times the
 * factor of its weekday, and the charges of its day of the month. The score is the largest deviation of the last days
 * against the threshold of their window, which is a multiple of what is usual for the series itself. What was unusual enters
 * the history as what was expected, until it has lasted for two weeks.
 */
export class SeriesModel {
  readonly #past: PastDays;
  readonly #charges = new MonthlyCharges();
  readonly #steadiness = new Steadiness();
  /** The known days until there is a level. */
  readonly #beginning: { readonly day: number; readonly amount: number }[] = [];
  #windows: Windows | undefined;
  readonly #records = new Records();
  #run: Run | undefined;
  /** The one before that was accepted, and the day of that. */
  #lastLevel: { readonly level: number; readonly day: number } | undefined;

  /** For so many days. */
  constructor(days: number) {
    this.#past = new PastDays(days);
  }

  /** The next day; `undefined` is one of which nothing is known. */
  next(amount: number | undefined, calendar: CalendarDay, taught: Taught): Verdict {
    const past = this.#past;
    const day = past.begin(calendar);
    if (amount === undefined) return this.#skip(day);
    const told = taught.level && this.#isOf(taught.level, day, amount) ? taught.level : undefined;
    const record = this.#records.next(amount);
    if (told) this.#records.accept();
    const windows = this.#windows;
    if (!windows) return this.#begin(day, amount);
    const level = windows.levelFor(day);
    const season = past.costAt(level, day);
    const charge = this.#chargeOn(day, { excess: amount - season, level, isTaught: taught.isRecurring });
    past.know(day, amount - charge);
    const verdict = told
      ? this.#settle(day, { level, since: day - told.since })
      : this.#judge(day, { level, charge }, { windows, record });
    past.learnWeekday(day);
    return record && !told ? record : { expected: season + charge, ...verdict };
  }

  /** A day of which nothing is known: whoever asks is told what was expected, and nothing is learned. */
  #skip(day: number): Verdict {
    if (!this.#windows) return { expected: 0, score: undefined };
    this.#past.levels.hold(day);
    return { expected: this.#past.costAt(this.#windows.levelFor(day), day), score: undefined };
  }

  /** The first days make the first level. A first of the month that stands out of them is one with a charge. */
  #begin(day: number, amount: number): Verdict {
    const days = this.#beginning;
    this.#past.know(day, amount);
    days.push({ day, amount });
    if (days.length === START_DAYS) {
      const inOrder = days.map((one) => one.amount).sort((a, b) => a - b);
      const level = Math.max(0, median(inOrder));
      const least = CHARGE_AT_START * inOrder.at(-2)!;
      for (const one of days.filter(
        ({ day: first, amount: paid }) => this.#past.chargeDays(first)[0] === 1 && paid > least,
      )) {
        this.#charges.learn([1], { day: one.day, amount: one.amount - level });
        this.#past.know(one.day, level);
      }
      this.#past.levels.set(level, 0, day);
      for (let one = 0; one <= day; one++) this.#past.learnWeekday(one);
      this.#windows = new Windows(this.#past, day + 1);
    }
    return { expected: amount, score: undefined };
  }

  #chargeOn(day: number, { excess, level, isTaught }: { excess: number; level: number; isTaught: boolean }): number {
    const chargeDays = this.#past.chargeDays(day);
    // The charge that a person has just told of.
    if (isTaught && this.#charges.times(chargeDays) === 0) this.#charges.learn(chargeDays, { day, amount: excess });
    return this.#charges.explains(chargeDays, excess, { level, isTaught });
  }

  #judge(
    day: number,
    expected: Expected,
    { windows, record }: { windows: Windows; record: Verdict | undefined },
  ): Omit<Verdict, 'expected'> {
    if (record && isRecord(record)) return this.#keep(day, expected, record);
    const doubt = this.#doubtOf(day, expected) * this.#steadiness.lately();
    const farthest = windows.farthest(day, doubt);
    const score = farthest && this.#scoreOf(day, farthest.score);
    const today = windows.today();
    if (today) this.#steadiness.learnDay(today.deviation, today.usual);
    if (!farthest || score === undefined || Math.abs(score) < 1) {
      this.#learnCharge(day, expected, { direction: 0, days: 0 });
      windows.remember();
      this.#follow(day, score ?? 0);
      return { score };
    }
    const direction = Math.sign(score);
    this.#learnCharge(day, expected, { direction, days: farthest.days });
    const turn = this.#standAside(day, { direction, level: expected.level, levelBefore: farthest.level });
    return turn ? { score, turn } : { score };
  }

  /** A charge that was rarely seen makes its day less sure. */
  #doubtOf(day: number, { charge }: Expected): number {
    return charge > 0 ? Math.sqrt(1 + 1 / this.#charges.times(this.#past.chargeDays(day))) : 1;
  }

  #scoreOf(day: number, score: number): number {
    const goesOn = isOpen(this.#run, day, Math.sign(score));
    const raw = goesOn ? score / STAYS : score;
    const overall = this.#steadiness.overall(raw);
    if (raw !== 0 && (!goesOn || Math.abs(raw) < 1)) this.#steadiness.learnScore(raw);
    return raw / overall;
  }

  /** What is unusual on a day of the month may be its charge; what comes again and again is. */
  #learnCharge(day: number, { level, charge }: Expected, unusual: { direction: number; days: number }): void {
    const { direction, days } = unusual;
    const chargeDays = this.#past.chargeDays(day);
    const excess = this.#past.amount(day) + charge - level * this.#past.factor(day);
    const goesOn = direction !== 0 && this.#run !== undefined && isOpen(this.#run, day, this.#run.direction);
    const isNew = direction > 0 && days <= CHARGE_DAYS && !goesOn;
    const isKnown = this.#charges.times(chargeDays) > 0;
    const isCharge =
      chargeDays[0] === 1
        ? direction >= 0 && !goesOn && (isKnown || excess > CHARGE_SHARE * level)
        : isNew || (direction === 0 && this.#charges.isDue(chargeDays, day));
    if (isCharge) this.#charges.learn(chargeDays, { day, amount: excess });
  }

  /**
   * The nearer a fall is to being unusual, the less the level follows it: what comes after it is no rise. And days on which
   * next to nothing is due tell little of what an average day costs.
   */
  #follow(day: number, score: number): void {
    const past = this.#past;
    const factor = past.factor(day);
    const pull = (score < 0 ? 1 - score ** 2 : 1) * Math.min(1, factor / LEAST_DAY);
    past.levels.follow(day, Math.max(0, past.amount(day)) / factor, pull);
  }

  /** A day that is unusual by its records teaches nothing, unless it is one of many: then its level is the new one. */
  #keep(day: number, expected: Expected, { score, turn }: Verdict): Omit<Verdict, 'expected'> {
    const { level } = expected;
    this.#learnCharge(day, expected, { direction: UP, days: 1 });
    this.#run = withDay(this.#run, day, { direction: UP, levelBefore: level, atLastLevel: false });
    this.#hold(day, level);
    if (turn) {
      // The weekdays were those of a series that rarely cost anything.
      this.#past.relearnWeekdays(day - ACCEPTED_AFTER + 1, day);
      this.#acceptWeek(day, this.#run.levelBefore);
    }
    return { score };
  }

  /** An unusual day teaches nothing, unless it is one of many: then its level is the new one, or the last one again. */
  #standAside(day: number, { direction, level, levelBefore }: Unusual): Judgement['turn'] {
    const atLastLevel = this.#isAtLastLevel(day, level);
    this.#run = withDay(this.#run, day, { direction, levelBefore, atLastLevel });
    this.#hold(day, level);
    if (hasReturned(this.#run)) {
      this.#moveTo(day, this.#lastLevel!.level);
      return 'returned';
    }
    if (!isAccepted(this.#run)) return undefined;
    this.#acceptWeek(day, this.#run.levelBefore);
    return 'accepted';
  }

  #isAtLastLevel(day: number, level: number): boolean {
    if (!this.#lastLevel || day - this.#lastLevel.day > RETURN_DAYS) return false;
    const off = (from: number) => Math.abs(deviationOf(this.#past.spanOf(day), from));
    return off(this.#lastLevel.level) < Math.min(NEAR, NEARER * off(level));
  }

  #hold(day: number, level: number): void {
    this.#past.levels.hold(day);
    this.#past.replace(day, level * this.#past.factor(day));
  }

  #acceptWeek(day: number, before: number): void {
    this.#accept(day, { level: this.#past.levelSince(day - LEVEL_DAYS + 1, day), before });
  }

  #accept(day: number, { level, before }: { level: number; before: number }): void {
    this.#moveTo(day, level);
    this.#lastLevel = { level: before, day };
  }

  /** It is at this level now, and has been for weeks as far as what follows is concerned. */
  #moveTo(day: number, level: number): void {
    this.#past.rewrite(day, level);
    this.#lastLevel = undefined;
    this.#run = undefined;
  }

  /** What a person has seen makes the level that they say is right; what they have not seen may, if it is like it. */
  #isOf({ since, isSeen }: NewLevel, day: number, amount: number): boolean {
    return isSeen || amount < UNSEEN * this.#past.largestSince(day - since, day);
  }

  /** A person says that a new level began `since`, which is without an opinion. Its first day may not have been a whole one. */
  #settle(day: number, { level, since }: { level: number; since: number }): Omit<Verdict, 'expected'> {
    const before = day === since ? level : (this.#lastLevel?.level ?? level);
    const first = Math.max(Math.min(day, since + 1), day - SETTLING_DAYS + 1);
    this.#accept(day, { level: this.#past.levelSince(first, day), before });
    return { score: undefined };
  }
}
