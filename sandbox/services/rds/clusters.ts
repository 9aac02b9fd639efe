import type {
  CreateDBClusterMessage,
  CreateDBClusterResult,
  DBClusterMessage,
  DescribeDBClustersMessage,
} from '@aws-sdk/client-rds';
import type { StoredCluster } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Seed } from '../../estate/seed.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { clusterNotFound, missing } from './errors.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import { checkTags } from './tags.ts';

const FIELDS: Fields<StoredCluster> = {
  'db-cluster-id': (one) => one.DBClusterIdentifier,
  'db-cluster-resource-id': (one) => one.DbClusterResourceId,
  'clone-group-id': (one) => one.CloneGroupId,
  engine: (one) => one.Engine,
};

export const describeDBClusters: Operation<DescribeDBClustersMessage, DBClusterMessage> = (
  input,
  { region: { rds } },
) => {
  const { DBClusterIdentifier: id, Filters } = input;
  const asked = id === undefined ? [...rds.clusters.values()] : [findCluster(rds, id)];
  const page = rdsPage(asked.filter(filterBy(Filters, FIELDS)), input, (one) => one.DBClusterIdentifier);
  return { DBClusters: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

export const createDBCluster: Operation<CreateDBClusterMessage, CreateDBClusterResult> = (
  input,
  { region: { rds } },
) => {
  const id = input.DBClusterIdentifier?.toLowerCase();
  if (!id) throw missing('DBClusterIdentifier');
  if (!input.Engine) throw missing('Engine');
  if (rds.clusters.has(id)) throw new AwsError('DBClusterAlreadyExistsFault', 'DB Cluster already exists');
  const { Tags = [], MasterUserPassword: _, VpcSecurityGroupIds: _groups, ...shown } = input;
  checkTags(Tags);
  const cluster = rds.addCluster({
    ...(shown as Seed<StoredCluster>),
    DBClusterIdentifier: id,
    Status: 'creating',
    TagList: Tags,
  });
  const { clock, durations } = rds.place.world;
  clock.after(durations.databaseCreate, () => {
    if (cluster.Status !== 'creating') return;
    cluster.Status = 'available';
    rds.record(cluster, 'created');
  });
  return { DBCluster: cluster };
};

export function findCluster(rds: RdsState, id: string | undefined): StoredCluster {
  if (!id) throw missing('DBClusterIdentifier');
  const cluster = rds.clusters.get(nameOf(id));
  if (!cluster) throw clusterNotFound(nameOf(id));
  return cluster;
}
