import { daysBetween } from './day.ts';
import { PAUSE_DAYS } from './run-of-days.ts';
import type { Day, Judgement, Lesson } from './series.ts';
import { quantile } from './statistics.ts';

/** Days since the first spend before there is an opinion, unless a person has said what is right. */
const LEAST_DAYS = 7;

/**
 * Its level is what five of six of its last days with spend cost at most: dear weekends are no rise, and a dear first day
 * hides none.
 */
const LEVEL_DAYS = 28;
const LEVEL_SHARE = 5 / 6;

/** From so many times the level on a day is unusual, and the mean of the last days with it. */
const AT_LEAST = 2;
const LATELY_DAYS = 3;

/** What has been unusual on so many days is how it is now. */
const ACCEPTED_AFTER = 14;

/**
 * A series that the model has no opinion on, because it knows too little of it: its days are held against its own few, so
 * that what is many times as dear is told. What is unusual when the model gets its opinion stays so until it is over or accepted.
 */
export class YoungDays {
  readonly #lessons: readonly Lesson[];
  #first: Day | undefined;
  /** What its usual days have cost, and its last days. */
  #usual: number[] = [];
  #lately: number[] = [];
  /** The largest day that a person has called right; what came before it says no more what is usual. */
  #told: number | undefined;
  /** By the day of the month: the charges that a person has called right. */
  readonly #charges = new Map<string, number>();
  /** The model has had an opinion. */
  #isGrown = false;
  #run: { readonly amounts: readonly number[]; readonly last: Day } | undefined;

  constructor(lessons: readonly Lesson[]) {
    this.#lessons = lessons;
  }

  /** What it makes of a known day; nothing where it has no opinion. @param stage `new`: the day is told as such, and teaches */
  next(judgement: Judgement, stage: 'new' | 'known'): Judgement | undefined {
    const { day, actual, score, leftOut } = judgement;
    if (leftOut || actual <= 0) return undefined;
    this.#first ??= day;
    this.#isGrown ||= score !== undefined;
    if (this.#lessons.some((one) => one.kind === 'level' && isWithin(one, day))) return this.#settle(actual);
    if (this.#lessons.some(({ kind, from }) => kind === 'recurring' && from === day)) {
      this.#charges.set(day.slice(-2), actual);
    }
    const goesOn = this.#run !== undefined && daysBetween(this.#run.last, day) <= PAUSE_DAYS;
    if (!goesOn) this.#run = undefined;
    this.#lately = [...this.#lately.slice(1 - LATELY_DAYS), actual];
    const level = this.#levelOn(day);
    if (stage === 'new' || level === undefined || (score !== undefined && !goesOn)) {
      this.#usual.push(actual);
      return undefined;
    }
    const off = Math.min(mean(this.#lately), actual) / level / AT_LEAST;
    const verdict = { day, actual, expected: level, score: off };
    // The model knows better when its own level is the one that is passed.
    if (score !== undefined && score >= 1) return this.#goOn(judgement);
    if (off >= 1) return { ...verdict, ...this.#standAside(day, actual) };
    if (actual < AT_LEAST * level) this.#usual.push(actual);
    return score === undefined && !this.#isGrown ? verdict : undefined;
  }

  /** A person says that it is right. */
  #settle(actual: number): undefined {
    if (this.#told === undefined || this.#run) this.#usual = [];
    this.#run = undefined;
    this.#lately = [];
    this.#usual.push(actual);
    this.#told = Math.max(this.#told ?? 0, actual);
  }

  #levelOn(day: Day): number | undefined {
    const isKnown = daysBetween(this.#first!, day) >= LEAST_DAYS;
    const answered = [this.#told, this.#charges.get(day.slice(-2)), ...(isKnown ? [] : this.#charges.values())];
    const least = Math.max(0, ...answered.filter((one) => one !== undefined));
    if (!isKnown && least === 0) return undefined;
    const usual = this.#usual.slice(-LEVEL_DAYS);
    return usual.length === 0 ? least || undefined : Math.max(least, quantile(usual, LEVEL_SHARE));
  }

  #goOn({ day, actual, turn }: Judgement): undefined {
    this.#run = turn ? undefined : { amounts: [...(this.#run?.amounts ?? []), actual], last: day };
  }

  #standAside(day: Day, actual: number): Pick<Judgement, 'turn'> {
    const amounts = [...(this.#run?.amounts ?? []), actual];
    this.#run = { amounts, last: day };
    if (amounts.length < ACCEPTED_AFTER) return {};
    this.#usual = [...amounts];
    this.#told = undefined;
    this.#run = undefined;
    return { turn: 'accepted' };
  }
}

const isWithin = ({ from, through = from }: Lesson, day: Day): boolean => from <= day && day <= through;

const mean = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0) / amounts.length;
