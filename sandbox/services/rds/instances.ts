import type {
  CreateDBInstanceMessage,
  CreateDBInstanceResult,
  DBInstanceMessage,
  DescribeDBInstancesMessage,
} from '@aws-sdk/client-rds';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Seed } from '../../estate/seed.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { clusterNotFound, databaseNotFound, missing } from './errors.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import { checkTags } from './tags.ts';

const FIELDS: Fields<StoredDatabase> = {
  'db-instance-id': (one) => one.DBInstanceIdentifier,
  'db-cluster-id': (one) => one.DBClusterIdentifier,
  'dbi-resource-id': (one) => one.DbiResourceId,
  engine: (one) => one.Engine,
};

export const describeDBInstances: Operation<DescribeDBInstancesMessage, DBInstanceMessage> = (
  input,
  { region: { rds } },
) => {
  const { DBInstanceIdentifier: id, Filters } = input;
  const asked = id === undefined ? [...rds.instances.values()] : [findDatabase(rds, id)];
  const page = rdsPage(asked.filter(filterBy(Filters, FIELDS)), input, (one) => one.DBInstanceIdentifier);
  return { DBInstances: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

export const createDBInstance: Operation<CreateDBInstanceMessage, CreateDBInstanceResult> = (
  input,
  { region: { rds } },
) => {
  const id = input.DBInstanceIdentifier?.toLowerCase();
  if (!id) throw missing('DBInstanceIdentifier');
  if (rds.instances.has(id)) throw new AwsError('DBInstanceAlreadyExists', `DB instance already exists`);
  if (!input.Engine) throw missing('Engine');
  if (isClusterEngine(input.Engine) && !input.DBClusterIdentifier) throw missing('DBClusterIdentifier');
  if (input.DBClusterIdentifier && !rds.clusters.has(input.DBClusterIdentifier))
    throw clusterNotFound(input.DBClusterIdentifier);
  const {
    Tags = [],
    MasterUserPassword: _,
    Port: _port,
    VpcSecurityGroupIds: _groups,
    DBSecurityGroups: _old,
    ...shown
  } = input;
  checkTags(Tags);
  const database = rds.addInstance({
    ...(shown as Seed<StoredDatabase>),
    DBInstanceIdentifier: id,
    DBInstanceStatus: 'creating',
    TagList: Tags,
  });
  becomeAvailable(rds, database);
  return { DBInstance: database };
};

/** creating -> available. */
export function becomeAvailable(rds: RdsState, database: StoredDatabase): void {
  const { clock, durations } = rds.place.world;
  clock.after(durations.databaseCreate, () => {
    if (database.DBInstanceStatus !== 'creating') return;
    database.DBInstanceStatus = 'available';
    rds.record(database, 'created');
  });
}

export function findDatabase(rds: RdsState, id: string | undefined): StoredDatabase {
  if (!id) throw missing('DBInstanceIdentifier');
  const database = rds.instances.get(nameOf(id));
  if (!database) throw databaseNotFound(nameOf(id));
  return database;
}
