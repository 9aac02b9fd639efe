import type { StoredClusterSnapshot, StoredSnapshot } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import { clusterSnapshotNotFound, missing, snapshotNotFound } from './errors.ts';

/** What snapshots of both forms have under the same names. */
export type Snapshot = Pick<
  StoredSnapshot & StoredClusterSnapshot,
  'Status' | 'SnapshotType' | 'TagList' | 'RestorableBy' | 'Copied' | 'KmsKeyId' | 'Engine' | 'PercentProgress'
>;

/** Where snapshots of instances and those of clusters differ. */
export interface SnapshotForm<S extends Snapshot> {
  /** The parameter that names a snapshot. */
  readonly parameter: string;
  /** What errors call the key of a copy. */
  readonly keyIsCalled: string;
  /** Whether the copy of one that is not encrypted may be. */
  readonly canBecomeEncrypted: boolean;
  /** How many manual ones are allowed. */
  quota(rds: RdsState): number;
  held(rds: RdsState): Map<string, S>;
  nameOf(snapshot: S): string;
  arnOf(snapshot: S): string;
  /** The immutable id of what it was taken of. */
  resourceOf(snapshot: S): string;
  /** In epoch milliseconds. */
  takenAt(snapshot: S): number;
  isEncrypted(snapshot: S): boolean;
  /** Another account's snapshot, which is named by its ARN and shows no tags. */
  fromOutside(snapshot: S, SnapshotType: string): S;
  notFound(id: string): AwsError;
  alreadyExists(name: string): AwsError;
  invalidState(message: string): AwsError;
}

export const INSTANCE_FORM: SnapshotForm<StoredSnapshot> = {
  parameter: 'DBSnapshotIdentifier',
  keyIsCalled: 'The target KMS key',
  canBecomeEncrypted: true,
  quota: (rds) => rds.snapshotQuota,
  held: (rds) => rds.snapshots,
  nameOf: (one) => one.DBSnapshotIdentifier,
  arnOf: (one) => one.DBSnapshotArn,
  resourceOf: (one) => one.DbiResourceId ?? '',
  takenAt: (one) => one.SnapshotCreateTime?.getTime() ?? 0,
  isEncrypted: (one) => one.Encrypted ?? false,
  fromOutside: (one, SnapshotType) => ({
    ...one,
    SnapshotType,
    DBSnapshotIdentifier: one.DBSnapshotArn,
    TagList: [],
  }),
  notFound: snapshotNotFound,
  alreadyExists: (name) => new AwsError('DBSnapshotAlreadyExists', taken(name)),
  invalidState: (message) => new AwsError('InvalidDBSnapshotState', message),
};

export const CLUSTER_FORM: SnapshotForm<StoredClusterSnapshot> = {
  parameter: 'DBClusterSnapshotIdentifier',
  keyIsCalled: 'Specified KMS key',
  canBecomeEncrypted: false,
  quota: (rds) => rds.clusterSnapshotQuota ?? rds.snapshotQuota,
  held: (rds) => rds.clusterSnapshots,
  nameOf: (one) => one.DBClusterSnapshotIdentifier,
  arnOf: (one) => one.DBClusterSnapshotArn,
  resourceOf: (one) => one.DbClusterResourceId ?? '',
  takenAt: (one) => one.SnapshotCreateTime?.getTime() ?? 0,
  isEncrypted: (one) => one.StorageEncrypted ?? false,
  fromOutside: (one, SnapshotType) => ({
    ...one,
    SnapshotType,
    DBClusterSnapshotIdentifier: one.DBClusterSnapshotArn,
    TagList: [],
  }),
  notFound: clusterSnapshotNotFound,
  alreadyExists: (name) => new AwsError('DBClusterSnapshotAlreadyExistsFault', taken(name)),
  invalidState: (message) => new AwsError('InvalidDBClusterSnapshotStateFault', message),
};

const taken = (name: string): string =>
  `Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`;

/** The name in an ARN, or the name itself. Automated snapshots have a colon in it: `rds:orders-2026-11-22-18-05`. */
export const snapshotName = (nameOrArn: string): string =>
  (nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(6).join(':') : nameOrArn).toLowerCase();

/** One of the account's own snapshots in this region. @throws AwsError when there is none */
export function findSnapshot<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, id: string | undefined): S {
  if (!id) throw missing(form.parameter);
  const snapshot = form.held(rds).get(snapshotName(id));
  if (!snapshot || (id.startsWith('arn:') && id !== form.arnOf(snapshot))) throw form.notFound(id);
  return snapshot;
}

/** Whether another account may see, copy and restore it. */
export const isSharedWith = ({ RestorableBy }: Snapshot, account: string): boolean => RestorableBy.includes(account);

export const isPublic = ({ RestorableBy }: Snapshot): boolean => RestorableBy.includes('all');
