import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { clientsOf } from './clients.ts';

const NOW = new Date('2026-11-22T20:00:00Z');

async function stage() {
  const sandbox = await startSandbox({ now: NOW });
  onTestFinished(() => sandbox.close());
  const region = sandbox.env.AWS_REGION ?? '';
  const { cloudwatch } = clientsOf(sandbox);
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'disk',
      AlarmDescription: 'nearly full',
      Namespace: 'AWS/RDS',
      MetricName: 'FreeStorageSpace',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }],
      Statistic: 'Minimum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 5e9,
      ComparisonOperator: 'LessThanThreshold',
    }),
  );
  return { sandbox, region, cloudwatch, state: sandbox.estate.hub.region(region).cloudwatch };
}

describe('an alarm that is turned by its data', () => {
  it('says so when it is read, in its history, and in the event that EventBridge brings', async () => {
    const { cloudwatch, region, state, sandbox } = await stage();
    const event = state.turn('disk', 'ALARM', { by: 'data', values: [2e9] });
    const reason = 'Threshold Crossed: 1 datapoint [2000000000] was less than the threshold (5000000000).';
    const { MetricAlarms: [alarm] = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['disk'] }));
    expect(alarm).toMatchObject({ StateValue: 'ALARM', StateReason: reason, StateTransitionedTimestamp: NOW });
    const asked = new DescribeAlarmHistoryCommand({ AlarmName: 'disk' });
    const { AlarmHistoryItems: [item] = [] } = await cloudwatch.send(asked);
    expect(item?.HistorySummary).toBe('Alarm updated from INSUFFICIENT_DATA to ALARM');
    const account = sandbox.estate.hub.id;
    expect(event).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      account,
      region,
      time: '2026-11-22T20:00:00Z',
      resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:disk`],
      detail: {
        alarmName: 'disk',
        previousState: { value: 'INSUFFICIENT_DATA' },
        state: { value: 'ALARM', reason, timestamp: '2026-11-22T20:00:00.000+0000' },
        configuration: {
          description: 'nearly full',
          metrics: [
            {
              metricStat: {
                metric: {
                  namespace: 'AWS/RDS',
                  name: 'FreeStorageSpace',
                  dimensions: { DBInstanceIdentifier: 'orders' },
                },
                period: 300,
                stat: 'Minimum',
              },
              returnData: true,
            },
          ],
        },
      },
    });
    expect(JSON.parse(event?.detail.state.reasonData ?? '')).toMatchObject({ recentDatapoints: [2e9], threshold: 5e9 });
  });

  it('brings no event when it is in that state already, and another id with each that it brings', async () => {
    const { state } = await stage();
    const ids = ['ALARM', 'ALARM', 'OK', 'ALARM'].map(
      (to) => state.turn('disk', to as 'OK' | 'ALARM', { by: 'data', values: [1] })?.id,
    );
    expect(ids[1]).toBeUndefined();
    expect(new Set(ids).size).toBe(4);
    expect(state.alarmHistory).toHaveLength(3);
  });

  it('has no datapoints to show when they are missing', async () => {
    const { state } = await stage();
    const event = state.turn('disk', 'ALARM', { by: 'missing data' });
    expect(event?.detail.state.reason).toMatch(/no datapoints were received/);
    expect(JSON.parse(event?.detail.state.reasonData ?? '')).toMatchObject({ recentDatapoints: [] });
  });
});

it('an alarm that somebody sets has their words', async () => {
  const { state } = await stage();
  const event = state.turn('disk', 'ALARM', { by: 'a person', reason: 'a drill' });
  expect(event?.detail.state).toEqual({ value: 'ALARM', reason: 'a drill', timestamp: '2026-11-22T20:00:00.000+0000' });
});

it('a composite alarm names its rule, and no metrics', async () => {
  const { state, cloudwatch } = await stage();
  await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'shop', AlarmRule: 'ALARM(disk) OR ALARM(cpu)' }));
  const event = state.turn('shop', 'ALARM', { by: 'data', values: [] });
  expect(event?.detail.configuration).toEqual({ alarmRule: 'ALARM(disk) OR ALARM(cpu)' });
});

it('history is read page by page, the newest first', async () => {
  const { state, cloudwatch, sandbox } = await stage();
  for (let minute = 0; minute < 12; minute += 1) {
    sandbox.clock.advance({ minutes: 1 });
    state.turn('disk', minute % 2 === 0 ? 'ALARM' : 'OK', { by: 'data', values: [1] });
  }
  const times: number[] = [];
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const asked = new DescribeAlarmHistoryCommand({ MaxRecords: 5, ...(NextToken ? { NextToken } : {}) });
    const page = await cloudwatch.send(asked);
    times.push(...(page.AlarmHistoryItems ?? []).map(({ Timestamp }) => Timestamp?.getTime() ?? 0));
    NextToken = page.NextToken;
  }
  expect(times).toHaveLength(12);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});
