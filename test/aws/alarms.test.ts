import {
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
  type SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { awsAlarms } from '../../shared/aws/alarms.ts';
import { awsChoice } from '../../shared/aws/choice.ts';
import { awsRemedies } from '../../shared/aws/remediation/remedies.ts';
import type { Identity, Scope } from '../../shared/core/identity.ts';
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
  const hush = (AlarmName: string) => ring(AlarmName, { StateValue: 'OK', StateReason: 'it is fine' });
  const reader = awsAlarms(here.credentialsOf);
  const remedies = awsRemedies(here.credentialsOf, awsChoice(here.credentialsOf));
  const alarm = async (scope: Scope, name: string) => (await remedies.alarms(scope, [name]))[0];
  const began = here.sandbox.clock.now();
  /** What one look sees of the resource's own alarms and those named. */
  const see = async (resource: Identity, named: readonly string[] = [], changed = began) => {
    const own = await reader.alarmsOf(here.scope, resource);
    return reader.look(here.scope, { own, named }, { changed, looked: changed });
  };
  const off = async (resource: Identity, named: readonly string[] = []) => (await see(resource, named)).off?.name;
  return { ...here, cloudwatch, reader, alarm, put, ring, hush, see, off };
}

describe('alarms of a resource', () => {
  it.each([
    ['a database', ORDERS, of('DBInstanceIdentifier', 'orders')],
    ['a cluster', SHOP, of('DBClusterIdentifier', 'shop')],
    ['an instance', WEB, of('InstanceId', 'i-1')],
  ])('are those that carry its dimension: %s', async (_, resource, dimensions) => {
    const { put, ring, off } = await open();
    await put('own', dimensions);
    await put('others', of(dimensions.Dimensions[0]?.Name ?? '', 'another'));
    await put('quiet', dimensions);
    await ring('others');
    expect(await off(resource)).toBeUndefined();
    await ring('own');
    expect(await off(resource)).toBe('own');
  });

  it('are also those that compute with its metrics', async () => {
    const { put, ring, off } = await open();
    const Metric = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', ...of('InstanceId', 'i-1') };
    const Metrics = [{ Id: 'cpu', MetricStat: { Metric, Period: 60, Stat: 'Average' } }];
    await put('computed', { Metrics, MetricName: undefined, Namespace: undefined });
    await ring('computed');
    expect(await off(WEB)).toBe('computed');
  });

  const own = { ...of('InstanceId', 'i-1'), TreatMissingData: 'breaching' };
  const missing = { recentDatapoints: [], threshold: 1 };
  const inWords =
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].';
  const halfOfThem =
    'Threshold Crossed: 1 out of the last 2 datapoints [99.0] was greater than the threshold (1.0) and 1 missing datapoint was treated as [Breaching].';

  it.each<[string, PutMetricAlarmCommandInput['TreatMissingData'], Partial<SetAlarmStateCommandInput>]>([
    ['its data say so', 'breaching', { StateReasonData: JSON.stringify(missing) }],
    ['its reason says so', 'breaching', { StateReason: inWords }],
  ])('do not count while only their data are missing, as it was stopped on purpose: %s', async (_, treat, state) => {
    const { put, ring, hush, see, off } = await open();
    await put('own', { ...own, TreatMissingData: treat });
    await ring('own', state);
    expect(await off(WEB)).toBeUndefined();
    expect(await off(WEB, ['own'])).toBeUndefined();
    await hush('own');
    expect(await see(WEB)).toEqual({ missing: [] }); // nor when they come back
  });

  it.each<[string, PutMetricAlarmCommandInput['TreatMissingData'], Partial<SetAlarmStateCommandInput>]>([
    ['there are data', 'breaching', { StateReasonData: JSON.stringify({ ...missing, recentDatapoints: [99] }) }],
    ['there are some', 'breaching', { StateReason: halfOfThem }],
    ['missing data are no reason for it', 'missing', { StateReasonData: JSON.stringify(missing) }],
  ])('count when %s', async (_, treat, state) => {
    const { put, ring, off } = await open();
    await put('own', { ...own, TreatMissingData: treat });
    await ring('own', state);
    expect(await off(WEB)).toBe('own');
  });

  it('of another resource count even so when they are named', async () => {
    const { put, ring, off } = await open();
    await put('checkout', { ...of('InstanceId', 'i-2'), TreatMissingData: 'breaching' });
    await ring('checkout', { StateReasonData: JSON.stringify({ recentDatapoints: [] }) });
    expect(await off(WEB, ['checkout'])).toBe('checkout');
  });

  it('are asked for without one, and what watches nothing but what that does', async () => {
    const { put, reader, scope } = await open();
    const dimensions = of('InstanceId', 'i-1');
    const cpu = { ...dimensions, MetricName: 'CPUUtilization' };
    const stat = (MetricName: string) => ({
      Id: MetricName.toLowerCase(),
      MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName, ...dimensions }, Period: 60, Stat: 'Average' },
    });
    const computed = { MetricName: undefined, Namespace: undefined };
    await put('warning', { ...cpu, Namespace: 'AWS/EC2' });
    await put('critical', { ...cpu, Namespace: 'AWS/EC2', Threshold: 99 });
    await put('smoothed', { ...computed, Metrics: [stat('CPUUtilization')] });
    await put('both', { ...computed, Metrics: [stat('CPUUtilization'), stat('NetworkIn')] });
    await put('other', { ...cpu, Namespace: 'Shop' });
    expect(await reader.alarmsOf(scope, WEB, 'warning')).toEqual(['both', 'other']);
    expect(await reader.alarmsOf(scope, WEB, 'gone')).toHaveLength(5);
  });

  it('are found on every page', async () => {
    const { sandbox, put, reader, scope } = await open();
    const many = Array.from({ length: 130 }, (_, n) => `alarm-${String(n).padStart(3, '0')}`);
    for (const name of many) await put(name, of('InstanceId', 'i-1'));
    expect(await reader.alarmsOf(scope, WEB)).toEqual(many);
    expect(sandbox.calls.count('DescribeAlarms')).toBe(2);
  });
});

