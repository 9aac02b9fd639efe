import { Newest } from './statistics.ts';

const WEEK = 7;

/** A weekday is what it was in its last so many weeks. */
const WEEKS = 10;

/** The error of a median is so many times that of a mean: pi / 2. */
const MEDIAN_VARIANCE = Math.PI / 2;

/** A weekday on which next to nothing is spent still has a share, so that nothing is divided by zero. */
const LEAST_FACTOR = 0.02;

/** Mean absolute deviation to standard deviation, of normal noise. */
const MEAN_TO_SD = 1.25;

/** How far a day is off its weekday's share, until that is known. */
const NOISE = 0.1;

/**
 * How much of an average day each weekday costs. The factor of a weekday is the median of its days against the week around
 * each, drawn towards 1 the more the less it stands out from its own noise; the seven have a mean of 1.
 */
export class Weekdays {
  readonly #ratios = Array.from({ length: WEEK }, () => new Newest(WEEKS));
  readonly #medians = new Float64Array(WEEK).fill(1);
  readonly #factors = new Float64Array(WEEK).fill(1);
  #noise = NOISE;

  factor(weekday: number): number {
    return this.#factors[weekday]!;
  }

  /** Of the dearest weekday. */
  largest(): number {
    return Math.max(...this.#factors);
  }

  /** Nothing is known of them any more: each is an average day. */
  forget(): void {
    for (const [weekday] of this.#ratios.entries()) this.#ratios[weekday] = new Newest(WEEKS);
    this.#medians.fill(1);
    this.#factors.fill(1);
    this.#noise = NOISE;
  }

  /** One more day of this weekday, and what a day cost on average in the week around it. */
  learn(weekday: number, amount: number, average: number): void {
    const ratios = this.#ratios[weekday]!;
    const ratio = amount / average;
    if (ratios.count > 0)
      this.#noise += 0.03 * (Math.min(0.5, Math.abs(ratio - this.#medians[weekday]!)) - this.#noise);
    ratios.push(ratio);
    this.#medians[weekday] = ratios.quantile(0.5);
  }

  /** Draws the factors anew from what was learned. */
  settle(): void {
    const factors = this.#factors;
    let sum = 0;
    for (let weekday = 0; weekday < WEEK; weekday++) {
      const off = this.#medians[weekday]! - 1;
      const error = (MEDIAN_VARIANCE * (MEAN_TO_SD * this.#noise) ** 2) / Math.max(1, this.#ratios[weekday]!.count);
      factors[weekday] = Math.max(LEAST_FACTOR, 1 + off * (off ** 2 / (off ** 2 + error + Number.EPSILON)));
      sum += factors[weekday]!;
    }
    for (let weekday = 0; weekday < WEEK; weekday++) factors[weekday]! *= WEEK / sum;
  }
}
