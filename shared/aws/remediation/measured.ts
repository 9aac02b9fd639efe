import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Evidence, known, unknown } from '../../core/evidence.ts';
import type { AlarmMetric } from '../../core/remediation/alarm.ts';
import type { EvidenceMetric, MinuteSeries, RunbookId } from '../../core/remediation/runbook.ts';
import { daysBefore } from '../../core/time.ts';
import type { Wanted } from '../../ports-remediation.ts';
import { type MetricQuery, readSeries, type Series } from '../cloudwatch.ts';
import { readable } from '../retention/unreadable.ts';
import { isForeign, measureOf, metricsFor } from './top-metrics.ts';

/** The answer to each of the queries that were asked. */
export type Measured = (query: MetricQuery) => Evidence<Series>;

/** Whose verdict hangs on what was measured; what others show of it can wait. */
const BY_METRICS: readonly RunbookId[] = ['database-storage-low', 'idle-alarm'];

export const decidesByMetrics = ({ runbook }: Pick<Wanted, 'runbook'>): boolean => BY_METRICS.includes(runbook);

/** All of them in one question for each length of time. Equal ones are asked, and paid for, once. */
export async function measure(client: CloudWatchClient, queries: readonly MetricQuery[], now: Date): Promise<Measured> {
  const distinct = new Map(queries.map((query) => [JSON.stringify(query), query]));
  const answers = await readable('the metrics', () =>
    readSeries(client, [...distinct.values()], { from: now, to: now }),
  );
  const byQuery = new Map(
    [...distinct.keys()].map((key, index) => [key, answers.known ? answers.value[index] : answers]),
  );
  return (query) => byQuery.get(JSON.stringify(query)) ?? unknown('CloudWatch was not asked for it');
}

/** How a runbook's evidence is shown: the hours before, value by value. */
interface Window {
  readonly hours: number;
  readonly period: MetricQuery['period'];
  readonly stepSeconds: number;
  /** What else is asked for reaches back so far: then it is one question. */
  readonly fromDays?: number;
}

const USUAL: Window = { hours: 3, period: 'five minutes', stepSeconds: 300 };

const WINDOWS: Readonly<Partial<Record<RunbookId, Window>>> = {
  'database-storage-low': { hours: 24, period: 'hour', stepSeconds: 3600, fromDays: 14 },
  'idle-alarm': { hours: 24, period: 'half an hour', stepSeconds: 1800 },
};

const windowOf = ({ runbook }: Wanted): Window => WINDOWS[runbook] ?? USUAL;

/** From when on a runbook is shown what was measured. */
export function beginOf(wanted: Wanted, now: Date): Date {
  const { hours, fromDays = hours / 24 } = windowOf(wanted);
  return daysBefore(fromDays, now);
}

/** What is asked of CloudWatch for the evidence of a runbook. */
export const evidenceQueries = (wanted: Wanted, now: Date): MetricQuery[] =>
  metricsFor(wanted).flatMap((metric) =>
    isForeign(metric, wanted.alarm.scope) ? [] : [evidenceQuery(metric, wanted, now)],
  );

const evidenceQuery = (metric: AlarmMetric, wanted: Wanted, now: Date): MetricQuery => ({
  ...queryOf(metric),
  period: windowOf(wanted).period,
  from: beginOf(wanted, now),
});

const queryOf = (metric: AlarmMetric): Omit<MetricQuery, 'period' | 'from'> => ({
  namespace: metric.namespace,
  name: metric.name,
  dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
  statistic: measureOf(metric).statistic,
});

/** The evidence of a runbook, of what was measured. */
export const evidenceOf = (wanted: Wanted, measured: Measured, now: Date): EvidenceMetric[] =>
  metricsFor(wanted).map((metric) => {
    const { what, unit, per } = measureOf(metric);
    if (isForeign(metric, wanted.alarm.scope)) {
      return { metric, what, unit, series: unknown(`it is measured in the account ${metric.account}`) };
    }
    const series = measured(evidenceQuery(metric, wanted, now));
    return {
      metric,
      what,
      unit,
      series: series.known ? known(lately(series.value, { ...windowOf(wanted), per }, now)) : series,
    };
  });

/** The last hours of a series, up to now. A stretch without a value at its end has none either. */
function lately(
  { from, values }: Series,
  { hours, stepSeconds, per }: Window & { per: number },
  now: Date,
): MinuteSeries {
  const stepMs = stepSeconds * 1000;
  const length = Math.ceil((now.getTime() - from.getTime()) / stepMs);
  const first = Math.max(0, length - (hours * 3600) / stepSeconds);
  const shown = Array.from({ length: length - first }, (_, index) => values[first + index]);
  return {
    from: new Date(from.getTime() + first * stepMs),
    stepSeconds,
    values: shown.map((value) => value && value / per),
  };
}
