import type { Evidence } from './core/evidence.ts';
import type { Scope } from './core/identity.ts';
import type { BackedUpDatabase, Snapshot, SnapshotQuota } from './core/retention/facts.ts';
import type { ScopeProtections } from './core/retention/protections.ts';

/** The snapshots that an account owns in a region, of every type, and how many it may hold. */
export interface ScopeSnapshots {
  readonly snapshots: readonly Snapshot[];
  readonly quotas: readonly SnapshotQuota[];
}

/**
 * Reads what retention needs of one account and region: every page, or unknown with the reason when the account does not
 * let us in or AWS does not answer. Half a list is never returned.
 */
export interface RetentionReader {
  /** RDS instances, also those that are members of a cluster, and clusters. */
  databases(scope: Scope): Promise<Evidence<readonly BackedUpDatabase[]>>;
  /** The snapshots, without what the ledger knows of restores. A quota or a key that cannot be read is unknown in it. */
  snapshots(scope: Scope): Promise<Evidence<ScopeSnapshots>>;
  /** What is protected by others, and what holds data besides databases. What cannot be read is unknown in it. */
  protections(scope: Scope): Promise<ScopeProtections>;
}
