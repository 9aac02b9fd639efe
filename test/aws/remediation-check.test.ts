import { describe, expect, it } from 'vitest';
import { tryAlarmed } from '../../shared/aws/check/alarmed.ts';
import { insightsCheck } from '../../shared/aws/check/insights.ts';
import { roleCheck } from '../../shared/aws/check/role.ts';
import { openSandbox } from './support.ts';

const ACTIONS = [
  'cloudwatch:DescribeAlarmHistory',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'ec2:DescribeInstanceAttribute',
  'ec2:DescribeInstanceCreditSpecifications',
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeVolumes',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeEvents',
  'rds:DescribeOrderableDBInstanceOptions',
];

const NOW = new Date('2026-11-22T10:00:00Z');

it('tries every action that the readers take, with one call each, and is granted them', async () => {
  const { sandbox, home, scope, credentialsOf } = await openSandbox();
  home.ec2.addInstance({});
  const answers = await roleCheck(credentialsOf, tryAlarmed).look(scope, NOW);
  expect(Object.entries(answers).sort()).toEqual(ACTIONS.map((action) => [action, { state: 'ok' }]));
  expect([...sandbox.calls.tally()].sort()).toEqual(ACTIONS.map((action) => [action, 1]));
});

it.each(ACTIONS)('says that %s is denied', async (action) => {
  const { sandbox, home, scope, credentialsOf } = await openSandbox();
  home.ec2.addInstance({});
  sandbox.faults.add({ operation: action.split(':')[1] ?? '', fault: 'accessDenied' });
  const answers = await roleCheck(credentialsOf, tryAlarmed).look(scope, NOW);
  expect(answers[action]).toMatchObject({ state: 'denied' });
});

describe('Performance Insights', () => {
  const LOAD = 'pi:DescribeDimensionKeys';

  async function openCounted(isOn: boolean) {
    const { sandbox, home, scope, credentialsOf } = await openSandbox();
    home.rds.addInstance({ DBInstanceIdentifier: 'quiet' });
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', PerformanceInsightsEnabled: isOn });
    return { sandbox, look: () => insightsCheck(credentialsOf).look(scope, sandbox.clock.now()) };
  }

  it('is tried with a database where it is on', async () => {
    const { sandbox, look } = await openCounted(true);
    expect(await look()).toEqual({ [LOAD]: { state: 'ok' } });
    expect(Object.fromEntries(sandbox.calls.tally())).toEqual({ 'rds:DescribeDBInstances': 1, [LOAD]: 1 });
  });

  it('that is denied is said', async () => {
    const { sandbox, look } = await openCounted(true);
    sandbox.faults.add({ operation: 'DescribeDimensionKeys', fault: 'accessDenied' });
    expect(await look()).toMatchObject({ [LOAD]: { state: 'denied', code: 'AccessDeniedException' } });
  });

  it('is untried where it is on nowhere, or nobody can tell', async () => {
    const { look } = await openCounted(false);
    expect(await look()).toMatchObject({ [LOAD]: { state: 'untried' } });
    const other = await openCounted(true);
    other.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: 'accessDenied' });
    expect(await other.look()).toMatchObject({ [LOAD]: { state: 'untried' } });
  });
});
