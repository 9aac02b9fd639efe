import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBCluster,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  paginateDescribeDBInstances,
  type RDSClient,
  StartDBClusterCommand,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { Tags } from '../../core/facts.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';
import { everyItem } from '../pages.ts';
import { tagsOf } from '../tags.ts';

/** A database as it is now: as much of it as decides whether it may be stopped or started. */
export interface DatabaseSeen {
  /** The immutable id. */
  readonly id: string;
  readonly status: string;
  /** The status of every member of a cluster, by name. */
  readonly members: ReadonlyMap<string, string>;
}

export interface SnapshotSeen {
  /** The immutable id of the database that it was taken of. */
  readonly of: string;
  readonly status: string;
  readonly percent: number;
  readonly tags: Tags;
}

export interface SnapshotOrder {
  readonly database: string;
  readonly snapshot: string;
  readonly tags: Tags;
}

/** The few things that Lamplighter does with a database, for one of the two forms in which RDS has them. */
export interface DatabaseForm {
  /** The database that carries the name now, whichever it is. */
  describe(name: string): Promise<DatabaseSeen | undefined>;
  stop(name: string): Promise<unknown>;
  start(name: string): Promise<unknown>;
  describeSnapshot(name: string): Promise<SnapshotSeen | undefined>;
  createSnapshot(order: SnapshotOrder): Promise<unknown>;
}

export const databaseForm = (rds: RDSClient, form: 'instance' | 'cluster'): DatabaseForm =>
  form === 'cluster' ? clusters(rds) : instances(rds);

function instances(rds: RDSClient): DatabaseForm {
  return {
    describe: async (DBInstanceIdentifier) => {
      const reply = await found(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })));
      const [database] = reply?.DBInstances ?? [];
      return (
        database && { id: database.DbiResourceId ?? '', status: database.DBInstanceStatus ?? '', members: new Map() }
      );
    },
    stop: (DBInstanceIdentifier) => rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier })),
    start: (DBInstanceIdentifier) => rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier })),
    describeSnapshot: async (DBSnapshotIdentifier) => {
      const reply = await found(rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier })));
      const [snapshot] = reply?.DBSnapshots ?? [];
      return snapshot && snapshotSeen(snapshot.DbiResourceId, snapshot);
    },
    createSnapshot: ({ database, snapshot, tags }) =>
      rds.send(
        new CreateDBSnapshotCommand({
          DBInstanceIdentifier: database,
          DBSnapshotIdentifier: snapshot,
          Tags: tagList(tags),
        }),
      ),
  };
}

function clusters(rds: RDSClient): DatabaseForm {
  return {
    describe: async (DBClusterIdentifier) => {
      const reply = await found(rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier })));
      const [cluster] = reply?.DBClusters ?? [];
      if (!cluster) return undefined;
      return {
        id: cluster.DbClusterResourceId ?? '',
        status: cluster.Status ?? '',
        members: await members(rds, cluster),
      };
    },
    stop: (DBClusterIdentifier) => rds.send(new StopDBClusterCommand({ DBClusterIdentifier })),
    start: (DBClusterIdentifier) => rds.send(new StartDBClusterCommand({ DBClusterIdentifier })),
    describeSnapshot: async (DBClusterSnapshotIdentifier) => {
      const reply = await found(rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier })));
      const [snapshot] = reply?.DBClusterSnapshots ?? [];
      return snapshot && snapshotSeen(snapshot.DbClusterResourceId, snapshot);
    },
    createSnapshot: ({ database, snapshot, tags }) =>
      rds.send(
        new CreateDBClusterSnapshotCommand({
          DBClusterIdentifier: database,
          DBClusterSnapshotIdentifier: snapshot,
          Tags: tagList(tags),
        }),
      ),
  };
}

/** A cluster is `available` before all of its members are. */
async function members(rds: RDSClient, { DBClusterIdentifier = '' }: DBCluster): Promise<Map<string, string>> {
  const Filters = [{ Name: 'db-cluster-id', Values: [DBClusterIdentifier] }];
  const all = await found(
    everyItem(paginateDescribeDBInstances({ client: rds, pageSize: 100 }, { Filters }), (page) => page.DBInstances),
  );
  return new Map((all ?? []).map((one) => [one.DBInstanceIdentifier ?? '', one.DBInstanceStatus ?? '']));
}

interface AnySnapshot {
  readonly Status?: string | undefined;
  readonly PercentProgress?: number | undefined;
  readonly TagList?: Parameters<typeof tagsOf>[0];
}

const snapshotSeen = (of: string | undefined, snapshot: AnySnapshot): SnapshotSeen => ({
  of: of ?? '',
  status: snapshot.Status ?? '',
  percent: snapshot.PercentProgress ?? 0,
  tags: tagsOf(snapshot.TagList),
});

export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const NOT_FOUND = new Set([
  'DBInstanceNotFoundFault',
  'DBClusterNotFoundFault',
  'DBSnapshotNotFoundFault',
  'DBClusterSnapshotNotFoundFault',
]);

/** A reading, or undefined when what it names is not there. @throws {AccessDeniedError} */
export async function found<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (NOT_FOUND.has(nameOf(error))) return undefined;
    if (isDenied(error)) throw new AccessDeniedError('may not look at the database', error);
    throw error;
  }
}
