import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type ProcessorFeature,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFacts } from '../core/facts.ts';
import { type Identity, parseArn, type Scope } from '../core/identity.ts';
import { nameOf } from './errors.ts';
import { everyItem } from './pages.ts';
import { tagsOf } from './tags.ts';

/** Every database that RDS describes: instances, clusters and their members; Neptune and DocumentDB answer here too. */
export async function listDatabases(client: RDSClient, scope: Scope): Promise<DatabaseFacts[]> {
  const instances = await everyItem(paginateDescribeDBInstances({ client, pageSize: 100 }, {}), (page) =>
    page.DBInstances?.map((instance) => instanceFacts(instance, scope)),
  );
  const clusters = await everyItem(
    paginateDescribeDBClusters({ client, pageSize: 100 }, {}),
    (page) => page.DBClusters,
  );
  const byName = new Map(instances.map((facts) => [facts.name, facts]));
  return [...instances, ...clusters.map((cluster) => clusterFacts(cluster, scope, byName))];
}

/** One database as it is now; undefined when it is gone or another one carries its name. */
export async function findDatabase(
  client: RDSClient,
  scope: Scope,
  { arn, id }: Identity,
): Promise<DatabaseFacts | undefined> {
  const [kind, name = ''] = parseArn(arn)?.resource.split(':') ?? [];
  try {
    const facts = kind === 'cluster' ? await oneCluster(client, scope, name) : await oneInstance(client, scope, name);
    return facts?.identity.id === id ? facts : undefined;
  } catch (error) {
    if (GONE.has(nameOf(error))) return undefined;
    throw error;
  }
}

const GONE = new Set(['DBInstanceNotFoundFault', 'DBClusterNotFoundFault']);

async function oneInstance(client: RDSClient, scope: Scope, name: string): Promise<DatabaseFacts | undefined> {
  const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
  const [instance] = DBInstances ?? [];
  return instance && instanceFacts(instance, scope);
}

async function oneCluster(client: RDSClient, scope: Scope, name: string): Promise<DatabaseFacts | undefined> {
  const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: name }));
  const [cluster] = DBClusters ?? [];
  if (!cluster) return undefined;
  const Filters = [{ Name: 'db-cluster-id', Values: [name] }];
  const members = await everyItem(paginateDescribeDBInstances({ client, pageSize: 100 }, { Filters }), (page) =>
    page.DBInstances?.map((instance) => instanceFacts(instance, scope)),
  );
  return clusterFacts(cluster, scope, new Map(members.map((facts) => [facts.name, facts])));
}

export function instanceFacts(instance: DBInstance, scope: Scope): DatabaseFacts {
  const name = required(instance.DBInstanceIdentifier, 'DBInstanceIdentifier');
  return {
    type: 'database',
    form: 'instance',
    identity: {
      arn: required(instance.DBInstanceArn, 'DBInstanceArn'),
      id: required(instance.DbiResourceId, 'DbiResourceId'),
    },
    name,
    scope,
    tags: tagsOf(instance.TagList),
    engine: instance.Engine ?? 'unknown',
    engineVersion: instance.EngineVersion ?? 'unknown',
    status: instance.DBInstanceStatus ?? 'unknown',
    ...(instance.InstanceCreateTime ? { createdAt: instance.InstanceCreateTime } : {}),
    ...(instance.DBClusterIdentifier ? { memberOf: instance.DBClusterIdentifier } : {}),
    members: [],
    classes: [instance.DBInstanceClass ?? 'unknown'],
    metricNames: [name],
    zones: [instance.AvailabilityZone, instance.SecondaryAvailabilityZone].filter((zone) => zone !== undefined),
    multiAz: instance.MultiAZ ?? false,
    ...(instance.LicenseModel ? { licenseModel: instance.LicenseModel } : {}),
    ...(instance.ProcessorFeatures?.length ? { processorFeatures: instance.ProcessorFeatures.map(featureOf) } : {}),
    replication: instanceReplication(instance),
    pendingModifications: namesOf(instance.PendingModifiedValues),
    storage: {
      ...(instance.AllocatedStorage ? { sizeGiB: instance.AllocatedStorage } : {}),
      ...(instance.StorageType ? { storageType: instance.StorageType } : {}),
      ...(instance.Iops ? { iops: instance.Iops } : {}),
      ...(instance.StorageThroughput ? { throughputMiBs: instance.StorageThroughput } : {}),
      ioOptimized: false,
    },
    evidence: {},
  };
}

const featureOf = ({ Name = '', Value = '' }: ProcessorFeature): string => `${Name} ${Value}`;

function instanceReplication(instance: DBInstance): string[] {
  return [
    ...(instance.ReadReplicaSourceDBInstanceIdentifier
      ? [`a read replica of ${instance.ReadReplicaSourceDBInstanceIdentifier}`]
      : []),
    ...(instance.ReadReplicaSourceDBClusterIdentifier
      ? [`a read replica of ${instance.ReadReplicaSourceDBClusterIdentifier}`]
      : []),
    ...(instance.ReadReplicaDBInstanceIdentifiers ?? []).map((name) => `the source of ${name}`),
    ...(instance.ReadReplicaDBClusterIdentifiers ?? []).map((name) => `the source of ${name}`),
  ];
}

export function clusterFacts(
  cluster: DBCluster,
  scope: Scope,
  byName: ReadonlyMap<string, DatabaseFacts>,
): DatabaseFacts {
  const names = (cluster.DBClusterMembers ?? []).flatMap((member) => member.DBInstanceIdentifier ?? []);
  const members = names.flatMap((name) => byName.get(name) ?? []);
  return {
    type: 'database',
    form: 'cluster',
    identity: {
      arn: required(cluster.DBClusterArn, 'DBClusterArn'),
      id: required(cluster.DbClusterResourceId, 'DbClusterResourceId'),
    },
    name: required(cluster.DBClusterIdentifier, 'DBClusterIdentifier'),
    scope,
    tags: tagsOf(cluster.TagList),
    engine: cluster.Engine ?? 'unknown',
    engineVersion: cluster.EngineVersion ?? 'unknown',
    ...(cluster.EngineMode ? { engineMode: cluster.EngineMode } : {}),
    status: cluster.Status ?? 'unknown',
    ...(cluster.ClusterCreateTime ? { createdAt: cluster.ClusterCreateTime } : {}),
    members: members.map(({ identity, name, tags, status, pendingModifications }) => ({
      identity,
      name,
      tags,
      status,
      pendingModifications,
    })),
    classes: names.map((name) => byName.get(name)?.classes[0] ?? 'unknown'),
    metricNames: names,
    zones: [],
    multiAz: cluster.MultiAZ ?? false,
    replication: [
      ...(cluster.ReplicationSourceIdentifier ? [`a replica of ${cluster.ReplicationSourceIdentifier}`] : []),
      ...(cluster.ReadReplicaIdentifiers ?? []).map((name) => `the source of ${name}`),
    ],
    ...(cluster.GlobalClusterIdentifier ? { globalCluster: cluster.GlobalClusterIdentifier } : {}),
    pendingModifications: namesOf(cluster.PendingModifiedValues),
    // AllocatedStorage of Aurora means nothing (it is 1): its storage grows by itself. `iopt1` is DocumentDB's and Neptune's.
    storage: { ioOptimized: cluster.StorageType === 'aurora-iopt1' || cluster.StorageType === 'iopt1' },
    evidence: {},
  };
}

/** The names of the members that are set: AWS answers an empty object when nothing waits. */
const namesOf = (pending: object | undefined): string[] =>
  Object.entries(pending ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name]));

export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`RDS described a database without ${field}`);
  return value;
}
