import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Place } from './place.ts';

export type AnyAlarm = MetricAlarm | CompositeAlarm;

/** What brings an alarm into a state: values that were measured, their absence, or somebody's word (SetAlarmState). */
export type Brought =
  | { readonly by: 'data'; readonly values: readonly number[] }
  | { readonly by: 'missing data' }
  | { readonly by: 'a person'; readonly reason: string; readonly reasonData?: string | undefined };

/** A state with CloudWatch's words about it. */
type State = Pick<MetricAlarm, 'StateValue' | 'StateReason' | 'StateReasonData'>;

/** One change of one alarm's state. */
export interface AlarmChange {
  readonly from: State;
  readonly at: Date;
}

const isComposite = (alarm: AnyAlarm): alarm is CompositeAlarm => 'AlarmRule' in alarm;

/** The words that CloudWatch has for a state. */
export function stateBy(alarm: AnyAlarm, StateValue: StateValue, brought: Brought, at: Date): State {
  if (brought.by === 'a person') {
    return { StateValue, StateReason: brought.reason, StateReasonData: brought.reasonData };
  }
  const values = brought.by === 'data' ? brought.values : [];
  if (isComposite(alarm)) return { StateValue, ...byChild(alarm, StateValue, at) };
  const data = {
    version: '1.0',
    queryDate: stamp(at),
    ...(alarm.Statistic ? { statistic: alarm.Statistic } : {}),
    period: alarm.Period ?? 300,
    recentDatapoints: values,
    threshold: alarm.Threshold,
    evaluatedDatapoints: values.map((value) => ({ timestamp: stamp(at), value })),
  };
  return { StateValue, StateReason: inWords(alarm, StateValue, values), StateReasonData: JSON.stringify(data) };
}

/** A composite names the child that brought it there: here the first one in its rule. */
function byChild({ AlarmArn = '', AlarmRule = '' }: CompositeAlarm, value: StateValue, at: Date) {
  const [, child = ''] = /"([^"]+)"/.exec(AlarmRule) ?? [];
  const arn = child.startsWith('arn:') ? child : AlarmArn.replace(/:alarm:.*/, `:alarm:${child}`);
  const day = at.toLocaleString('en-GB', { weekday: 'long', day: '2-digit', month: 'long', timeZone: 'UTC' });
  const time = `${at.getUTCFullYear()} ${at.toISOString().slice(11, 19)} UTC`;
  return {
    StateReason: `${arn} transitioned to ${value} at ${day}, ${time}`,
    StateReasonData: JSON.stringify({ triggeringAlarms: [{ arn, state: { value, timestamp: stamp(at) } }] }),
  };
}

function inWords({ ComparisonOperator, Threshold }: MetricAlarm, state: StateValue, values: readonly number[]) {
  const count = `${values.length} datapoint${values.length === 1 ? '' : 's'}`;
  if (state === 'INSUFFICIENT_DATA') return 'Insufficient Data: 1 datapoint was unknown.';
  if (values.length === 0)
    return 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].';
  const compared = (ComparisonOperator ?? '')
    .replace('Threshold', '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
  const was = state === 'ALARM' ? 'was' : 'was not';
  return `Threshold Crossed: ${count} [${values.join(', ')}] ${was} ${compared} the threshold (${Threshold}).`;
}

/** The entry that CloudWatch writes when an alarm goes from one state to another. */
export function historyOf(alarm: AnyAlarm, { from, at }: AlarmChange): AlarmHistoryItem {
  const newState = {
    stateValue: alarm.StateValue,
    stateReason: alarm.StateReason,
    ...(alarm.StateReasonData ? { stateReasonData: JSON.parse(alarm.StateReasonData) as object } : {}),
  };
  return {
    AlarmName: alarm.AlarmName,
    AlarmType: isComposite(alarm) ? 'CompositeAlarm' : 'MetricAlarm',
    Timestamp: at,
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${from.StateValue} to ${alarm.StateValue}`,
    HistoryData: JSON.stringify({ version: '1.0', oldState: { stateValue: from.StateValue }, newState }),
  };
}

/** The same as EventBridge brings it. */
export type AlarmEvent = ReturnType<typeof eventOf>;

/** @param id differs from event to event */
export function eventOf(alarm: AnyAlarm, { from, at }: AlarmChange, { place, id }: { place: Place; id: string }) {
  return {
    version: '0',
    id,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: place.account,
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: [alarm.AlarmArn ?? ''],
    detail: {
      alarmName: alarm.AlarmName ?? '',
      configuration: configurationOf(alarm),
      previousState: stateIn(from, at),
      state: stateIn(alarm, at),
    },
  };
}

const stateIn = ({ StateValue, StateReason, StateReasonData }: State, at: Date) => ({
  value: StateValue,
  reason: StateReason,
  ...(StateReasonData ? { reasonData: StateReasonData } : {}),
  timestamp: stamp(at),
});

function configurationOf(alarm: AnyAlarm): Readonly<Record<string, unknown>> {
  const description = alarm.AlarmDescription ? { description: alarm.AlarmDescription } : {};
  if (isComposite(alarm)) return { ...description, alarmRule: alarm.AlarmRule };
  return { ...description, metrics: metricsOf(alarm) };
}

const metricsOf = ({ Metrics, ...alarm }: MetricAlarm) =>
  Metrics?.map(({ Id: id, Expression, Label, MetricStat, ReturnData = true }) => ({
    id,
    ...(Expression ? { expression: Expression } : {}),
    ...(Label ? { label: Label } : {}),
    ...(MetricStat
      ? {
          metricStat: {
            metric: metricOf(MetricStat.Metric ?? {}),
            period: MetricStat.Period,
            stat: MetricStat.Stat,
            ...(MetricStat.Unit ? { unit: MetricStat.Unit } : {}),
          },
        }
      : {}),
    returnData: ReturnData,
  })) ?? [
    {
      id: 'm1',
      metricStat: { metric: metricOf(alarm), period: alarm.Period, stat: alarm.Statistic ?? alarm.ExtendedStatistic },
      returnData: true,
    },
  ];

const metricOf = ({
  Namespace,
  MetricName,
  Dimensions = [],
}: Pick<MetricAlarm, 'Namespace' | 'MetricName' | 'Dimensions'>) => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
});

/** `2026-11-22T20:00:05.123+0000` */
const stamp = (at: Date): string => at.toISOString().replace('Z', '+0000');
