import type { PastDays } from './past-days.ts';
import { deviationOf } from './span.ts';
import { TrailingWindow } from './window.ts';

/** A dip of a single day is hardly ever worth a word, so that it takes more. */
const SIZES = [
  { days: 1, up: 5.25, down: 7.5 },
  { days: 2, up: 4, down: 4.5 },
  { days: 4, up: 3.75, down: 4 },
  { days: 7, up: 3.75, down: 4 },
  { days: 14, up: 3.75, down: 4.5 },
  { days: 21, up: 4, down: 4.5 },
];

/** The last day of a window must be off by this share of what the window is, or it is over. */
const LAST_DAY_SHARE = 0.5;

/** How far the window that is farthest off is, in units of its threshold; 0 where none is off. */
interface Farthest {
  readonly score: number;
  readonly days: number;
  /** What an average day cost before it. */
  readonly level: number;
}

/** The last days of a series, one and more together, each against its own past. */
export class Windows {
  readonly #past: PastDays;
  readonly #windows = SIZES.map((size) => new TrailingWindow(size));
  /** Of each window as it ends today; NaN where it has none. */
  readonly #deviations = new Float64Array(SIZES.length);
  /** The first day that a window may hold. */
  readonly #first: number;

  constructor(past: PastDays, first: number) {
    this.#past = past;
    this.#first = first;
  }

  /** What a day is expected to cost were it an average one. */
  levelFor(day: number): number {
    return this.#windows[0]!.levelFor(this.#past.levels, day);
  }

  /** Nothing while no window has a past to compare with. The more `doubt` (from 1 on), the less is a deviation. */
  farthest(day: number, doubt: number): Farthest | undefined {
    const past = this.#past;
    const span = { days: 0, spent: 0, averageDays: 0 };
    let farthest: Farthest | undefined;
    let from = day + 1;
    this.#deviations.fill(Number.NaN);
    for (let index = 0; index < this.#windows.length; index++) {
      const window = this.#windows[index]!;
      const first = day - window.days + 1;
      if (first < this.#first) break;
      past.addTo(span, first, from);
      from = first;
      const level = window.levelFor(past.levels, day);
      window.learnLevel(past.levels, day, span);
      if (!(level > 0)) continue;
      const deviation = deviationOf(span, level);
      this.#deviations[index] = deviation;
      const usual = window.usual();
      if (usual === undefined) continue;
      farthest ??= { score: 0, days: window.days, level };
      const score = deviation / window.threshold(deviation, usual) / doubt;
      const ofDay = deviationOf(past.spanOf(day), level);
      const isOver = ofDay * Math.sign(deviation) < LAST_DAY_SHARE * Math.abs(deviation);
      if (Math.abs(score) > Math.abs(farthest.score) && !isOver) farthest = { score, days: window.days, level };
    }
    return farthest;
  }

  /** How far off today alone is, and how far a day usually is; nothing while that is not known. */
  today(): { readonly deviation: number; readonly usual: number } | undefined {
    const usual = this.#windows[0]!.usual();
    const deviation = this.#deviations[0]!;
    return usual === undefined || Number.isNaN(deviation) ? undefined : { deviation, usual };
  }

  /** Today is as days are. */
  remember(): void {
    for (let index = 0; index < this.#windows.length; index++) {
      const deviation = this.#deviations[index]!;
      if (!Number.isNaN(deviation)) this.#windows[index]!.remember(Math.abs(deviation));
    }
  }
}
