import type {
  AlarmHistoryItem,
  CompositeAlarm,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  MetricAlarm,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** The changes of state, the newest first. */
export const describeAlarmHistory: Operation<DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput> = (
  { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType, StartDate, EndDate, MaxRecords = 100, NextToken },
  { region },
) => {
  const found = region.cloudwatch.alarmHistory
    .map((item, index) => ({ item, index }))
    .filter(({ item }) => AlarmName === undefined || item.AlarmName === AlarmName)
    .filter(({ item }) => AlarmTypes.includes(item.AlarmType ?? 'MetricAlarm'))
    .filter(({ item }) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
    .filter(({ item: { Timestamp = new Date(0) } }) => !StartDate || Timestamp >= StartDate)
    .filter(({ item: { Timestamp = new Date(0) } }) => !EndDate || Timestamp < EndDate);
  const page = pageOf(found, {
    limit: MaxRecords,
    token: NextToken,
    keyOf: ({ index }) => String(1e9 - index),
    invalidToken: () => new AwsError('InvalidNextToken', 'The next token specified is invalid.'),
  });
  return {
    AlarmHistoryItems: page.items.map(({ item }) => item),
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};

/** The entry that CloudWatch writes when an alarm goes from one state to another. */
export function stateChange(
  { AlarmName, ...alarm }: MetricAlarm | CompositeAlarm,
  { from, at }: { from: StateValue | undefined; at: Date },
): AlarmHistoryItem {
  const newState = {
    stateValue: alarm.StateValue,
    stateReason: alarm.StateReason,
    ...(alarm.StateReasonData ? { stateReasonData: JSON.parse(alarm.StateReasonData) as object } : {}),
  };
  return {
    AlarmName,
    AlarmType: 'AlarmRule' in alarm ? 'CompositeAlarm' : 'MetricAlarm',
    Timestamp: at,
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${from} to ${alarm.StateValue}`,
    HistoryData: JSON.stringify({ version: '1.0', oldState: { stateValue: from }, newState }),
  };
}
