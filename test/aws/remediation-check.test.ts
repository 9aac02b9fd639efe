import { expect, it } from 'vitest';
import { tryAlarmed } from '../../shared/aws/check/alarmed.ts';
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
