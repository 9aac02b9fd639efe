import type {
  DeleteDBClusterSnapshotMessage,
  DeleteDBClusterSnapshotResult,
  DeleteDBSnapshotMessage,
  DeleteDBSnapshotResult,
} from '@aws-sdk/client-rds';
import type { Operation } from '../service.ts';
import { CLUSTER_FORM, findSnapshot, INSTANCE_FORM } from './snapshot-forms.ts';

/** What is still being copied may be deleted: then the copy fails. */
export const deleteDBSnapshot: Operation<DeleteDBSnapshotMessage, DeleteDBSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const snapshot = findSnapshot(INSTANCE_FORM, rds, input.DBSnapshotIdentifier);
  const { DBSnapshotIdentifier: id, SnapshotType, Status } = snapshot;
  if (SnapshotType !== 'manual') throw INSTANCE_FORM.invalidState(`${SnapshotType} snapshots cannot be deleted.`);
  if (!ENDED.has(Status)) throw INSTANCE_FORM.invalidState(`Cannot delete the snapshot ${id} in state ${Status}.`);
  rds.snapshots.delete(id);
  return { DBSnapshot: { ...snapshot, Status: 'deleted' } };
};

/** The same for a cluster, where it also calls off a copy that is not done yet. */
export const deleteDBClusterSnapshot: Operation<DeleteDBClusterSnapshotMessage, DeleteDBClusterSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const snapshot = findSnapshot(CLUSTER_FORM, rds, input.DBClusterSnapshotIdentifier);
  const { DBClusterSnapshotIdentifier: id, SnapshotType, Status } = snapshot;
  if (SnapshotType !== 'manual') throw CLUSTER_FORM.invalidState('Only manual snapshots may be deleted.');
  if (!ENDED.has(Status) && Status !== 'copying') {
    throw CLUSTER_FORM.invalidState(`Cannot delete the snapshot ${id} in state ${Status}.`);
  }
  rds.clusterSnapshots.delete(id);
  return { DBClusterSnapshot: { ...snapshot, Status: 'deleted' } };
};

const ENDED: ReadonlySet<string> = new Set(['available', 'failed']);
