import { parseArn } from '../identity.ts';
import {
  ALARM_STATES,
  type Alarm,
  type AlarmMetric,
  type AlarmState,
  InvalidAlarmError,
  type StateChange,
  type Watches,
} from './alarm.ts';
import { compositeOf } from './composite.ts';
import { broughtBy } from './reason.ts';
import { isBand } from './watches.ts';

/** What metric and composite alarms have in common, as DescribeAlarms returns them. */
interface DescribedState {
  readonly AlarmName?: string | undefined;
  readonly AlarmArn?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateReason?: string | undefined;
  readonly StateReasonData?: string | undefined;
  readonly StateTransitionedTimestamp?: Date | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
  readonly ActionsEnabled?: boolean | undefined;
  readonly AlarmActions?: readonly string[] | undefined;
}

interface DescribedMetric {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?:
    | readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
}

/** One of `MetricAlarms`. */
export interface DescribedMetricAlarm extends DescribedState, DescribedMetric {
  readonly Statistic?: string | undefined;
  readonly ExtendedStatistic?: string | undefined;
  readonly Period?: number | undefined;
  readonly EvaluationPeriods?: number | undefined;
  readonly Threshold?: number | undefined;
  readonly ComparisonOperator?: string | undefined;
  readonly Metrics?:
    | readonly {
        readonly AccountId?: string | undefined;
        readonly Expression?: string | undefined;
        readonly ReturnData?: boolean | undefined;
        readonly Period?: number | undefined;
        readonly MetricStat?:
          | {
              readonly Metric?: DescribedMetric | undefined;
              readonly Period?: number | undefined;
              readonly Stat?: string | undefined;
            }
          | undefined;
      }[]
    | undefined;
}

/** One of `CompositeAlarms`. */
export interface DescribedComposite extends DescribedState {
  readonly AlarmRule?: string | undefined;
  readonly ActionsSuppressedReason?: string | undefined;
}

/** An alarm as DescribeAlarms returned it. @throws {InvalidAlarmError} when it lacks what every alarm has */
export function describedMetricAlarm(alarm: DescribedMetricAlarm): Alarm {
  return { ...stateOf(alarm), ...mutedBy(alarm), ...actsOf(alarm), watches: watchesOf(alarm) };
}

/** The same of a composite. */
export const describedComposite = (alarm: DescribedComposite): Alarm => ({
  ...stateOf(alarm),
  ...mutedBy(alarm),
  watches: compositeOf(had(alarm.AlarmRule, 'AlarmRule')),
});

function stateOf(alarm: DescribedState): Omit<Alarm, 'watches'> {
  const arn = had(alarm.AlarmArn, 'AlarmArn');
  const { service, account, region } = parseArn(arn) ?? {};
  if (service !== 'cloudwatch' || !account || !region) throw new InvalidAlarmError('AlarmArn', 'the ARN of an alarm');
  const { StateReason: reason = '', StateReasonData: data } = alarm;
  const state = stateIn(alarm.StateValue, 'StateValue');
  return {
    name: had(alarm.AlarmName, 'AlarmName'),
    arn,
    scope: { account, region },
    state,
    // The last update may be younger than the state: its reason changes as well.
    since: had(alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp, 'StateTransitionedTimestamp'),
    reason,
    by: broughtBy({ value: state, reason, data }),
  };
}

function mutedBy({ ActionsEnabled, ...alarm }: DescribedState | DescribedComposite): Pick<Alarm, 'muted'> {
  if (ActionsEnabled === false) return { muted: 'its actions are disabled' };
  const suppressed = 'ActionsSuppressedReason' in alarm ? alarm.ActionsSuppressedReason : undefined;
  return suppressed ? { muted: suppressed } : {};
}

/**
 * `arn:aws:automate:REGION:ec2:recover`, and as the console wrote it before,
 * `arn:aws:swf:REGION:ACCOUNT:action/actions/AWS_EC2.InstanceId.Reboot/1.0`.
 */
const EC2_ACTION = /:(?:automate:[^:]+:ec2:|swf:.*\/AWS_EC2\.InstanceId\.)(stop|terminate|reboot|recover)\b/i;

