import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scheduledCheck } from '../../shared/aws/check/scheduled.ts';
import { openSandbox } from './support.ts';

const ACTIONS = [
  'application-autoscaling:DescribeScalableTargets',
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:DescribeAlarms',
  'ec2:DescribeInstances',
  'ecs:DescribeServices',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeEvents',
  'redshift:DescribeClusters',
  'tag:GetResources',
];

const NOW = new Date('2026-11-22T10:00:00Z');

it.each([
  ['no cluster of ECS', []],
  ['the default one', ['default']],
])(
  'tries every action that the reader takes, with one call each, and is granted them, where there is %s',
  async (_, clusters) => {
    const { sandbox, home, scope, credentialsOf } = await openSandbox();
    for (const name of clusters) home.ecs.addCluster(name);
    const answers = await scheduledCheck(credentialsOf).look(scope, NOW);
    expect(Object.entries(answers).sort()).toEqual(ACTIONS.map((action) => [action, { state: 'ok' }]));
    expect([...sandbox.calls.tally()].map(([action, count]) => [action, count]).sort()).toEqual(
      ACTIONS.map((action) => [action, 1]),
    );
  },
);

it.each(ACTIONS)('says that %s is denied, and nothing else', async (action) => {
  const { sandbox, scope, credentialsOf } = await openSandbox();
  sandbox.faults.add({ operation: action.split(':')[1] ?? '', fault: 'accessDenied' });
  const answers = await scheduledCheck(credentialsOf).look(scope, NOW);
  expect(Object.entries(answers).flatMap(([what, { state }]) => (state === 'denied' ? [what] : []))).toEqual([action]);
});

it('is about what the look role of every account may do', () => {
  const template = readFileSync('infra/member.yml', 'utf8');
  const [, look = ''] = /PolicyName: look([\s\S]*?)Resource:/.exec(template) ?? [];
  const granted = [...look.matchAll(/- ([\w-]+:\w+)/g)].map(([, action]) => action);
  expect(ACTIONS.filter((action) => !granted.includes(action))).toEqual([]);
});
