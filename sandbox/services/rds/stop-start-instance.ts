import type {
  StartDBInstanceMessage,
  StartDBInstanceResult,
  StopDBInstanceMessage,
  StopDBInstanceResult,
} from '@aws-sdk/client-rds';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { whyNotStopDatabase } from './eligibility.ts';
import { insufficientCapacity, invalidDatabaseState } from './errors.ts';
import { findDatabase } from './instances.ts';
import { takeSnapshot } from './snapshots.ts';

/** Stops a database, after a snapshot if one is named; when the snapshot cannot be taken nothing stops. */
export const stopDBInstance: Operation<StopDBInstanceMessage, StopDBInstanceResult> = (input, { region: { rds } }) => {
  const database = findDatabase(rds, input.DBInstanceIdentifier);
  const refusal = whyNotStopDatabase(database);
  if (refusal) throw refusal;
  if (input.DBSnapshotIdentifier) takeSnapshot(rds, database, { DBSnapshotIdentifier: input.DBSnapshotIdentifier });
  beginStop(rds, database);
  return { DBInstance: database };
};

export const startDBInstance: Operation<StartDBInstanceMessage, StartDBInstanceResult> = (
  input,
  { region: { rds } },
) => {
  const database = findDatabase(rds, input.DBInstanceIdentifier);
  if (database.DBInstanceStatus !== 'stopped') {
    throw invalidDatabaseState(`Instance ${database.DBInstanceIdentifier} is not in stopped state.`);
  }
  if (!rds.hasCapacity(database.DBInstanceClass, database.AvailabilityZone ?? '')) {
    throw insufficientCapacity(database.DBInstanceClass);
  }
  beginStart(rds, database);
  return { DBInstance: database };
};

/** stopping -> stopped, and after seven days AWS starts it by itself. */
function beginStop(rds: RdsState, database: StoredDatabase): void {
  const { clock, durations } = rds.place.world;
  const restartAt = new Date(clock.now().getTime() + durations.databaseStoppedAtMost);
  database.DBInstanceStatus = 'stopping';
  // What waited for the maintenance window is gone with the stop.
  database.PendingModifiedValues = {};
  database.AutomaticRestartTime = restartAt;
  clock.after(durations.databaseStop, () => {
    if (database.DBInstanceStatus !== 'stopping') return;
    database.DBInstanceStatus = 'stopped';
    rds.record(database, 'stopped');
  });
  clock.after(durations.databaseStoppedAtMost, () => {
    // A restart that belongs to an earlier stop must not wake a database that was stopped again since.
    const sameStop = database.AutomaticRestartTime === restartAt;
    if (database.DBInstanceStatus !== 'stopped' || !sameStop) return;
    rds.record(database, 'restarted');
    beginStart(rds, database);
  });
}

function beginStart(rds: RdsState, database: StoredDatabase): void {
  const { clock, durations } = rds.place.world;
  database.DBInstanceStatus = 'starting';
  delete database.AutomaticRestartTime;
  clock.after(durations.databaseStart, () => {
    if (database.DBInstanceStatus !== 'starting') return;
    database.DBInstanceStatus = 'available';
    rds.record(database, 'started');
  });
}