describe('named alarms', () => {
  it.each(['checkout-errors', 'shop'])('are metric and composite ones, and no others: %s', async (name) => {
    const { cloudwatch, put, ring, off } = await open();
    for (const alarm of ['checkout-errors', 'quiet', 'not-named']) await put(alarm);
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'shop', AlarmRule: 'ALARM("checkout-errors")' }));
    await ring('not-named');
    expect(await off(ORDERS, ['checkout-errors', 'shop', 'quiet'])).toBeUndefined();
    await ring(name);
    expect(await off(ORDERS, ['checkout-errors', 'shop', 'quiet'])).toBe(name);
  });

  it('that do not exist are named: nobody watches what they should', async () => {
    const { put, see } = await open();
    await put('checkout');
    expect(await see(ORDERS, ['checkout', 'chekout', 'gone'])).toEqual({ missing: ['chekout', 'gone'] });
  });

  it('that went off before the change do not count, also when their reason changes after it', async () => {
    const { sandbox, put, ring, see } = await open();
    await put('checkout');
    await ring('checkout');
    sandbox.clock.advance({ hours: 1 });
    const changed = sandbox.clock.now();
    await ring('checkout', { StateReason: 'still bad' });
    expect(await see(ORDERS, ['checkout'], changed)).toEqual({ missing: [] });
  });

  it('are looked at however many there are', async () => {
    const { put, ring, off } = await open();
    const many = Array.from({ length: 130 }, (_, n) => `alarm-${String(n).padStart(3, '0')}`);
    for (const name of many) await put(name);
    await ring('alarm-129');
    expect(await off(ORDERS, many)).toBe('alarm-129');
  });
});

describe('an alarm that is quiet when somebody looks', () => {
  async function flapping() {
    const here = await open();
    await here.put('checkout');
    await here.hush('checkout');
    here.sandbox.clock.advance({ hours: 1 });
    const changed = here.sandbox.clock.now();
    here.sandbox.clock.advance({ minutes: 5 });
    return { ...here, changed };
  }

  it('but went off and came back since the last look is seen by its history', async () => {
    const { sandbox, ring, hush, see, changed } = await flapping();
    await ring('checkout');
    sandbox.clock.advance({ minutes: 1 });
    await hush('checkout');
    expect(await see(ORDERS, ['checkout'], changed)).toEqual({
      off: { name: 'checkout', cameBack: true },
      missing: [],
    });
  });

  it('and lacked data in between did not go off', async () => {
    const { ring, hush, see, changed } = await flapping();
    await ring('checkout', { StateValue: 'INSUFFICIENT_DATA', StateReason: 'no data' });
    await hush('checkout');
    expect(await see(ORDERS, ['checkout'], changed)).toEqual({ missing: [] });
  });

  it('and went off before the change only did not go off for it', async () => {
    const { sandbox, ring, hush, see } = await flapping();
    await ring('checkout');
    sandbox.clock.advance({ minutes: 1 });
    const changed = sandbox.clock.now();
    await hush('checkout');
    expect(await see(ORDERS, ['checkout'], changed)).toEqual({ missing: [] });
  });

  it('and has not changed since the last look costs no call more', async () => {
    const { sandbox, see, changed } = await flapping();
    await see(ORDERS, ['checkout'], changed);
    expect(sandbox.calls.count('DescribeAlarmHistory')).toBe(0);
  });

  it('is unknown when its history may not be read', async () => {
    const { sandbox, ring, hush, see, changed } = await flapping();
    await ring('checkout');
    await hush('checkout');
    sandbox.faults.add({ operation: 'DescribeAlarmHistory', fault: 'accessDenied' });
    await expect(see(ORDERS, ['checkout'], changed)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});

it('without any alarm nobody is asked', async () => {
  const { sandbox, reader, scope } = await open();
  const now = sandbox.clock.now();
  expect(await reader.look(scope, { own: [], named: [] }, { changed: now, looked: now })).toEqual({ missing: [] });
  expect(sandbox.calls.all()).toEqual([]);
});

it('that may not be listed are AccessDeniedError', async () => {
  const { sandbox, see } = await open();
  sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
  await expect(see(ORDERS)).rejects.toMatchObject({ name: 'AccessDeniedError' });
});

describe('the state of one alarm', () => {
  it('is what CloudWatch says, and since when; of a composite one, too', async () => {
    const { cloudwatch, alarm, put, ring, scope, sandbox } = await open();
    await put('errors');
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'shop', AlarmRule: 'ALARM(errors)' }));
    sandbox.clock.advance({ minutes: 5 });
    await ring('errors');
    const since = sandbox.clock.now();
    sandbox.clock.advance({ minutes: 5 });
    await ring('errors'); // no change
    expect(await alarm(scope, 'errors')).toMatchObject({ state: 'ALARM', since, by: 'a person', reason: 'it is bad' });
    expect(await alarm(scope, 'shop')).toMatchObject({ state: 'INSUFFICIENT_DATA' });
  });

  it('is not there when the alarm is not, and is an error when it may not be read', async () => {
    const { alarm, scope, sandbox } = await open();
    expect(await alarm(scope, 'nobody')).toBeUndefined();
    sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
    await expect(alarm(scope, 'nobody')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});
