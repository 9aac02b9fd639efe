import type { CreateDBInstanceReadReplicaMessage, CreateDBInstanceReadReplicaResult } from '@aws-sdk/client-rds';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { invalidDatabaseState, missing } from './errors.ts';
import { becomeAvailable, findDatabase } from './instances.ts';
import { checkTags } from './tags.ts';

/** A replica in the same region; it and its source name each other, and neither can be stopped from then on. */
export const createDBInstanceReadReplica: Operation<
  CreateDBInstanceReadReplicaMessage,
  CreateDBInstanceReadReplicaResult
> = (input, { region: { rds } }) => {
  const id = input.DBInstanceIdentifier?.toLowerCase();
  if (!id) throw missing('DBInstanceIdentifier');
  if (rds.instances.has(id)) throw new AwsError('DBInstanceAlreadyExists', 'DB instance already exists');
  const source = findDatabase(rds, input.SourceDBInstanceIdentifier);
  if (source.DBInstanceStatus !== 'available') {
    throw invalidDatabaseState(`Instance ${source.DBInstanceIdentifier} is not in available state.`);
  }
  if (source.BackupRetentionPeriod === 0) {
    throw invalidDatabaseState(`Automated backups are not enabled for ${source.DBInstanceIdentifier}.`);
  }
  checkTags(input.Tags ?? []);
  const replica = rds.addInstance({
    DBInstanceIdentifier: id,
    DBInstanceClass: input.DBInstanceClass ?? source.DBInstanceClass,
    DBInstanceStatus: 'creating',
    Engine: source.Engine,
    MultiAZ: input.MultiAZ ?? false,
    ReadReplicaSourceDBInstanceIdentifier: source.DBInstanceIdentifier,
    // A replica is backed up only when it is told to.
    BackupRetentionPeriod: 0,
    TagList: input.Tags ?? [],
  });
  source.ReadReplicaDBInstanceIdentifiers = [...(source.ReadReplicaDBInstanceIdentifiers ?? []), id];
  becomeAvailable(rds, replica);
  return { DBInstance: replica };
};
