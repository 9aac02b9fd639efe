import type {
  CompositeAlarm,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  MetricAlarm,
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import type { CloudWatchState } from '../../estate/cloudwatch-state.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Caller, Operation } from '../service.ts';

/**
 * Alarms keep the state that they are given (`CloudWatchState.turn`): the sandbox evaluates none and runs none of their actions. A page holds metric
 * and composite alarms alike; who does not ask for composite ones does not get them.
 */
export const describeAlarms: Operation<DescribeAlarmsInput, DescribeAlarmsOutput> = (input, { region }) => {
  const { MaxRecords = 50, AlarmNames = [], AlarmTypes = ['MetricAlarm'] } = input;
  if (MaxRecords < 1 || MaxRecords > 100) {
    throw invalid(`The value ${MaxRecords} for parameter MaxRecords must be between 1 and 100.`);
  }
  if (AlarmNames.length > 100) throw invalid('The collection AlarmNames must not have more than 100 elements.');
  if (AlarmNames.length > 0 && input.AlarmNamePrefix !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'AlarmNames and AlarmNamePrefix cannot be specified at the same time',
    );
  }
  const { alarms, compositeAlarms } = region.cloudwatch;
  const found = [
    ...(AlarmTypes.includes('MetricAlarm') ? alarms.values() : []),
    ...(AlarmTypes.includes('CompositeAlarm') ? compositeAlarms.values() : []),
  ]
    .filter((one) => AlarmNames.length === 0 || AlarmNames.includes(one.AlarmName ?? ''))
    .filter((one) => one.AlarmName?.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((one) => input.StateValue === undefined || one.StateValue === input.StateValue);
  const page = pageOf<MetricAlarm | CompositeAlarm>(found, {
    limit: MaxRecords,
    token: input.NextToken,
    keyOf: (one) => one.AlarmName ?? '',
    invalidToken: () => new AwsError('InvalidNextToken', 'The next token specified is invalid.'),
  });
  const isComposite = (one: MetricAlarm | CompositeAlarm) => compositeAlarms.has(one.AlarmName ?? '');
  return {
    MetricAlarms: page.items.filter((one): one is MetricAlarm => !isComposite(one)),
    CompositeAlarms: page.items.filter((one): one is CompositeAlarm => isComposite(one)),
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};

/** Overwrites the whole alarm but for its state. */
export const putMetricAlarm: Operation<PutMetricAlarmInput, object> = ({ Tags: _, ...input }, caller) => {
  const { alarms, compositeAlarms } = caller.region.cloudwatch;
  const name = nameOfNew(input.AlarmName, compositeAlarms);
  const before = alarms.get(name);
  alarms.set(name, { ...stateOf(before, caller), ...input, ...identityOf(name, caller) });
  return {};
};

/** The same for an alarm over alarms. What its rule says is not evaluated, but has to be said. */
export const putCompositeAlarm: Operation<PutCompositeAlarmInput, object> = ({ Tags: _, ...input }, caller) => {
  const { alarms, compositeAlarms } = caller.region.cloudwatch;
  const name = nameOfNew(input.AlarmName, alarms);
  if (!input.AlarmRule) throw invalid('The parameter AlarmRule is required.');
  const before = compositeAlarms.get(name);
  compositeAlarms.set(name, { ...stateOf(before, caller), ...input, ...identityOf(name, caller) });
  return {};
};

export const setAlarmState: Operation<SetAlarmStateInput, object> = (
  { AlarmName = '', StateValue = 'OK', StateReason: reason = '', StateReasonData: reasonData },
  { region: { cloudwatch } },
) => {
  if (!cloudwatch.alarm(AlarmName)) throw new AwsError('ResourceNotFound', `Unknown: alarm ${AlarmName}`, 404);
  cloudwatch.turn(AlarmName, StateValue, { by: 'a person', reason, reasonData });
  return {};
};

/** Names of alarms that do not exist are passed over. */
export const disableAlarmActions: Operation<DisableAlarmActionsInput, object> = ({ AlarmNames = [] }, { region }) =>
  mark(region.cloudwatch, AlarmNames, { ActionsEnabled: false });

export const enableAlarmActions: Operation<EnableAlarmActionsInput, object> = ({ AlarmNames = [] }, { region }) =>
  mark(region.cloudwatch, AlarmNames, { ActionsEnabled: true });

function mark(cloudwatch: CloudWatchState, names: readonly string[], as: { readonly ActionsEnabled: boolean }): object {
  if (names.length > 100) throw invalid('The collection AlarmNames must not have more than 100 elements.');
  for (const name of names) Object.assign(cloudwatch.alarm(name) ?? {}, as);
  return {};
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** A name is a metric alarm's or a composite one's, not both. */
function nameOfNew(name: string | undefined, others: ReadonlyMap<string, unknown>): string {
  if (!name) throw invalid('The parameter AlarmName is required.');
  if (others.has(name)) throw invalid(`An alarm of another type is named ${name}.`);
  return name;
}

/** A new alarm has no data yet; an overwritten one stays in its state. */
function stateOf(before: MetricAlarm | CompositeAlarm | undefined, { estate }: Caller) {
  const now = estate.clock.now();
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: before?.StateValue ?? ('INSUFFICIENT_DATA' as const),
    StateReason: before?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateReasonData: before?.StateReasonData,
    StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: before?.StateTransitionedTimestamp ?? now,
  };
}

const identityOf = (name: string, { estate, account, region }: Caller) => ({
  AlarmArn: `arn:aws:cloudwatch:${region.name}:${account.id}:alarm:${name}`,
  AlarmConfigurationUpdatedTimestamp: estate.clock.now(),
});
