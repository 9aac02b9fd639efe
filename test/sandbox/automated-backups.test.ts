import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  type DeleteDBInstanceMessage,
  DeleteDBSnapshotCommand,
  DescribeAccountAttributesCommand,
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshotsCommand,
  DescribeGlobalClustersCommand,
  StopDBClusterCommand,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { backUpDaily } from '../../sandbox/services/rds/automated-snapshots.ts';
import { addGlobalCluster, joinGlobalCluster } from '../../sandbox/services/rds/global-clusters.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest();
const automated = () =>
  [...stage.home.rds.snapshots.values()]
    .filter((one) => one.SnapshotType === 'automated')
    .map((one) => one.DBSnapshotIdentifier);

describe('the daily backup', () => {
  beforeEach(() => backUpDaily(stage.home.rds));

  it('is taken in the backup window, of what came later too, and carries the tags', () => {
    stage.sandbox.clock.advance({ hours: 3 });
    const database = stage.home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      PreferredBackupWindow: '23:50-00:20',
      TagList: [{ Key: 'env', Value: 'prod' }],
    });
    stage.sandbox.clock.advanceTo(new Date('2026-11-02T23:49:00Z'));
    expect(automated()).toEqual([]);
    stage.sandbox.clock.advance({ minutes: 11 });
    const [snapshot, ...more] = stage.home.rds.snapshots.values();
    expect(more).toEqual([]);
    expect(snapshot?.DBSnapshotIdentifier).toMatch(/^rds:orders-2026-11-02-23-5\d$/);
    expect(snapshot).toMatchObject({ SnapshotType: 'automated', TagList: database.TagList });
    stage.sandbox.clock.advance({ minutes: 10 });
    expect([snapshot?.Status, database.DBInstanceStatus]).toEqual(['available', 'available']);
  });

  it('keeps one for each day of the retention period', () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 3 });
    stage.sandbox.clock.advance({ days: 5 });
    expect(automated().map((name) => name.slice(0, 21))).toEqual(
      ['04', '05', '06'].map((day) => `rds:orders-2026-11-${day}`),
    );
  });

  it('leaves out what is stopped, and lets its last ones be', () => {
    const database = stage.home.rds.addInstance({ BackupRetentionPeriod: 2 });
    stage.sandbox.clock.advance({ days: 2 });
    const before = automated();
    database.DBInstanceStatus = 'stopped';
    stage.sandbox.clock.advance({ days: 30 });
    expect(before).toHaveLength(2);
    expect(automated()).toEqual(before);
  });

  it.each([
    ['has no retention period', { BackupRetentionPeriod: 0 }],
    ['is being optimized', { DBInstanceStatus: 'storage-optimization' }],
  ])('leaves out what %s', (_, spec) => {
    stage.home.rds.addInstance(spec);
    stage.sandbox.clock.advance({ days: 2 });
    expect(automated()).toEqual([]);
  });

  it('is of the cluster, not of its members', async () => {
    for (const Engine of ['aurora-postgresql', 'docdb', 'neptune']) {
      const { DBClusterIdentifier } = stage.home.rds.addCluster({ DBClusterIdentifier: Engine, Engine });
      stage.home.rds.addInstance({ DBClusterIdentifier });
    }
    stage.sandbox.clock.advance({ days: 1 });
    await stage.clients.rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'neptune' }));
    stage.sandbox.clock.advance({ days: 1 });
    expect(automated()).toEqual([]);
    const taken = [...stage.home.rds.clusterSnapshots.values()].filter((one) => one.SnapshotType === 'automated');
    expect(taken.map((one) => one.DBClusterIdentifier).sort()).toEqual([
      'aurora-postgresql',
      'aurora-postgresql',
      'docdb',
      'docdb',
      'neptune',
    ]);
  });

  it('cannot be deleted by hand', async () => {
    stage.home.rds.addInstance();
    stage.sandbox.clock.advance({ days: 1 });
    const remove = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: automated()[0] });
    await expect(stage.clients.rds.send(remove)).rejects.toMatchObject({
      name: 'InvalidDBSnapshotStateFault',
      message: 'automated snapshots cannot be deleted.',
    });
  });
});

