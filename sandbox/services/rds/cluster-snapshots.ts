import type {
  CreateDBClusterSnapshotMessage,
  CreateDBClusterSnapshotResult,
  DBClusterSnapshotMessage,
  DeleteDBClusterSnapshotMessage,
  DeleteDBClusterSnapshotResult,
  DescribeDBClusterSnapshotsMessage,
} from '@aws-sdk/client-rds';
import type { StoredClusterSnapshot } from '../../estate/rds-shapes.ts';
import { newClusterSnapshot } from '../../estate/rds-snapshot.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { clusterSnapshotNotFound, invalidClusterState, missing } from './errors.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import { take } from './snapshot-progress.ts';
import { checkQuota, checkSnapshotName, showsType } from './snapshot-rules.ts';
import { checkTags } from './tags.ts';

const FIELDS: Fields<StoredClusterSnapshot> = {
  'db-cluster-id': (one) => one.DBClusterIdentifier,
  'db-cluster-snapshot-id': (one) => one.DBClusterSnapshotIdentifier,
  'snapshot-type': (one) => one.SnapshotType,
  engine: (one) => one.Engine,
};

/** creating -> available; unlike an instance, the cluster stays `available` meanwhile. */
export const createDBClusterSnapshot: Operation<CreateDBClusterSnapshotMessage, CreateDBClusterSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const { Tags = [] } = input;
  if (!input.DBClusterSnapshotIdentifier) throw missing('DBClusterSnapshotIdentifier');
  const id = checkSnapshotName(input.DBClusterSnapshotIdentifier);
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  checkTags(Tags);
  if (cluster.Status !== 'available') {
    throw invalidClusterState(`DbCluster ${cluster.DBClusterIdentifier} is not in available state.`);
  }
  if (rds.clusterSnapshots.has(id)) {
    throw new AwsError(
      'DBClusterSnapshotAlreadyExistsFault',
      `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`,
    );
  }
  checkQuota(rds.clusterSnapshots.values(), rds.snapshotQuota, 'SnapshotQuotaExceeded');
  const copied = cluster.CopyTagsToSnapshot ? cluster.TagList : [];
  const TagList = [...new Map([...copied, ...Tags].map((tag) => [tag.Key, tag])).values()];
  const snapshot = newClusterSnapshot(rds.place, cluster, { DBClusterSnapshotIdentifier: id, TagList });
  rds.clusterSnapshots.set(id, snapshot);
  take(rds, cluster.DBClusterIdentifier, snapshot);
  return { DBClusterSnapshot: snapshot };
};

export const describeDBClusterSnapshots: Operation<DescribeDBClusterSnapshotsMessage, DBClusterSnapshotMessage> = (
  input,
  { region: { rds } },
) => {
  const { DBClusterSnapshotIdentifier: id, DBClusterIdentifier: of, SnapshotType, Filters } = input;
  const asked = id === undefined ? [...rds.clusterSnapshots.values()] : [findClusterSnapshot(rds, id)];
  const found = asked
    .filter((one) => id !== undefined || showsType(one.SnapshotType, SnapshotType))
    .filter((one) => of === undefined || one.DBClusterIdentifier === nameOf(of))
    .filter(filterBy(Filters, FIELDS));
  const page = rdsPage(found, input, (one) => one.DBClusterSnapshotIdentifier);
  return { DBClusterSnapshots: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

export const deleteDBClusterSnapshot: Operation<DeleteDBClusterSnapshotMessage, DeleteDBClusterSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const snapshot = findClusterSnapshot(rds, input.DBClusterSnapshotIdentifier);
  if (snapshot.Status !== 'available' || snapshot.SnapshotType !== 'manual') {
    const why = `Cannot delete the ${snapshot.SnapshotType} snapshot ${snapshot.DBClusterSnapshotIdentifier} in state ${snapshot.Status}.`;
    throw new AwsError('InvalidDBClusterSnapshotStateFault', why);
  }
  rds.clusterSnapshots.delete(snapshot.DBClusterSnapshotIdentifier);
  return { DBClusterSnapshot: { ...snapshot, Status: 'deleted' } };
};

function findClusterSnapshot(rds: RdsState, id: string | undefined): StoredClusterSnapshot {
  if (!id) throw missing('DBClusterSnapshotIdentifier');
  const snapshot = rds.clusterSnapshots.get(
    id.startsWith('arn:') ? id.split(':').slice(6).join(':') : id.toLowerCase(),
  );
  if (!snapshot) throw clusterSnapshotNotFound(id);
  return snapshot;
}
