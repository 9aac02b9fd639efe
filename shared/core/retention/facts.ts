import type { Evidence } from '../evidence.ts';
import type { DatabaseFacts, Tags } from '../facts.ts';
import type { Arn, Scope } from '../identity.ts';
import type { Money } from '../money.ts';

/** RDS has two sorts of databases and snapshots, each with operations and a quota of its own. */
export type Form = DatabaseFacts['form'];

/** A database as it matters to its snapshots: an RDS instance, or an Aurora, DocumentDB, Neptune or Multi-AZ cluster. */
export interface BackedUpDatabase
  extends Pick<
    DatabaseFacts,
    'identity' | 'name' | 'scope' | 'tags' | 'form' | 'engine' | 'status' | 'createdAt' | 'memberOf'
  > {
  /** `BackupRetentionPeriod`, in days; 0 when it has no automated backups. */
  readonly retentionDays: number;
  /** `LatestRestorableTime`: it can be restored to any second until then. */
  readonly restorableUntil?: Date;
  /** What it is a read replica of, by name or ARN. */
  readonly replicaOf?: string;
  readonly global?: { readonly id: string; readonly role: 'primary' | 'secondary'; readonly primary?: Arn };
  /** Since when it is stopped, as far as AWS says: seven days before its `AutomaticRestartTime`. */
  readonly stoppedSince?: Date;
}

/** The KMS key of what is encrypted. Nothing under a key that AWS manages (`aws/rds`) can be shared with another account. */
export interface SnapshotKey {
  readonly arn: Arn;
  /** `aws` when an alias that begins with `alias/aws/` stands for it. */
  readonly manager: Evidence<'aws' | 'customer'>;
  /** `KeyState` of KMS, or `Deleted`; absent where nobody has asked. */
  readonly state?: Evidence<string>;
}

/** Whether something can be restored that is under it, as far as anybody knows. */
export const isUsable = ({ state }: SnapshotKey): boolean => !state?.known || USABLE.has(state.value);

const USABLE = new Set(['Enabled', 'Creating', 'Updating']);

/** Whether a restore of the snapshot worked. */
export interface Proof {
  readonly at: Date;
  readonly result: 'good' | 'bad';
}

/** A snapshot of any sort, where it lies. */
export interface Snapshot {
  readonly arn: Arn;
  readonly name: string;
  /** The account that owns it, and its region. */
  readonly scope: Scope;
  readonly form: Form;
  /** `SnapshotType`: `automated`, `manual`, `awsbackup`, `shared`, `public`. */
  readonly type: string;
  readonly status: string;
  /** The immutable id of what it was taken of (`DbiResourceId`, `DbClusterResourceId`), where AWS gives one. */
  readonly of?: string;
  /** What the database was called then. Only for people. */
  readonly databaseName: string;
  readonly engine: string;
  /**
   * `OriginalSnapshotCreateTime`; for clusters, which have none, `SnapshotCreateTime`, which may be that of a copy. Absent
   * while AWS has not got to it.
   */
  readonly takenAt?: Date;
  /** `AllocatedStorage`: of the database, not of what the snapshot adds. Absent for Aurora, of which AWS does not say it. */
  readonly sizeGiB?: number;
  readonly tags: Tags;
  /** What it was copied from, where AWS says so: in another region or account. */
  readonly source?: Arn;
  /** Absent when it is not encrypted. */
  readonly key?: SnapshotKey;
  /** Absent when it is a default one. */
  readonly optionGroup?: string;
  readonly proof?: Proof;
}

/** How many manual snapshots a scope may hold (`ManualSnapshots` and `ManualClusterSnapshots` of `DescribeAccountAttributes`). */
export interface SnapshotQuota extends Scope {
  readonly form: Form;
  readonly allowed: Evidence<number>;
}

/** How many manual snapshots a scope holds, whoever took them. AWS Backup's are not in the quota. */
export interface ManualCount extends Scope {
  readonly form: Form;
  readonly count: number;
}

/** The list price of a GiB of backup storage for a month, beyond what is free. */
export interface BackupPrice {
  readonly region: string;
  readonly engine: string;
  readonly perGiBMonth: Evidence<Money>;
}

/** A scope whose databases or snapshots could not be read: what is in it is unknown, not absent. */
export interface UnreadableSnapshots extends Scope {
  readonly why: string;
}

/**
 * Everything that was read for one tick: the databases, and the snapshots there and in every destination. Of the snapshots those
 * that matter will do (`sieves`).
 */
export interface RetentionFacts {
  /** Where databases were looked for. What is in none of these places is not gone: nobody knows. */
  readonly scopes: readonly Scope[];
  readonly databases: readonly BackedUpDatabase[];
  readonly snapshots: readonly Snapshot[];
  readonly manual: readonly ManualCount[];
  readonly quotas: readonly SnapshotQuota[];
  readonly prices: readonly BackupPrice[];
  readonly unreadable: readonly UnreadableSnapshots[];
}

/** `123456789012/eu-west-1`: a scope as a key. */
export const keyOf = ({ account, region }: Scope): string => `${account}/${region}`;
