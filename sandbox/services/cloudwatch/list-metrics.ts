import type { DimensionFilter, ListMetricsInput, ListMetricsOutput, Metric } from '@aws-sdk/client-cloudwatch';
import { DAY, HOUR } from '../../clock.ts';
import { metricKey, type StoredMetric } from '../../estate/cloudwatch-state.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

const PAGE = 500;

/** Lists metrics that had data in the past two weeks; those of idle resources are just the ones that are missing. */
export const listMetrics: Operation<ListMetricsInput, ListMetricsOutput> = (input, { estate, region }) => {
  const now = estate.clock.now().getTime();
  const since = now - (input.RecentlyActive === 'PT3H' ? 3 * HOUR : 14 * DAY);
  const found = [...region.cloudwatch.metrics.values()]
    .filter(({ name }) => input.Namespace === undefined || name.namespace === input.Namespace)
    .filter(({ name }) => input.MetricName === undefined || name.metric === input.MetricName)
    .filter(({ name }) => (input.Dimensions ?? []).every((filter) => hasDimension(name.dimensions ?? {}, filter)))
    .filter((metric) => wasActive(metric, since, now));
  const page = pageOf(found, {
    limit: PAGE,
    token: input.NextToken,
    keyOf: ({ name }) => metricKey(name.namespace, name.metric, Object.entries(name.dimensions ?? {})),
    invalidToken: () => new AwsError('InvalidParameterValue', 'The value for parameter NextToken is invalid.'),
  });
  return { Metrics: page.items.map(shown), ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

const hasDimension = (dimensions: Readonly<Record<string, string>>, { Name = '', Value }: DimensionFilter): boolean =>
  Name in dimensions && (Value === undefined || dimensions[Name] === Value);

function wasActive({ samples, series }: StoredMetric, since: number, now: number): boolean {
  if (samples.some(({ at }) => at >= since && at <= now)) return true;
  const hours = Math.ceil((now - since) / HOUR);
  for (const _ of series?.(3600, now - hours * HOUR, now, 'SampleCount') ?? []) return true;
  return false;
}

const shown = ({ name }: StoredMetric): Metric => ({
  Namespace: name.namespace,
  MetricName: name.metric,
  Dimensions: Object.entries(name.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
});
