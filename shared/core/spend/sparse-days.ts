import type { Verdict } from './series-model.ts';

/** A series is sparse when at least half of its last known days cost nothing. */
const RECENT = 28;

/** Known days since its first spend, and days with spend, before there is an opinion. */
const LEAST_DAYS = 42;
const LEAST_SPENDS = 3;

/** From so many times the largest day on, a day is unusual. */
const RECORD = 2;

/** A series that has no usual day, as it rarely costs anything: its days are held against the largest of those before. */
export class SparseDays {
  readonly #recent: boolean[] = [];
  #days = 0;
  #spends = 0;
  #largest = 0;

  /** What it makes of a known day; nothing where the series is not sparse. */
  next(amount: number): Verdict | undefined {
    const verdict = this.#isSparse() ? this.#judge(amount) : undefined;
    this.#recent.push(amount > 0);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#days += 1;
    if (amount > 0) this.#spends += 1;
    this.#largest = Math.max(this.#largest, amount);
    return verdict;
  }

  #isSparse(): boolean {
    const spent = this.#recent.filter(Boolean).length;
    return this.#recent.length === RECENT && 2 * spent <= RECENT;
  }

  #judge(amount: number): Verdict {
    const expected = Math.max(0, Math.min(amount, this.#largest));
    const isKnown = this.#days >= LEAST_DAYS && this.#spends >= LEAST_SPENDS;
    return { expected, score: isKnown ? Math.max(0, amount) / this.#largest / RECORD : undefined };
  }
}
