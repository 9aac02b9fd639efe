import type { DatabaseFacts } from '../facts.ts';

/** The engines of DescribeDBInstances and DescribeDBClusters that are not RDS: Neptune and DocumentDB answer there too. */
const OTHER_SERVICES: Readonly<Record<string, string>> = { docdb: 'DocumentDB', neptune: 'Neptune' };

/**
 * Why AWS would refuse to stop the database, or would do harm; `undefined` when it can be stopped.
 * Sources: RDS user guide, "Stopping an Amazon RDS DB instance temporarily"; Aurora user guide, "Stopping and starting an
 * Amazon Aurora DB cluster"; RDS user guide, "Limitations of Multi-AZ DB clusters".
 */
export function unstoppableDatabase(database: DatabaseFacts): string | undefined {
  const service = OTHER_SERVICES[database.engine];
  if (service) return `${service} is not judged by this rule`;
  if (database.memberOf) return `a member of the cluster ${database.memberOf}, which is judged as a whole`;
  if (database.status === 'stopped') return 'already stopped';
  if (database.status !== 'available')
    return `its status is ${database.status}; only an available database can be stopped`;
  return unstoppableByKind(database) ?? busyMember(database) ?? discardedByStop(database);
}

/** The same of an engine of any of these services, by what the database is, whatever it does now. */
export function unstoppableByKind(database: DatabaseFacts): string | undefined {
  if (database.replication.length > 0) {
    return `AWS cannot stop what replicates: ${database.replication.join(', ')}`;
  }
  return database.form === 'cluster' ? unstoppableCluster(database) : unstoppableInstance(database);
}

/** A cluster stops with all of its members, so each of them has to be at rest. */
function busyMember({ members }: DatabaseFacts): string | undefined {
  const busy = members.find(({ status }) => status !== 'available');
  return busy && `its member ${busy.name} is ${busy.status}, not available`;
}

/** A stop discards what waits, e.g. for the maintenance window. */
export function discardedByStop({ pendingModifications, members }: DatabaseFacts): string | undefined {
  if (pendingModifications.length > 0) {
    return `a stop would discard its pending modifications (${pendingModifications.join(', ')})`;
  }
  const pending = members.find((member) => member.pendingModifications.length > 0);
  return pending && `a stop would discard the pending modifications of its member ${pending.name}`;
}

function unstoppableInstance({ engine, multiAz }: DatabaseFacts): string | undefined {
  if (engine.startsWith('custom-')) return 'AWS cannot stop RDS Custom databases';
  if (engine.startsWith('sqlserver') && multiAz) return 'AWS cannot stop a Multi-AZ SQL Server database';
  return undefined;
}

function unstoppableCluster(cluster: DatabaseFacts): string | undefined {
  if (!cluster.engine.startsWith('aurora') && !OTHER_SERVICES[cluster.engine]) {
    return 'AWS cannot stop a Multi-AZ DB cluster';
  }
  if (cluster.globalCluster) return `AWS cannot stop a member of the global database ${cluster.globalCluster}`;
  if (cluster.engineMode === 'serverless') return 'AWS cannot stop Aurora Serverless v1';
  if (cluster.engineMode === 'multimaster' || cluster.engineMode === 'global') {
    return `AWS cannot stop an Aurora cluster in the mode ${cluster.engineMode}`;
  }
  if (cluster.engineMode === 'parallelquery' && !atLeastAurora209(cluster.engineVersion)) {
    return 'AWS cannot stop Aurora parallel query clusters before version 2.09';
  }
  if (cluster.metricNames.length === 0) return 'a cluster without instances: there is no compute to stop';
  return undefined;
}

/** Reads `5.7.mysql_aurora.2.09.1`; a version that cannot be read counts as older. */
function atLeastAurora209(engineVersion: string): boolean {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(engineVersion) ?? [];
  if (!major || !minor) return false;
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9);
}
