import {
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { DailySeries } from '../core/facts.ts';
import { DAY_MS, utcMidnight } from '../core/time.ts';
import type { TimeRange } from '../ports.ts';
import { chunks } from './pages.ts';

export interface DailyMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: { readonly Name: string; readonly Value: string };
  readonly statistic: 'Maximum' | 'Sum';
}

/** GetMetricData's limits a call. Every metric is paid for (about $0.01 for 1,000), however many points it has. */
const QUERIES_PER_CALL = 500;
const POINTS_PER_CALL = 100_800;

/**
 * One statistic a UTC day for each metric, in the order asked. A day without data is `undefined` in the series; a metric
 * that CloudWatch could not or not wholly deliver is unknown. Throttling and outages throw.
 */
export async function readDaily(
  client: CloudWatchClient,
  metrics: readonly DailyMetric[],
  range: TimeRange,
): Promise<Evidence<DailySeries>[]> {
  const days = Math.ceil((range.to.getTime() - utcMidnight(range.from).getTime()) / DAY_MS);
  const size = Math.max(1, Math.min(QUERIES_PER_CALL, Math.floor(POINTS_PER_CALL / days)));
  const series: Evidence<DailySeries>[] = [];
  for (const batch of chunks(metrics, size)) series.push(...(await readBatch(client, batch, range)));
  return series;
}

async function readBatch(
  client: CloudWatchClient,
  metrics: readonly DailyMetric[],
  range: TimeRange,
): Promise<Evidence<DailySeries>[]> {
  const asked = new Map(metrics.map((metric, index) => [`m${index}`, metric]));
  const results = await request(client, asked, range);
  const failed = new Map([...asked].filter(([id]) => results.get(id)?.status !== 'Complete'));
  // What was not complete is asked once more: InternalError and PartialData pass as a rule.
  const again = failed.size > 0 ? await request(client, failed, range) : new Map<string, Collected>();
  return [...asked.keys()].map((id) => toSeries(again.get(id) ?? results.get(id), utcMidnight(range.from)));
}

interface Collected {
  status: string;
  readonly points: Map<number, number>;
}

async function request(
  client: CloudWatchClient,
  metrics: ReadonlyMap<string, DailyMetric>,
  { from, to }: TimeRange,
): Promise<Map<string, Collected>> {
  const results = new Map<string, Collected>();
  const MetricDataQueries = [...metrics].map(([id, metric]) => toQuery(id, metric));
  const input = { MetricDataQueries, StartTime: utcMidnight(from), EndTime: to };
  for await (const page of paginateGetMetricData({ client }, input)) {
    for (const result of page.MetricDataResults ?? []) collect(results, result);
  }
  return results;
}

function toQuery(Id: string, { namespace, name, dimension, statistic }: DailyMetric): MetricDataQuery {
  const Metric = { Namespace: namespace, MetricName: name, Dimensions: [dimension] };
  return { Id, MetricStat: { Metric, Period: DAY_MS / 1000, Stat: statistic } };
}

/** A result may be spread over pages; `PartialData` on a page that is not the last only means that more follows. */
function collect(results: Map<string, Collected>, { Id, StatusCode, Timestamps, Values }: MetricDataResult): void {
  const collected = results.get(Id ?? '') ?? { status: '', points: new Map<number, number>() };
  results.set(Id ?? '', collected);
  collected.status = StatusCode ?? 'Complete';
  for (const [index, time] of (Timestamps ?? []).entries()) {
    const value = Values?.[index];
    if (value !== undefined) collected.points.set(time.getTime(), value);
  }
}

function toSeries(collected: Collected | undefined, firstDay: Date): Evidence<DailySeries> {
  if (!collected) return unknown('CloudWatch did not answer for this metric');
  if (collected.status !== 'Complete') return unknown(`CloudWatch answered ${collected.status}`);
  const values: (number | undefined)[] = [];
  for (const [time, value] of collected.points) values[Math.floor((time - firstDay.getTime()) / DAY_MS)] = value;
  return known({ firstDay, values });
}

/** Day by day sums. A day that one of them lacks is lacking in the sum; one unknown makes the sum unknown. */
export function sumOf(all: readonly Evidence<DailySeries>[]): Evidence<DailySeries> {
  const first = all[0];
  if (!first) return unknown('there is nothing to measure');
  return all.slice(1).reduce((sum, next) => {
    if (!sum.known) return sum;
    if (!next.known) return next;
    const length = Math.max(sum.value.values.length, next.value.values.length);
    const values = Array.from({ length }, (_, day) => plus(sum.value.values[day], next.value.values[day]));
    return known({ firstDay: sum.value.firstDay, values });
  }, first);
}

const plus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
