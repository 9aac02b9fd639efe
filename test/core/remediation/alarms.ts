import type { Alarm, AlarmMetric, AlarmState, Watches } from '../../../shared/core/remediation/alarm.ts';
import type { MetricWatches } from '../../../shared/core/remediation/watches.ts';

export const SCOPE = { account: '123456789012', region: 'eu-west-1' };

export const arnOf = (name: string, { account, region } = SCOPE): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

export const NOW = new Date('2026-11-22T03:00:00Z');

export const minutesAgo = (minutes: number, from = NOW): Date => new Date(from.getTime() - minutes * 60_000);

/** What CloudWatch writes when it measured something. */
export const REASON =
  'Threshold Crossed: 1 out of the last 1 datapoints [4.2E9 (22/11/26 02:55:00)] was less than the threshold (5.0E9) (minimum 1 datapoint for OK -> ALARM transition).';
export const REASON_DATA =
  '{"version":"1.0","queryDate":"2026-11-22T02:59:00.100+0000","startDate":"2026-11-22T02:55:00.000+0000","statistic":"Average","period":300,"recentDatapoints":[4.2E9],"threshold":5.0E9}';
export const NO_DATAPOINTS =
  'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].';

export const metric = (
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  more: Partial<AlarmMetric> = {},
): AlarmMetric => ({ namespace, name, dimensions, statistic: 'Average', ...more });

export const freeStorage = metric('AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: 'orders' });

export const watching = (metrics: readonly AlarmMetric[], more: Partial<MetricWatches> = {}): MetricWatches => ({
  kind: 'metric',
  metrics,
  comparison: 'LessThanThreshold',
  threshold: 5e9,
  periodSeconds: 300,
  evaluationPeriods: 1,
  ...more,
});

/** The storage of the database orders is nearly full since a minute. */
export const alarm = (spoiled: Partial<Alarm> = {}): Alarm => {
  const name = spoiled.name ?? 'orders-disk';
  return {
    name,
    arn: arnOf(name, spoiled.scope),
    scope: SCOPE,
    state: 'ALARM' satisfies AlarmState,
    since: minutesAgo(1),
    reason: REASON,
    by: 'data',
    watches: watching([freeStorage]),
    ...spoiled,
  };
};

export const composite = (name: string, children: readonly string[], spoiled: Partial<Alarm> = {}): Alarm => {
  const rule = children.map((child) => `ALARM("${child}")`).join(' OR ');
  return alarm({ name, watches: { kind: 'composite', rule, children } satisfies Watches, ...spoiled });
};
