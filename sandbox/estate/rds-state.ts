import type { DBCluster, DBInstance, PendingMaintenanceAction, ReservedDBInstance } from '@aws-sdk/client-rds';
import type { Span } from '../clock.ts';
import { History } from './history.ts';
import type { Place } from './place.ts';
import { type DatabaseClusterSpec, newCluster } from './rds-cluster.ts';
import { CHANGES, type ChangeName, EVENTS, type EventName, type StoredEvent } from './rds-events.ts';
import { type DatabaseSpec, newDatabase } from './rds-instance.ts';
import type { StoredCluster, StoredClusterSnapshot, StoredDatabase, StoredSnapshot } from './rds-shapes.ts';
import { type ClusterSnapshotSpec, newClusterSnapshot, newSnapshot, type SnapshotSpec } from './rds-snapshot.ts';

/** RDS of one account and region; Aurora, Neptune and DocumentDB live here as well, as they do in AWS. */
export class RdsState {
  readonly instances = new Map<string, StoredDatabase>();
  readonly clusters = new Map<string, StoredCluster>();
  readonly snapshots = new Map<string, StoredSnapshot>();
  readonly clusterSnapshots = new Map<string, StoredClusterSnapshot>();
  /** In the order in which they happened. */
  readonly events: StoredEvent[] = [];
  /** Reserved database instances, in the order in which they were bought. */
  readonly reserved: ReservedDBInstance[] = [];
  /** Maintenance that AWS wants to do, by the ARN of a database or cluster. */
  readonly maintenance = new Map<string, PendingMaintenanceAction[]>();
  /** The classes that databases had, by their names. */
  readonly classes = new History();
  /** When the storage of a database was last modified, in epoch milliseconds by its name. */
  readonly storageModified = new Map<string, number>();
  /** Classes that a start or a change of class cannot get: `db.m7g.large`, or `db.m7g.large@eu-west-1a`. */
  readonly noCapacity = new Set<string>();
  /** Names of databases and clusters whose next snapshots and copies end as `failed`, or names of such snapshots. */
  readonly failingSnapshots = new Set<string>();
  /** How long snapshots take, by their own name or that of their database; `Infinity` never ends. Else `durations`. */
  readonly snapshotDurations = new Map<string, Span>();
  /** Manual snapshots allowed; instances' and clusters' are counted apart. */
  snapshotQuota = 100;
  /** The same of clusters; as many as of instances unless it is set. */
  clusterSnapshotQuota: number | undefined;
  /** Copies from other regions allowed at the same time. */
  copyQuota = 20;
  /** Option groups with permanent or persistent options, as TDE is: a snapshot cannot leave without another. */
  readonly persistentOptionGroups = new Set<string>();
  /** Deleted databases whose automated backups are kept, by resource id. */
  readonly retainedBackups = new Map<string, StoredDatabase>();
  /** The same of clusters. */
  readonly retainedClusterBackups = new Map<string, StoredCluster>();
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  /** Adds an available Single-AZ PostgreSQL instance; `spec` overrides any of it, in AWS's terms. */
  addInstance(spec: DatabaseSpec = {}): StoredDatabase {
    const database = newDatabase(this.place, spec);
    this.instances.set(database.DBInstanceIdentifier, database);
    if (database.DBClusterIdentifier) this.#join(database, database.DBClusterIdentifier);
    return database;
  }

  /** Adds an available Aurora PostgreSQL cluster without members; add those by `addInstance({ DBClusterIdentifier })`. */
  addCluster(spec: DatabaseClusterSpec = {}): StoredCluster {
    const cluster = newCluster(this.place, spec);
    this.clusters.set(cluster.DBClusterIdentifier, cluster);
    return cluster;
  }

  /** Adds a snapshot that is already available, manual unless `spec` says otherwise. */
  addSnapshot(database: DBInstance, spec: SnapshotSpec): StoredSnapshot {
    const snapshot = newSnapshot(this.place, database, { Status: 'available', PercentProgress: 100, ...spec });
    this.snapshots.set(snapshot.DBSnapshotIdentifier, snapshot);
    return snapshot;
  }

  /** The same for a cluster. */
  addClusterSnapshot(cluster: DBCluster, spec: ClusterSnapshotSpec): StoredClusterSnapshot {
    const snapshot = newClusterSnapshot(this.place, cluster, { Status: 'available', PercentProgress: 100, ...spec });
    this.clusterSnapshots.set(snapshot.DBClusterSnapshotIdentifier, snapshot);
    return snapshot;
  }

  /** The cluster's member instances. */
  membersOf(cluster: StoredCluster): StoredDatabase[] {
    return [...this.instances.values()].filter((one) => one.DBClusterIdentifier === cluster.DBClusterIdentifier);
  }

  /** Records what RDS says of a database that changes its state. */
  record(source: StoredDatabase | StoredCluster, what: EventName): void {
    const cluster = 'Status' in source;
    const SourceType = cluster ? 'db-cluster' : 'db-instance';
    this.events.push({
      SourceIdentifier: (cluster ? source.DBClusterIdentifier : source.DBInstanceIdentifier) ?? '',
      SourceArn: cluster ? source.DBClusterArn : source.DBInstanceArn,
      SourceType,
      Message: EVENTS[SourceType][what],
      EventCategories: [what === 'created' ? 'creation' : 'notification'],
      Date: this.place.world.clock.now(),
    });
  }

  /** Records what RDS says of an instance that it changes. */
  recordChange({ DBInstanceIdentifier, DBInstanceArn }: StoredDatabase, what: ChangeName): void {
    this.events.push({
      SourceIdentifier: DBInstanceIdentifier,
      SourceArn: DBInstanceArn,
      SourceType: 'db-instance',
      Message: CHANGES[what],
      EventCategories: [what.startsWith('fail') ? 'failover' : 'configuration change'],
      Date: this.place.world.clock.now(),
    });
  }

  /** Whether RDS has room for one more of this class in this zone. */
  hasCapacity(dbInstanceClass: string, zone: string): boolean {
    return !this.noCapacity.has(dbInstanceClass) && !this.noCapacity.has(`${dbInstanceClass}@${zone}`);
  }

  #join(database: StoredDatabase, clusterId: string): void {
    const cluster = this.clusters.get(clusterId);
    if (!cluster) throw new Error(`no cluster ${clusterId} to join`);
    cluster.DBClusterMembers.push({
      DBInstanceIdentifier: database.DBInstanceIdentifier,
      IsClusterWriter: cluster.DBClusterMembers.length === 0,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: 1,
    });
    database.Engine = cluster.Engine;
  }
}