describe('the list of automated backups', () => {
  const listed = async () =>
    (await stage.clients.rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}))).DBInstanceAutomatedBackups;

  it('says from when to when a database can be restored, once there is a first snapshot', async () => {
    backUpDaily(stage.home.rds);
    const { DbiResourceId } = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 2 });
    stage.home.rds.addInstance({ BackupRetentionPeriod: 0 });
    expect(await listed()).toMatchObject([{ DbiResourceId, Status: 'creating' }]);
    stage.sandbox.clock.advanceTo(new Date('2026-11-10T12:03:00Z'));
    expect(await listed()).toMatchObject([
      {
        Status: 'active',
        DBInstanceIdentifier: 'orders',
        RestoreWindow: {
          EarliestTime: expect.any(Date) as Date,
          LatestTime: new Date('2026-11-10T12:00:00Z'),
        },
      },
    ]);
    const [backup] = (await listed()) ?? [];
    expect(backup?.RestoreWindow?.EarliestTime?.toISOString()).toMatch(/^2026-11-08T18:0/);
  });

  it('knows no database that is not there', async () => {
    const ask = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: 'nobody' });
    await expect(stage.clients.rds.send(ask)).rejects.toMatchObject({ name: 'DBInstanceAutomatedBackupNotFoundFault' });
  });
});

describe('deleting a database', () => {
  const remove = (more: Partial<DeleteDBInstanceMessage> = {}) =>
    stage.clients.rds.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true, ...more }),
    );

  function orders() {
    const database = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 2 });
    stage.home.rds.addSnapshot(database, { DBSnapshotIdentifier: 'mine' });
    for (const day of ['01', '02']) {
      stage.home.rds.addSnapshot(database, {
        DBSnapshotIdentifier: `rds:orders-2026-11-${day}-00-00`,
        SnapshotCreateTime: new Date(`2026-11-${day}T00:00:00Z`),
        SnapshotType: 'automated',
      });
    }
    return database;
  }

  it('takes the automated snapshots with it, and leaves the manual and the final one in the list', async () => {
    const { DbiResourceId } = orders();
    await remove({ SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: 'final' });
    expect(stage.home.rds.instances.get('orders')?.DBInstanceStatus).toBe('deleting');
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(stage.home.rds.instances.size).toBe(0);
    const { DBSnapshots = [] } = await stage.clients.rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders' }),
    );
    expect(DBSnapshots.map((one) => [one.DBSnapshotIdentifier, one.DbiResourceId, one.Status])).toEqual([
      ['final', DbiResourceId, 'available'],
      ['mine', DbiResourceId, 'available'],
    ]);
  });

  it('keeps the automated backups when asked to, until the last of them has expired', async () => {
    const { DbiResourceId } = orders();
    await remove({ DeleteAutomatedBackups: false });
    const kept = async () => {
      const Filters = [{ Name: 'status', Values: ['retained'] }];
      const ask = new DescribeDBInstanceAutomatedBackupsCommand({ Filters });
      return (await stage.clients.rds.send(ask)).DBInstanceAutomatedBackups;
    };
    stage.sandbox.clock.advance({ hours: 25 });
    expect(await kept()).toMatchObject([{ DbiResourceId, DBInstanceIdentifier: 'orders', Status: 'retained' }]);
    expect(automated()).toEqual(['rds:orders-2026-11-02-00-00']);
    stage.sandbox.clock.advance({ hours: 24 });
    expect([await kept(), automated()]).toEqual([[], []]);
  });

  it.each<[string, Partial<DeleteDBInstanceMessage>]>([
    ['nothing is said of a final snapshot', { SkipFinalSnapshot: false }],
    ['a final snapshot is both named and skipped', { FinalDBSnapshotIdentifier: 'final' }],
  ])('is refused when %s', async (_, more) => {
    orders();
    await expect(remove(more)).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  it('is refused while it is protected', async () => {
    orders().DeletionProtection = true;
    await expect(remove()).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  it('goes for a cluster once it has no members', async () => {
    const { rds } = stage.home;
    const cluster = rds.addCluster({ DBClusterIdentifier: 'cart' });
    rds.addInstance({ DBInstanceIdentifier: 'orders', DBClusterIdentifier: 'cart' });
    rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'rds:cart-1', SnapshotType: 'automated' });
    const removeCluster = () =>
      stage.clients.rds.send(
        new DeleteDBClusterCommand({
          DBClusterIdentifier: 'cart',
          FinalDBSnapshotIdentifier: 'final',
          DeleteAutomatedBackups: false,
        }),
      );
    await expect(removeCluster()).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
    await remove();
    await removeCluster();
    stage.sandbox.clock.advance({ hours: 1 });
    expect([rds.clusters.size, [...rds.clusterSnapshots.keys()]]).toEqual([0, ['rds:cart-1', 'final']]);
    const ask = new DescribeDBClusterAutomatedBackupsCommand({ DbClusterResourceId: cluster.DbClusterResourceId });
    const { DBClusterAutomatedBackups } = await stage.clients.rds.send(ask);
    expect(DBClusterAutomatedBackups).toMatchObject([{ DBClusterIdentifier: 'cart', Status: 'retained' }]);
  });
});

