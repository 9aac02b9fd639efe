import type { DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput } from '@aws-sdk/client-cloudwatch';
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
    keyOf: ({ index }) => String(2e9 - index), // of one length, down to a thousand million
    invalidToken: () => new AwsError('InvalidNextToken', 'The next token specified is invalid.'),
  });
  return {
    AlarmHistoryItems: page.items.map(({ item }) => item),
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};
