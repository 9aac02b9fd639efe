import {
  DescribeOrderableDBInstanceOptionsCommand,
  DescribePendingMaintenanceActionsCommand,
  DescribeReservedDBInstancesCommand,
  type OrderableDBInstanceOption,
  paginateDescribeOrderableDBInstanceOptions,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

async function options(Engine: string, EngineVersion?: string): Promise<OrderableDBInstanceOption[]> {
  const all: OrderableDBInstanceOption[] = [];
  const input = { Engine, ...(EngineVersion === undefined ? {} : { EngineVersion }) };
  const pages = paginateDescribeOrderableDBInstanceOptions({ client: stage.clients.rds }, input);
  for await (const { OrderableDBInstanceOptions = [] } of pages) all.push(...OrderableDBInstanceOptions);
  return all;
}

describe('what can be ordered', () => {
  it('is every class with every storage type, over many pages', async () => {
    const all = await options('postgres', '16.9');
    expect(all.length).toBeGreaterThan(300);
    const keys = all.map((one) => `${one.DBInstanceClass} ${one.StorageType}`);
    expect(new Set(keys).size).toBe(all.length);
    expect(all.find((one) => one.DBInstanceClass === 'db.m7g.large' && one.StorageType === 'gp3')).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '16.9',
      LicenseModel: 'postgresql-license',
      MultiAZCapable: true,
      SupportsIops: true,
      SupportsStorageThroughput: true,
      MinStorageSize: 20,
      MaxStorageSize: 65_536,
      MinIopsPerDbInstance: 12_000,
      MaxIopsPerDbInstance: 64_000,
      AvailabilityZones: [{ Name: 'ap-northeast-2a' }, {}, {}, { Name: 'ap-northeast-2d' }],
    });
  });

  it.each([
    ['aurora-postgresql', 'db.r6g.large', 'db.m6g.large'],
    ['sqlserver-se', 'db.m5.large', 'db.m7g.large'],
    ['oracle-se2', 'db.m5.4xlarge', 'db.m5.8xlarge'],
    ['mysql', 'db.t4g.micro', 'db.t4g.nano'],
  ])('of %s has %s and not %s', async (engine, has, hasNot) => {
    const classes = new Set((await options(engine)).map(({ DBInstanceClass }) => DBInstanceClass));
    expect(classes.has(has)).toBe(true);
    expect(classes.has(hasNot)).toBe(false);
  });

  it('is asked for by class, on pages of twenty to a thousand', async () => {
    const ask = (more: object) =>
      stage.clients.rds.send(new DescribeOrderableDBInstanceOptionsCommand({ Engine: 'mysql', ...more }));
    const { OrderableDBInstanceOptions = [], Marker } = await ask({
      DBInstanceClass: 'db.r6g.large',
      MaxRecords: 1000,
    });
    expect(new Set(OrderableDBInstanceOptions.map(({ DBInstanceClass }) => DBInstanceClass))).toEqual(
      new Set(['db.r6g.large']),
    );
    expect(Marker).toBeUndefined();
    await expect(ask({ MaxRecords: 1001 })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(options('dbase')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

it('tells of maintenance that is pending, and only of that', async () => {
  const { DBInstanceArn } = stage.home.rds.addInstance();
  stage.home.rds.addInstance();
  stage.home.rds.maintenance.set(DBInstanceArn, [{ Action: 'system-update', Description: 'New OS' }]);
  const { PendingMaintenanceActions } = await stage.clients.rds.send(new DescribePendingMaintenanceActionsCommand({}));
  expect(PendingMaintenanceActions).toEqual([
    {
      ResourceIdentifier: DBInstanceArn,
      PendingMaintenanceActionDetails: [{ Action: 'system-update', Description: 'New OS' }],
    },
  ]);
});

it('tells what was reserved', async () => {
  const reserved = (ReservedDBInstanceId: string, DBInstanceClass: string) =>
    stage.home.rds.reserved.push({ ReservedDBInstanceId, DBInstanceClass, DBInstanceCount: 2, State: 'active' });
  reserved('ri-1', 'db.m5.large');
  reserved('ri-2', 'db.r6g.large');
  const ask = async (more: object = {}) =>
    (await stage.clients.rds.send(new DescribeReservedDBInstancesCommand(more))).ReservedDBInstances?.map(
      (one) => one.ReservedDBInstanceId,
    );
  expect(await ask()).toEqual(['ri-1', 'ri-2']);
  expect(await ask({ DBInstanceClass: 'db.r6g.large' })).toEqual(['ri-2']);
  await expect(ask({ ReservedDBInstanceId: 'ri-3' })).rejects.toMatchObject({
    name: 'ReservedDBInstanceNotFoundFault',
  });
});