describe('what an account may have', () => {
  it('is counted apart for snapshots of instances and of clusters, manual ones only', async () => {
    const { rds } = stage.home;
    const database = rds.addInstance();
    rds.addSnapshot(database, { DBSnapshotIdentifier: 'mine' });
    rds.addSnapshot(database, { DBSnapshotIdentifier: 'awsbackup:job-1', SnapshotType: 'awsbackup' });
    rds.addSnapshot(database, { DBSnapshotIdentifier: 'rds:it', SnapshotType: 'automated' });
    rds.clusterSnapshotQuota = 40;
    const { AccountQuotas = [] } = await stage.clients.rds.send(new DescribeAccountAttributesCommand({}));
    const named = (name: string) => AccountQuotas.find((one) => one.AccountQuotaName === name);
    expect(named('ManualSnapshots')).toMatchObject({ Used: 1, Max: 100 });
    expect(named('ManualClusterSnapshots')).toMatchObject({ Used: 0, Max: 40 });
    expect(named('DBInstances')).toMatchObject({ Used: 1, Max: 40 });
  });
});

describe('a global database', () => {
  it('is listed in every region with its primary and its secondaries', async () => {
    const { hub } = stage.sandbox.estate;
    const primary = stage.home.rds.addCluster({ DBClusterIdentifier: 'cart' });
    const secondary = hub.region('eu-west-1').rds.addCluster({ DBClusterIdentifier: 'cart-eu' });
    joinGlobalCluster(addGlobalCluster(hub, 'world', primary), secondary);
    const { rds } = clientsOf(stage.sandbox, { region: 'us-east-1' });
    const { GlobalClusters } = await rds.send(new DescribeGlobalClustersCommand({}));
    expect(GlobalClusters).toMatchObject([
      {
        GlobalClusterIdentifier: 'world',
        GlobalClusterMembers: [
          { DBClusterArn: primary.DBClusterArn, IsWriter: true, Readers: [secondary.DBClusterArn] },
          { DBClusterArn: secondary.DBClusterArn, IsWriter: false },
        ],
      },
    ]);
    const stop = new StopDBClusterCommand({ DBClusterIdentifier: 'cart' });
    await expect(stage.clients.rds.send(stop)).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
    const unknown = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'mars' });
    await expect(rds.send(unknown)).rejects.toMatchObject({ name: 'GlobalClusterNotFoundFault' });
  });
});

describe('a DynamoDB table', () => {
  it('can be restored to any point in time once that is switched on', async () => {
    const { dynamodb } = stage.clients;
    const TableName = 'carts';
    const read = async () =>
      (await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
        ?.PointInTimeRecoveryDescription;
    await expect(read()).rejects.toMatchObject({ name: 'TableNotFoundException' });
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
    expect(await read()).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    stage.sandbox.clock.advance({ days: 40 });
    const now = stage.sandbox.clock.now().getTime();
    expect(await read()).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 35,
      EarliestRestorableDateTime: new Date(now - 35 * 86_400_000),
      LatestRestorableDateTime: new Date(now - 5 * 60_000),
    });
  });
});
