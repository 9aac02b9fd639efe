import { describe, expect, it } from 'vitest';
import {
  type DescribedComposite,
  type DescribedMetricAlarm,
  describedChange,
  describedComposite,
  describedMetricAlarm,
} from '../../../shared/core/remediation/alarm-described.ts';
import { arnOf, NO_DATAPOINTS, REASON, REASON_DATA, SCOPE } from './alarms.ts';

const SINCE = new Date('2026-11-22T02:59:00.123Z');

const state = {
  AlarmName: 'orders-disk',
  AlarmArn: arnOf('orders-disk'),
  StateValue: 'ALARM',
  StateReason: REASON,
  StateReasonData: REASON_DATA,
  StateTransitionedTimestamp: SINCE,
  StateUpdatedTimestamp: new Date('2026-11-22T02:59:30Z'),
  ActionsEnabled: true,
};
const disk: DescribedMetricAlarm = {
  ...state,
  Namespace: 'AWS/RDS',
  MetricName: 'FreeStorageSpace',
  Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }],
  Statistic: 'Average',
  Period: 300,
  EvaluationPeriods: 3,
  Threshold: 5e9,
  ComparisonOperator: 'LessThanThreshold',
};
const night: DescribedComposite = {
  ...state,
  AlarmName: 'night',
  AlarmArn: arnOf('night'),
  AlarmRule: 'ALARM(orders-disk)',
};

const MetricStat = {
  Metric: { Namespace: 'AWS/EC2', MetricName: 'NetworkIn', Dimensions: [{ Name: 'InstanceId', Value: 'i-0abc1234' }] },
  Period: 60,
  Stat: 'p99',
};

describe('what an alarm does by itself', () => {
  const HEARD = 'arn:aws:sns:ap-northeast-2:123456789012:pager';

  it.each([
    ['arn:aws:automate:ap-northeast-2:ec2:reboot', 'ec2:reboot'],
    ['arn:aws-cn:automate:cn-north-1:ec2:recover', 'ec2:recover'],
    ['arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0', 'ec2:stop'],
    ['arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Terminate/1.0', 'ec2:terminate'],
  ])('is read of %s', (action, acts) => {
    expect(describedMetricAlarm({ ...disk, AlarmActions: [HEARD, action] }).acts).toEqual([acts]);
    expect(describedMetricAlarm({ ...disk, AlarmActions: [action], ActionsEnabled: false }).acts).toBeUndefined();
  });

  it.each([
    HEARD,
    'arn:aws:lambda:us-east-1:123456789012:function:ec2:reboot',
    'arn:aws:ssm:us-east-1:123456789012:opsitem:1',
  ])('is nothing of %s', (action) => {
    expect(describedMetricAlarm({ ...disk, AlarmActions: [action] }).acts).toBeUndefined();
  });
});

