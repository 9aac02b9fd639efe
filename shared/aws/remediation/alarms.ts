import {
  type AlarmType,
  type CloudWatchClient,
  type DescribeAlarmsInput,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { Alarm, StateChange } from '../../core/remediation/alarm.ts';
import { describedChange, describedComposite, describedMetricAlarm } from '../../core/remediation/alarm-described.ts';
import type { TimeRange } from '../../ports.ts';
import type { AlarmHistory } from '../../ports-remediation.ts';
import { chunks, everyItem } from '../pages.ts';

/** Without AlarmTypes AWS shows metric alarms only. */
const BOTH: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** DescribeAlarms takes so many names a call. */
const NAMES_PER_CALL = 100;

export async function alarmsNamed(client: CloudWatchClient, names: readonly string[]): Promise<Alarm[]> {
  const found: Alarm[] = [];
  for (const AlarmNames of chunks([...new Set(names)], NAMES_PER_CALL)) {
    found.push(...(await described(client, { AlarmNames })));
  }
  return found;
}

export const alarmsOn = (client: CloudWatchClient): Promise<Alarm[]> => described(client, { StateValue: 'ALARM' });

const described = (client: CloudWatchClient, which: DescribeAlarmsInput): Promise<Alarm[]> =>
  everyItem(paginateDescribeAlarms({ client, pageSize: 100 }, { ...which, AlarmTypes: BOTH }), (page) => [
    ...(page.MetricAlarms ?? []).map(describedMetricAlarm),
    ...(page.CompositeAlarms ?? []).map(describedComposite),
  ]);

/** The alarms of a scope that changed in the range, or one of them. */
export async function alarmHistories(
  client: CloudWatchClient,
  { from, to }: TimeRange,
  AlarmName: string | undefined,
): Promise<AlarmHistory[]> {
  const input = { AlarmName, HistoryItemType: 'StateUpdate', StartDate: from, EndDate: to } as const;
  const pages = paginateDescribeAlarmHistory({ client, pageSize: 100 }, { ...input, AlarmTypes: BOTH });
  const changes = await everyItem(pages, (page) =>
    page.AlarmHistoryItems?.flatMap((item) => {
      const change = describedChange(item);
      return change && change.at >= from && change.at < to ? [{ name: item.AlarmName ?? '', change }] : [];
    }),
  );
  const byName = Map.groupBy(changes, ({ name }) => name);
  const alarms = await alarmsNamed(client, AlarmName === undefined ? [...byName.keys()] : [AlarmName]);
  return alarms.map((alarm) => ({
    alarm,
    changes: (byName.get(alarm.name) ?? []).map(({ change }) => change).sort(byTime),
  }));
}

const byTime = (a: StateChange, b: StateChange): number => a.at.getTime() - b.at.getTime();
