import { HOUR, MINUTE } from '../clock.ts';
import type { Point, Series } from '../estate/cloudwatch-state.ts';
import type { Hour, Load } from './load.ts';

export const SAMPLE = 5 * MINUTE;
const SAMPLES_AN_HOUR = 12;

/** From when to when (epoch milliseconds, exclusive) there is something to measure. */
export interface Lifetime {
  readonly from: number;
  readonly until: () => number;
}

interface Total {
  sum: number;
  count: number;
  peak: number;
  low: number;
}

/**
 * Any statistic over any period of a load. Every answer is computed from the same five-minute samples (basic
 * monitoring), so that a day's maximum is the maximum of its hours, and the sum of its hours is its sum.
 */
export function seriesOf(load: Load, lifetime: Lifetime): Series {
  return function* answer(periodSeconds, start, end, stat): Generator<Point> {
    const period = periodSeconds * 1000;
    for (let at = start; at < end; at += period) {
      const from = Math.max(at, lifetime.from);
      const to = Math.min(at + period, lifetime.until());
      if (from >= to) continue;
      const value = stat.startsWith('p')
        ? percentile(load, from, to, Number(stat.slice(1)))
        : statistic(load, from, to, stat);
      if (value !== undefined) yield { at, value };
    }
  };
}

function statistic(load: Load, from: number, to: number, stat: string): number | undefined {
  const { sum, count, peak, low } = totalOf(load, from, to);
  if (count === 0) return undefined;
  if (stat === 'Sum') return sum;
  if (stat === 'SampleCount') return count;
  if (stat === 'Average') return sum / count;
  if (stat === 'Maximum') return peak;
  return stat === 'Minimum' ? low : undefined;
}

/** Whole hours are taken as they are, which makes a day twenty-four steps instead of 288. */
function totalOf(load: Load, from: number, to: number): Total {
  const total: Total = { sum: 0, count: 0, peak: Number.NEGATIVE_INFINITY, low: Number.POSITIVE_INFINITY };
  for (let at = from; at < to; ) {
    const next = (Math.floor(at / HOUR) + 1) * HOUR;
    if (at % HOUR === 0 && next <= to) addHour(total, load, at / HOUR);
    else for (const value of samples(load, at, Math.min(next, to))) addSample(total, value);
    at = next;
  }
  return total;
}

function addHour(total: Total, load: Load, number: number) {
  const hour = load(number);
  if (!hour) return;
  total.sum += hour.average * SAMPLES_AN_HOUR;
  total.count += SAMPLES_AN_HOUR;
  total.peak = Math.max(total.peak, hour.peak);
  total.low = Math.min(total.low, hour.low);
}

function addSample(total: Total, value: number) {
  total.sum += value;
  total.count += 1;
  total.peak = Math.max(total.peak, value);
  total.low = Math.min(total.low, value);
}

/** The samples taken in a part of time, at every fifth minute. */
function* samples(load: Load, from: number, to: number): Generator<number> {
  for (let at = Math.ceil(from / SAMPLE) * SAMPLE; at < to; at += SAMPLE) {
    const value = sampleAt(load, at);
    if (value !== undefined) yield value;
  }
}

/** Of an hour's twelve samples one is its peak, one its low, and the ten others make the average come true. */
export function sampleAt(load: Load, at: number): number | undefined {
  const number = Math.floor(at / HOUR);
  const hour = load(number);
  if (!hour) return undefined;
  const nth = Math.floor((at % HOUR) / SAMPLE);
  const peakAt = number % SAMPLES_AN_HOUR;
  if (nth === peakAt) return hour.peak;
  if (nth === (peakAt + 5) % SAMPLES_AN_HOUR) return hour.low;
  return restOf(hour);
}

const restOf = ({ average, peak, low }: Hour): number =>
  (average * SAMPLES_AN_HOUR - peak - low) / (SAMPLES_AN_HOUR - 2);

export const samplesOfHour = (hour: Hour | undefined): Weighted[] =>
  hour
    ? [
        { value: hour.peak, count: 1 },
        { value: hour.low, count: 1 },
        { value: restOf(hour), count: SAMPLES_AN_HOUR - 2 },
      ]
    : [];

/** Of the samples of some time a value, and how many of them have it. */
export interface Weighted {
  readonly value: number;
  readonly count: number;
}

/** The samples of a whole hour are of three values at most. */
function weighted(load: Load, from: number, to: number): Weighted[] {
  const found: Weighted[] = [];
  for (let at = from; at < to; ) {
    const next = (Math.floor(at / HOUR) + 1) * HOUR;
    if (at % HOUR === 0 && next <= to) found.push(...samplesOfHour(load(at / HOUR)));
    else for (const value of samples(load, at, Math.min(next, to))) found.push({ value, count: 1 });
    at = next;
  }
  return found;
}

/** By the nearest rank. */
function percentile(load: Load, from: number, to: number, percent: number): number | undefined {
  return percentileOf(weighted(load, from, to), percent);
}

export function percentileOf(samples: Weighted[], percent: number): number | undefined {
  samples.sort((a, b) => a.value - b.value);
  let rank = Math.max(1, Math.ceil((percent / 100) * samples.reduce((sum, { count }) => sum + count, 0)));
  for (const { value, count } of samples) {
    rank -= count;
    if (rank <= 0) return value;
  }
  return undefined;
}
