import { base32, createRandom, hex, type Random } from '../random.ts';

/** Random choices of one resource: its own numbers, so that a bigger fleet does not change the smaller one in it. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number, salt: string) {
    let mixed = seed >>> 0;
    for (const letter of salt) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    this.#random = createRandom(mixed);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** True in this share of all throws. */
  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  hex(length: number): string {
    return hex(this.#random, length);
  }

  base32(length: number): string {
    return base32(this.#random, length);
  }

  /** In another order, by Fisher and Yates. */
  shuffled<T>(items: readonly T[]): T[] {
    const mixed = [...items];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const other = this.between(0, last);
      [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
    }
    return mixed;
  }
}
