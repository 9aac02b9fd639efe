/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An even spread of numbers in [0, 1), the same ones for the same seed and number: the noise needs no memory. */
export function noise(seed: number, number: number): number {
  let mixed = Math.imul((seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** A seed of a text's own (FNV-1a). */
export function seedOf(text: string): number {
  let mixed = 0x811c9dc5;
  for (const letter of text) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193);
  return mixed >>> 0;
}

/** `length` lower-case hexadecimal digits, as in the ids that EC2 hands out. */
export function hex(random: Random, length: number): string {
  let digits = '';
  while (digits.length < length) digits += Math.floor(random() * 16).toString(16);
  return digits;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `length` upper-case letters and digits, as in access key ids and `DbiResourceId`s. */
export function base32(random: Random, length: number): string {
  return Array.from({ length }, () => BASE32[Math.floor(random() * 32)]).join('');
}
