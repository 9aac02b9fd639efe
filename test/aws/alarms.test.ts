import {
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
  type SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { alarmsInAlarm, awsAlarms } from '../../shared/aws/alarms.ts';
import type { Identity } from '../../shared/core/identity.ts';
import { openSandbox } from './support.ts';

const ORDERS: Identity = { arn: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders', id: 'db-ORDERS' };
const SHOP: Identity = { arn: 'arn:aws:rds:ap-northeast-2:123456789012:cluster:shop', id: 'cluster-SHOP' };
const WEB: Identity = { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1', id: 'i-1' };

const of = (Name: string, Value: string) => ({ Dimensions: [{ Name, Value }] });

async function open() {
  const here = await openSandbox();
  const { cloudwatch } = here.clients;
  const put = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
    cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        MetricName: 'Errors',
        Namespace: 'Shop',
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 1,
        ...more,
      }),
    );
  const ring = (AlarmName: string, more: Partial<SetAlarmStateCommandInput> = {}) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'it is bad', ...more }));
  const names = async (resource: Identity, named: readonly string[] = []) =>
    (await alarmsInAlarm(cloudwatch, resource, named)).map(({ name }) => name);
  return { ...here, cloudwatch, put, ring, names };
}

describe('alarms of a resource', () => {
  it.each([
    ['a database', ORDERS, of('DBInstanceIdentifier', 'orders')],
    ['a cluster', SHOP, of('DBClusterIdentifier', 'shop')],
    ['an instance', WEB, of('InstanceId', 'i-1')],
  ])('are those that carry its dimension: %s', async (_, resource, dimensions) => {
    const { put, ring, names } = await open();
    await put('own', dimensions);
    await put('others', of(dimensions.Dimensions[0]?.Name ?? '', 'another'));
    await put('quiet', dimensions);
    await ring('own');
    await ring('others');
    expect(await names(resource)).toEqual(['own']);
  });

  it('are also those that compute with its metrics', async () => {
    const { put, ring, names } = await open();
    const Metric = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', ...of('InstanceId', 'i-1') };
    const Metrics = [{ Id: 'cpu', MetricStat: { Metric, Period: 60, Stat: 'Average' } }];
    await put('computed', { Metrics, MetricName: undefined, Namespace: undefined });
    await ring('computed');
    expect(await names(WEB)).toEqual(['computed']);
  });

  it('do not count while only its data are missing: it was stopped on purpose', async () => {
    const { put, ring, names } = await open();
    const own = { ...of('InstanceId', 'i-1'), TreatMissingData: 'breaching' };
    const missing = { recentDatapoints: [], threshold: 1 };
    await put('says so in data', own);
    await ring('says so in data', { StateReasonData: JSON.stringify(missing) });
    await put('says so in words', own);
    await ring('says so in words', {
      StateReason:
        'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    });
    await put('has data', own);
    await ring('has data', { StateReasonData: JSON.stringify({ ...missing, recentDatapoints: [99] }) });
    await put('half of them', own);
    await ring('half of them', {
      StateReason:
        'Threshold Crossed: 1 out of the last 2 datapoints [99.0] was greater than the threshold (1.0) and 1 missing datapoint was treated as [Breaching].',
    });
    await put('treats it otherwise', { ...own, TreatMissingData: 'missing' });
    await ring('treats it otherwise', { StateReasonData: JSON.stringify(missing) });
    expect(await names(WEB, ['says so in data'])).toEqual(['half of them', 'has data', 'treats it otherwise']);
  });

  it('of another resource count even so when they are named', async () => {
    const { put, ring, names } = await open();
    await put('checkout', { ...of('InstanceId', 'i-2'), TreatMissingData: 'breaching' });
    await ring('checkout', { StateReasonData: JSON.stringify({ recentDatapoints: [] }) });
    expect(await names(WEB, ['checkout'])).toEqual(['checkout']);
  });
});

describe('named alarms', () => {
  it('are metric and composite ones, in ALARM only, and no others', async () => {
    const { cloudwatch, put, ring, names } = await open();
    await put('checkout-errors');
    await put('quiet');
    await put('not-named');
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'shop', AlarmRule: 'ALARM("checkout-errors")' }));
    for (const name of ['checkout-errors', 'not-named', 'shop']) await ring(name);
    expect(await names(ORDERS, ['checkout-errors', 'shop', 'quiet', 'nobody'])).toEqual(['checkout-errors', 'shop']);
  });

  it('say since when, by the change of state and not of its reason', async () => {
    const { sandbox, cloudwatch, put, ring } = await open();
    await put('checkout');
    sandbox.clock.advance({ hours: 1 });
    await ring('checkout');
    sandbox.clock.advance({ hours: 1 });
    await ring('checkout', { StateReason: 'still bad' });
    const since = new Date('2026-11-02T01:00:00Z');
    expect(await alarmsInAlarm(cloudwatch, ORDERS, ['checkout'])).toEqual([{ name: 'checkout', since }]);
  });

  it('are found on every page', async () => {
    const { sandbox, put, ring, names } = await open();
    const many = Array.from({ length: 130 }, (_, n) => `alarm-${String(n).padStart(3, '0')}`);
    for (const name of many) {
      await put(name);
      await ring(name);
    }
    expect(await names(ORDERS, many)).toEqual(many);
    expect(sandbox.calls.count('DescribeAlarms')).toBe(2);
  });
});

it('are read with the credentials of the account', async () => {
  const { scope, credentialsOf, put, ring } = await open();
  await put('own', of('DBInstanceIdentifier', 'orders'));
  await ring('own');
  expect(await awsAlarms(credentialsOf).inAlarm(scope, ORDERS, [])).toMatchObject([{ name: 'own' }]);
});

it('that may not be listed are AccessDeniedError', async () => {
  const { sandbox, names } = await open();
  sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
  await expect(names(ORDERS)).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
