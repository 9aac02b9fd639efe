import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  DescribeDBInstancesCommand,
  DescribeOrderableDBInstanceOptionsCommand,
  DescribePendingMaintenanceActionsCommand,
  DescribeReservedDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  type RDSClient,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly rds: RDSClient;
}

const seed = async (target: Target): Promise<Seed> => ({ target, rds: target.clients().rds });
const IMMEDIATELY = { ApplyImmediately: true };

const describe = async ({ rds }: Seed, id: string) =>
  (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances?.[0];

const reaches = (seed: Seed, id: string, status: string) =>
  until(
    seed.target,
    () => describe(seed, id),
    (one) => one?.DBInstanceStatus === status,
  );

/** An available db.m6g.large. */
async function create(seed: Seed, id: string, more: Partial<CreateDBInstanceCommandInput> = {}): Promise<void> {
  await seed.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: id,
      DBInstanceClass: 'db.m6g.large',
      Engine: 'postgres',
      AllocatedStorage: 100,
      StorageType: 'gp2',
      MasterUsername: 'keeper',
      MasterUserPassword: 'not-a-secret',
      ...more,
    }),
  );
  await reaches(seed, id, 'available');
}

const modify = ({ rds }: Seed, id: string, to: Omit<ModifyDBInstanceCommandInput, 'DBInstanceIdentifier'>) =>
  rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ...to }));

export const databaseClasses = chapter('database classes', seed, {
  'a class that is changed immediately comes to be the class': async (seed) => {
    await create(seed, 'at-once');
    await modify(seed, 'at-once', { DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    const changed = await until(
      seed.target,
      () => describe(seed, 'at-once'),
      (one) => one?.DBInstanceClass === 'db.m6g.xlarge',
    );
    expect(changed?.PendingModifiedValues ?? {}).toEqual({});
  },

  'a class is not changed at once': async (seed) => {
    await create(seed, 'slowly');
    const { DBInstance } = await modify(seed, 'slowly', { DBInstanceClass: 'db.m6g.xlarge', ...IMMEDIATELY });
    expect(DBInstance?.DBInstanceClass).toBe('db.m6g.large');
    expect(DBInstance?.PendingModifiedValues).toEqual({ DBInstanceClass: 'db.m6g.xlarge' });
    await reaches(seed, 'slowly', 'modifying');
    await reaches(seed, 'slowly', 'available');
  },

  'a change that is not immediate is pending': async (seed) => {
    await create(seed, 'patient');
    await modify(seed, 'patient', { DBInstanceClass: 'db.m6g.xlarge' });
    await seed.target.pass(3600);
    expect(await describe(seed, 'patient')).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.m6g.large',
      PendingModifiedValues: { DBInstanceClass: 'db.m6g.xlarge' },
    });
  },

  'an unknown database cannot be modified': async (seed) => {
    await refused(modify(seed, 'nobody', { DBInstanceClass: 'db.m6g.xlarge' }), 'DBInstanceNotFoundFault');
  },

  'a stopped database cannot be modified': async (seed) => {
    await create(seed, 'stopped');
    await seed.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'stopped' }));
    await reaches(seed, 'stopped', 'stopped');
    await refused(modify(seed, 'stopped', { DBInstanceClass: 'db.m6g.xlarge' }), 'InvalidDBInstanceStateFault');
  },

  'what is no class is refused': async (seed) => {
    await create(seed, 'strange');
    const call = modify(seed, 'strange', { DBInstanceClass: 'db.huge', ...IMMEDIATELY });
    await refused(call, 'InvalidParameterValue', 'InvalidParameterCombination');
  },

  'storage does not shrink': async (seed) => {
    await create(seed, 'big');
    const call = modify(seed, 'big', { AllocatedStorage: 50, ...IMMEDIATELY });
    await refused(call, 'InvalidParameterCombination', 'InvalidParameterValue');
  },

  'storage becomes gp3, is optimized, and meanwhile not changed again': async (seed) => {
    await create(seed, 'storage');
    await modify(seed, 'storage', { StorageType: 'gp3', ...IMMEDIATELY });
    await seed.target.pass(600);
    const optimizing = await describe(seed, 'storage');
    expect(optimizing?.DBInstanceStatus).toBe('storage-optimization');
    expect(optimizing).toMatchObject({ StorageType: 'gp3', Iops: 3000 });
    const again = modify(seed, 'storage', { AllocatedStorage: 200, ...IMMEDIATELY });
    await refused(again, 'InvalidParameterCombination');
    await reaches(seed, 'storage', 'available');
  },

  'small gp3 storage has no IOPS to ask for': async (seed) => {
    await create(seed, 'small');
    const call = modify(seed, 'small', { StorageType: 'gp3', Iops: 12_000, ...IMMEDIATELY });
    await refused(call, 'InvalidParameterCombination');
  },

  'the class of an Aurora instance is not changed through its cluster': async ({ rds }) => {
    await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: 'cart',
        Engine: 'aurora-postgresql',
        MasterUsername: 'keeper',
        MasterUserPassword: 'not-a-secret',
      }),
    );
    const call = rds.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: 'cart', DBClusterInstanceClass: 'db.r6g.large' }),
    );
    await refused(call, 'InvalidParameterCombination', 'InvalidDBClusterStateFault');
  },

  'what can be ordered names class, version, license and storage': async ({ rds }) => {
    const ask = new DescribeOrderableDBInstanceOptionsCommand({ Engine: 'aurora-postgresql' });
    const { OrderableDBInstanceOptions = [] } = await rds.send(ask);
    expect(OrderableDBInstanceOptions.length).toBeGreaterThan(0);
    for (const one of OrderableDBInstanceOptions) {
      expect(one).toMatchObject({ Engine: 'aurora-postgresql', LicenseModel: 'postgresql-license', Vpc: true });
      expect(one.DBInstanceClass).toMatch(/^db\./);
      expect(one.StorageType).toMatch(/^aurora/);
    }
  },

  'pages of what can be ordered add up, each exactly once': async ({ rds }) => {
    const pages = await everyPage(
      (Marker) =>
        rds.send(
          new DescribeOrderableDBInstanceOptionsCommand({
            Engine: 'aurora-postgresql',
            MaxRecords: 20,
            ...(Marker && { Marker }),
          }),
        ),
      ({ Marker }) => Marker,
    );
    expect(pages.length).toBeGreaterThan(1);
    const all = pages.flatMap(({ OrderableDBInstanceOptions = [] }) => OrderableDBInstanceOptions);
    const keys = all.map((one) => `${one.EngineVersion} ${one.DBInstanceClass} ${one.StorageType}`);
    expect(new Set(keys).size).toBe(all.length);
  },

  'what can be ordered of postgres includes gp3 with its limits': async ({ rds }) => {
    const { OrderableDBInstanceOptions = [] } = await rds.send(
      new DescribeOrderableDBInstanceOptionsCommand({ Engine: 'postgres', DBInstanceClass: 'db.m6g.large' }),
    );
    const gp3 = OrderableDBInstanceOptions.find(({ StorageType }) => StorageType === 'gp3');
    expect(gp3).toMatchObject({ MinStorageSize: 20, SupportsIops: true, SupportsStorageThroughput: true });
  },

  'no maintenance is pending and nothing reserved in a new account': async ({ rds }) => {
    expect((await rds.send(new DescribePendingMaintenanceActionsCommand({}))).PendingMaintenanceActions).toEqual([]);
    expect((await rds.send(new DescribeReservedDBInstancesCommand({}))).ReservedDBInstances).toEqual([]);
  },
});
