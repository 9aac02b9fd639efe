import * as RDS from '@aws-sdk/client-rds';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { describeAccountAttributes } from './account-attributes.ts';
import { describeDBClusterAutomatedBackups, describeDBInstanceAutomatedBackups } from './automated-backups.ts';
import { createDBClusterSnapshot } from './cluster-snapshots.ts';
import { createDBCluster, describeDBClusters } from './clusters.ts';
import { copyDBClusterSnapshot } from './copy-cluster-snapshot.ts';
import { copyDBSnapshot } from './copy-snapshot.ts';
import { deleteDBCluster, deleteDBInstance } from './delete-database.ts';
import { deleteDBClusterSnapshot, deleteDBSnapshot } from './delete-snapshots.ts';
import { describeDBClusterSnapshots, describeDBSnapshots } from './describe-snapshots.ts';
import { describeEvents } from './events.ts';
import { createGlobalCluster, describeGlobalClusters } from './global-clusters.ts';
import { createDBInstance, describeDBInstances } from './instances.ts';
import { modifyDBCluster } from './modify-cluster.ts';
import { modifyDBInstance } from './modify-instance.ts';
import { describeOrderableDBInstanceOptions } from './orderable-options.ts';
import { describePendingMaintenanceActions } from './pending-maintenance.ts';
import { createDBInstanceReadReplica } from './read-replicas.ts';
import { describeReservedDBInstances } from './reserved-instances.ts';
import {
  describeDBClusterSnapshotAttributes,
  describeDBSnapshotAttributes,
  modifyDBClusterSnapshotAttribute,
  modifyDBSnapshotAttribute,
} from './snapshot-attributes.ts';
import { createDBSnapshot } from './snapshots.ts';
import { startDBCluster, stopDBCluster } from './stop-start-cluster.ts';
import { startDBInstance, stopDBInstance } from './stop-start-instance.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags.ts';

export function rds(): Service {
  return ownService('rds', modelOf(RDS, new RDS.RDSClient({ region: 'us-east-1' })), {
    AddTagsToResource: addTagsToResource,
    CopyDBClusterSnapshot: copyDBClusterSnapshot,
    CopyDBSnapshot: copyDBSnapshot,
    CreateDBCluster: createDBCluster,
    CreateDBClusterSnapshot: createDBClusterSnapshot,
    CreateDBInstance: createDBInstance,
    CreateDBInstanceReadReplica: createDBInstanceReadReplica,
    CreateDBSnapshot: createDBSnapshot,
    CreateGlobalCluster: createGlobalCluster,
    DeleteDBCluster: deleteDBCluster,
    DeleteDBClusterSnapshot: deleteDBClusterSnapshot,
    DeleteDBInstance: deleteDBInstance,
    DeleteDBSnapshot: deleteDBSnapshot,
    DescribeAccountAttributes: describeAccountAttributes,
    DescribeDBClusterAutomatedBackups: describeDBClusterAutomatedBackups,
    DescribeDBClusterSnapshotAttributes: describeDBClusterSnapshotAttributes,
    DescribeDBClusterSnapshots: describeDBClusterSnapshots,
    DescribeDBClusters: describeDBClusters,
    DescribeDBInstanceAutomatedBackups: describeDBInstanceAutomatedBackups,
    DescribeDBInstances: describeDBInstances,
    DescribeDBSnapshotAttributes: describeDBSnapshotAttributes,
    DescribeDBSnapshots: describeDBSnapshots,
    DescribeEvents: describeEvents,
    DescribeGlobalClusters: describeGlobalClusters,
    DescribeOrderableDBInstanceOptions: describeOrderableDBInstanceOptions,
    DescribePendingMaintenanceActions: describePendingMaintenanceActions,
    DescribeReservedDBInstances: describeReservedDBInstances,
    ListTagsForResource: listTagsForResource,
    ModifyDBCluster: modifyDBCluster,
    ModifyDBClusterSnapshotAttribute: modifyDBClusterSnapshotAttribute,
    ModifyDBInstance: modifyDBInstance,
    ModifyDBSnapshotAttribute: modifyDBSnapshotAttribute,
    RemoveTagsFromResource: removeTagsFromResource,
    StartDBCluster: startDBCluster,
    StartDBInstance: startDBInstance,
    StopDBCluster: stopDBCluster,
    StopDBInstance: stopDBInstance,
  });
}
