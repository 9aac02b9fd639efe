import { Newest } from './statistics.ts';

/** How fast the last weeks are learned, how far a day counts at most, and how much of their excess raises the threshold. */
const RESTLESS = { pace: 0.07, most: 3, share: 0.33 };

/** The size of a usual day in units of the usual deviation, which is 1.48 times the median one. */
const USUAL_DAY = 0.67;

/** Past scores of a direction, about eight months of them: from how many on they count, and how much. */
const SCORES = { most: 250, least: 40, share: 0.35 };

/** Where the high scores of a calm series lie: the 97th of a hundred days. */
const HIGH = { quantile: 0.97, calm: 0.8 };

/** How restless a series is: in the last weeks by its days, over its past by its scores. Both raise what it takes to be noticed. */
export class Steadiness {
  readonly #up = new Newest(SCORES.most);
  readonly #down = new Newest(SCORES.most);
  #restless = 1;

  /** By what a deviation is divided; 1 in calm weeks. */
  lately(): number {
    return 1 + RESTLESS.share * Math.max(0, this.#restless - 1);
  }

  learnDay(deviation: number, usual: number): void {
    const size = Math.min(RESTLESS.most, Math.abs(deviation) / usual / USUAL_DAY);
    this.#restless += RESTLESS.pace * (size - this.#restless);
  }

  /** By what a score is divided that is up (positive) or down: near 1 when high scores are as rare as they should be. */
  overall(direction: number): number {
    const scores = direction > 0 ? this.#up : this.#down;
    if (scores.count < SCORES.least) return 1;
    return 1 - SCORES.share + (SCORES.share * scores.quantile(HIGH.quantile)) / HIGH.calm;
  }

  /** A score of 1 is unusual; what is beyond tells no more. */
  learnScore(score: number): void {
    this.#up.push(Math.min(1, Math.max(0, score)));
    this.#down.push(Math.min(1, Math.max(0, -score)));
  }
}
