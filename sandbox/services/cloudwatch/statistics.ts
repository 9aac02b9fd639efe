import type { Point, Sample } from '../../estate/cloudwatch-state.ts';

/** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile from `p0` to `p100`. */
export const isStatistic = (stat: string): boolean =>
  ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'].includes(stat) || percentileOf(stat) !== undefined;

/** Periods of one length, beginning at `start`. */
export interface Periods {
  readonly start: number;
  readonly end: number;
  readonly periodSeconds: number;
}

/** One statistic of stored samples; a period without a sample has no point. Oldest first. */
export function statisticOf(samples: readonly Sample[], stat: string, { start, end, periodSeconds }: Periods): Point[] {
  const length = periodSeconds * 1000;
  const byPeriod = new Map<number, Sample[]>();
  for (const sample of samples) {
    if (sample.at < start || sample.at >= end) continue;
    const at = start + Math.floor((sample.at - start) / length) * length;
    const together = byPeriod.get(at);
    if (together) together.push(sample);
    else byPeriod.set(at, [sample]);
  }
  return [...byPeriod]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, together]) => {
      const value = aggregate(together, stat);
      return value === undefined ? [] : [{ at, value }];
    });
}

function aggregate(samples: readonly Sample[], stat: string): number | undefined {
  const sum = samples.reduce((total, one) => total + one.sum, 0);
  const count = samples.reduce((total, one) => total + one.count, 0);
  switch (stat) {
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'SampleCount':
      return count;
    case 'Minimum':
      return Math.min(...samples.map((one) => one.minimum));
    case 'Maximum':
      return Math.max(...samples.map((one) => one.maximum));
    default:
      return percentile(samples, percentileOf(stat)!);
  }
}

/** By nearest rank. Statistic sets have no single values, and CloudWatch gives no percentile of them. */
function percentile(samples: readonly Sample[], percent: number): number | undefined {
  if (samples.some((one) => !one.values)) return undefined;
  const values = samples.flatMap((one) => one.values!).sort((a, b) => a.value - b.value);
  const total = values.reduce((sum, one) => sum + one.count, 0);
  let rank = Math.max(1, Math.ceil((percent / 100) * total));
  for (const { value, count } of values) {
    rank -= count;
    if (rank <= 0) return value;
  }
  return values.at(-1)?.value;
}

function percentileOf(stat: string): number | undefined {
  const match = /^p(\d{1,3}(?:\.\d+)?)$/.exec(stat);
  const percent = match ? Number(match[1]) : Number.NaN;
  return percent <= 100 ? percent : undefined;
}
