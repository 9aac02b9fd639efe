import type { CreateDBSnapshotMessage, CreateDBSnapshotResult, Tag } from '@aws-sdk/client-rds';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredDatabase, StoredSnapshot } from '../../estate/rds-shapes.ts';
import { newSnapshot } from '../../estate/rds-snapshot.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { invalidDatabaseState, invalidValue, missing } from './errors.ts';
import { findDatabase } from './instances.ts';
import { INSTANCE_FORM } from './snapshot-forms.ts';
import { snapshotLasts, take } from './snapshot-progress.ts';
import { checkNewName, checkQuota, snapshotTags } from './snapshot-rules.ts';
import { checkTags } from './tags.ts';

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
  beBackingUp(rds, database, snapshot);
  return { DBSnapshot: snapshot };
};

/** Begins a manual snapshot: creating -> available. @throws AwsError when the name is taken or the quota reached */
export function takeSnapshot(
  rds: RdsState,
  database: StoredDatabase,
  { DBSnapshotIdentifier, Tags }: { readonly DBSnapshotIdentifier: string; readonly Tags?: Tag[] },
): StoredSnapshot {
  const id = checkNewName(INSTANCE_FORM, rds, DBSnapshotIdentifier);
  checkQuota(INSTANCE_FORM, rds);
  return beginSnapshot(rds, database, { DBSnapshotIdentifier: id, TagList: snapshotTags(database, Tags) });
}

/** The same without asking whether it may be. */
export function beginSnapshot(
  rds: RdsState,
  database: StoredDatabase,
  spec: Parameters<typeof newSnapshot>[2],
): StoredSnapshot {
  const snapshot = newSnapshot(rds.place, database, spec);
  rds.snapshots.set(snapshot.DBSnapshotIdentifier, snapshot);
  take(rds, namesOf(snapshot, database), snapshot);
  return snapshot;
}

/** While its snapshot is taken a database is `backing-up`, and can for instance not be stopped. */
export function beBackingUp(rds: RdsState, database: StoredDatabase, snapshot: StoredSnapshot): void {
  const lasts = snapshotLasts(rds, namesOf(snapshot, database));
  const before = database.DBInstanceStatus;
  database.DBInstanceStatus = 'backing-up';
  if (!Number.isFinite(lasts)) return;
  rds.place.world.clock.after(lasts, () => {
    if (database.DBInstanceStatus === 'backing-up') database.DBInstanceStatus = before;
  });
}

const namesOf = ({ DBSnapshotIdentifier }: StoredSnapshot, { DBInstanceIdentifier }: StoredDatabase) => [
  DBSnapshotIdentifier,
  DBInstanceIdentifier,
];
