import type { CreateDBClusterSnapshotMessage, CreateDBClusterSnapshotResult } from '@aws-sdk/client-rds';
import type { StoredCluster, StoredClusterSnapshot } from '../../estate/rds-shapes.ts';
import { newClusterSnapshot } from '../../estate/rds-snapshot.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { invalidClusterState, missing } from './errors.ts';
import { CLUSTER_FORM } from './snapshot-forms.ts';
import { take } from './snapshot-progress.ts';
import { checkNewName, checkQuota, snapshotTags } from './snapshot-rules.ts';
import { checkTags } from './tags.ts';

/** creating -> available; unlike an instance, the cluster stays `available` meanwhile. */
export const createDBClusterSnapshot: Operation<CreateDBClusterSnapshotMessage, CreateDBClusterSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const { DBClusterSnapshotIdentifier, Tags = [] } = input;
  if (!DBClusterSnapshotIdentifier) throw missing('DBClusterSnapshotIdentifier');
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  checkTags(Tags);
  if (cluster.Status !== 'available') {
    throw invalidClusterState(`DbCluster ${cluster.DBClusterIdentifier} is not in available state.`);
  }
  const id = checkNewName(CLUSTER_FORM, rds, DBClusterSnapshotIdentifier);
  checkQuota(CLUSTER_FORM, rds);
  const TagList = snapshotTags(cluster, Tags);
  return { DBClusterSnapshot: beginClusterSnapshot(rds, cluster, { DBClusterSnapshotIdentifier: id, TagList }) };
};

/** Begins a snapshot without asking whether it may be. */
export function beginClusterSnapshot(
  rds: RdsState,
  cluster: StoredCluster,
  spec: Parameters<typeof newClusterSnapshot>[2],
): StoredClusterSnapshot {
  const snapshot = newClusterSnapshot(rds.place, cluster, spec);
  rds.clusterSnapshots.set(snapshot.DBClusterSnapshotIdentifier, snapshot);
  take(rds, [snapshot.DBClusterSnapshotIdentifier, cluster.DBClusterIdentifier], snapshot);
  return snapshot;
}
