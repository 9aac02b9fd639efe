import {
  StartDBClusterCommand,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { DatabaseClusterSpec } from '../../sandbox/estate/rds-cluster.ts';
import type { DatabaseSpec } from '../../sandbox/estate/rds-instance.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const stop = (DBInstanceIdentifier: string, more: { DBSnapshotIdentifier?: string } = {}) =>
  stage.clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier, ...more }));
const start = (DBInstanceIdentifier: string) =>
  stage.clients.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier }));

describe('a database', () => {
  it('stops, and after seven days AWS starts it by itself', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const { DBInstance } = await stop('orders');
    expect(DBInstance).toMatchObject({
      DBInstanceStatus: 'stopping',
      AutomaticRestartTime: new Date('2026-11-09T00:00:00Z'),
    });
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(db.DBInstanceStatus).toBe('stopped');
    stage.sandbox.clock.advanceTo(new Date('2026-11-09T00:00:00Z'));
    expect(db.DBInstanceStatus).toBe('starting');
    await expect(stop('orders')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(db.DBInstanceStatus).toBe('available');
    expect(db.AutomaticRestartTime).toBeUndefined();
  });

  it('is not woken by the restart of an earlier stop', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await stop('orders');
    stage.sandbox.clock.advance({ days: 3 });
    await start('orders');
    stage.sandbox.clock.advance({ hours: 1 });
    await stop('orders');
    stage.sandbox.clock.advanceTo(new Date('2026-11-09T12:00:00Z'));
    expect(db.DBInstanceStatus).toBe('stopped');
  });

  it('loses what waited for its maintenance window', async () => {
    const PendingModifiedValues = { DBInstanceClass: 'db.m7g.xlarge' };
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', PendingModifiedValues });
    await stop('orders');
    expect(db.PendingModifiedValues).toEqual({});
  });

  it.each<[string, DatabaseSpec]>([
    ['it is not available', { DBInstanceStatus: 'backing-up' }],
    ['it is a read replica', { ReadReplicaSourceDBInstanceIdentifier: 'orders' }],
    ['it has a read replica', { ReadReplicaDBInstanceIdentifiers: ['orders-ro'] }],
    ['it is SQL Server on two zones', { Engine: 'sqlserver-se', MultiAZ: true }],
    ['it is RDS Custom', { Engine: 'custom-oracle-ee' }],
  ])('does not stop when %s', async (_, spec) => {
    const db = stage.home.rds.addInstance({ ...spec, DBInstanceIdentifier: 'it' });
    await expect(stop('it')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    expect(db.DBInstanceStatus).toBe(spec.DBInstanceStatus ?? 'available');
  });

  it('does not stop alone when it belongs to a cluster', async () => {
    const { DBClusterIdentifier } = stage.home.rds.addCluster();
    stage.home.rds.addInstance({ DBClusterIdentifier, DBInstanceIdentifier: 'member' });
    await expect(stop('member')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
  });

  it('does not stop when the snapshot that it asked for cannot be taken', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.addSnapshot(db, { DBSnapshotIdentifier: 'taken' });
    const call = stop('orders', { DBSnapshotIdentifier: 'taken' });
    await expect(call).rejects.toMatchObject({ name: 'DBSnapshotAlreadyExistsFault' });
    expect(db.DBInstanceStatus).toBe('available');
  });

  it('may find no capacity when it starts', async () => {
    stage.home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      DBInstanceStatus: 'stopped',
      DBInstanceClass: 'db.x2g.large',
    });
    stage.home.rds.noCapacity.add('db.x2g.large');
    await expect(start('orders')).rejects.toMatchObject({ name: 'InsufficientDBInstanceCapacityFault' });
  });

  it('starts only when stopped', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await expect(start('orders')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
  });
});

describe('a cluster', () => {
  const stopCluster = (DBClusterIdentifier: string) =>
    stage.clients.rds.send(new StopDBClusterCommand({ DBClusterIdentifier }));

  it('takes its members along, there and back', async () => {
    const cluster = stage.home.rds.addCluster({ DBClusterIdentifier: 'shop' });
    const member = stage.home.rds.addInstance({ DBClusterIdentifier: 'shop' });
    const both = () => [cluster.Status, member.DBInstanceStatus];
    await stopCluster('shop');
    expect(both()).toEqual(['stopping', 'stopping']);
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(both()).toEqual(['stopped', 'stopped']);
    await stage.clients.rds.send(new StartDBClusterCommand({ DBClusterIdentifier: 'shop' }));
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(both()).toEqual(['available', 'available']);
  });

  it('is started by AWS after seven days', async () => {
    const cluster = stage.home.rds.addCluster({ DBClusterIdentifier: 'shop', Engine: 'docdb' });
    await stopCluster('shop');
    stage.sandbox.clock.advance({ days: 7 });
    expect(cluster.Status).toBe('starting');
  });

  it.each<[string, DatabaseClusterSpec]>([
    ['it is not available', { Status: 'modifying' }],
    ['it belongs to a global database', { GlobalClusterIdentifier: 'world' }],
    ['it is a replica', { ReplicationSourceIdentifier: 'arn:aws:rds:eu-west-1:123456789012:cluster:other' }],
    ['it has a replica', { ReadReplicaIdentifiers: ['arn:aws:rds:eu-west-1:123456789012:cluster:other'] }],
    ['it is Serverless v1', { EngineMode: 'serverless' }],
  ])('does not stop when %s', async (_, spec) => {
    stage.home.rds.addCluster({ ...spec, DBClusterIdentifier: 'it' });
    await expect(stopCluster('it')).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
  });
});
