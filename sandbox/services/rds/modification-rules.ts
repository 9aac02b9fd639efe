import type { ModifyDBInstanceMessage, PendingModifiedValues } from '@aws-sdk/client-rds';
import { databaseClassOf } from '../../catalogue/database-classes.ts';
import { runsOn } from '../../catalogue/database-engines.ts';
import { gp3StripedFrom, storageTypesOf } from '../../catalogue/database-storage.ts';
import { HOUR } from '../../clock.ts';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { AwsError } from '../../http/errors.ts';
import { invalidCombination, invalidDatabaseState, invalidValue } from './errors.ts';

/** The changes that wait for the maintenance window unless they are to be applied immediately. */
export type Changes = Pick<
  PendingModifiedValues,
  | 'DBInstanceClass'
  | 'AllocatedStorage'
  | 'StorageType'
  | 'Iops'
  | 'StorageThroughput'
  | 'MultiAZ'
  | 'BackupRetentionPeriod'
>;

/** After one change of storage the next one waits so long, and for the end of the optimization. */
const BETWEEN_STORAGE_CHANGES = 6 * HOUR;

/** What the request changes: values that are the present ones are no change. */
export function changesOf(database: StoredDatabase, input: ModifyDBInstanceMessage): Changes {
  const { DBInstanceClass, StorageType, Iops, StorageThroughput, MultiAZ, BackupRetentionPeriod } = input;
  const size = database.AllocatedStorage ?? 0;
  // RDS rounds an increase of less than a tenth up to a tenth.
  const AllocatedStorage =
    input.AllocatedStorage !== undefined && input.AllocatedStorage > size
      ? Math.max(input.AllocatedStorage, Math.ceil((size * 11) / 10))
      : input.AllocatedStorage;
  const asked = {
    DBInstanceClass,
    AllocatedStorage,
    StorageType,
    Iops,
    StorageThroughput,
    MultiAZ,
    BackupRetentionPeriod,
  };
  const changed = Object.entries(asked).filter(
    ([name, value]) => value !== undefined && value !== database[name as keyof Changes],
  );
  return Object.fromEntries(changed);
}

export const changesStorage = (changes: Changes): boolean =>
  [changes.AllocatedStorage, changes.StorageType, changes.Iops, changes.StorageThroughput].some(
    (one) => one !== undefined,
  );

/** The error for a database that cannot be modified, or not so. */
export function whyNotModify(
  rds: RdsState,
  database: StoredDatabase,
  input: ModifyDBInstanceMessage,
): AwsError | undefined {
  if (!['available', 'storage-optimization', 'storage-full'].includes(database.DBInstanceStatus)) {
    return invalidDatabaseState(
      `Database instance is not in available state. Instance ${database.DBInstanceIdentifier} has status ${database.DBInstanceStatus}.`,
    );
  }
  const changes = changesOf(database, input);
  return whyNotClass(database, changes) ?? (changesStorage(changes) ? whyNotStorage(rds, database, input) : undefined);
}

function whyNotClass(database: StoredDatabase, { DBInstanceClass: name }: Changes): AwsError | undefined {
  if (name === undefined) return undefined;
  const { Engine, EngineVersion, LicenseModel } = database;
  if (database.DBClusterIdentifier && !isClusterEngine(Engine)) {
    return invalidCombination('The DB instance is a member of a Multi-AZ DB cluster: modify the cluster instead.');
  }
  if (name === 'db.serverless' && isClusterEngine(Engine)) return undefined;
  const found = databaseClassOf(name);
  if (!found) return invalidValue(`Invalid DB Instance class: ${name}`);
  if (runsOn(Engine, found)) return undefined;
  return invalidCombination(
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${name}, Engine=${Engine}, EngineVersion=${EngineVersion}, LicenseModel=${LicenseModel}. For supported combinations of instance class and database engine version, see the documentation.`,
  );
}

function whyNotStorage(rds: RdsState, database: StoredDatabase, input: ModifyDBInstanceMessage): AwsError | undefined {
  const { Engine, DBInstanceIdentifier: id, AllocatedStorage: size = 0, StorageType: type = 'gp2' } = database;
  if (isClusterEngine(Engine))
    return invalidCombination(`Storage is managed by the DB cluster for DB engine ${Engine}.`);
  const since = rds.place.world.clock.now().getTime() - (rds.storageModified.get(id) ?? Number.NEGATIVE_INFINITY);
  if (database.DBInstanceStatus === 'storage-optimization' || since < BETWEEN_STORAGE_CHANGES) {
    return invalidCombination(
      "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
    );
  }
  const asked = input.AllocatedStorage ?? size;
  if (asked < size)
    return invalidCombination(
      `Requested storage size (${asked}) cannot be less than the current storage size (${size})`,
    );
  const provisioned = type === 'io1' || type === 'io2' || (type === 'gp3' && size >= gp3StripedFrom(Engine));
  const staysProvisioned = provisioned && (input.StorageType ?? type) === type;
  if (staysProvisioned && (input.Iops === undefined) !== (input.AllocatedStorage === undefined)) {
    return invalidCombination(
      'You must specify both the storage size and iops when modifying the storage size or iops on a DB instance that has iops.',
    );
  }
  return whyNotProvisioned(Engine, { ...input, StorageType: input.StorageType ?? type, AllocatedStorage: asked });
}

function whyNotProvisioned(
  engine: string,
  { StorageType = '', AllocatedStorage: gib = 0, Iops, StorageThroughput }: Partial<ModifyDBInstanceMessage>,
): AwsError | undefined {
  const limits = storageTypesOf(engine)[StorageType];
  if (!limits) return invalidValue(`Invalid storage type: ${StorageType}`);
  if (gib < limits.gib.least || gib > limits.gib.most)
    return invalidCombination(`Invalid storage size for engine name ${engine} and storage type ${StorageType}: ${gib}`);
  if (Iops === undefined && StorageThroughput === undefined) return undefined;
  if (StorageType === 'gp3' && gib < gp3StripedFrom(engine)) {
    return invalidCombination(
      `You can't specify IOPS or storage throughput for engine ${engine} and a storage size less than ${gp3StripedFrom(engine)}.`,
    );
  }
  const { iops, throughput } = limits;
  if (Iops !== undefined && (!iops || Iops < iops.least || Iops > iops.most || Iops > iops.perGib.most * gib))
    return invalidCombination(`Invalid iops value for engine name ${engine} and storage type ${StorageType}: ${Iops}`);
  if (
    StorageThroughput !== undefined &&
    (!throughput || StorageThroughput < throughput.least || StorageThroughput > throughput.most)
  )
    return invalidCombination(
      `Invalid storage throughput for engine name ${engine} and storage type ${StorageType}: ${StorageThroughput}`,
    );
  return undefined;
}
