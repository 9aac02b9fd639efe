import type { DBCluster, DBClusterSnapshot, DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import type { Place } from './place.ts';
import { defaultOptionGroup } from './rds-engines.ts';
import type { StoredClusterSnapshot, StoredSnapshot } from './rds-shapes.ts';
import type { Seed } from './seed.ts';

/** What to know about a new snapshot; everything else follows from the database. */
export type SnapshotSpec = Seed<DBSnapshot> & { readonly DBSnapshotIdentifier: string };
export type ClusterSnapshotSpec = Seed<DBClusterSnapshot> & { readonly DBClusterSnapshotIdentifier: string };

const GIB = 2 ** 30;

/** How much of a volume has ever been written to, which is what its snapshot holds; made up. */
const WRITTEN_SHARE = 0.6;

/** A manual snapshot that has just begun, of `database` as it is now. */
export function newSnapshot(
  { account, region, world }: Place,
  database: DBInstance,
  spec: SnapshotSpec,
): StoredSnapshot {
  const now = world.clock.now();
  return {
    DBSnapshotArn: `arn:aws:rds:${region}:${account}:snapshot:${spec.DBSnapshotIdentifier}`,
    DBInstanceIdentifier: database.DBInstanceIdentifier,
    DbiResourceId: database.DbiResourceId,
    InstanceCreateTime: database.InstanceCreateTime,
    Engine: database.Engine,
    EngineVersion: database.EngineVersion,
    LicenseModel: database.LicenseModel,
    MasterUsername: database.MasterUsername,
    Port: database.Endpoint?.Port,
    AllocatedStorage: database.AllocatedStorage,
    StorageType: database.StorageType,
    Iops: database.Iops,
    AvailabilityZone: database.AvailabilityZone,
    Encrypted: database.StorageEncrypted,
    KmsKeyId: database.KmsKeyId,
    SnapshotCreateTime: now,
    OriginalSnapshotCreateTime: now,
    SnapshotDatabaseTime: now,
    OptionGroupName: database.OptionGroupMemberships?.[0]?.OptionGroupName ?? defaultOptionGroup(database),
    FullSnapshotSizeInBytes: Math.round((database.AllocatedStorage ?? 0) * WRITTEN_SHARE * GIB),
    SnapshotTarget: 'region',
    PercentProgress: 0,
    ...spec,
    Status: spec.Status ?? 'creating',
    SnapshotType: spec.SnapshotType ?? 'manual',
    TagList: spec.TagList ?? [],
    RestorableBy: [],
  };
}

/** A manual snapshot that has just begun, of `cluster` as it is now. */
export function newClusterSnapshot(
  { account, region, world }: Place,
  cluster: DBCluster,
  spec: ClusterSnapshotSpec,
): StoredClusterSnapshot {
  return {
    DBClusterSnapshotArn: `arn:aws:rds:${region}:${account}:cluster-snapshot:${spec.DBClusterSnapshotIdentifier}`,
    DBClusterIdentifier: cluster.DBClusterIdentifier,
    DbClusterResourceId: cluster.DbClusterResourceId,
    ClusterCreateTime: cluster.ClusterCreateTime,
    Engine: cluster.Engine,
    EngineVersion: cluster.EngineVersion,
    EngineMode: cluster.EngineMode,
    MasterUsername: cluster.MasterUsername,
    Port: cluster.Port,
    AllocatedStorage: cluster.AllocatedStorage,
    AvailabilityZones: cluster.AvailabilityZones,
    StorageEncrypted: cluster.StorageEncrypted,
    KmsKeyId: cluster.KmsKeyId,
    SnapshotCreateTime: world.clock.now(),
    PercentProgress: 0,
    ...spec,
    Status: spec.Status ?? 'creating',
    SnapshotType: spec.SnapshotType ?? 'manual',
    TagList: spec.TagList ?? [],
    RestorableBy: [],
  };
}
