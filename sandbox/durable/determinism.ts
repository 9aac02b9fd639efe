import { createRandom } from '../random.ts';

/**
 * Two things of this thread that would make runs differ. Both functions return one that takes it back.
 */

/** Makes `new Date()` and `Date.now()` follow `now` (milliseconds); timers stay real. */
export function followTime(now: () => number): () => void {
  const Real = globalThis.Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: unknown[], as) => Reflect.construct(target, args.length > 0 ? args : [now()], as),
    apply: () => new Real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  return () => {
    globalThis.Date = Real;
  };
}

/** The SDK's strategies jitter by `Math.random`; "the fifth call" is the same one only if that is seeded. */
export function seedMathRandom(seed = 1): () => void {
  const real = Math.random;
  Math.random = createRandom(seed);
  return () => {
    Math.random = real;
  };
}
