import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ListTagsForResourceCommand,
  paginateDescribeDBInstances,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

describe('listing databases', () => {
  it('gives every database exactly once over all pages', async () => {
    for (let count = 0; count < 45; count += 1) stage.home.rds.addInstance();
    const seen: (string | undefined)[] = [];
    const pages: number[] = [];
    for await (const { DBInstances = [] } of paginateDescribeDBInstances(
      { client: stage.clients.rds, pageSize: 20 },
      {},
    )) {
      pages.push(DBInstances.length);
      seen.push(...DBInstances.map((one) => one.DBInstanceIdentifier));
    }
    expect(pages).toEqual([20, 20, 5]);
    expect(seen.sort()).toEqual([...stage.home.rds.instances.keys()].sort());
  });

  it('also lists Aurora, Neptune and DocumentDB, unless filtered by engine', async () => {
    for (const Engine of ['aurora-postgresql', 'neptune', 'docdb']) {
      const { DBClusterIdentifier } = stage.home.rds.addCluster({ Engine });
      stage.home.rds.addInstance({ DBClusterIdentifier });
    }
    stage.home.rds.addInstance({ Engine: 'mysql' });
    const engines = async (Values?: string[]) => {
      const Filters = Values && [{ Name: 'engine', Values }];
      const { DBInstances = [] } = await stage.clients.rds.send(new DescribeDBInstancesCommand({ Filters }));
      return DBInstances.map((one) => one.Engine).sort();
    };
    expect(await engines()).toEqual(['aurora-postgresql', 'docdb', 'mysql', 'neptune']);
    expect(await engines(['mysql', 'docdb'])).toEqual(['docdb', 'mysql']);
    const { DBClusters = [] } = await stage.clients.rds.send(new DescribeDBClustersCommand({}));
    expect(DBClusters.map((one) => one.Engine).sort()).toEqual(['aurora-postgresql', 'docdb', 'neptune']);
  });

  it('finds one by its name in any case, or by its ARN', async () => {
    const { DBInstanceArn } = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    for (const DBInstanceIdentifier of ['ORDERS', DBInstanceArn]) {
      const { DBInstances } = await stage.clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      expect(DBInstances).toMatchObject([{ DBInstanceIdentifier: 'orders' }]);
    }
  });

  it.each([
    ['a page of 19', { MaxRecords: 19 }],
    ['a page of 101', { MaxRecords: 101 }],
    ['an unknown filter', { Filters: [{ Name: 'status', Values: ['available'] }] }],
    [
      '51 values in a filter',
      { Filters: [{ Name: 'db-instance-id', Values: Array.from({ length: 51 }, (_, n) => `db${n}`) }] },
    ],
    ['a made-up marker', { Marker: 'more' }],
  ])('refuses %s', async (_, input) => {
    const call = stage.clients.rds.send(new DescribeDBInstancesCommand(input));
    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('creating databases', () => {
  it('takes minutes', async () => {
    const create = {
      DBInstanceIdentifier: 'Orders',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
    };
    const { DBInstance } = await stage.clients.rds.send(new CreateDBInstanceCommand(create));
    expect(DBInstance).toMatchObject({
      DBInstanceIdentifier: 'orders',
      DBInstanceStatus: 'creating',
      AllocatedStorage: 20,
    });
    await expect(stage.clients.rds.send(new CreateDBInstanceCommand(create))).rejects.toMatchObject({
      name: 'DBInstanceAlreadyExistsFault',
    });
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(stage.home.rds.instances.get('orders')?.DBInstanceStatus).toBe('available');
  });

  it('makes the first member of a cluster its writer', async () => {
    await stage.clients.rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'shop', Engine: 'aurora-mysql' }));
    for (const DBInstanceIdentifier of ['shop-1', 'shop-2']) {
      const member = {
        DBInstanceIdentifier,
        DBClusterIdentifier: 'shop',
        DBInstanceClass: 'db.r6g.large',
        Engine: 'aurora-mysql',
      };
      await stage.clients.rds.send(new CreateDBInstanceCommand(member));
    }
    expect(stage.home.rds.clusters.get('shop')?.DBClusterMembers).toMatchObject([
      { DBInstanceIdentifier: 'shop-1', IsClusterWriter: true },
      { DBInstanceIdentifier: 'shop-2', IsClusterWriter: false },
    ]);
  });
});

describe('tags of databases', () => {
  it('are added, overwritten and listed by ARN', async () => {
    const { DBInstanceArn: ResourceName } = stage.home.rds.addInstance({ TagList: [{ Key: 'env', Value: 'dev' }] });
    const Tags = [
      { Key: 'env', Value: 'qa' },
      { Key: 'lamplighter:protect', Value: '2026-12-31' },
    ];
    await stage.clients.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
    const { TagList } = await stage.clients.rds.send(new ListTagsForResourceCommand({ ResourceName }));
    expect(TagList).toEqual(Tags);
  });

  it.each(['Mon,Tue', '{"a":1}', 'a*'])('cannot be %s', async (Value) => {
    const { DBInstanceArn: ResourceName } = stage.home.rds.addInstance();
    const call = stage.clients.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'on', Value }] }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
