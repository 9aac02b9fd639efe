import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultRdsKey } from '../../sandbox/estate/kms-state.ts';
import { retentionCheck } from '../../shared/aws/check/retention.ts';
import { openSandbox } from './support.ts';

const ACTIONS = [
  'backup:ListProtectedResources',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:ListTables',
  'elasticache:DescribeReplicationGroups',
  'kms:DescribeKey',
  'kms:ListAliases',
  'rds:DescribeAccountAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshots',
  'rds:DescribeGlobalClusters',
  'redshift:DescribeClusters',
];

const NOW = new Date('2026-11-22T10:00:00Z');

it('tries every action that the readers take, with one call each, and is granted them', async () => {
  const { sandbox, scope, credentialsOf } = await openSandbox();
  const answers = await retentionCheck(credentialsOf).look(scope, NOW);
  expect(Object.entries(answers).sort()).toEqual(ACTIONS.map((action) => [action, { state: 'ok' }]));
  expect([...sandbox.calls.tally()].map(([action, count]) => [action, count]).sort()).toEqual(
    ACTIONS.map((action) => [action, 1]),
  );
});

it.each(ACTIONS)('says that %s is denied, and nothing else', async (action) => {
  const { sandbox, scope, credentialsOf } = await openSandbox();
  sandbox.faults.add({ operation: action.split(':')[1] ?? '', fault: 'accessDenied' });
  const answers = await retentionCheck(credentialsOf).look(scope, NOW);
  expect(Object.entries(answers).flatMap(([what, { state }]) => (state === 'denied' ? [what] : []))).toEqual([action]);
});

it('cannot try to describe a key where RDS has none yet', async () => {
  const { sandbox, home, scope, credentialsOf } = await openSandbox();
  home.kms.deleted.add(defaultRdsKey(scope));
  const answers = await retentionCheck(credentialsOf).look(scope, NOW);
  expect(answers['kms:DescribeKey']).toEqual({ state: 'untried', why: 'RDS has no key of its own here yet' });
  expect(sandbox.calls.count('DescribeKey')).toBe(1);
});

it('is about what the look role of every account may do', () => {
  const template = readFileSync('infra/member.yml', 'utf8');
  const [, look = ''] = /PolicyName: look([\s\S]*?)Resource:/.exec(template) ?? [];
  const granted = [...look.matchAll(/- (\w+:\w+)/g)].map(([, action]) => action);
  expect(ACTIONS.filter((action) => !granted.includes(action))).toEqual([]);
});
