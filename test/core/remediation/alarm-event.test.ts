import { describe, expect, it } from 'vitest';
import { InvalidAlarmError } from '../../../shared/core/remediation/alarm.ts';
import { alarmChangeIn, isAlarmEvent } from '../../../shared/core/remediation/alarm-event.ts';
import { arnOf, NO_DATAPOINTS, REASON, REASON_DATA, SCOPE } from './alarms.ts';

const metricStat = {
  metric: { namespace: 'AWS/RDS', name: 'FreeStorageSpace', dimensions: { DBInstanceIdentifier: 'orders' } },
  period: 300,
  stat: 'Average',
};
const state = { value: 'ALARM', reason: REASON, reasonData: REASON_DATA, timestamp: '2026-11-22T02:59:00.123+0000' };
const detail = {
  alarmName: 'orders-disk',
  state,
  previousState: {
    value: 'OK',
    reason: 'Unchecked: Initial alarm creation',
    timestamp: '2026-11-21T02:59:00.123+0000',
  },
  configuration: { description: 'pages the team', metrics: [{ id: 'm1', metricStat, returnData: true }] },
};
const event = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: SCOPE.account,
  time: '2026-11-22T02:59:00Z',
  region: SCOPE.region,
  resources: [arnOf('orders-disk')],
  detail,
};

const withDetail = (spoiled: object) => alarmChangeIn({ ...event, detail: { ...detail, ...spoiled } });
const withState = (spoiled: object) => withDetail({ state: { ...state, ...spoiled } }).alarm;
const watching = (metrics: readonly object[], spoiled: object = {}) =>
  withDetail({ configuration: { metrics }, state: { ...state, ...spoiled } }).alarm.watches;

