import type {
  GetCostAndUsageResponse,
  GetCostAndUsageWithResourcesRequest,
  Group,
  MetricValue,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import type { BilledMetric, StoredLine } from '../../estate/billing.ts';
import { dayNumber } from '../../estate/days.ts';
import { isEstimated, knownCost } from '../../estate/settlement.ts';
import type { Caller } from '../service.ts';
import type { Dimensions } from './dimensions.ts';
import { testOf } from './expression.ts';
import { keysBy } from './grouping.ts';
import { metricsOf } from './metrics.ts';
import { cutPage, firstRow, readToken } from './page.ts';
import { asInterval, type Period, periodsOf, rangeOf, type StartCheck } from './time-period.ts';

/** The requests of both operations: one does without a filter, the other without metrics, as far as the SDK's types go. */
export type CostRequest = Omit<GetCostAndUsageWithResourcesRequest, 'Filter'> &
  Partial<Pick<GetCostAndUsageWithResourcesRequest, 'Filter'>>;

export interface Question {
  readonly lines: readonly StoredLine[];
  readonly dimensions: Dimensions;
  readonly checkStart: StartCheck;
  readonly caller: Caller;
}

/** Answers both operations: checks the request, sums up what is known, cuts out a page. */
export function answer(input: CostRequest, question: Question): GetCostAndUsageResponse {
  const { lines, dimensions, checkStart, caller } = question;
  const { billing, clock } = caller.estate;
  const metrics = metricsOf(input.Metrics);
  const range = rangeOf(input.TimePeriod, dayNumber(clock.now()), checkStart);
  const periods = periodsOf(range, input.Granularity);
  const passes = testOf(input.Filter, dimensions);
  const keysOf = keysBy(input.GroupBy, dimensions);
  const start = input.NextPageToken ? readToken(input.NextPageToken, input) : firstRow(clock.now());

  const buckets = bucketsOf(lines.filter(passes), keysOf, (line) => billing.currencyOf(line.account));
  const nothing = metrics.map(() => 0);
  const zero = asMetrics(metrics, nothing, billing.currencyOf(caller.account.id));
  const grouped = (input.GroupBy ?? []).length > 0;
  const results = periods.map((period): ResultByTime => {
    const groups = groupsIn(period, buckets, { metrics, now: start.asOf });
    return {
      TimePeriod: asInterval(period),
      // Without groups, and where there are none, AWS shows a total.
      Total: grouped ? (groups.length > 0 ? {} : zero) : (groups[0]?.Metrics ?? zero),
      Groups: grouped ? groups : [],
      Estimated: isEstimated(period.to - 1, start.asOf),
    };
  });
  return {
    ...(grouped ? { GroupDefinitions: input.GroupBy } : {}),
    ...cutPage(results, { input, start, groupsPerPage: billing.groupsPerPage }),
    DimensionValueAttributes: [],
  };
}

/** The lines of one group. Amounts in different currencies are never one. */
interface Bucket {
  readonly keys: readonly string[];
  readonly currency: string;
  readonly lines: StoredLine[];
}

function bucketsOf(
  lines: readonly StoredLine[],
  keysOf: (line: StoredLine) => readonly string[],
  currencyOf: (line: StoredLine) => string,
): Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const line of lines) {
    const [keys, currency] = [keysOf(line), currencyOf(line)];
    const id = JSON.stringify([keys, currency]);
    const bucket = buckets.get(id);
    if (bucket) bucket.lines.push(line);
    else buckets.set(id, { keys, currency, lines: [line] });
  }
  return [...buckets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bucket]) => bucket);
}

interface AsOf {
  readonly metrics: readonly BilledMetric[];
  readonly now: number;
}

/** Only groups that have a line in the period; a line of zero is one. */
function groupsIn(period: Period, buckets: readonly Bucket[], { metrics, now }: AsOf): Group[] {
  return buckets.flatMap(({ keys, currency, lines }) => {
    const sums = metrics.map((metric) => sumOf(lines, metric, { period, now }));
    if (sums.every((sum) => sum === undefined)) return [];
    return [{ Keys: [...keys], Metrics: asMetrics(metrics, sums, currency) }];
  });
}

function sumOf(lines: readonly StoredLine[], metric: BilledMetric, { period, now }: { period: Period; now: number }) {
  let sum: number | undefined;
  for (let day = period.from; day < period.to; day += 1) {
    for (const line of lines) {
      const cost = knownCost(line, metric, { day, now });
      if (cost !== undefined) sum = (sum ?? 0) + cost;
    }
  }
  return sum;
}

const asMetrics = (
  metrics: readonly BilledMetric[],
  amounts: readonly (number | undefined)[],
  Unit: string,
): Record<string, MetricValue> =>
  Object.fromEntries(metrics.map((metric, index) => [metric, { Amount: decimal(amounts[index] ?? 0), Unit }]));

/** Ten digits behind the point, without the zeros at the end. */
const decimal = (amount: number): string => {
  const text = amount.toFixed(10).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
};
