import type { DBInstance } from '@aws-sdk/client-rds';
import { storagePerformance } from '../catalogue/database-storage.ts';
import { base32, hex } from '../random.ts';
import { defaultRdsKey } from './kms-state.ts';
import type { Place } from './place.ts';
import { engineOf, isClusterEngine } from './rds-engines.ts';
import type { StoredDatabase } from './rds-shapes.ts';
import type { Seed } from './seed.ts';

/** What to know about a new database instance; everything else is as AWS would have it. */
export type DatabaseSpec = Seed<DBInstance>;

export function newDatabase({ account, region, world }: Place, spec: DatabaseSpec): StoredDatabase {
  const id = spec.DBInstanceIdentifier ?? `database-${hex(world.random, 6)}`;
  const name = spec.Engine ?? 'postgres';
  const engine = engineOf(name);
  const inCluster = isClusterEngine(name) || spec.DBClusterIdentifier !== undefined;
  return {
    DBInstanceIdentifier: id,
    DBInstanceArn: `arn:aws:rds:${region}:${account}:db:${id}`,
    DbiResourceId: `db-${base32(world.random, 26)}`,
    DBInstanceClass: 'db.m7g.large',
    DBInstanceStatus: 'available',
    Engine: name,
    EngineVersion: engine.version,
    LicenseModel: engine.license,
    MasterUsername: 'postgres',
    Endpoint: {
      Address: `${id}.c0ffee123456.${region}.rds.amazonaws.com`,
      Port: engine.port,
      HostedZoneId: 'Z29XKXDKYMONMX',
    },
    // For a cluster's member the number means nothing, and AWS says 1.
    AllocatedStorage: inCluster ? 1 : 100,
    StorageType: inCluster ? 'aurora' : 'gp3',
    ...(inCluster ? {} : storageOf(name, spec)),
    StorageEncrypted: true,
    InstanceCreateTime: world.clock.now(),
    PreferredBackupWindow: '18:00-18:30',
    PreferredMaintenanceWindow: 'sun:19:00-sun:19:30',
    BackupRetentionPeriod: 7,
    AvailabilityZone: `${region}a`,
    ...(spec.MultiAZ && !inCluster ? { SecondaryAvailabilityZone: `${region}c` } : {}),
    MultiAZ: false,
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: true,
    DeletionProtection: false,
    ReadReplicaDBInstanceIdentifiers: [],
    ReadReplicaDBClusterIdentifiers: [],
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0a1b2c3d4e5f60718', Status: 'active' }],
    DBParameterGroups: [{ DBParameterGroupName: `default.${name}`, ParameterApplyStatus: 'in-sync' }],
    PendingModifiedValues: {},
    MonitoringInterval: 0,
    PerformanceInsightsEnabled: false,
    CustomerOwnedIpEnabled: false,
    BackupTarget: 'region',
    NetworkType: 'IPV4',
    ...(spec.StorageEncrypted === false ? {} : { KmsKeyId: defaultRdsKey({ account, region }) }),
    ...spec,
    TagList: spec.TagList ?? [],
  };
}

const storageOf = (engine: string, { StorageType = 'gp3', AllocatedStorage = 100 }: DatabaseSpec) =>
  storagePerformance(engine, { StorageType, AllocatedStorage });
