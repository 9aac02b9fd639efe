import type { Anomaly } from './anomaly.ts';
import { addDays } from './day.ts';

/** What Cost Explorer's page calls the measures of the policy. */
const AGGREGATES = {
  unblended: 'unBlendedCost',
  amortized: 'amortizedCost',
  'net-unblended': 'netUnblendedCost',
  'net-amortized': 'netAmortizedCost',
} as const;

/** Where a person sees the anomaly in Cost Explorer: its account and service by usage type, a month before it included. */
export function costExplorerLink(anomaly: Anomaly, metric: keyof typeof AGGREGATES): string {
  const { service, account, firstDay, lastDay, kind } = anomaly;
  const isRegion = kind === 'new-region';
  const filter = [included('LinkedAccount', account), included(isRegion ? 'Region' : 'Service', service)];
  const parameters: Readonly<Record<string, string>> = {
    chartStyle: 'STACK',
    costAggregate: AGGREGATES[metric],
    startDate: addDays(firstDay, -31),
    endDate: lastDay,
    excludeForecasting: 'true',
    filter: JSON.stringify(filter),
    granularity: 'Daily',
    groupBy: JSON.stringify([isRegion ? 'Service' : 'UsageType']),
    historicalRelativeRange: 'CUSTOM',
  };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer?${query.join('&')}`;
}

const included = (id: string, value: string) => ({
  dimension: { id, displayValue: id },
  operator: 'INCLUDES',
  values: [{ value, displayValue: value }],
});
