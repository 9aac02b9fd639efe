import type { DBCluster } from '@aws-sdk/client-rds';
import { base32, hex } from '../random.ts';
import { defaultRdsKey } from './kms-state.ts';
import type { Place } from './place.ts';
import { engineOf } from './rds-engines.ts';
import type { StoredCluster } from './rds-shapes.ts';
import type { Seed } from './seed.ts';

/** What to know about a new cluster; everything else is as AWS would have it. */
export type DatabaseClusterSpec = Seed<DBCluster>;

export function newCluster({ account, region, world }: Place, spec: DatabaseClusterSpec): StoredCluster {
  const id = spec.DBClusterIdentifier ?? `cluster-${hex(world.random, 6)}`;
  const name = spec.Engine ?? 'aurora-postgresql';
  const engine = engineOf(name);
  return {
    DBClusterIdentifier: id,
    DBClusterArn: `arn:aws:rds:${region}:${account}:cluster:${id}`,
    DbClusterResourceId: `cluster-${base32(world.random, 26)}`,
    Status: 'available',
    Engine: name,
    EngineVersion: engine.version,
    EngineMode: 'provisioned',
    Port: engine.port,
    Endpoint: `${id}.cluster-c0ffee123456.${region}.rds.amazonaws.com`,
    ReaderEndpoint: `${id}.cluster-ro-c0ffee123456.${region}.rds.amazonaws.com`,
    MasterUsername: 'postgres',
    AllocatedStorage: 1,
    AvailabilityZones: ['a', 'b', 'c'].map((zone) => region + zone),
    MultiAZ: false,
    BackupRetentionPeriod: 7,
    PreferredBackupWindow: '18:00-18:30',
    PreferredMaintenanceWindow: 'sun:19:00-sun:19:30',
    ClusterCreateTime: world.clock.now(),
    StorageEncrypted: true,
    DeletionProtection: false,
    CopyTagsToSnapshot: true,
    CrossAccountClone: false,
    HttpEndpointEnabled: false,
    ReadReplicaIdentifiers: [],
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0a1b2c3d4e5f60718', Status: 'active' }],
    ...(spec.StorageEncrypted === false ? {} : { KmsKeyId: defaultRdsKey({ account, region }) }),
    ...spec,
    DBClusterMembers: spec.DBClusterMembers ?? [],
    TagList: spec.TagList ?? [],
  };
}
