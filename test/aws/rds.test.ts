import { describe, expect, it } from 'vitest';
import { listDatabases } from '../../shared/aws/rds.ts';
import type { DatabaseFacts } from '../../shared/core/facts.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const stage = stageForEachTest();
const SCOPE = { account: '123456789012', region: 'ap-northeast-2' };
const BORN = new Date('2026-03-01T09:00:00Z');

const list = (): Promise<DatabaseFacts[]> => listDatabases(stage.clients.rds, SCOPE);

type InstanceSpec = Parameters<typeof stage.home.rds.addInstance>[0];
type ClusterSpec = Parameters<typeof stage.home.rds.addCluster>[0];

async function instanceLike(spec: InstanceSpec): Promise<DatabaseFacts> {
  stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders', ...spec });
  const [facts] = await list();
  return facts!;
}

async function clusterLike(spec: ClusterSpec, ...classes: string[]): Promise<DatabaseFacts> {
  const { Engine } = stage.home.rds.addCluster({ DBClusterIdentifier: 'carts', ...spec });
  for (const [index, DBInstanceClass] of classes.entries()) {
    const DBInstanceIdentifier = `carts-${index + 1}`;
    stage.home.rds.addInstance({ DBInstanceIdentifier, DBClusterIdentifier: 'carts', DBInstanceClass, Engine });
  }
  return (await list()).find(({ form }) => form === 'cluster')!;
}

describe('a database instance', () => {
  it('is described by what its entry says', async () => {
    const facts = await instanceLike({
      DbiResourceId: 'db-ABC',
      DBInstanceClass: 'db.r6g.large',
      Engine: 'postgres',
      EngineVersion: '16.4',
      LicenseModel: 'postgresql-license',
      InstanceCreateTime: BORN,
      AllocatedStorage: 500,
      StorageType: 'gp2',
      MultiAZ: true,
      TagList: [{ Key: 'owner', Value: 'payments' }],
    });
    expect(facts).toEqual({
      type: 'database',
      form: 'instance',
      identity: { arn: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders', id: 'db-ABC' },
      name: 'orders',
      scope: SCOPE,
      tags: { owner: 'payments' },
      engine: 'postgres',
      engineVersion: '16.4',
      status: 'available',
      createdAt: BORN,
      classes: ['db.r6g.large'],
      members: [],
      metricNames: ['orders'],
      zones: ['ap-northeast-2a', 'ap-northeast-2c'],
      multiAz: true,
      licenseModel: 'postgresql-license',
      replication: [],
      pendingModifications: [],
      storage: { sizeGiB: 500, storageType: 'gp2', ioOptimized: false },
      evidence: {},
    });
  });

  it.each<[string, InstanceSpec, Partial<DatabaseFacts>]>([
    [
      'pending modifications',
      { PendingModifiedValues: { DBInstanceClass: 'db.r6g.xlarge', MultiAZ: true } },
      { pendingModifications: ['DBInstanceClass', 'MultiAZ'] },
    ],
    ['nothing pending', { PendingModifiedValues: {} }, { pendingModifications: [] }],
    ['a source', { ReadReplicaSourceDBInstanceIdentifier: 'main' }, { replication: ['a read replica of main'] }],
    [
      'a source in a cluster',
      { ReadReplicaSourceDBClusterIdentifier: 'arn:main' },
      { replication: ['a read replica of arn:main'] },
    ],
    [
      'replicas',
      { ReadReplicaDBInstanceIdentifiers: ['one', 'two'], ReadReplicaDBClusterIdentifiers: ['three'] },
      { replication: ['the source of one', 'the source of two', 'the source of three'] },
    ],
    [
      'threads of its own',
      { ProcessorFeatures: [{ Name: 'coreCount', Value: '2' }] },
      { processorFeatures: ['coreCount 2'] },
    ],
    ['another status', { DBInstanceStatus: 'storage-optimization' }, { status: 'storage-optimization' }],
  ])('with %s is said to have it', async (_, spec, facts) => {
    expect(await instanceLike(spec)).toMatchObject(facts);
  });
});

describe('a cluster', () => {
  it('is made of its members: their classes are what it costs, their metrics what it does', async () => {
    const facts = await clusterLike(
      { Engine: 'aurora-mysql', ClusterCreateTime: BORN },
      'db.r6g.large',
      'db.r6g.xlarge',
    );
    expect(facts).toMatchObject({
      form: 'cluster',
      identity: {
        arn: 'arn:aws:rds:ap-northeast-2:123456789012:cluster:carts',
        id: expect.stringMatching(/^cluster-/) as string,
      },
      name: 'carts',
      engine: 'aurora-mysql',
      engineMode: 'provisioned',
      createdAt: BORN,
      classes: ['db.r6g.large', 'db.r6g.xlarge'],
      metricNames: ['carts-1', 'carts-2'],
      members: [
        { name: 'carts-1', status: 'available', pendingModifications: [] },
        { name: 'carts-2', status: 'available', pendingModifications: [] },
      ],
      storage: { ioOptimized: false },
    });
    expect(facts.storage.sizeGiB, 'it grows by itself; what AWS says is 1').toBeUndefined();
  });

  it('and its members know of each other', async () => {
    await clusterLike({ Engine: 'aurora-mysql' }, 'db.r6g.large');
    const members = (await list()).filter(({ form }) => form === 'instance');
    expect(members.map(({ name, memberOf }) => [name, memberOf])).toEqual([['carts-1', 'carts']]);
  });

  it.each<[string, ClusterSpec, Partial<DatabaseFacts>]>([
    ['I/O-optimized', { Engine: 'aurora-postgresql', StorageType: 'aurora-iopt1' }, { storage: { ioOptimized: true } }],
    [
      'of standard storage',
      { Engine: 'aurora-postgresql', StorageType: 'aurora' },
      { storage: { ioOptimized: false } },
    ],
    ['global', { Engine: 'aurora-mysql', GlobalClusterIdentifier: 'everywhere' }, { globalCluster: 'everywhere' }],
    [
      'a replica',
      { Engine: 'aurora-mysql', ReplicationSourceIdentifier: 'arn:source' },
      { replication: ['a replica of arn:source'] },
    ],
    [
      'a source',
      { Engine: 'aurora-mysql', ReadReplicaIdentifiers: ['arn:target'] },
      { replication: ['the source of arn:target'] },
    ],
    ['serverless', { Engine: 'aurora-mysql', EngineMode: 'serverless' }, { engineMode: 'serverless', classes: [] }],
    [
      'to be upgraded',
      { Engine: 'aurora-mysql', PendingModifiedValues: { EngineVersion: '9' } },
      { pendingModifications: ['EngineVersion'] },
    ],
    ['in several zones', { Engine: 'postgres', MultiAZ: true }, { multiAz: true, engine: 'postgres' }],
  ])('that is %s is said to be', async (_, spec, facts) => {
    expect(await clusterLike(spec)).toMatchObject(facts);
  });
});

it('of more than a page every database and cluster is read', async () => {
  for (let number = 0; number < 101; number += 1) {
    stage.home.rds.addInstance({ DBInstanceIdentifier: `database-${number}` });
    stage.home.rds.addCluster({ DBClusterIdentifier: `cluster-${number}` });
  }
  expect(await list()).toHaveLength(202);
  expect(stage.sandbox.calls.count('DescribeDBInstances')).toBe(2);
  expect(stage.sandbox.calls.count('DescribeDBClusters')).toBe(2);
});
