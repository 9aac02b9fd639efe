import * as RDS from '@aws-sdk/client-rds';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { createDBClusterSnapshot, deleteDBClusterSnapshot, describeDBClusterSnapshots } from './cluster-snapshots.ts';
import { createDBCluster, describeDBClusters } from './clusters.ts';
import { describeEvents } from './events.ts';
import { createDBInstance, describeDBInstances } from './instances.ts';
import { modifyDBCluster } from './modify-cluster.ts';
import { modifyDBInstance } from './modify-instance.ts';
import { describeOrderableDBInstanceOptions } from './orderable-options.ts';
import { describePendingMaintenanceActions } from './pending-maintenance.ts';
import { createDBInstanceReadReplica } from './read-replicas.ts';
import { describeReservedDBInstances } from './reserved-instances.ts';
import { createDBSnapshot, deleteDBSnapshot, describeDBSnapshots } from './snapshots.ts';
import { startDBCluster, stopDBCluster } from './stop-start-cluster.ts';
import { startDBInstance, stopDBInstance } from './stop-start-instance.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags.ts';

export function rds(): Service {
  return ownService('rds', modelOf(RDS, new RDS.RDSClient({ region: 'us-east-1' })), {
    AddTagsToResource: addTagsToResource,
    CreateDBCluster: createDBCluster,
    CreateDBClusterSnapshot: createDBClusterSnapshot,
    CreateDBInstance: createDBInstance,
    CreateDBInstanceReadReplica: createDBInstanceReadReplica,
    CreateDBSnapshot: createDBSnapshot,
    DeleteDBClusterSnapshot: deleteDBClusterSnapshot,
    DeleteDBSnapshot: deleteDBSnapshot,
    DescribeDBClusterSnapshots: describeDBClusterSnapshots,
    DescribeDBClusters: describeDBClusters,
    DescribeDBInstances: describeDBInstances,
    DescribeDBSnapshots: describeDBSnapshots,
    DescribeEvents: describeEvents,
    DescribeOrderableDBInstanceOptions: describeOrderableDBInstanceOptions,
    DescribePendingMaintenanceActions: describePendingMaintenanceActions,
    DescribeReservedDBInstances: describeReservedDBInstances,
    ListTagsForResource: listTagsForResource,
    ModifyDBCluster: modifyDBCluster,
    ModifyDBInstance: modifyDBInstance,
    RemoveTagsFromResource: removeTagsFromResource,
    StartDBCluster: startDBCluster,
    StartDBInstance: startDBInstance,
    StopDBCluster: stopDBCluster,
    StopDBInstance: stopDBInstance,
  });
}
