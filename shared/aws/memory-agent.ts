import { type CloudWatchClient, type Dimension, type Metric, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { InstanceFacts } from '../core/facts.ts';
import type { Arn } from '../core/identity.ts';
import type { MemorySource, TimeRange } from '../ports.ts';
import { type MetricQuery, readSeries, type Series } from './cloudwatch.ts';
import { everyItem } from './pages.ts';

/** What the CloudWatch agent calls the memory in use, in percent: on Linux, and on Windows. */
const NAMES = ['mem_used_percent', 'Memory % Committed Bytes In Use'];

/**
 * Memory as the CloudWatch agent sends it. Its metrics carry whatever dimensions the agent's configuration adds, which
 * only a listing knows. What is not in the listing is not measured: unknown, and no more than that.
 */
export function agentMemory(client: CloudWatchClient): MemorySource {
  let listed: Promise<readonly Metric[]> | undefined;
  const metrics = () => {
    listed ??= listMetrics(client);
    return listed;
  };
  return {
    days: async (instances, range) => {
      const series = await read({ client, instances, range, period: 'day' }, await metrics());
      return mapped(series, ({ from, values }) => ({ firstDay: from, values }));
    },
    hours: async (instances, range) => {
      const series = await read({ client, instances, range, period: 'hour' }, await metrics());
      return mapped(series, ({ from, values }) => ({ firstHour: from, values }));
    },
  };
}

async function listMetrics(client: CloudWatchClient): Promise<readonly Metric[]> {
  const listed = NAMES.map((MetricName) =>
    everyItem(paginateListMetrics({ client }, { Namespace: 'CWAgent', MetricName }), (page) => page.Metrics),
  );
  return (await Promise.all(listed)).flat();
}

interface Reading {
  readonly client: CloudWatchClient;
  readonly instances: readonly InstanceFacts[];
  readonly range: TimeRange;
  readonly period: MetricQuery['period'];
}

async function read(
  { client, instances, range, period }: Reading,
  metrics: readonly Metric[],
): Promise<Map<Arn, Evidence<Series>>> {
  const byInstance = Map.groupBy(metrics, ({ Dimensions }) => dimensionOf(Dimensions, 'InstanceId'));
  const queries = new Map<Arn, MetricQuery>();
  for (const { identity, instanceType } of instances) {
    const metric = ofType(byInstance.get(identity.id) ?? [], instanceType);
    if (metric) queries.set(identity.arn, toQuery(metric, period));
  }
  const series = await readSeries(client, [...queries.values()], range);
  const answers = new Map([...queries.keys()].map((arn, index) => [arn, series[index]]));
  const unmeasured = unknown('no CloudWatch agent measures it');
  return new Map(instances.map(({ identity: { arn } }) => [arn, answers.get(arn) ?? unmeasured]));
}

/** After a resize the percentages of the old type are in another metric, where the type is a dimension. */
const ofType = (metrics: readonly Metric[], instanceType: string): Metric | undefined =>
  metrics.find(({ Dimensions }) => [undefined, instanceType].includes(dimensionOf(Dimensions, 'InstanceType')));

const dimensionOf = (dimensions: readonly Dimension[] | undefined, name: string): string | undefined =>
  dimensions?.find(({ Name }) => Name === name)?.Value;

const toQuery = ({ MetricName = '', Dimensions = [] }: Metric, period: MetricQuery['period']): MetricQuery => ({
  namespace: 'CWAgent',
  name: MetricName,
  dimensions: Dimensions,
  statistic: 'Maximum',
  period,
});

const mapped = <T>(all: ReadonlyMap<Arn, Evidence<Series>>, to: (series: Series) => T): Map<Arn, Evidence<T>> =>
  new Map([...all].map(([arn, series]) => [arn, series.known ? known(to(series.value)) : series]));
