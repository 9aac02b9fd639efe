import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredCluster, StoredDatabase } from '../../estate/rds-shapes.ts';
import type { AwsError } from '../../http/errors.ts';
import { invalidClusterState, invalidDatabaseState } from './errors.ts';

/** The error for a database that RDS will not stop now, if it will not. */
export function whyNotStopDatabase(database: StoredDatabase): AwsError | undefined {
  const id = database.DBInstanceIdentifier;
  if (isClusterEngine(database.Engine) || database.DBClusterIdentifier) {
    return invalidDatabaseState(
      `${database.Engine} DB instances are not eligible for stopping and starting; stop the cluster of ${id}.`,
    );
  }
  if (database.ReadReplicaSourceDBInstanceIdentifier || database.ReadReplicaSourceDBClusterIdentifier) {
    return invalidDatabaseState(`Cannot stop the DB instance ${id} because it is a read replica.`);
  }
  if (database.ReadReplicaDBInstanceIdentifiers?.length || database.ReadReplicaDBClusterIdentifiers?.length) {
    return invalidDatabaseState(`Cannot stop the DB instance ${id} because it has read replicas.`);
  }
  if (database.Engine.startsWith('sqlserver-') && database.MultiAZ) {
    return invalidDatabaseState(`Cannot stop the SQL Server DB instance ${id} in a Multi-AZ deployment.`);
  }
  if (database.Engine.startsWith('custom-')) {
    return invalidDatabaseState(`Cannot stop the RDS Custom DB instance ${id}.`);
  }
  if (database.DBInstanceStatus !== 'available')
    return invalidDatabaseState(`Instance ${id} is not in available state.`);
  return undefined;
}

/** The error for a cluster that RDS will not stop now, if it will not. */
export function whyNotStopCluster(cluster: StoredCluster): AwsError | undefined {
  const id = cluster.DBClusterIdentifier;
  if (cluster.GlobalClusterIdentifier) {
    return invalidClusterState(`DbCluster ${id} is part of a global cluster and cannot be stopped.`);
  }
  if (cluster.ReplicationSourceIdentifier || cluster.ReadReplicaIdentifiers?.length) {
    return invalidClusterState(`DbCluster ${id} takes part in replication and cannot be stopped.`);
  }
  if (cluster.EngineMode === 'serverless') {
    return invalidClusterState(`DbCluster ${id} runs Aurora Serverless v1 and cannot be stopped.`);
  }
  if (cluster.Status !== 'available') return invalidClusterState(`DbCluster ${id} is not in available state.`);
  return undefined;
}