describe('an alarm that is read again', () => {
  it('is the alarm, with how it compares', () => {
    expect(describedMetricAlarm(disk)).toEqual({
      name: 'orders-disk',
      arn: arnOf('orders-disk'),
      scope: SCOPE,
      state: 'ALARM',
      since: SINCE,
      reason: REASON,
      by: 'data',
      watches: {
        kind: 'metric',
        metrics: [
          {
            namespace: 'AWS/RDS',
            name: 'FreeStorageSpace',
            dimensions: { DBInstanceIdentifier: 'orders' },
            statistic: 'Average',
          },
        ],
        comparison: 'LessThanThreshold',
        threshold: 5e9,
        periodSeconds: 300,
        evaluationPeriods: 3,
      },
    });
  });

  it('has its metrics when it is an expression', () => {
    const { MetricName: _, Dimensions: __, Statistic: ___, Period: ____, ...rest } = disk;
    const Metrics = [
      { Expression: 'SUM(METRICS())', ReturnData: true },
      { MetricStat, ReturnData: false, AccountId: '999988887777' },
    ];
    expect(describedMetricAlarm({ ...rest, Metrics }).watches).toMatchObject({
      expression: 'SUM(METRICS())',
      comparison: 'LessThanThreshold',
      periodSeconds: 60,
      metrics: [
        { name: 'NetworkIn', dimensions: { InstanceId: 'i-0abc1234' }, statistic: 'p99', account: '999988887777' },
      ],
    });
  });

  it('does not compare with a band', () => {
    const Metrics = [
      { MetricStat, ReturnData: true },
      { Expression: 'ANOMALY_DETECTION_BAND(m1, 2)', ReturnData: true },
    ];
    const { watches } = describedMetricAlarm({ ...disk, Metrics, ComparisonOperator: 'GreaterThanUpperThreshold' });
    expect(watches).not.toHaveProperty('comparison');
  });

  it('has the names in its rule when it is a composite', () => {
    expect(describedComposite(night)).toMatchObject({
      name: 'night',
      watches: { kind: 'composite', rule: 'ALARM(orders-disk)', children: ['orders-disk'] },
    });
  });

  it('says that it is muted', () => {
    expect(describedMetricAlarm({ ...disk, ActionsEnabled: false }).muted).toBe('its actions are disabled');
    const ActionsSuppressedReason = 'Actions suppressed by WaitPeriod';
    expect(describedComposite({ ...night, ActionsSuppressedReason }).muted).toBe(ActionsSuppressedReason);
  });

  it('is since its last update where CloudWatch says no more', () => {
    expect(describedMetricAlarm({ ...disk, StateTransitionedTimestamp: undefined }).since).toEqual(
      state.StateUpdatedTimestamp,
    );
  });

  it.each<[keyof DescribedMetricAlarm, unknown, string]>([
    ['AlarmName', undefined, 'AlarmName'],
    ['AlarmArn', undefined, 'AlarmArn'],
    ['AlarmArn', 'arn:aws:sns:eu-west-1:123456789012:topic', 'AlarmArn'],
    ['StateValue', 'FIRING', 'StateValue'],
    ['Namespace', undefined, 'Namespace'],
  ])('is refused without a proper %s (%j)', (key, value, field) => {
    expect(() => describedMetricAlarm({ ...disk, [key]: value })).toThrow(expect.objectContaining({ field }));
  });

  it('is refused without a time or a rule', () => {
    const without = { ...disk, StateTransitionedTimestamp: undefined, StateUpdatedTimestamp: undefined };
    expect(() => describedMetricAlarm(without)).toThrow(
      expect.objectContaining({ field: 'StateTransitionedTimestamp' }),
    );
    expect(() => describedComposite({ ...night, AlarmRule: undefined })).toThrow(
      expect.objectContaining({ field: 'AlarmRule' }),
    );
  });
});

describe("an item of an alarm's history", () => {
  const measured = { stateValue: 'OK', stateReason: REASON, stateReasonData: JSON.parse(REASON_DATA) };
  const item = (oldState: object, newState: object) => ({
    AlarmName: 'orders-disk',
    HistoryItemType: 'StateUpdate',
    Timestamp: SINCE,
    HistoryData: JSON.stringify({ version: '1.0', oldState, newState }),
  });

  it.each([
    ['CloudWatch measured it', measured, 'data'],
    ['somebody set it', { stateReason: 'testing purposes' }, 'a person'],
    ['nothing was measured', { stateReason: NO_DATAPOINTS, stateReasonData: { recentDatapoints: [] } }, 'missing data'],
  ])('is a change of state, when %s', (_, newState, by) => {
    expect(describedChange(item(measured, { ...newState, stateValue: 'ALARM' }))).toEqual({
      at: SINCE,
      from: 'OK',
      to: 'ALARM',
      by,
    });
  });

  it('is none when it is of another kind, or only the reason is new', () => {
    expect(describedChange({ ...item(measured, measured), HistoryItemType: 'Action' })).toBeUndefined();
    expect(describedChange(item(measured, measured))).toBeUndefined();
  });

  it.each([
    ['HistoryData', { ...item(measured, measured), HistoryData: 'x' }],
    ['HistoryData.newState.stateValue', item(measured, {})],
    ['HistoryData.oldState.stateValue', { ...item(measured, measured), HistoryData: 'null' }],
    ['Timestamp', { ...item(measured, { stateValue: 'ALARM' }), Timestamp: undefined }],
  ])('is refused when %s is not as it should be', (field, wrong) => {
    expect(() => describedChange(wrong)).toThrow(expect.objectContaining({ field }));
  });
});
