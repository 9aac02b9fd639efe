import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { oneValue, type Sample } from '../../estate/cloudwatch-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

export const putMetricData: Operation<PutMetricDataInput, object> = (
  { Namespace = '', MetricData = [] },
  { estate, region },
) => {
  if (!Namespace) throw new AwsError('MissingParameter', 'The parameter Namespace is required.');
  if (Namespace.startsWith('AWS/')) {
    throw new AwsError('InvalidParameterValue', 'The value AWS/ for parameter Namespace is invalid.');
  }
  if (MetricData.length > 1000) {
    throw new AwsError('InvalidParameterValue', 'The collection MetricData must not have a size greater than 1000.');
  }
  const now = estate.clock.now();
  for (const datum of MetricData) {
    const dimensions = Object.fromEntries((datum.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
    const metric = region.cloudwatch.metric({ namespace: Namespace, metric: datum.MetricName ?? '', dimensions });
    metric.samples.push(sampleOf(datum, (datum.Timestamp ?? now).getTime()));
  }
  return {};
};

/** A datum carries a statistic set, or values with counts, or a single value. */
function sampleOf({ StatisticValues, Values, Counts, Value }: MetricDatum, at: number): Sample {
  if (StatisticValues) {
    const { Sum = 0, Minimum = 0, Maximum = 0, SampleCount = 0 } = StatisticValues;
    return { at, sum: Sum, minimum: Minimum, maximum: Maximum, count: SampleCount };
  }
  if (!Values) return oneValue(at, Value ?? 0);
  const values = Values.map((value, index) => ({ value, count: Counts?.[index] ?? 1 }));
  return {
    at,
    sum: values.reduce((sum, one) => sum + one.value * one.count, 0),
    minimum: Math.min(...Values),
    maximum: Math.max(...Values),
    count: values.reduce((sum, one) => sum + one.count, 0),
    values,
  };
}
