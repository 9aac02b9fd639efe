import type {
  DBCluster,
  DBClusterMember,
  DBClusterSnapshot,
  DBInstance,
  DBSnapshot,
  GlobalCluster,
  GlobalClusterMember,
  Tag,
} from '@aws-sdk/client-rds';

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

/** What no listing shows of a snapshot. */
interface Unlisted {
  /** The accounts that may copy and restore it; `all` makes it public. */
  RestorableBy: string[];
  /** Of a copy: the ARN of its original, and when it is or was done, in epoch milliseconds. */
  Copied?: { readonly from: string; readonly doneAt: number };
}

/** A snapshot as DescribeDBSnapshots shows it. */
export interface StoredSnapshot extends DBSnapshot, Unlisted {
  DBSnapshotIdentifier: string;
  DBSnapshotArn: string;
  Status: string;
  SnapshotType: string;
  TagList: Tag[];
}

/** A snapshot as DescribeDBClusterSnapshots shows it. */
export interface StoredClusterSnapshot extends DBClusterSnapshot, Unlisted {
  DBClusterSnapshotIdentifier: string;
  DBClusterSnapshotArn: string;
  Status: string;
  SnapshotType: string;
  TagList: Tag[];
}

/** A global database as DescribeGlobalClusters shows it. */
export interface StoredGlobalCluster extends GlobalCluster {
  GlobalClusterIdentifier: string;
  GlobalClusterMembers: GlobalClusterMember[];
}
