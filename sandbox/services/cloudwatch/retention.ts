import { DAY, HOUR, MINUTE } from '../../clock.ts';

/**
 * How long CloudWatch keeps points of which length, and how it rounds a request's start
 * (Amazon CloudWatch User Guide, "Metrics retention"; API reference of GetMetricData, StartTime and Period).
 */

/** Age up to which points of a period that is a multiple of `multipleOf` seconds are still there. */
const KEPT: readonly { readonly age: number; readonly multipleOf: number }[] = [
  { age: 3 * HOUR, multipleOf: 1 },
  { age: 15 * DAY, multipleOf: 60 },
  { age: 63 * DAY, multipleOf: 300 },
  { age: 455 * DAY, multipleOf: 3600 },
];

/** The oldest moment of which points with this period are still kept, in epoch milliseconds. */
export function oldestKept(now: number, periodSeconds: number): number {
  const kept = KEPT.filter(({ multipleOf }) => periodSeconds % multipleOf === 0).map(({ age }) => age);
  return now - Math.max(0, ...kept);
}

/** The start that CloudWatch makes of the one asked for: whole minutes, 5 minutes or hours, the older the coarser. */
export function roundedStart(start: number, now: number): number {
  const age = now - start;
  const step = age < 15 * DAY ? MINUTE : age < 63 * DAY ? 5 * MINUTE : HOUR;
  return Math.floor(start / step) * step;
}
