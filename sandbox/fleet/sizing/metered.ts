import { HOUR } from '../../clock.ts';
import type { Point, Series } from '../../estate/cloudwatch-state.ts';
import type { Load } from '../load.ts';
import { type Lifetime, percentileOf, SAMPLE, sampleAt, samplesOfHour, type Weighted } from '../series.ts';

/** How a metric shows what is demanded of a machine, which depends on the machine that it is at the moment. */
export interface Meter {
  /** @param at epoch milliseconds */
  read(demand: number, at: number): number;
  /** Whether something between the two moments changes how it reads. */
  changesBetween(from: number, to: number): boolean;
  /** Whether there is anything to read at the moment. Default: always. */
  measures?(at: number): boolean;
}

/** Any statistic of a demand as a meter shows it, from five-minute samples. */
export function meteredSeries(load: Load, meter: Meter, lifetime: Lifetime): Series {
  return function* answer(periodSeconds, start, end, stat): Generator<Point> {
    const period = periodSeconds * 1000;
    for (let at = start; at < end; at += period) {
      const samples = readings(load, meter, [Math.max(at, lifetime.from), Math.min(at + period, lifetime.until())]);
      const value = samples.length > 0 ? statisticOf(samples, stat) : undefined;
      if (value !== undefined) yield { at, value };
    }
  };
}

function readings(load: Load, meter: Meter, [from, to]: readonly [number, number]): Weighted[] {
  const found: Weighted[] = [];
  for (let at = from; at < to; ) {
    const next = (Math.floor(at / HOUR) + 1) * HOUR;
    if (at % HOUR === 0 && next <= to && !meter.changesBetween(at, next)) {
      if (meter.measures?.(at) ?? true)
        for (const { value, count } of samplesOfHour(load(at / HOUR)))
          found.push({ value: meter.read(value, at), count });
    } else found.push(...singles(load, meter, [at, Math.min(next, to)]));
    at = next;
  }
  return found;
}

function* singles(load: Load, meter: Meter, [from, to]: readonly [number, number]): Generator<Weighted> {
  for (let at = Math.ceil(from / SAMPLE) * SAMPLE; at < to; at += SAMPLE) {
    const demand = (meter.measures?.(at) ?? true) ? sampleAt(load, at) : undefined;
    if (demand !== undefined) yield { value: meter.read(demand, at), count: 1 };
  }
}

function statisticOf(samples: Weighted[], stat: string): number | undefined {
  if (stat.startsWith('p')) return percentileOf(samples, Number(stat.slice(1)));
  const count = samples.reduce((total, one) => total + one.count, 0);
  const sum = samples.reduce((total, one) => total + one.value * one.count, 0);
  if (stat === 'SampleCount') return count;
  if (stat === 'Sum') return sum;
  if (stat === 'Average') return sum / count;
  const values = samples.map(({ value }) => value);
  if (stat === 'Maximum') return Math.max(...values);
  return stat === 'Minimum' ? Math.min(...values) : undefined;
}
