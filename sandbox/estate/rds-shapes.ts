import type { DBCluster, DBClusterMember, DBClusterSnapshot, DBInstance, DBSnapshot, Tag } from '@aws-sdk/client-rds';

/** A database instance as DescribeDBInstances shows it. */
export interface StoredDatabase extends DBInstance {
  DBInstanceIdentifier: string;
  DBInstanceArn: string;
  DBInstanceClass: string;
  DBInstanceStatus: string;
  Engine: string;
  TagList: Tag[];
}

/** A cluster as DescribeDBClusters shows it. */
export interface StoredCluster extends DBCluster {
  DBClusterIdentifier: string;
  DBClusterArn: string;
  Status: string;
  Engine: string;
  DBClusterMembers: DBClusterMember[];
  TagList: Tag[];
}

/** A snapshot as DescribeDBSnapshots shows it. */
export interface StoredSnapshot extends DBSnapshot {
  DBSnapshotIdentifier: string;
  DBSnapshotArn: string;
  Status: string;
  SnapshotType: string;
  TagList: Tag[];
}

/** A snapshot as DescribeDBClusterSnapshots shows it. */
export interface StoredClusterSnapshot extends DBClusterSnapshot {
  DBClusterSnapshotIdentifier: string;
  DBClusterSnapshotArn: string;
  Status: string;
  SnapshotType: string;
  TagList: Tag[];
}
