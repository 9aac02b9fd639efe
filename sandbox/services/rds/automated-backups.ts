import type {
  DBClusterAutomatedBackup,
  DBClusterAutomatedBackupMessage,
  DBInstanceAutomatedBackup,
  DBInstanceAutomatedBackupMessage,
  DescribeDBClusterAutomatedBackupsMessage,
  DescribeDBInstanceAutomatedBackupsMessage,
  RestoreWindow,
} from '@aws-sdk/client-rds';
import { DAY, MINUTE } from '../../clock.ts';
import type { StoredCluster, StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import { CLUSTER_FORM, INSTANCE_FORM, type Snapshot, type SnapshotForm } from './snapshot-forms.ts';

/** RDS uploads transaction logs every five minutes. */
const LOGS_UPLOADED = 5 * MINUTE;

const INSTANCE_FIELDS: Fields<DBInstanceAutomatedBackup> = {
  status: (one) => one.Status,
  'db-instance-id': (one) => [one.DBInstanceIdentifier, one.DBInstanceArn],
  'dbi-resource-id': (one) => one.DbiResourceId,
};

const CLUSTER_FIELDS: Fields<DBClusterAutomatedBackup> = {
  status: (one) => one.Status,
  'db-cluster-id': (one) => [one.DBClusterIdentifier, one.DBClusterArn],
  'db-cluster-resource-id': (one) => one.DbClusterResourceId,
};

/** Those of instances that have them switched on, and those that were kept of deleted ones. */
export const describeDBInstanceAutomatedBackups: Operation<
  DescribeDBInstanceAutomatedBackupsMessage,
  DBInstanceAutomatedBackupMessage
> = (input, { region: { rds } }) => {
  const { DbiResourceId, DBInstanceIdentifier: id, DBInstanceAutomatedBackupsArn: arn, Filters } = input;
  const active = [...rds.instances.values()]
    .filter(({ DBClusterIdentifier, BackupRetentionPeriod = 0 }) => !DBClusterIdentifier && BackupRetentionPeriod > 0)
    .filter(({ DbiResourceId: resource = '' }) => !rds.retainedBackups.has(resource));
  const all = [
    ...active.map((one) => instanceBackup(rds, one)),
    ...[...rds.retainedBackups.values()].map((one) => ({ ...instanceBackup(rds, one), Status: 'retained' })),
  ];
  const found = all
    .filter((one) => DbiResourceId === undefined || one.DbiResourceId === DbiResourceId)
    .filter((one) => id === undefined || one.DBInstanceIdentifier === nameOf(id))
    .filter((one) => arn === undefined || one.DBInstanceAutomatedBackupsArn === arn);
  if (found.length === 0 && (DbiResourceId ?? id ?? arn) !== undefined) {
    throw new AwsError(
      'DBInstanceAutomatedBackupNotFound',
      `No automated backup found for ${DbiResourceId ?? id ?? arn}.`,
      404,
    );
  }
  const page = rdsPage(found.filter(filterBy(Filters, INSTANCE_FIELDS)), input, (one) => one.DbiResourceId ?? '');
  return {
    DBInstanceAutomatedBackups: [...page.items],
    ...(page.token === undefined ? {} : { Marker: page.token }),
  };
};

/** Of clusters only what was kept of deleted ones is listed: its one status is `retained`. */
export const describeDBClusterAutomatedBackups: Operation<
  DescribeDBClusterAutomatedBackupsMessage,
  DBClusterAutomatedBackupMessage
> = (input, { region: { rds } }) => {
  const { DbClusterResourceId, DBClusterIdentifier: id, Filters } = input;
  const found = [...rds.retainedClusterBackups.values()]
    .map((one) => clusterBackup(rds, one))
    .filter((one) => DbClusterResourceId === undefined || one.DbClusterResourceId === DbClusterResourceId)
    .filter((one) => id === undefined || one.DBClusterIdentifier === nameOf(id));
  if (found.length === 0 && (DbClusterResourceId ?? id) !== undefined) {
    throw new AwsError(
      'DBClusterAutomatedBackupNotFoundFault',
      `No automated backup found for ${DbClusterResourceId ?? id}.`,
      404,
    );
  }
  const page = rdsPage(found.filter(filterBy(Filters, CLUSTER_FIELDS)), input, (one) => one.DbClusterResourceId ?? '');
  return {
    DBClusterAutomatedBackups: [...page.items],
    ...(page.token === undefined ? {} : { Marker: page.token }),
  };
};

function instanceBackup(rds: RdsState, database: StoredDatabase): DBInstanceAutomatedBackup {
  const { account, region } = rds.place;
  const { DbiResourceId = '' } = database;
  const window = restoreWindow(INSTANCE_FORM, rds, { ...database, resource: DbiResourceId });
  return {
    DBInstanceArn: database.DBInstanceArn,
    DBInstanceIdentifier: database.DBInstanceIdentifier,
    DBInstanceAutomatedBackupsArn: `arn:aws:rds:${region}:${account}:auto-backup:${DbiResourceId.replace('db-', 'ab-').toLowerCase()}`,
    DbiResourceId,
    Region: region,
    Status: window ? 'active' : 'creating',
    ...(window ? { RestoreWindow: window } : {}),
    Engine: database.Engine,
    EngineVersion: database.EngineVersion,
    LicenseModel: database.LicenseModel,
    MasterUsername: database.MasterUsername,
    Port: database.Endpoint?.Port,
    AllocatedStorage: database.AllocatedStorage,
    StorageType: database.StorageType,
    Iops: database.Iops,
    AvailabilityZone: database.AvailabilityZone,
    InstanceCreateTime: database.InstanceCreateTime,
    Encrypted: database.StorageEncrypted,
    KmsKeyId: database.KmsKeyId,
    BackupRetentionPeriod: database.BackupRetentionPeriod,
    PreferredBackupWindow: database.PreferredBackupWindow,
    BackupTarget: 'region',
    TagList: database.TagList,
  };
}

function clusterBackup(rds: RdsState, cluster: StoredCluster): DBClusterAutomatedBackup {
  const { account, region } = rds.place;
  const { DbClusterResourceId = '' } = cluster;
  const window = restoreWindow(CLUSTER_FORM, rds, { ...cluster, resource: DbClusterResourceId });
  return {
    DBClusterArn: cluster.DBClusterArn,
    DBClusterIdentifier: cluster.DBClusterIdentifier,
    DBClusterAutomatedBackupsArn: `arn:aws:rds:${region}:${account}:cluster-auto-backup:${DbClusterResourceId.replace('cluster-', 'ab-').toLowerCase()}`,
    DbClusterResourceId,
    Region: region,
    Status: 'retained',
    ...(window ? { RestoreWindow: window } : {}),
    Engine: cluster.Engine,
    EngineVersion: cluster.EngineVersion,
    EngineMode: cluster.EngineMode,
    MasterUsername: cluster.MasterUsername,
    Port: cluster.Port,
    AllocatedStorage: cluster.AllocatedStorage,
    AvailabilityZones: cluster.AvailabilityZones,
    ClusterCreateTime: cluster.ClusterCreateTime,
    StorageEncrypted: cluster.StorageEncrypted,
    KmsKeyId: cluster.KmsKeyId,
    BackupRetentionPeriod: cluster.BackupRetentionPeriod,
    PreferredBackupWindow: cluster.PreferredBackupWindow,
    TagList: cluster.TagList,
  };
}

interface Restorable {
  readonly resource: string;
  readonly BackupRetentionPeriod?: number | undefined;
  readonly AutomaticRestartTime?: Date | undefined;
}

/** From the oldest automated snapshot on, until the last logs that were uploaded; undefined before the first snapshot. */
function restoreWindow<S extends Snapshot>(
  form: SnapshotForm<S>,
  rds: RdsState,
  { resource, BackupRetentionPeriod = 0, AutomaticRestartTime }: Restorable,
): RestoreWindow | undefined {
  const taken = [...form.held(rds).values()]
    .filter((one) => one.SnapshotType === 'automated' && one.Status === 'available')
    .filter((one) => form.resourceOf(one) === resource)
    .map((one) => form.takenAt(one));
  if (taken.length === 0) return undefined;
  const { clock, durations } = rds.place.world;
  const until = AutomaticRestartTime
    ? AutomaticRestartTime.getTime() - durations.databaseStoppedAtMost
    : clock.now().getTime();
  return {
    EarliestTime: new Date(Math.max(Math.min(...taken), until - BackupRetentionPeriod * DAY)),
    LatestTime: new Date(until - (until % LOGS_UPLOADED)),
  };
}
