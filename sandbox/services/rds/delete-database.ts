import type {
  DeleteDBClusterMessage,
  DeleteDBClusterResult,
  DeleteDBInstanceMessage,
  DeleteDBInstanceResult,
} from '@aws-sdk/client-rds';
import { DAY } from '../../clock.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { beginClusterSnapshot } from './cluster-snapshots.ts';
import { findCluster } from './clusters.ts';
import { invalidClusterState, invalidDatabaseState } from './errors.ts';
import { findDatabase } from './instances.ts';
import { CLUSTER_FORM, INSTANCE_FORM, type Snapshot, type SnapshotForm } from './snapshot-forms.ts';
import { checkNewName, checkQuota, snapshotTags } from './snapshot-rules.ts';
import { takeSnapshot } from './snapshots.ts';

/** deleting -> gone, after a final snapshot unless that is skipped. Automated backups go at once unless they are kept. */
export const deleteDBInstance: Operation<DeleteDBInstanceMessage, DeleteDBInstanceResult> = (
  input,
  { region: { rds } },
) => {
  const database = findDatabase(rds, input.DBInstanceIdentifier);
  const { DBInstanceIdentifier: id, DbiResourceId: resource = '', DBInstanceStatus } = database;
  checkDeletion(database, { ...input, kind: 'DB Instance' });
  if (DBInstanceStatus === 'deleting') throw invalidDatabaseState(`Instance ${id} is already being deleted.`);
  if (input.FinalDBSnapshotIdentifier) {
    takeSnapshot(rds, database, { DBSnapshotIdentifier: input.FinalDBSnapshotIdentifier });
  }
  database.DBInstanceStatus = 'deleting';
  const cluster = rds.clusters.get(database.DBClusterIdentifier ?? '');
  if (cluster) cluster.DBClusterMembers = cluster.DBClusterMembers.filter((one) => one.DBInstanceIdentifier !== id);
  const { BackupRetentionPeriod: keeps = 0 } = database;
  const retains = input.DeleteAutomatedBackups === false && keeps > 0;
  if (retains) rds.retainedBackups.set(resource, database);
  letGo(INSTANCE_FORM, rds, { resource, days: retains ? keeps : 0, ended: () => rds.retainedBackups.delete(resource) });
  const { clock, durations } = rds.place.world;
  clock.after(durations.databaseDelete, () => {
    if (rds.instances.get(id) === database) rds.instances.delete(id);
  });
  return { DBInstance: database };
};

export const deleteDBCluster: Operation<DeleteDBClusterMessage, DeleteDBClusterResult> = (
  input,
  { region: { rds } },
) => {
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  const { DBClusterIdentifier: id, DbClusterResourceId: resource = '' } = cluster;
  checkDeletion(cluster, { ...input, kind: 'Cluster' });
  if (cluster.Status === 'deleting') throw invalidClusterState(`DbCluster ${id} is already being deleted.`);
  if (cluster.DBClusterMembers.length > 0) {
    throw invalidClusterState('Cluster cannot be deleted, it still contains DB instances in non-deleting state.');
  }
  if (input.FinalDBSnapshotIdentifier) {
    const DBClusterSnapshotIdentifier = checkNewName(CLUSTER_FORM, rds, input.FinalDBSnapshotIdentifier);
    checkQuota(CLUSTER_FORM, rds);
    beginClusterSnapshot(rds, cluster, { DBClusterSnapshotIdentifier, TagList: snapshotTags(cluster) });
  }
  cluster.Status = 'deleting';
  const { BackupRetentionPeriod: keeps = 1 } = cluster;
  const retains = input.DeleteAutomatedBackups === false;
  if (retains) rds.retainedClusterBackups.set(resource, cluster);
  letGo(CLUSTER_FORM, rds, {
    resource,
    days: retains ? keeps : 0,
    ended: () => rds.retainedClusterBackups.delete(resource),
  });
  const { clock, durations } = rds.place.world;
  clock.after(durations.databaseDelete, () => {
    if (rds.clusters.get(id) === cluster) rds.clusters.delete(id);
  });
  return { DBCluster: cluster };
};

interface Deletion {
  readonly kind: string;
  readonly SkipFinalSnapshot?: boolean | undefined;
  readonly FinalDBSnapshotIdentifier?: string | undefined;
}

function checkDeletion(
  { DeletionProtection }: { DeletionProtection?: boolean | undefined },
  { kind, SkipFinalSnapshot = false, FinalDBSnapshotIdentifier }: Deletion,
): void {
  const why = DeletionProtection
    ? `Cannot delete protected ${kind}, please disable deletion protection and try again.`
    : SkipFinalSnapshot && FinalDBSnapshotIdentifier
      ? 'FinalDBSnapshotIdentifier can not be specified when deleting a database without a final snapshot.'
      : !SkipFinalSnapshot && !FinalDBSnapshotIdentifier
        ? 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.'
        : undefined;
  if (why) throw new AwsError('InvalidParameterCombination', why);
}

interface LettingGo {
  readonly resource: string;
  /** For how long its automated snapshots are kept, counted from when each was taken; 0: not at all. */
  readonly days: number;
  readonly ended: () => void;
}

/** Deletes the automated snapshots of what is deleted, each at its time; the last of them ends the retained backup. */
function letGo<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, { resource, days, ended }: LettingGo): void {
  const { clock } = rds.place.world;
  const ofIt = () =>
    [...form.held(rds).values()].filter((one) => one.SnapshotType === 'automated' && form.resourceOf(one) === resource);
  const now = clock.now().getTime();
  for (const snapshot of ofIt()) {
    const expire = () => {
      form.held(rds).delete(form.nameOf(snapshot));
      if (ofIt().length === 0) ended();
    };
    const after = form.takenAt(snapshot) + days * DAY - now;
    if (days === 0 || after <= 0) expire();
    else clock.after(after, expire);
  }
}