describe('an event of a metric alarm', () => {
  it('is the alarm, and what it was', () => {
    expect(alarmChangeIn(event)).toEqual({
      alarm: {
        name: 'orders-disk',
        arn: arnOf('orders-disk'),
        scope: SCOPE,
        state: 'ALARM',
        since: new Date('2026-11-22T02:59:00.123Z'),
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
          threshold: 5e9,
          periodSeconds: 300,
        },
      },
      from: 'OK',
    });
  });

  it('is known by its type, be it well formed or not', () => {
    expect([event, { 'detail-type': 'CloudWatch Alarm State Change' }].map(isAlarmEvent)).toEqual([true, true]);
    const others = [{ ...event, 'detail-type': 'CloudWatch Alarm Configuration Change' }, {}, null, 'alarm', []];
    expect(others.map(isAlarmEvent)).toEqual([false, false, false, false, false]);
  });

  it.each<[string, object, string]>([
    ['somebody set it', { reason: 'testing purposes', reasonData: undefined }, 'a person'],
    ['somebody set it with words of CloudWatch', { reasonData: undefined }, 'a person'],
    ['somebody set it with data', { reason: 'drill', reasonData: REASON_DATA }, 'a person'],
    ['somebody set it with no JSON', { reason: 'drill', reasonData: '{' }, 'a person'],
    ['no datapoint came', { reason: NO_DATAPOINTS, reasonData: '{"recentDatapoints":[]}' }, 'missing data'],
    [
      'there are too few data',
      { value: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: 1 datapoint was unknown.', reasonData: '{}' },
      'missing data',
    ],
    [
      'it is new',
      { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', reasonData: undefined },
      'missing data',
    ],
    [
      'a band was left',
      {
        reason:
          'Thresholds Crossed: 1 out of the last 1 datapoints [0.0 (03/10/19 15:58:00)] was less than the lower ...',
        reasonData: '{"recentDatapoints":[0.0],"recentLowerThresholds":[0.02],"recentUpperThresholds":[0.3]}',
      },
      'data',
    ],
    ['a query found series', { reason: '6 out of 6 time series evaluated to ALARM', reasonData: undefined }, 'data'],
    ['a query found many', { reason: '100+ time series evaluated to ALARM', reasonData: undefined }, 'data'],
    [
      'a query found none',
      {
        reason: 'No time series were returned by the query. Treat missing data is configured as [Breaching].',
        reasonData: '{"version":"1.0"}',
      },
      'missing data',
    ],
  ])('says what brought the state when %s', (_, spoiled, by) => {
    expect(withState(spoiled).by).toBe(by);
  });

  it('says that it is muted, and by what', () => {
    expect(
      withDetail({ muteDetail: { mutedByArn: 'arn:aws:cloudwatch:eu-west-1:1:alarm-mute-rule:sunday' } }).alarm.muted,
    ).toBe('muted by the rule sunday');
    expect(
      withState({ actionsSuppressedBy: 'Alarm', actionsSuppressedReason: 'Actions suppressed by Alarm' }).muted,
    ).toBe('Actions suppressed by Alarm');
    expect(alarmChangeIn(event).alarm).not.toHaveProperty('muted');
  });
});

describe('an event of an expression', () => {
  const sum = { id: 'e1', expression: 'SUM(METRICS())', label: 'all', returnData: true };
  const inner = { id: 'm1', metricStat, returnData: false };

  it('has the metrics that it is made of', () => {
    const other = { ...metricStat, metric: { ...metricStat.metric, dimensions: { DBInstanceIdentifier: 'carts' } } };
    expect(watching([sum, inner, { ...inner, id: 'm2', metricStat: other, accountId: '999988887777' }])).toMatchObject({
      expression: 'SUM(METRICS())',
      metrics: [
        { dimensions: { DBInstanceIdentifier: 'orders' } },
        { dimensions: { DBInstanceIdentifier: 'carts' }, account: '999988887777' },
      ],
    });
  });

  it('that is a band has no threshold', () => {
    const band = { id: 'ad1', expression: 'ANOMALY_DETECTION_BAND(m1, 2)', returnData: true };
    const watches = watching([{ ...inner, returnData: true }, band]);
    expect(watches).toMatchObject({
      expression: 'ANOMALY_DETECTION_BAND(m1, 2)',
      metrics: [{ name: 'FreeStorageSpace' }],
    });
    expect(watches).not.toHaveProperty('threshold');
  });

  it('that queries has no metrics', () => {
    const query = { id: 'm1', expression: 'SELECT MAX(CPUUtilization) FROM "AWS/EC2"', returnData: true, period: 60 };
    expect(watching([query])).toMatchObject({ expression: query.expression, metrics: [], periodSeconds: 60 });
  });

  it('of another kind of alarm watches nothing that is known', () => {
    expect(withDetail({ configuration: { evaluationCriteria: {} } }).alarm.watches).toMatchObject({ metrics: [] });
  });
});

describe('an event of a composite', () => {
  const composite = {
    configuration: { alarmRule: 'ALARM(cpu) OR ALARM("disk, of orders")', actionsSuppressor: 'maintenance' },
    state: {
      ...state,
      reason: `${arnOf('cpu')} transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC`,
      reasonData: JSON.stringify({ triggeringAlarms: [{ arn: arnOf('cpu'), state: { value: 'ALARM' } }] }),
    },
  };

  it('names its children', () => {
    expect(withDetail(composite).alarm).toMatchObject({
      by: 'data',
      watches: {
        kind: 'composite',
        rule: 'ALARM(cpu) OR ALARM("disk, of orders")',
        children: ['cpu', 'disk, of orders'],
      },
    });
  });

  it('says why its rule cannot be read', () => {
    expect(withDetail({ configuration: { alarmRule: 'ALARM(cpu' } }).alarm.watches).toMatchObject({
      children: [],
      unreadable: '")" is missing',
    });
  });
});

describe('what is no such event', () => {
  it.each<[string, object, string]>([
    ['another source', { source: 'aws.ec2' }, 'source'],
    ['another type', { 'detail-type': 'CloudWatch Alarm Configuration Change' }, 'detail-type'],
    ['no account', { account: 'kim' }, 'account'],
    ['no region', { region: '' }, 'region'],
    ['no resource', { resources: [] }, 'resources'],
    ['an ARN of another alarm', { resources: [arnOf('other')] }, 'resources.0'],
    ['an ARN of another account', { account: '999988887777' }, 'resources.0'],
    ['an ARN of something else', { resources: ['arn:aws:sns:eu-west-1:123456789012:topic'] }, 'resources.0'],
    ['no detail', { detail: undefined }, 'detail'],
    ['no name', { detail: { ...detail, alarmName: '' } }, 'detail.alarmName'],
    ['no state', { detail: { ...detail, state: undefined } }, 'detail.state'],
    ['an unknown state', { detail: { ...detail, state: { ...state, value: 'FIRING' } } }, 'detail.state.value'],
    ['no time', { detail: { ...detail, state: { ...state, timestamp: 'now' } } }, 'detail.state.timestamp'],
    ['no configuration', { detail: { ...detail, configuration: undefined } }, 'detail.configuration'],
    [
      'a metric without a name',
      {
        detail: {
          ...detail,
          configuration: { metrics: [{ metricStat: { ...metricStat, metric: { namespace: 'AWS/RDS' } } }] },
        },
      },
      'detail.configuration.metrics.0.metricStat.metric.name',
    ],
  ])('%s is refused by its field', (_, spoiled, field) => {
    const parse = () => alarmChangeIn({ ...event, ...spoiled });
    expect(parse).toThrow(InvalidAlarmError);
    expect(parse).toThrow(expect.objectContaining({ field }));
  });

  it.each([undefined, null, 'alarm', 7, []])('%j is refused as a whole', (raw) => {
    expect(() => alarmChangeIn(raw)).toThrow(InvalidAlarmError);
  });
});
