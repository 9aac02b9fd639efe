import { isAccepted, isOpen, type Run, withDay } from './run-of-days.ts';
import type { Verdict } from './series-model.ts';

/** A series is rare when at least half of so many known days cost nothing. */
const RECENT = 28;

/** From so many times the largest before on, a day or a week is unusual. */
const RECORD = 2;

const UP = 1;

/** What is unusual stays unusual down to this share of that. */
const STAYS = 0.6;

const WEEK = 7;

/** A day is one of an unusual week when it cost at least this share of the week's average day. */
const PART_OF_WEEK = 0.5;

/** A known day: what was spent, and where that was unusual what was to be spent. */
interface Spent {
  readonly amount: number;
  readonly usual: number;
}

/**
 * The days of a series that has no usual one, as it rarely costs anything: each, and the week that ends with it, is held against
 * the largest before. What is unusual makes no record until it is over or accepted: it is unusual while it lasts.
 */
export class Records {
  /** The newest known days. */
  readonly #spent: Spent[] = [];
  #days = 0;
  #largest = 0;
  #largestWeek = 0;
  #run: Run | undefined;

  /** What it makes of a known day; nothing where the series is not rare. */
  next(amount: number): Verdict | undefined {
    if (this.#run && !isOpen(this.#run, this.#days, UP)) this.#endRun();
    const verdict = this.#run || this.#isRare() ? this.#judge(amount) : undefined;
    const isUnusual = verdict !== undefined && isRecord(verdict);
    this.#spent.push({ amount, usual: isUnusual ? verdict.expected : amount });
    if (this.#spent.length > RECENT) this.#spent.shift();
    this.#days += 1;
    if (isUnusual) return this.#standAside(verdict);
    if (!this.#run) this.#learn();
    return verdict;
  }

  /** What was spent lately is how it is, be it on each day of a week. */
  accept(): void {
    this.#endRun();
    this.#largestWeek = Math.max(this.#largestWeek, WEEK * this.#largest);
  }

  #isRare(): boolean {
    return this.#spent.length === RECENT && 2 * this.#spent.filter(({ amount }) => amount > 0).length <= RECENT;
  }

  #judge(amount: number): Verdict {
    const before = this.#spent.slice(1 - WEEK);
    const left = this.#largestWeek - sumOf(before, 'usual');
    const expected = Math.max(0, Math.min(amount, this.#largest, left));
    if (this.#largest === 0) return { expected, score: undefined };
    const week = sumOf(before, 'amount') + amount;
    const ofWeek = amount >= (PART_OF_WEEK * week) / WEEK ? week / this.#largestWeek : 0;
    const record = Math.max(0, amount / this.#largest, ofWeek);
    return { expected, score: record / RECORD / (this.#run ? STAYS : 1) };
  }

  #standAside(verdict: Verdict): Verdict {
    this.#run = withDay(this.#run, this.#days - 1, { direction: UP, levelBefore: 0, atLastLevel: false });
    if (!isAccepted(this.#run)) return verdict;
    this.accept();
    return { ...verdict, turn: 'accepted' };
  }

  /** A week is a record for those that have no day of it. */
  #learn(): void {
    this.#largest = Math.max(this.#largest, this.#spent.at(-1)!.amount);
    this.#largestWeek = Math.max(this.#largestWeek, sumOf(this.#spent.slice(1 - 2 * WEEK, 1 - WEEK), 'amount'));
    // Until there is such a week, it may have been all of its largest day.
    this.#largestWeek = Math.max(this.#largestWeek, this.#largest);
  }

  #endRun(): void {
    this.#run = undefined;
    this.#largest = this.#spent.reduce((most, { amount }) => Math.max(most, amount), this.#largest);
    this.#largestWeek = Math.max(this.#largestWeek, sumOf(this.#spent.slice(-WEEK), 'amount'));
  }
}

/** The day is unusual. */
export const isRecord = ({ score }: Verdict): boolean => score !== undefined && score >= 1;

const sumOf = (days: readonly Spent[], of: keyof Spent): number => days.reduce((sum, one) => sum + one[of], 0);
