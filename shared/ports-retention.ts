import type { Evidence } from './core/evidence.ts';
import type { Arn, Scope } from './core/identity.ts';
import type { BackedUpDatabase, Snapshot, SnapshotQuota } from './core/retention/facts.ts';
import type { ScopeProtections } from './core/retention/protections.ts';

/** How the snapshots of a scope are read. */
export interface SnapshotReading {
  /** Is shown every snapshot that the account owns in the region, of every type, one by one; none is kept for it. */
  readonly see: (snapshot: Snapshot) => void;
  /** Who manages the keys matters only to what another account is to read; unasked it is unknown. */
  readonly keys: 'whose' | 'unasked';
}

/**
 * Reads what retention needs of one account and region: every page, or unknown with the reason when the account does not
 * let us in or AWS does not answer. Half a list is never taken for all of it.
 */
export interface RetentionReader {
  /** RDS instances, also those that are members of a cluster, and clusters. */
  databases(scope: Scope): Promise<Evidence<readonly BackedUpDatabase[]>>;
  /**
   * Shows the snapshots, without what the ledger knows of restores, and tells how many there may be. A quota or a key that cannot
   * be read is unknown in it. When the answer is unknown, what was shown is not all.
   */
  snapshots(scope: Scope, reading: SnapshotReading): Promise<Evidence<readonly SnapshotQuota[]>>;
  /** The state of keys under which snapshots are, as KMS calls it; unknown where that may not be asked. */
  keyStates(scope: Scope, keys: readonly Arn[]): Promise<ReadonlyMap<Arn, Evidence<string>>>;
  /**
   * What is protected by others, and what holds data besides databases. What cannot be read is unknown in it, as is what was
   * not read in time.
   */
  protections(scope: Scope, until?: AbortSignal): Promise<ScopeProtections>;
}
