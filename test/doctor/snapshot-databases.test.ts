import { expect, it } from 'vitest';
import type { CheckReport } from '../../shared/runtime/check.ts';
import { ACCOUNT, openNights, SEOUL, TOKYO, wake } from '../support/snapshot-databases.ts';
import { named, wrongIn } from './support.ts';

const DR = { copyTo: [{ name: 'dr', region: TOKYO }] };

const check = async (snapshots: object = DR) => {
  const scene = await openNights({ policy: { snapshots } });
  scene.sandbox.calls.clear();
  return { scene, ask: () => wake<CheckReport>(scene, { check: true }) };
};

it('grants everything, in every scope and in every place that keeps copies, and changes nothing', async () => {
  const { scene, ask } = await check();
  const report = await ask();
  expect(wrongIn(report)).toEqual([]);
  expect(report).toMatchObject({ ok: true, function: 'snapshot-databases' });
  expect(named(report, 'ledger')?.says).toBe('answers for POLICY#, PLAN#, PRICE#, RESOURCE#, ANSWER#, PROOF#, RUN#');
  for (const region of [SEOUL, TOKYO]) {
    expect(report.findings).toContainEqual(
      expect.objectContaining({ state: 'ok', what: 'rds:DescribeDBClusterSnapshots', account: ACCOUNT, region }),
    );
  }
  expect(report.findings.filter(({ state }) => state === 'untried').map(({ what }) => what)).toEqual([
    'dynamodb:PutItem',
    'sns:Publish',
  ]);
  const writes = scene.sandbox.calls
    .all()
    .filter(({ operation }) => /^(Put|Update|BatchWrite|Publish|Copy|Create)/.test(operation));
  expect(writes).toEqual([]);
});

it('names what is denied where copies are kept, and why it matters', async () => {
  const { scene, ask } = await check();
  scene.sandbox.faults.add({ service: 'rds', operation: 'DescribeDBSnapshots', region: TOKYO, fault: 'accessDenied' });
  expect(wrongIn(await ask())).toEqual([
    expect.objectContaining({ what: 'rds:DescribeDBSnapshots', account: ACCOUNT, region: TOKYO, state: 'missing' }),
  ]);
});

it('names an account that keeps copies and does not let us in', async () => {
  const { ask } = await check({ copyTo: [{ name: 'vault', account: '999988887777', region: SEOUL }] });
  expect(wrongIn(await ask())).toEqual([
    expect.objectContaining({
      what: 'sts:AssumeRole lamplighter-look',
      account: '999988887777',
      matters: 'Nobody knows which copies are there: nothing of what should have one is deleted',
    }),
  ]);
});