function actsOf({ ActionsEnabled, AlarmActions = [] }: DescribedState): Pick<Alarm, 'acts'> {
  const acts = AlarmActions.flatMap((arn) => EC2_ACTION.exec(arn)?.[1]?.toLowerCase() ?? []);
  return ActionsEnabled === false || acts.length === 0 ? {} : { acts: acts.map((one) => `ec2:${one}`) };
}

function watchesOf(alarm: DescribedMetricAlarm): Watches {
  const queries = alarm.Metrics ?? [];
  const expression = queries.find((one) => one.Expression && (one.ReturnData ?? true))?.Expression;
  const { ComparisonOperator: comparison, Threshold: threshold, EvaluationPeriods: evaluationPeriods } = alarm;
  const periodSeconds = alarm.Period ?? queries.find((one) => one.MetricStat)?.MetricStat?.Period ?? queries[0]?.Period;
  return {
    kind: 'metric',
    metrics: metricsOf(alarm),
    ...(expression ? { expression } : {}),
    ...(comparison && !isBand(expression) ? { comparison } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(periodSeconds === undefined ? {} : { periodSeconds }),
    ...(evaluationPeriods === undefined ? {} : { evaluationPeriods }),
  };
}

/** The one metric, or all that an expression is made of. */
function metricsOf(alarm: DescribedMetricAlarm): AlarmMetric[] {
  const { Metrics: queries = [], Statistic, ExtendedStatistic } = alarm;
  if (queries.length === 0) return alarm.MetricName ? [metricOf(alarm, Statistic ?? ExtendedStatistic)] : [];
  return queries.flatMap(({ MetricStat, AccountId: account }) =>
    MetricStat?.Metric ? [{ ...metricOf(MetricStat.Metric, MetricStat.Stat), ...(account ? { account } : {}) }] : [],
  );
}

function metricOf({ Namespace, MetricName, Dimensions = [] }: DescribedMetric, statistic?: string): AlarmMetric {
  return {
    namespace: had(Namespace, 'Namespace'),
    name: had(MetricName, 'MetricName'),
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [had(Name, 'Dimensions.Name'), Value ?? ''])),
    ...(statistic ? { statistic } : {}),
  };
}

/** One of `AlarmHistoryItems`. */
export interface DescribedHistoryItem {
  readonly AlarmName?: string | undefined;
  readonly HistoryItemType?: string | undefined;
  readonly Timestamp?: Date | undefined;
  readonly HistoryData?: string | undefined;
}

interface HistoryState {
  readonly stateValue?: string;
  readonly stateReason?: string;
  readonly stateReasonData?: unknown;
}

/**
 * The change of state that an item of an alarm's history is; undefined for another kind of item, or one that is no change:
 * CloudWatch also writes down that a reason has changed. `HistoryData` is JSON:
 *   > {"version":"1.0","oldState":{"stateValue":"OK",...},"newState":{"stateValue":"ALARM","stateReason":"testing purposes"}}
 * @throws {InvalidAlarmError} when such an item does not say from what to what
 */
export function describedChange(item: DescribedHistoryItem): StateChange | undefined {
  if (item.HistoryItemType !== 'StateUpdate') return undefined;
  const { oldState, newState } = historyData(item);
  const from = stateIn(oldState?.stateValue, 'HistoryData.oldState.stateValue');
  const to = stateIn(newState?.stateValue, 'HistoryData.newState.stateValue');
  if (from === to) return undefined;
  const by = broughtBy({ value: to, reason: newState?.stateReason ?? '', data: newState?.stateReasonData });
  return { at: had(item.Timestamp, 'Timestamp'), from, to, by };
}

function historyData({ HistoryData = '' }: DescribedHistoryItem): { oldState?: HistoryState; newState?: HistoryState } {
  try {
    return JSON.parse(HistoryData) ?? {};
  } catch {
    throw new InvalidAlarmError('HistoryData', 'JSON');
  }
}

function stateIn(value: string | undefined, field: string): AlarmState {
  const state = ALARM_STATES.find((one) => one === value);
  if (!state) throw new InvalidAlarmError(field, `one of ${ALARM_STATES.join(', ')}`);
  return state;
}

function had<T>(value: T | undefined, field: string): T {
  if (value === undefined || value === '') throw new InvalidAlarmError(field, 'CloudWatch did not return it');
  return value;
}
