import type {
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricAlarm,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** Alarms keep the state that they are given: the sandbox evaluates none and runs none of their actions. */
export const describeAlarms: Operation<DescribeAlarmsInput, DescribeAlarmsOutput> = (input, { region }) => {
  const { MaxRecords = 50 } = input;
  if (MaxRecords < 1 || MaxRecords > 100) {
    throw new AwsError(
      'ValidationError',
      `The value ${MaxRecords} for parameter MaxRecords must be between 1 and 100.`,
    );
  }
  const found = [...region.cloudwatch.alarms.values()]
    .filter((one) => !input.AlarmNames?.length || input.AlarmNames.includes(one.AlarmName ?? ''))
    .filter((one) => one.AlarmName?.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((one) => input.StateValue === undefined || one.StateValue === input.StateValue);
  const page = pageOf(found, {
    limit: MaxRecords,
    token: input.NextToken,
    keyOf: (one) => one.AlarmName ?? '',
    invalidToken: () => new AwsError('InvalidNextToken', 'The next token specified is invalid.'),
  });
  return {
    MetricAlarms: [...page.items],
    CompositeAlarms: [],
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};

/** Overwrites the whole alarm but for its state. */
export const putMetricAlarm: Operation<PutMetricAlarmInput, object> = (
  { Tags: _, ...input },
  { estate, account, region },
) => {
  const name = input.AlarmName ?? '';
  const before = region.cloudwatch.alarms.get(name);
  const now = estate.clock.now();
  const alarm: MetricAlarm = {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: before?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: before?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? now,
    ...input,
    AlarmArn: `arn:aws:cloudwatch:${region.name}:${account.id}:alarm:${name}`,
    AlarmConfigurationUpdatedTimestamp: now,
  };
  region.cloudwatch.alarms.set(name, alarm);
  return {};
};

export const setAlarmState: Operation<SetAlarmStateInput, object> = (input, { estate, region }) => {
  const alarm = region.cloudwatch.alarms.get(input.AlarmName ?? '');
  if (!alarm) throw new AwsError('ResourceNotFound', `Unknown: alarm ${input.AlarmName}`, 404);
  const now = estate.clock.now();
  if (alarm.StateValue !== input.StateValue) alarm.StateTransitionedTimestamp = now;
  alarm.StateValue = input.StateValue;
  alarm.StateReason = input.StateReason;
  alarm.StateUpdatedTimestamp = now;
  return {};
};
