import {
  type DBCluster,
  type DBInstance,
  type GlobalCluster,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  paginateDescribeGlobalClusters,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Arn, Scope } from '../../core/identity.ts';
import type { BackedUpDatabase } from '../../core/retention/facts.ts';
import { daysBefore } from '../../core/time.ts';
import { everyItem } from '../pages.ts';
import { required } from '../rds.ts';
import { tagsOf } from '../tags.ts';

/** RDS starts a stopped database after so many days. */
const STOPPED_DAYS = 7;

/** The instances and clusters of a scope; DocumentDB's and Neptune's answer here too. */
export async function listBackedUpDatabases(client: RDSClient, scope: Scope): Promise<BackedUpDatabase[]> {
  const [instances, clusters] = await Promise.all([
    everyItem(paginateDescribeDBInstances({ client, pageSize: 100 }, {}), (page) =>
      page.DBInstances?.map((one) => instanceIn(scope, one)),
    ),
    everyItem(paginateDescribeDBClusters({ client, pageSize: 100 }, {}), (page) =>
      page.DBClusters?.map((one) => clusterIn(scope, one)),
    ),
  ]);
  if (clusters.length === 0) return instances;
  const roles = rolesIn(await everyItem(paginateDescribeGlobalClusters({ client }, {}), (page) => page.GlobalClusters));
  return [...instances, ...clusters.map((one) => ({ ...one, ...roles.get(one.identity.arn) }))];
}

/** A cluster's part in a global one. Only that answer says who the writer is. */
function rolesIn(globals: readonly GlobalCluster[]): ReadonlyMap<Arn, Pick<BackedUpDatabase, 'global'>> {
  return new Map(
    globals.flatMap(({ GlobalClusterIdentifier: id = 'unknown', GlobalClusterMembers = [] }) => {
      const primary = GlobalClusterMembers.find(({ IsWriter }) => IsWriter)?.DBClusterArn;
      return GlobalClusterMembers.map(({ DBClusterArn = '', IsWriter }) => {
        const role = IsWriter ? ('primary' as const) : ('secondary' as const);
        return [DBClusterArn, { global: { id, role, ...(primary ? { primary } : {}) } }] as const;
      });
    }),
  );
}

function instanceIn(scope: Scope, one: DBInstance): BackedUpDatabase {
  const replicaOf = one.ReadReplicaSourceDBInstanceIdentifier ?? one.ReadReplicaSourceDBClusterIdentifier;
  return {
    form: 'instance',
    identity: {
      arn: required(one.DBInstanceArn, 'DBInstanceArn'),
      id: required(one.DbiResourceId, 'DbiResourceId'),
    },
    name: required(one.DBInstanceIdentifier, 'DBInstanceIdentifier'),
    scope,
    tags: tagsOf(one.TagList),
    engine: one.Engine ?? 'unknown',
    status: one.DBInstanceStatus ?? 'unknown',
    ...(one.InstanceCreateTime ? { createdAt: one.InstanceCreateTime } : {}),
    ...(one.DBClusterIdentifier ? { memberOf: one.DBClusterIdentifier } : {}),
    ...(replicaOf ? { replicaOf } : {}),
    ...backups(one),
  };
}

function clusterIn(scope: Scope, one: DBCluster): BackedUpDatabase {
  return {
    form: 'cluster',
    identity: {
      arn: required(one.DBClusterArn, 'DBClusterArn'),
      id: required(one.DbClusterResourceId, 'DbClusterResourceId'),
    },
    name: required(one.DBClusterIdentifier, 'DBClusterIdentifier'),
    scope,
    tags: tagsOf(one.TagList),
    engine: one.Engine ?? 'unknown',
    status: one.Status ?? 'unknown',
    ...(one.ClusterCreateTime ? { createdAt: one.ClusterCreateTime } : {}),
    ...(one.ReplicationSourceIdentifier ? { replicaOf: one.ReplicationSourceIdentifier } : {}),
    ...backups(one),
  };
}

const backups = ({
  BackupRetentionPeriod,
  LatestRestorableTime,
  AutomaticRestartTime,
}: DBInstance | DBCluster): Pick<BackedUpDatabase, 'retentionDays' | 'restorableUntil' | 'stoppedSince'> => ({
  retentionDays: BackupRetentionPeriod ?? 0,
  ...(LatestRestorableTime ? { restorableUntil: LatestRestorableTime } : {}),
  ...(AutomaticRestartTime ? { stoppedSince: daysBefore(STOPPED_DAYS, AutomaticRestartTime) } : {}),
});
