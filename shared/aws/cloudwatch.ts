import {
  type CloudWatchClient,
  type Dimension,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import { DAY_MS, utcMidnight } from '../core/time.ts';
import type { TimeRange } from '../ports.ts';

/** One statistic of one metric. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  /** `Average`, `Maximum`, `p99.9`, ... */
  readonly statistic: string;
  readonly period: keyof typeof PERIOD_MS;
  /** Where it begins, if not with the range that is read. */
  readonly from?: Date;
}

/** One statistic a period: `values[n]` belongs to the period n periods after `from`. A period without data has no value. */
export interface Series {
  readonly from: Date;
  readonly values: readonly (number | undefined)[];
}

/** GetMetricData's limits a call. Every metric is paid for (about $0.01 for 1,000), however many points it has. */
const QUERIES_PER_CALL = 500;
const POINTS_PER_CALL = 100_800;

const PERIOD_MS = {
  day: DAY_MS,
  hour: DAY_MS / 24,
  'half an hour': DAY_MS / 48,
  'five minutes': DAY_MS / 288,
} as const;

/**
 * What was asked for, in the order asked, in as few calls as the limits allow. A period without data is `undefined` in
 * the series; a metric that CloudWatch could not or not wholly deliver is unknown. Throttling and outages throw.
 */
export async function readSeries(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  range: TimeRange,
): Promise<Evidence<Series>[]> {
  const series = new Map<MetricQuery, Evidence<Series>>();
  for (const [begin, alike] of Map.groupBy(new Set(queries), (query) => beginOf(query, range))) {
    const span = { from: new Date(begin), to: range.to };
    for (const batch of batchesOf(alike, span)) {
      for (const [index, one] of (await readBatch(client, batch, span)).entries()) {
        const query = batch[index];
        if (query) series.set(query, one);
      }
    }
  }
  return queries.map((query) => series.get(query) ?? unknown('CloudWatch did not answer for this metric'));
}

/** Where the first period begins. Days and hours share calls; what is finer is asked for a short time. */
function beginOf({ from, period }: MetricQuery, range: TimeRange): number {
  const time = from ?? range.from;
  if (period === 'day' || period === 'hour') return utcMidnight(time).getTime();
  return Math.floor(time.getTime() / PERIOD_MS[period]) * PERIOD_MS[period];
}

/** As many together as a call may ask for, and as its answer has points for. */
function batchesOf(queries: readonly MetricQuery[], { from, to }: TimeRange): MetricQuery[][] {
  const batches: MetricQuery[][] = [];
  let room = 0;
  for (const query of queries) {
    const points = Math.ceil((to.getTime() - from.getTime()) / PERIOD_MS[query.period]);
    let batch = batches.at(-1);
    if (!batch || batch.length === QUERIES_PER_CALL || points > room) {
      batch = [];
      batches.push(batch);
      room = POINTS_PER_CALL;
    }
    batch.push(query);
    room -= points;
  }
  return batches;
}

async function readBatch(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  range: TimeRange,
): Promise<Evidence<Series>[]> {
  const asked = new Map(queries.map((query, index) => [`m${index}`, query]));
  const results = await request(client, asked, range);
  const failed = new Map([...asked].filter(([id]) => results.get(id)?.status !== 'Complete'));
  // What was not complete is asked once more: InternalError and PartialData pass as a rule.
  const again = failed.size > 0 ? await request(client, failed, range) : new Map<string, Collected>();
  return [...asked].map(([id, { period }]) => toSeries(again.get(id) ?? results.get(id), { from: range.from, period }));
}

interface Collected {
  status: string;
  readonly points: Map<number, number>;
}

async function request(
  client: CloudWatchClient,
  queries: ReadonlyMap<string, MetricQuery>,
  { from, to }: TimeRange,
): Promise<Map<string, Collected>> {
  const results = new Map<string, Collected>();
  const MetricDataQueries = [...queries].map(([id, query]) => toQuery(id, query));
  const input = { MetricDataQueries, StartTime: from, EndTime: to };
  for await (const page of paginateGetMetricData({ client }, input)) {
    for (const result of page.MetricDataResults ?? []) collect(results, result);
  }
  return results;
}

function toQuery(Id: string, { namespace, name, dimensions, statistic, period }: MetricQuery): MetricDataQuery {
  const Metric = { Namespace: namespace, MetricName: name, Dimensions: [...dimensions] };
  return { Id, MetricStat: { Metric, Period: PERIOD_MS[period] / 1000, Stat: statistic } };
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

function toSeries(
  collected: Collected | undefined,
  { from, period }: Pick<MetricQuery, 'period'> & Pick<TimeRange, 'from'>,
): Evidence<Series> {
  if (!collected) return unknown('CloudWatch did not answer for this metric');
  if (collected.status !== 'Complete') return unknown(`CloudWatch answered ${collected.status}`);
  const values: (number | undefined)[] = [];
  for (const [time, value] of collected.points) values[Math.floor((time - from.getTime()) / PERIOD_MS[period])] = value;
  return known({ from, values });
}

/** Sums period by period. A period that one of them lacks is lacking in the sum; one unknown makes the sum unknown. */
export function sumOf(all: readonly Evidence<Series>[]): Evidence<Series> {
  const first = all[0];
  if (!first) return unknown('there is nothing to measure');
  return all.slice(1).reduce((sum, next) => {
    if (!sum.known) return sum;
    if (!next.known) return next;
    const length = Math.max(sum.value.values.length, next.value.values.length);
    const values = Array.from({ length }, (_, index) => plus(sum.value.values[index], next.value.values[index]));
    return known({ from: sum.value.from, values });
  }, first);
}

const plus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
