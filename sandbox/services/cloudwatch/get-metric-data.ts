import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type CloudWatchState, metricKey, type Point } from '../../estate/cloudwatch-state.ts';
import type { Operation } from '../service.ts';
import { checkRequest, POINTS_PER_CALL } from './metric-data-rules.ts';
import { type Position, readPosition, writePosition } from './position.ts';
import { oldestKept, roundedStart } from './retention.ts';
import { statisticOf } from './statistics.ts';

/** Answers MetricStat queries, up to 100,800 points a page, newest first unless ScanBy says otherwise. */
export const getMetricData: Operation<GetMetricDataInput, GetMetricDataOutput> = (input, { region, partial }) => {
  checkRequest(input);
  const queries = input.MetricDataQueries!.filter((query) => query.ReturnData ?? true);
  // Only what a page shows is computed: of five hundred queries it may show twelve.
  const found = queries.map((query) => ({ query, points: () => pointsOf(region.cloudwatch, query, input) }));
  const from = input.NextToken === undefined ? { query: 0, point: 0 } : readPosition(input.NextToken);
  if (partial === 'lost') return { MetricDataResults: found.map(halfLost) };
  const limit = input.MaxDatapoints ?? POINTS_PER_CALL;
  return cut(found, from, partial === 'resumable' ? Math.min(limit, halfOf(found, from)) : limit);
};

interface Found {
  readonly query: MetricDataQuery;
  points(): readonly Point[];
}

function pointsOf(
  cloudwatch: CloudWatchState,
  { MetricStat }: MetricDataQuery,
  input: GetMetricDataInput,
): readonly Point[] {
  const { Metric, Period = 60, Stat = 'Average' } = MetricStat!;
  const dimensions = (Metric?.Dimensions ?? []).map((one) => [one.Name ?? '', one.Value ?? ''] as const);
  const stored = cloudwatch.metrics.get(metricKey(Metric?.Namespace ?? '', Metric?.MetricName ?? '', dimensions));
  if (!stored) return [];
  const now = cloudwatch.place.world.clock.now().getTime();
  const start = roundedStart(input.StartTime!.getTime(), now);
  const end = Math.min(input.EndTime!.getTime(), now);
  const points = stored.series
    ? [...stored.series(Period, start, end, Stat)]
    : statisticOf(stored.samples, Stat, { start, end, periodSeconds: Period });
  const oldest = Math.max(start, oldestKept(now, Period));
  const kept = points.filter(({ at }) => at >= oldest && at < end);
  return input.ScanBy === 'TimestampAscending' ? kept : kept.reverse();
}

/** As many points as fit, query after query. The query in which the page ends is `PartialData`. */
function cut(found: readonly Found[], from: Position, limit: number): GetMetricDataOutput {
  const results: MetricDataResult[] = [];
  let room = limit;
  for (let index = from.query; index < found.length; index += 1) {
    const { query } = found[index]!;
    const points = found[index]!.points();
    const first = index === from.query ? from.point : 0;
    const shown = points.slice(first, first + room);
    room -= shown.length;
    const complete = first + shown.length === points.length;
    // A page that is full before a query's first point leaves the query to the next page altogether.
    if (complete || shown.length > 0) results.push(result(query, shown, complete ? 'Complete' : 'PartialData'));
    if (!complete)
      return { MetricDataResults: results, NextToken: writePosition({ query: index, point: first + shown.length }) };
  }
  return { MetricDataResults: results };
}

function result(
  { Id, Label, MetricStat }: MetricDataQuery,
  points: readonly Point[],
  status: 'Complete' | 'PartialData',
): MetricDataResult {
  return {
    Id,
    Label: Label ?? MetricStat?.Metric?.MetricName,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
    StatusCode: status,
  };
}

/** Half of what is left, at least one point so that pages come to an end. */
function halfOf(found: readonly Found[], from: Position): number {
  const left = found.slice(from.query).reduce((sum, { points }) => sum + points().length, -from.point);
  return Math.max(1, Math.ceil(left / 2));
}

/** Half of every result, and no token to come back for the rest. */
function halfLost({ query, points: read }: Found): MetricDataResult {
  const points = read();
  return {
    ...result(query, points.slice(0, Math.floor(points.length / 2)), 'PartialData'),
    Messages: [{ Code: 'InternalError', Value: 'Some of the data could not be read.' }],
  };
}
