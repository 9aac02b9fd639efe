import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import type { Scene } from '../support/carry-out.ts';
import { ACCOUNT, addDatabase, nextNight, openNights, SEOUL, TOKYO, wake } from '../support/snapshot-databases.ts';

const TIERS = { tiers: { daily: 7, weekly: 2, monthly: 0, yearly: 0 }, mode: 'report' };

/** A database with the backups of two nights, and a hundred snapshots that people took of it and of others. */
async function withOrders(snapshots: object = {}): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots: { ...TIERS, ...snapshots } } });
  const { rds } = scene.region;
  const orders = addDatabase(scene, 'orders');
  const now = scene.sandbox.clock.now().getTime();
  for (let nth = 0; nth < 120; nth += 1) {
    const of =
      nth % 2 === 0 ? orders : { ...orders, DbiResourceId: `db-GONE${nth}`, DBInstanceIdentifier: `gone-${nth}` };
    const at = new Date(now - (10 + nth) * DAY);
    const times = { SnapshotCreateTime: at, OriginalSnapshotCreateTime: at };
    rds.addSnapshot(of, { DBSnapshotIdentifier: `release-${nth}`, ...times });
  }
  await scene.lambda.advance({ days: 2 });
  return scene;
}

describe('what is read', () => {
  it('counts for the quota whoever took it, and of whatever', async () => {
    const { quotas } = await nextNight(await withOrders());
    expect(quotas).toMatchObject([
      { form: 'cluster', used: 0 },
      { form: 'instance', used: 120, allowed: 100, alert: true },
    ]);
  });

  it('knows which restores worked', async () => {
    const scene = await withOrders();
    const arn = `arn:aws:rds:${SEOUL}:${ACCOUNT}:snapshot:release-40`;
    const proof = { pk: `PROOF#${ACCOUNT}`, sk: `SNAPSHOT#${arn}`, at: '2026-11-20T00:00:00.000Z', result: 'good' };
    const Item = Object.fromEntries(Object.entries(proof).map(([name, S]) => [name, { S }]));
    await scene.hub.dynamodb.send(new PutItemCommand({ TableName: scene.hub.table, Item }));
    const { coverage } = await nextNight(scene);
    expect(coverage).toMatchObject([{ newest: { type: 'automated' }, proven: { arn, at: proof.at } }]);
  });

  it('is a page of snapshots for each hundred, and the tags of none by themselves', async () => {
    const scene = await withOrders();
    scene.sandbox.calls.clear();
    await wake(scene, { mode: 'report' });
    expect(Object.fromEntries(scene.sandbox.calls.tally())).toMatchObject({
      'rds:DescribeDBSnapshots': 3, // two pages, and AWS Backup's
      'rds:DescribeDBClusterSnapshots': 2,
      'rds:DescribeDBInstances': 1,
      'rds:DescribeAccountAttributes': 1,
      'sts:AssumeRole': 1,
    });
    expect(scene.sandbox.calls.count('ListAliases')).toBe(0);
    expect(scene.sandbox.calls.count('ListTagsForResource')).toBe(0);
  });

  it.each([
    ['another region, nobody asks who manages the keys', {}, 0],
    ['another account, KMS is asked who manages the keys', { account: '999988887777' }, 1],
  ])('where copies go to %s', async (_, place, calls) => {
    const scene = await withOrders({ copyTo: [{ name: 'dr', region: TOKYO, ...place }] });
    scene.sandbox.calls.clear();
    await wake(scene, { mode: 'report' });
    expect(scene.sandbox.calls.count('ListAliases')).toBe(calls);
  });

  it('is nothing where the last page never came: half of it is not taken for all', async () => {
    const scene = await withOrders();
    scene.sandbox.faults.add({ operation: 'DescribeDBClusterSnapshots', fault: 'accessDenied' });
    const night = await nextNight(scene);
    expect(night).toMatchObject({
      coverage: [],
      act: [],
      quotas: [],
      unreadable: [{ account: ACCOUNT, region: SEOUL }],
    });
  });
});
