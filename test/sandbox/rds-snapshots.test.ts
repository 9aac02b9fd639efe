import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest({ durations: { snapshotCreate: 30 * 60_000 } });

const snapshot = (DBSnapshotIdentifier: string, DBInstanceIdentifier = 'orders') =>
  stage.clients.rds.send(new CreateDBSnapshotCommand({ DBSnapshotIdentifier, DBInstanceIdentifier }));

describe('a snapshot of a database', () => {
  it('is creating before it is available, and its database is backing up meanwhile', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [{ Key: 'env', Value: 'qa' }] });
    const { DBSnapshot } = await snapshot('before-stop');
    expect(DBSnapshot).toMatchObject({
      Status: 'creating',
      SnapshotType: 'manual',
      PercentProgress: 0,
      TagList: db.TagList,
    });
    expect(db.DBInstanceStatus).toBe('backing-up');
    const stop = () => stage.clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    await expect(stop()).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    stage.sandbox.clock.advance({ minutes: 30 });
    const { DBSnapshots } = await stage.clients.rds.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'before-stop' }),
    );
    expect(DBSnapshots).toMatchObject([{ Status: 'available', PercentProgress: 100, DbiResourceId: db.DbiResourceId }]);
    await stop();
  });

  it.each([
    ['the name is taken', 'DBSnapshotAlreadyExistsFault', () => snapshot('taken')],
    ['the database is not there', 'DBInstanceNotFoundFault', () => snapshot('new', 'nobody')],
    ['the database is stopped', 'InvalidDBInstanceStateFault', () => snapshot('new', 'stopped')],
    ['the name begins with a digit', 'InvalidParameterValue', () => snapshot('1st')],
  ])('is refused when %s', async (_, name, call) => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'stopped', DBInstanceStatus: 'stopped' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'taken' });
    await expect(call()).rejects.toMatchObject({ name });
  });

  it('is refused beyond the quota, which counts manual ones only', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'rds:orders-2026-11-01-18-05', SnapshotType: 'automated' });
    for (let count = 0; count < 99; count += 1)
      stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: `manual-${count}` });
    await snapshot('the-hundredth');
    stage.sandbox.clock.advance({ hours: 1 });
    await expect(snapshot('one-too-many')).rejects.toMatchObject({
      name: 'SnapshotQuotaExceededFault',
      message: 'Cannot create more than 100 manual snapshots',
    });
  });

  it('is listed by type; without a type those of AWS Backup are left out', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'manual' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'rds:automated', SnapshotType: 'automated' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'awsbackup:job-1', SnapshotType: 'awsbackup' });
    const types = async (SnapshotType?: string) => {
      const { DBSnapshots = [] } = await stage.clients.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType }));
      return DBSnapshots.map((one) => one.SnapshotType).sort();
    };
    expect(await types()).toEqual(['automated', 'manual']);
    expect(await types('awsbackup')).toEqual(['awsbackup']);
  });

  it('can be deleted once it is available', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await snapshot('brief');
    const remove = () => stage.clients.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'brief' }));
    await expect(remove()).rejects.toMatchObject({ name: 'InvalidDBSnapshotStateFault' });
    stage.sandbox.clock.advance({ hours: 1 });
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
  });
});

describe('a snapshot of a cluster', () => {
  it('leaves the cluster available and has a quota of its own', async () => {
    const cluster = stage.home.rds.addCluster({ DBClusterIdentifier: 'shop' });
    stage.home.rds.snapshotQuota = 1;
    stage.home.rds.addSnapshot(stage.home.rds.addInstance(), { DBSnapshotIdentifier: 'of-an-instance' });
    const take = (DBClusterSnapshotIdentifier: string) =>
      stage.clients.rds.send(
        new CreateDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier, DBClusterIdentifier: 'shop' }),
      );
    await take('first');
    expect(cluster.Status).toBe('available');
    await expect(take('first')).rejects.toMatchObject({ name: 'DBClusterSnapshotAlreadyExistsFault' });
    await expect(take('second')).rejects.toMatchObject({ name: 'SnapshotQuotaExceededFault' });
    stage.sandbox.clock.advance({ hours: 1 });
    const { DBClusterSnapshots } = await stage.clients.rds.send(
      new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: 'shop' }),
    );
    expect(DBClusterSnapshots).toMatchObject([{ Status: 'available', DBClusterSnapshotIdentifier: 'first' }]);
  });
});

describe('a snapshot that does not go well', () => {
  it('takes as long as its database needs, and shows how far it is', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.snapshotDurations.set('orders', { hours: 9 });
    await snapshot('slow');
    const slow = stage.home.rds.snapshots.get('slow');
    stage.sandbox.clock.advance({ hours: 5 });
    expect([slow?.Status, slow?.PercentProgress, db.DBInstanceStatus]).toEqual(['creating', 50, 'backing-up']);
    stage.sandbox.clock.advance({ hours: 4 });
    expect([slow?.Status, slow?.PercentProgress, db.DBInstanceStatus]).toEqual(['available', 100, 'available']);
  });

  it('fails in the end', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.failingSnapshots.add('orders');
    await snapshot('bad');
    stage.sandbox.clock.advance({ minutes: 30 });
    expect([stage.home.rds.snapshots.get('bad')?.Status, db.DBInstanceStatus]).toEqual(['failed', 'available']);
  });

  it('leaves a database whose storage is being optimized as it was', async () => {
    const status = 'storage-optimization';
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', DBInstanceStatus: status });
    await snapshot('meanwhile');
    expect(db.DBInstanceStatus).toBe('backing-up');
    stage.sandbox.clock.advance({ minutes: 30 });
    expect(db.DBInstanceStatus).toBe(status);
  });
});
