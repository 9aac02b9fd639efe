import type { Clock } from '../../clock.ts';

/** By how much more is demanded than was planned: a factor that a test may change at any moment. */
export class Surge {
  readonly #steps: { readonly since: number; readonly factor: number }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on `factor` times the planned demand. */
  to(factor: number): void {
    this.#steps.push({ since: this.#clock.now().getTime(), factor });
  }

  at(moment: number): number {
    return this.#steps.findLast(({ since }) => since <= moment)?.factor ?? 1;
  }

  changedBetween(from: number, to: number): boolean {
    return this.#steps.some(({ since }) => since > from && since < to);
  }
}
