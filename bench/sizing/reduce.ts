import { known, unknown } from '../../shared/core/evidence.ts';
import { type DemandSummary, type MetricDemand, unknownDemand } from '../../shared/core/sizing/demand.ts';
import type { DailyUse } from '../../shared/core/sizing/idle.ts';
import { LOOK_BACK_DAYS } from '../../shared/core/sizing/look-back.ts';
import { mean, percentile } from '../../shared/core/sizing/statistics.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type History, HOURS_A_DAY, SAMPLES_A_DAY } from './traces.ts';

/** The traces say no date that matters; their days count from here. */
const BEGIN = Date.UTC(2000, 0, 1);
const dayAt = (day: number): Date => new Date(BEGIN + day * DAY_MS);

const NOT_IN_THE_TRACES = unknownDemand('not in the traces');

/** What CloudWatch would have computed of a history, and nothing else. */
export function summaryOf({ cpu, mem }: History): DemandSummary {
  return {
    until: dayAt(cpu.length / SAMPLES_A_DAY),
    cpuPercent: demandOfSamples(cpu),
    memoryPercent: mem ? demandOfPeaks(mem) : NOT_IN_THE_TRACES,
    networkBytesPerSecond: NOT_IN_THE_TRACES,
    storageBytesPerSecond: NOT_IN_THE_TRACES,
    storageOperationsPerSecond: NOT_IN_THE_TRACES,
  };
}

/** Maximum CPU and bytes of each day. */
export function dailyUseOf({ cpu, net }: History): DailyUse {
  return {
    peakCpuPercent: daily(periodsOf(cpu, { aDay: SAMPLES_A_DAY, size: SAMPLES_A_DAY }), highest),
    networkBytes: net
      ? daily(periodsOf(net, { aDay: HOURS_A_DAY, size: HOURS_A_DAY }), bytesOfHours)
      : unknown('not in the traces'),
  };
}

function demandOfSamples(samples: Float32Array): MetricDemand {
  const days = periodsOf(samples, { aDay: SAMPLES_A_DAY, size: SAMPLES_A_DAY });
  const hours = periodsOf(samples, { aDay: SAMPLES_A_DAY, size: SAMPLES_A_DAY / HOURS_A_DAY });
  return {
    daily: {
      p99: daily(days, (values) => percentile(99, values)),
      'p99.5': daily(days, (values) => percentile(99.5, values)),
      'p99.9': daily(days, (values) => percentile(99.9, values)),
      Maximum: daily(days, highest),
    },
    hourly: { Average: hourly(hours, mean), Maximum: hourly(hours, highest) },
  };
}

/** Of what is the highest of each hour already, CloudWatch would have the same Maximum; the rest cannot be told. */
function demandOfPeaks(peaks: Float32Array): MetricDemand {
  return {
    daily: {
      ...NOT_IN_THE_TRACES.daily,
      Maximum: daily(periodsOf(peaks, { aDay: HOURS_A_DAY, size: HOURS_A_DAY }), highest),
    },
    hourly: {
      ...NOT_IN_THE_TRACES.hourly,
      Maximum: hourly(periodsOf(peaks, { aDay: HOURS_A_DAY, size: 1 }), highest),
    },
  };
}

/** The known samples of each period of the look-back; what was before is not asked for. */
interface Periods {
  readonly first: Date;
  readonly samples: readonly (readonly number[])[];
}

function periodsOf(all: Float32Array, { aDay, size }: { aDay: number; size: number }): Periods {
  const firstDay = Math.max(0, all.length / aDay - LOOK_BACK_DAYS);
  const first = firstDay * aDay;
  const samples = Array.from({ length: (all.length - first) / size }, (_, index) =>
    knownOf(all, { from: first + index * size, size }),
  );
  return { first: dayAt(firstDay), samples };
}

/** A plain loop: it runs a hundred thousand times for each set of traces. */
function knownOf(all: Float32Array, { from, size }: { from: number; size: number }): number[] {
  const values: number[] = [];
  for (let index = from; index < from + size; index++) {
    const value = all[index];
    if (value !== undefined && Number.isFinite(value)) values.push(value);
  }
  return values;
}

type Statistic = (values: readonly number[]) => number;

const daily = ({ first, samples }: Periods, statistic: Statistic) =>
  known({ firstDay: first, values: samples.map((values) => ofKnown(values, statistic)) });

const hourly = ({ first, samples }: Periods, statistic: Statistic) =>
  known({ firstHour: first, values: samples.map((values) => ofKnown(values, statistic)) });

const ofKnown = (values: readonly number[], statistic: Statistic): number | undefined =>
  values.length > 0 ? statistic(values) : undefined;

const highest: Statistic = (values) => Math.max(...values);
const bytesOfHours: Statistic = (bytesPerSecond) => bytesPerSecond.reduce((sum, value) => sum + value * 3600, 0);
