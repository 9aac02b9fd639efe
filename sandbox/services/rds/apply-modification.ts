import { storagePerformance } from '../../catalogue/database-storage.ts';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { nextWindow } from './maintenance-window.ts';
import { type Changes, changesStorage } from './modification-rules.ts';

/** Everything that is pending is applied, whoever asked for it: `modifying` after a moment, and then for its time. */
export function applyPending(rds: RdsState, database: StoredDatabase): void {
  const { clock, durations } = rds.place.world;
  clock.after(durations.databaseModifyBegin, () => {
    const changes: Changes = database.PendingModifiedValues ?? {};
    if (Object.keys(changes).length === 0 || !canBegin(rds, database, changes)) return;
    database.DBInstanceStatus = 'modifying';
    changeClass(rds, database, changes);
  });
}

/** Waits for the maintenance window, and for the next one when the database cannot be changed in this one. */
export function applyInWindow(rds: RdsState, database: StoredDatabase): void {
  const { clock } = rds.place.world;
  const opens = nextWindow(database.PreferredMaintenanceWindow ?? 'sun:19:00-sun:19:30', clock.now());
  clock.after(opens.getTime() - clock.now().getTime(), () => {
    const changes: Changes = database.PendingModifiedValues ?? {};
    if (!rds.instances.has(database.DBInstanceIdentifier) || Object.keys(changes).length === 0) return;
    if (canBegin(rds, database, changes)) applyPending(rds, database);
    else applyInWindow(rds, database);
  });
}

function canBegin(rds: RdsState, database: StoredDatabase, { DBInstanceClass }: Changes): boolean {
  if (!['available', 'storage-optimization', 'storage-full'].includes(database.DBInstanceStatus)) return false;
  return DBInstanceClass === undefined || rds.hasCapacity(DBInstanceClass, database.AvailabilityZone ?? '');
}

function changeClass(rds: RdsState, database: StoredDatabase, changes: Changes): void {
  const { clock, durations } = rds.place.world;
  const { DBInstanceClass, MultiAZ, BackupRetentionPeriod } = changes;
  const at = { DBInstanceClass, MultiAZ, BackupRetentionPeriod };
  const kept = Object.fromEntries(Object.entries(at).filter(([, value]) => value !== undefined));
  if (Object.keys(kept).length === 0) {
    changeStorage(rds, database, changes);
    return;
  }
  if (DBInstanceClass !== undefined) rds.recordChange(database, 'modifyingClass');
  // The standby is changed first, and takes over at the end.
  const failover = DBInstanceClass !== undefined && database.MultiAZ && !database.DBClusterIdentifier;
  if (failover) {
    clock.after(durations.databaseModify - durations.databaseFailover, () => rds.recordChange(database, 'failingOver'));
  }
  clock.after(durations.databaseModify, () => {
    const was = database.DBInstanceClass;
    Object.assign(database, kept);
    rds.classes.record(database.DBInstanceIdentifier, was, clock.now().getTime());
    if (failover) failOver(rds, database);
    if (DBInstanceClass !== undefined) rds.recordChange(database, 'modifiedClass');
    done(database, Object.keys(kept));
    changeStorage(rds, database, changes);
  });
}

function failOver(rds: RdsState, database: StoredDatabase): void {
  const { AvailabilityZone, SecondaryAvailabilityZone } = database;
  if (AvailabilityZone && SecondaryAvailabilityZone) {
    database.AvailabilityZone = SecondaryAvailabilityZone;
    database.SecondaryAvailabilityZone = AvailabilityZone;
  }
  rds.recordChange(database, 'failedOver');
}

/** The new storage is there after minutes; for hours it is optimized, while the database is in use. */
function changeStorage(rds: RdsState, database: StoredDatabase, changes: Changes): void {
  const { clock, durations } = rds.place.world;
  if (!changesStorage(changes)) {
    database.DBInstanceStatus = isOptimizing(rds, database) ? 'storage-optimization' : 'available';
    return;
  }
  const { AllocatedStorage = database.AllocatedStorage ?? 0, StorageType = database.StorageType ?? 'gp2' } = changes;
  const same = StorageType === database.StorageType;
  const shape = {
    StorageType,
    AllocatedStorage,
    Iops: changes.Iops ?? (same && StorageType !== 'gp3' ? database.Iops : undefined),
    StorageThroughput: changes.StorageThroughput,
  };
  rds.recordChange(database, 'modifyingStorage');
  clock.after(durations.databaseStorageModify, () => {
    delete database.Iops;
    delete database.StorageThroughput;
    Object.assign(database, { StorageType, AllocatedStorage }, storagePerformance(database.Engine, shape));
    done(database, ['AllocatedStorage', 'StorageType', 'Iops', 'StorageThroughput']);
    rds.storageModified.set(database.DBInstanceIdentifier, clock.now().getTime());
    rds.recordChange(database, 'modifiedStorage');
    database.DBInstanceStatus = 'storage-optimization';
  });
  clock.after(durations.databaseStorageModify + durations.databaseStorageOptimize, () => {
    if (database.DBInstanceStatus === 'storage-optimization') database.DBInstanceStatus = 'available';
  });
}

/** A change of class in the middle of an optimization does not end it. */
function isOptimizing(rds: RdsState, { DBInstanceIdentifier }: StoredDatabase): boolean {
  const { clock, durations } = rds.place.world;
  const since = rds.storageModified.get(DBInstanceIdentifier);
  return since !== undefined && clock.now().getTime() < since + durations.databaseStorageOptimize;
}

function done(database: StoredDatabase, names: readonly string[]): void {
  const left = Object.entries(database.PendingModifiedValues ?? {}).filter(([name]) => !names.includes(name));
  database.PendingModifiedValues = Object.fromEntries(left);
}
