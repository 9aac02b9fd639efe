import { Foresight, type Levels } from './levels.ts';
import type { Span } from './span.ts';
import { Newest } from './statistics.ts';

/** Deviations that a window has seen before it has an opinion, and that it remembers. */
const LEAST_PAST = 28;
const PAST = 120;

/** From the median to what is usual of normal noise; nothing is usual below 2 %. */
const MEDIAN_TO_SD = 1.48;
const LEAST_USUAL = 0.02;

export interface WindowSize {
  readonly days: number;
  /** From so many times its usual deviation on a rise, and a fall, is unusual. */
  readonly up: number;
  readonly down: number;
}

/** The last so many days together, against what the days before them let expect. */
export class TrailingWindow {
  readonly days: number;
  readonly #size: WindowSize;
  readonly #foresight = new Foresight();
  readonly #past = new Newest(PAST);

  constructor(size: WindowSize) {
    this.days = size.days;
    this.#size = size;
  }

  /** What an average day of the window that ends with `day` was to cost, from the days before it. */
  levelFor(levels: Levels, day: number): number {
    return this.#foresight.levelAfter(levels, day - this.days);
  }

  /** What it did cost. */
  learnLevel(levels: Levels, day: number, span: Span): void {
    this.#foresight.learn(levels, day - this.days, span);
  }

  /** How far it usually is off; nothing while its past is too short. */
  usual(): number | undefined {
    return this.#past.count < LEAST_PAST ? undefined : Math.max(LEAST_USUAL, MEDIAN_TO_SD * this.#past.quantile(0.5));
  }

  /** From which size on a rise (`direction` above 0) or a fall is unusual. */
  threshold(direction: number, usual: number): number {
    return usual * (direction < 0 ? this.#size.down : this.#size.up);
  }

  remember(size: number): void {
    this.#past.push(size);
  }
}
