import type {
  CreateDBSnapshotMessage,
  CreateDBSnapshotResult,
  DBSnapshotMessage,
  DeleteDBSnapshotMessage,
  DeleteDBSnapshotResult,
  DescribeDBSnapshotsMessage,
  Tag,
} from '@aws-sdk/client-rds';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredDatabase, StoredSnapshot } from '../../estate/rds-shapes.ts';
import { newSnapshot } from '../../estate/rds-snapshot.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { invalidDatabaseState, invalidValue, missing, snapshotNotFound } from './errors.ts';
import { findDatabase } from './instances.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import { snapshotLasts, take } from './snapshot-progress.ts';
import { checkQuota, checkSnapshotName, showsType } from './snapshot-rules.ts';
import { checkTags } from './tags.ts';

const FIELDS: Fields<StoredSnapshot> = {
  'db-instance-id': (one) => one.DBInstanceIdentifier,
  'db-snapshot-id': (one) => one.DBSnapshotIdentifier,
  'dbi-resource-id': (one) => one.DbiResourceId,
  'snapshot-type': (one) => one.SnapshotType,
  engine: (one) => one.Engine,
};

export const createDBSnapshot: Operation<CreateDBSnapshotMessage, CreateDBSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const { DBSnapshotIdentifier, Tags = [] } = input;
  if (!DBSnapshotIdentifier) throw missing('DBSnapshotIdentifier');
  const database = findDatabase(rds, input.DBInstanceIdentifier);
  checkTags(Tags);
  if (isClusterEngine(database.Engine)) {
    throw invalidValue(`The specified instance is a member of a cluster and a snapshot cannot be created directly.`);
  }
  if (database.DBInstanceStatus !== 'available' && database.DBInstanceStatus !== 'storage-optimization') {
    throw invalidDatabaseState(`Instance ${database.DBInstanceIdentifier} is not in available state.`);
  }
  const snapshot = takeSnapshot(rds, database, { DBSnapshotIdentifier, Tags });
  backUp(rds, database);
  return { DBSnapshot: snapshot };
};

/** Begins a manual snapshot: creating -> available. @throws AwsError when the name is taken or the quota reached */
export function takeSnapshot(
  rds: RdsState,
  database: StoredDatabase,
  { DBSnapshotIdentifier, Tags = [] }: { readonly DBSnapshotIdentifier: string; readonly Tags?: Tag[] },
): StoredSnapshot {
  const id = checkSnapshotName(DBSnapshotIdentifier);
  if (rds.snapshots.has(id)) {
    throw new AwsError(
      'DBSnapshotAlreadyExists',
      `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`,
    );
  }
  checkQuota(rds.snapshots.values(), rds.snapshotQuota, 'SnapshotQuotaExceeded');
  const copied = database.CopyTagsToSnapshot ? database.TagList : [];
  const TagList = [...new Map([...copied, ...Tags].map((tag) => [tag.Key, tag])).values()];
  const snapshot = newSnapshot(rds.place, database, { DBSnapshotIdentifier: id, TagList });
  rds.snapshots.set(id, snapshot);
  take(rds, database.DBInstanceIdentifier, snapshot);
  return snapshot;
}

/** While its snapshot is taken a database is `backing-up`, and can for instance not be stopped. */
function backUp(rds: RdsState, database: StoredDatabase): void {
  const before = database.DBInstanceStatus;
  database.DBInstanceStatus = 'backing-up';
  rds.place.world.clock.after(snapshotLasts(rds, database.DBInstanceIdentifier), () => {
    if (database.DBInstanceStatus === 'backing-up') database.DBInstanceStatus = before;
  });
}

export const describeDBSnapshots: Operation<DescribeDBSnapshotsMessage, DBSnapshotMessage> = (
  input,
  { region: { rds } },
) => {
  const { DBSnapshotIdentifier: id, DBInstanceIdentifier: of, SnapshotType, Filters } = input;
  const asked = id === undefined ? [...rds.snapshots.values()] : [findSnapshot(rds, id)];
  const found = asked
    .filter((one) => id !== undefined || showsType(one.SnapshotType, SnapshotType))
    .filter((one) => of === undefined || one.DBInstanceIdentifier === nameOf(of))
    .filter(filterBy(Filters, FIELDS));
  const page = rdsPage(found, input, (one) => one.DBSnapshotIdentifier);
  return { DBSnapshots: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

export const deleteDBSnapshot: Operation<DeleteDBSnapshotMessage, DeleteDBSnapshotResult> = (
  input,
  { region: { rds } },
) => {
  const snapshot = findSnapshot(rds, input.DBSnapshotIdentifier);
  if (snapshot.Status !== 'available' || snapshot.SnapshotType !== 'manual') {
    const why = `Cannot delete the ${snapshot.SnapshotType} snapshot ${snapshot.DBSnapshotIdentifier} in state ${snapshot.Status}.`;
    throw new AwsError('InvalidDBSnapshotState', why);
  }
  rds.snapshots.delete(snapshot.DBSnapshotIdentifier);
  return { DBSnapshot: { ...snapshot, Status: 'deleted' } };
};

function findSnapshot(rds: RdsState, id: string | undefined): StoredSnapshot {
  if (!id) throw missing('DBSnapshotIdentifier');
  // Automated snapshots have a colon in their name, `rds:orders-2026-11-22-18-05`, so this is no ARN.
  const snapshot = rds.snapshots.get(id.startsWith('arn:') ? id.split(':').slice(6).join(':') : id.toLowerCase());
  if (!snapshot) throw snapshotNotFound(id);
  return snapshot;
}
