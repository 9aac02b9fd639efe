import { HOUR } from '../clock.ts';
import { noise } from '../random.ts';

/** What the twelve five-minute samples of one hour come to. `low <= average <= peak`. */
export interface Hour {
  readonly average: number;
  readonly peak: number;
  readonly low: number;
}

/** A metric hour by hour, from the number of hours since 1970 (UTC). `undefined`: nothing was measured. */
export type Load = (hour: number) => Hour | undefined;

const hourOfDay = (hour: number): number => hour % 24;
/** The first of January 1970 was a Thursday. 0 is Sunday. */
const weekday = (hour: number): number => (Math.floor(hour / 24) + 4) % 7;

/** Hardly anything, around the clock: an agent's heartbeat, a package index being read. */
export function murmur(seed: number, around: number): Load {
  return (hour) => {
    const average = around * (0.85 + 0.3 * noise(seed, hour));
    return { average, peak: average * (1.2 + 0.8 * noise(seed + 1, hour)), low: average * 0.6 };
  };
}

/** People at work: nights are quiet, noons are not, weekends are half as busy. */
export function workdays(seed: number, atNoon: number): Load {
  return (hour) => {
    const daytime = Math.max(0.12, Math.sin((Math.PI * (hourOfDay(hour) - 5)) / 16));
    const week = weekday(hour) === 0 || weekday(hour) === 6 ? 0.5 : 1;
    const average = atNoon * daytime * week * (0.9 + 0.2 * noise(seed, hour));
    return { average, peak: average * (1.3 + 0.5 * noise(seed + 1, hour)), low: average * 0.5 };
  };
}

/** Quiet, but for five minutes every few days, which an average of the day swallows. */
export function spikes(seed: number, { quiet, spike }: { quiet: number; spike: number }): Load {
  const calm = murmur(seed, quiet);
  return (hour) => {
    const base = calm(hour);
    const day = Math.floor(hour / 24);
    const strikes = day % 3 === seed % 3 && hourOfDay(hour) === Math.floor(24 * noise(seed + 2, day));
    if (!base || !strikes) return base;
    const peak = spike * (0.8 + 0.2 * noise(seed + 3, day));
    return { peak, low: base.low, average: (base.average * 11 + peak) / 12 };
  };
}

/** Quiet, but for some hours of one night a month. */
export function monthly(
  seed: number,
  { quiet, busy, dayOfMonth }: { quiet: number; busy: number; dayOfMonth: number },
): Load {
  const calm = murmur(seed, quiet);
  return (hour) => {
    if (hourOfDay(hour) < 1 || hourOfDay(hour) > 4) return calm(hour);
    if (new Date(hour * HOUR).getUTCDate() !== dayOfMonth) return calm(hour);
    return { average: busy, peak: busy * 1.2, low: busy * 0.7 };
  };
}

/** About the same all the time, as memory is. */
export function level(seed: number, around: number): Load {
  return (hour) => {
    const average = around * (0.98 + 0.04 * noise(seed, hour));
    return { average, peak: average * 1.02, low: average * 0.98 };
  };
}

/** Quiet, but for one full hour of every day. */
export function daily(seed: number, { quiet, busy, hourUtc }: { quiet: number; busy: number; hourUtc: number }): Load {
  const [calm, rush] = [murmur(seed, quiet), level(seed + 1, busy)];
  return (hour) => (hourOfDay(hour) === hourUtc ? rush(hour) : calm(hour));
}

/** One load on some days (counted from 1970, UTC), another on all others. */
export const onDays =
  (days: ReadonlySet<number>, busy: Load, usual: Load): Load =>
  (hour) =>
    days.has(Math.floor(hour / 24)) ? busy(hour) : usual(hour);

/** As it was, times a factor that may change from hour to hour. */
export const times =
  (load: Load, factorOf: (hour: number) => number): Load =>
  (number) => {
    const hour = load(number);
    const factor = factorOf(number);
    return hour && { average: hour.average * factor, peak: hour.peak * factor, low: hour.low * factor };
  };

/** The same number all the time. */
export const steady = (value: number): Load => {
  const hour = { average: value, peak: value, low: value };
  return () => hour;
};

/** As it was, but the peaks and lows in whole numbers: at no moment is anybody half connected. */
export const whole =
  (load: Load): Load =>
  (number) => {
    const hour = load(number);
    if (!hour) return undefined;
    const [peak, low] = [Math.ceil(hour.peak), Math.floor(hour.low)];
    return { peak, low, average: hour.average + (peak - hour.peak + low - hour.low) / 12 };
  };

/** As it was, but for some days of which nothing is known. `gapDays` count from 1970 (UTC). */
export const without =
  (load: Load, gapDays: ReadonlySet<number>): Load =>
  (hour) =>
    gapDays.has(Math.floor(hour / 24)) ? undefined : load(hour);
