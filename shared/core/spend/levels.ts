import { ratioOf, type Span } from './span.ts';

/** How much of a new day the level takes over: about three weeks, one week, half a week, a day. */
const SPEEDS = [0.05, 0.15, 0.35, 0.7];

/** How much of what was known of the misses is left after a day: about seven weeks. */
const MEMORY = 0.98;

/** A miss beyond this share of the level tells nothing more about a speed. */
const LARGEST_MISS = 0.5;

/** The smallest miss that is told apart from none. */
const SMALLEST_MISS = 1e-4;

/**
 * What an average day costs, as exponential smoothing sees it at several speeds; known for every day of the past. Single days
 * are kept from pulling it far, as in the robust smoothing of Gelper, Fried and Croux (Journal of Forecasting 29, 2010).
 */
export class Levels {
  readonly #byDay: readonly Float64Array[];

  constructor(days: number) {
    this.#byDay = SPEEDS.map(() => new Float64Array(days));
  }

  /** At one speed, after a day. */
  after(day: number, speed: number): number {
    return this.#byDay[speed]![day]!;
  }

  /** From a day through another all speeds have this level. */
  set(level: number, from: number, through: number): void {
    for (const levels of this.#byDay) levels.fill(level, from, through + 1);
  }

  /** A day that teaches nothing. */
  hold(day: number): void {
    for (const levels of this.#byDay) levels[day] = levels[day - 1]!;
  }

  /** A day's amount without its season, which counts as at most the double of a level; `pull` 0 is none, 1 full. */
  follow(day: number, amount: number, pull: number): void {
    for (let speed = 0; speed < SPEEDS.length; speed++) {
      const levels = this.#byDay[speed]!;
      const before = levels[day - 1]!;
      const step = before > 0 ? Math.min(before, amount - before) : amount;
      levels[day] = before + SPEEDS[speed]! * pull * step;
    }
  }
}

/** How well each speed has foreseen this series, some days ahead. The one that has done best counts nearly alone. */
export class Foresight {
  readonly #misses = new Float64Array(SPEEDS.length).fill(0.01);

  /** The levels after a day, weighed by how well their speeds have done. */
  levelAfter(levels: Levels, day: number): number {
    let [sum, weights] = [0, 0];
    for (let speed = 0; speed < SPEEDS.length; speed++) {
      const miss = this.#misses[speed]! + SMALLEST_MISS;
      const weight = 1 / (miss * miss * miss * miss * miss);
      sum += weight * levels.after(day, speed);
      weights += weight;
    }
    return sum / weights;
  }

  /** What a span then cost, of which the levels after `day` had to tell. */
  learn(levels: Levels, day: number, span: Span): void {
    for (let speed = 0; speed < SPEEDS.length; speed++) {
      const level = levels.after(day, speed);
      const miss = level > 0 ? Math.min(LARGEST_MISS, Math.abs(ratioOf(span, level) - 1)) : LARGEST_MISS;
      this.#misses[speed]! += (1 - MEMORY) * (miss - this.#misses[speed]!);
    }
  }
}
