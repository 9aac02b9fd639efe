import type { ModifyDBInstanceMessage, ModifyDBInstanceResult } from '@aws-sdk/client-rds';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { applyInWindow, applyPending } from './apply-modification.ts';
import { insufficientCapacity } from './errors.ts';
import { findDatabase } from './instances.ts';
import { checkWindow } from './maintenance-window.ts';
import { changesOf, whyNotModify } from './modification-rules.ts';

/** What takes effect at once, whatever ApplyImmediately says. */
const AT_ONCE = [
  'AutoMinorVersionUpgrade',
  'CopyTagsToSnapshot',
  'DeletionProtection',
  'PreferredBackupWindow',
] as const;

/** What the sandbox can change besides. */
const KNOWN = [
  ...AT_ONCE,
  'AllocatedStorage',
  'ApplyImmediately',
  'BackupRetentionPeriod',
  'DBInstanceClass',
  'DBInstanceIdentifier',
  'Iops',
  'MultiAZ',
  'PreferredMaintenanceWindow',
  'StorageThroughput',
  'StorageType',
];

/**
 * Changes a database at once, or in its maintenance window. Applying immediately applies everything that was pending
 * before as well. The answer shows the changes as pending, and the database as still available.
 */
export const modifyDBInstance: Operation<ModifyDBInstanceMessage, ModifyDBInstanceResult> = (
  input,
  { region: { rds } },
) => {
  const unknown = Object.keys(input).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new AwsError('NotImplemented', `the sandbox cannot change ${unknown} of a database`);
  const database = findDatabase(rds, input.DBInstanceIdentifier);
  const window = input.PreferredMaintenanceWindow && checkWindow(input.PreferredMaintenanceWindow);
  const refusal = whyNotModify(rds, database, input);
  if (refusal) throw refusal;
  const changes = changesOf(database, input);
  const wanted = changes.DBInstanceClass;
  if (input.ApplyImmediately && wanted !== undefined && !rds.hasCapacity(wanted, database.AvailabilityZone ?? '')) {
    throw insufficientCapacity(wanted);
  }
  changeAtOnce(database, input);
  if (window) database.PreferredMaintenanceWindow = window;
  database.PendingModifiedValues = { ...withoutCancelled(database, input), ...changes };
  if (input.ApplyImmediately) applyPending(rds, database);
  else if (window || Object.keys(changes).length > 0) applyInWindow(rds, database);
  return { DBInstance: database };
};

/** To ask for what it has takes a pending change back (RDS User Guide, "Using the schedule modifications setting"). */
function withoutCancelled(database: StoredDatabase, input: ModifyDBInstanceMessage) {
  const { PendingModifiedValues: pending = {} } = database;
  const asked: Readonly<Record<string, unknown>> = { ...input };
  const has: Readonly<Record<string, unknown>> = { ...database };
  return Object.fromEntries(
    Object.entries(pending).filter(([name]) => asked[name] === undefined || asked[name] !== has[name]),
  );
}

function changeAtOnce(database: StoredDatabase, input: ModifyDBInstanceMessage): void {
  for (const name of AT_ONCE) {
    if (input[name] !== undefined) Object.assign(database, { [name]: input[name] });
  }
}
