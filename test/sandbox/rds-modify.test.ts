import {
  DescribeEventsCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { DatabaseSpec } from '../../sandbox/estate/rds-instance.ts';
import { stageForEachTest } from './clients.ts';

// A Monday; the maintenance window is on Sundays from 19:00 to 19:30.
const stage = stageForEachTest({ now: new Date('2026-11-02T00:00:00Z') });
const IMMEDIATELY = { ApplyImmediately: true };
const add = (spec: DatabaseSpec = {}) =>
  stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.m6g.large', ...spec });
const modify = (to: Omit<ModifyDBInstanceCommandInput, 'DBInstanceIdentifier'>) =>
  stage.clients.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...to }));
const minutesPass = (minutes: number) => stage.sandbox.clock.advance({ minutes });

async function messages(): Promise<(string | undefined)[]> {
  const { Events = [] } = await stage.clients.rds.send(new DescribeEventsCommand({ Duration: 24 * 60 }));
  return Events.map(({ Message }) => Message);
}

describe('a change of class', () => {
  it('at once is answered as pending, begins after a moment and takes its time', async () => {
    const one = add();
    const { DBInstance } = await modify({ DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    expect(DBInstance).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.m6g.large',
      PendingModifiedValues: { DBInstanceClass: 'db.m6g.xlarge' },
    });
    minutesPass(2);
    expect(one).toMatchObject({ DBInstanceStatus: 'modifying', DBInstanceClass: 'db.m6g.large' });
    minutesPass(10);
    expect(one).toMatchObject({ DBInstanceStatus: 'available', DBInstanceClass: 'db.m6g.xlarge' });
    expect(one.PendingModifiedValues).toEqual({});
    expect(await messages()).toEqual([
      'Applying modification to database instance class',
      'Finished applying modification to DB instance class',
    ]);
  });

  it('waits for the maintenance window unless it is to be immediate', async () => {
    const one = add();
    await modify({ DBInstanceClass: 'db.m6g.xlarge' });
    stage.sandbox.clock.advanceTo(new Date('2026-11-08T18:59:00Z'));
    expect(one).toMatchObject({ DBInstanceStatus: 'available', DBInstanceClass: 'db.m6g.large' });
    stage.sandbox.clock.advanceTo(new Date('2026-11-08T19:05:00Z'));
    expect(one.DBInstanceStatus).toBe('modifying');
    minutesPass(10);
    expect(one).toMatchObject({ DBInstanceStatus: 'available', DBInstanceClass: 'db.m6g.xlarge' });
  });

  it('is cancelled while it is pending by asking for the present class', async () => {
    const one = add();
    await modify({ DBInstanceClass: 'db.m6g.xlarge', BackupRetentionPeriod: 3 });
    await modify({ DBInstanceClass: 'db.m6g.large' });
    expect(one.PendingModifiedValues).toEqual({ BackupRetentionPeriod: 3 });
    minutesPass(9 * 24 * 60);
    expect(one).toMatchObject({ DBInstanceClass: 'db.m6g.large', BackupRetentionPeriod: 3 });
  });

  it('applies immediately what somebody else left pending, too', async () => {
    const one = add();
    await modify({ AllocatedStorage: 200 });
    await modify({ DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    minutesPass(30);
    expect(one).toMatchObject({ DBInstanceClass: 'db.m6g.xlarge', AllocatedStorage: 200 });
  });

  it('is forgotten when the database is stopped first', async () => {
    const one = add();
    await modify({ DBInstanceClass: 'db.m6g.xlarge' });
    await stage.clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    expect(one.PendingModifiedValues).toEqual({});
    stage.sandbox.clock.advance({ days: 14 });
    expect(one.DBInstanceClass).toBe('db.m6g.large');
  });

  it('follows the window when that is moved', async () => {
    const one = add();
    await modify({ DBInstanceClass: 'db.m6g.xlarge' });
    await modify({ PreferredMaintenanceWindow: 'tue:03:00-tue:03:30' });
    stage.sandbox.clock.advanceTo(new Date('2026-11-03T03:30:00Z'));
    expect(one.DBInstanceClass).toBe('db.m6g.xlarge');
  });

  it('in several zones ends with the standby taking over', async () => {
    const one = add({ MultiAZ: true, SecondaryAvailabilityZone: 'ap-northeast-2c' });
    await modify({ DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    minutesPass(15);
    expect(one).toMatchObject({ AvailabilityZone: 'ap-northeast-2c', SecondaryAvailabilityZone: 'ap-northeast-2a' });
    expect(await messages()).toEqual([
      'Applying modification to database instance class',
      'Multi-AZ instance failover started.',
      'Multi-AZ instance failover completed',
      'Finished applying modification to DB instance class',
    ]);
    const [, started, completed] = stage.home.rds.events;
    expect(completed!.Date.getTime() - started!.Date.getTime()).toBe(90_000);
  });

  it('is refused for want of capacity, and in its window tried again a week later', async () => {
    const one = add();
    stage.home.rds.noCapacity.add('db.m6g.xlarge@ap-northeast-2a');
    await expect(modify({ DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY })).rejects.toMatchObject({
      name: 'InsufficientDBInstanceCapacityFault',
    });
    await modify({ DBInstanceClass: 'db.m6g.xlarge' });
    stage.sandbox.clock.advance({ days: 8 });
    expect(one).toMatchObject({ DBInstanceClass: 'db.m6g.large', DBInstanceStatus: 'available' });
    stage.home.rds.noCapacity.clear();
    stage.sandbox.clock.advance({ days: 7 });
    expect(one.DBInstanceClass).toBe('db.m6g.xlarge');
  });

  it.each(['stopped', 'backing-up', 'modifying', 'starting', 'rebooting'])('is refused while %s', async (status) => {
    add({ DBInstanceStatus: status });
    await expect(modify({ DBInstanceClass: 'db.m6g.xlarge' })).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
    });
  });

  it.each([
    ['to what is no class', {}, 'db.huge', 'InvalidParameterValue'],
    ['to a class that the engine lacks', { Engine: 'sqlserver-se' }, 'db.m7g.large', 'InvalidParameterCombination'],
    ['of Standard Edition Two to many CPUs', { Engine: 'oracle-se2' }, 'db.m5.8xlarge', 'InvalidParameterCombination'],
    ['to serverless outside Aurora', {}, 'db.serverless', 'InvalidParameterValue'],
  ] as const)('is refused %s', async (_, spec, DBInstanceClass, name) => {
    add(spec);
    await expect(modify({ DBInstanceClass })).rejects.toMatchObject({ name });
  });
});

describe('a change of storage', () => {
  it('is there after minutes, is optimized for hours, and may be changed again only then', async () => {
    const one = add({ StorageType: 'gp2', AllocatedStorage: 100 });
    await modify({ StorageType: 'gp3', ...IMMEDIATELY });
    minutesPass(5);
    expect(one).toMatchObject({
      DBInstanceStatus: 'storage-optimization',
      StorageType: 'gp3',
      Iops: 3000,
      StorageThroughput: 125,
    });
    await expect(modify({ AllocatedStorage: 200, ...IMMEDIATELY })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await modify({ DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    minutesPass(15);
    expect(one).toMatchObject({ DBInstanceStatus: 'storage-optimization', DBInstanceClass: 'db.m6g.xlarge' });
    stage.sandbox.clock.advance({ hours: 7 });
    expect(one.DBInstanceStatus).toBe('available');
    await modify({ AllocatedStorage: 200, ...IMMEDIATELY });
  });

  it('is refused for six hours, however soon the one before is optimized', async () => {
    const one = add({ StorageType: 'gp2', AllocatedStorage: 100 });
    await modify({ StorageType: 'gp3', ...IMMEDIATELY });
    minutesPass(5);
    one.DBInstanceStatus = 'available';
    const grow = () => modify({ AllocatedStorage: 200, ...IMMEDIATELY });
    stage.sandbox.clock.advance({ hours: 5, minutes: 50 });
    await expect(grow()).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    minutesPass(10);
    await grow();
  });

  it('gives big gp3 storage the performance of four volumes', async () => {
    const one = add({ StorageType: 'gp2', AllocatedStorage: 500 });
    await modify({ StorageType: 'gp3', ...IMMEDIATELY });
    minutesPass(5);
    expect(one).toMatchObject({ Iops: 12_000, StorageThroughput: 500 });
  });

  it('grows by a tenth at least', async () => {
    const one = add({ StorageType: 'gp2', AllocatedStorage: 100 });
    await modify({ AllocatedStorage: 101, ...IMMEDIATELY });
    minutesPass(5);
    expect(one.AllocatedStorage).toBe(110);
  });

  it.each([
    ['it shrinks', { StorageType: 'gp2' }, { AllocatedStorage: 50 }],
    ['small gp3 is to have IOPS', { StorageType: 'gp2' }, { StorageType: 'gp3', Iops: 12_000 }],
    ['io1 is to have IOPS but no size is named', { StorageType: 'io1', Iops: 3000 }, { Iops: 2000 }],
    ['io1 is to have too many for its size', { StorageType: 'io1', Iops: 3000 }, { Iops: 6000, AllocatedStorage: 110 }],
    ['it belongs to Aurora', { Engine: 'aurora-mysql' }, { AllocatedStorage: 100 }],
  ])('is refused when %s', async (_, spec: DatabaseSpec, to) => {
    add(spec);
    await expect(modify({ ...to, ...IMMEDIATELY })).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });
});

describe('a cluster', () => {
  const modifyCluster = (to: object) =>
    stage.clients.rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: 'shop', ...to, ...IMMEDIATELY }));

  it('in several zones has one class for all of its instances', async () => {
    stage.home.rds.addCluster({ DBClusterIdentifier: 'shop', Engine: 'postgres', MultiAZ: true });
    const member = add({ DBClusterIdentifier: 'shop', Engine: 'postgres' });
    await expect(modify({ DBInstanceClass: 'db.m6g.xlarge' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await modifyCluster({ DBClusterInstanceClass: 'db.m5d.xlarge' });
    minutesPass(2);
    expect(member.DBInstanceStatus).toBe('modifying');
    minutesPass(10);
    expect(member).toMatchObject({ DBInstanceStatus: 'available', DBInstanceClass: 'db.m5d.xlarge' });
  });

  it('of Aurora has a class for each of its instances', async () => {
    stage.home.rds.addCluster({ DBClusterIdentifier: 'shop' });
    const member = add({ DBClusterIdentifier: 'shop', Engine: 'aurora-postgresql', DBInstanceClass: 'db.r6g.xlarge' });
    await expect(modifyCluster({ DBClusterInstanceClass: 'db.r6g.large' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await modify({ DBInstanceClass: 'db.r6g.large', ...IMMEDIATELY });
    minutesPass(15);
    expect(member.DBInstanceClass).toBe('db.r6g.large');
  });
});
