import { FULL_PERCENT } from './cpu-need.ts';

/** An hour of 5-minute samples, and how many bad ones of them are too many. */
const SAMPLES = 12;
const TOO_MANY = 6;

/** Whether a machine that was made smaller is too small: six of its last twelve 5-minute CPU samples are above 90 %. */
export const isOverloaded = (cpuPercentSamples: readonly number[]): boolean =>
  isTooOften(cpuPercentSamples.map((percent) => percent > FULL_PERCENT));

/** Whether it is so in six of the last twelve 5-minute samples. */
export const isTooOften = (samples: readonly boolean[]): boolean =>
  samples.slice(-SAMPLES).filter(Boolean).length >= TOO_MANY;
