import type { LimitFunction } from 'p-limit';
import type { Arn, Scope } from '../../shared/core/identity.ts';
import type { Policy } from '../../shared/core/policy.ts';
import {
  type BackupPrice,
  keyOf,
  type Proof,
  type RetentionFacts,
  type Snapshot,
  type UnreadableSnapshots,
} from '../../shared/core/retention/facts.ts';
import { destinationScopes } from '../../shared/core/retention/homes.ts';
import type { ScopeProtections } from '../../shared/core/retention/protections.ts';
import type { RetentionReader } from '../../shared/ports-retention.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
import { log } from '../../shared/runtime/log.ts';

/** Where facts come from. `limit` bounds how many scopes are read at once. */
export interface Sources {
  readonly ledger: Pick<SnapshotLedger, 'proofs'>;
  readonly reader: RetentionReader;
  readonly prices: (snapshots: readonly Snapshot[], now: Date) => Promise<readonly BackupPrice[]>;
  readonly limit: LimitFunction;
}

/** Everything that was read for one tick. */
export interface Facts extends RetentionFacts {
  readonly protections: readonly ScopeProtections[];
}

/**
 * Databases first, for they say which destinations there are; then the snapshots of all places. A place that cannot be read is
 * said to be unknown, and so is what it costs when there is no price.
 */
export async function gather(
  { ledger, reader, prices, limit }: Sources,
  { scopes, policy, now }: { scopes: readonly Scope[]; policy: Policy; now: Date },
): Promise<Facts> {
  const [listed, protections] = await Promise.all([
    Promise.all(scopes.map((scope) => limit(async () => ({ scope, found: await reader.databases(scope) })))),
    Promise.all(scopes.map((scope) => limit(() => reader.protections(scope)))),
  ]);
  const databases = listed.flatMap(({ found }) => (found.known ? found.value : []));
  const places = distinct([...scopes, ...destinationScopes(databases, policy)]);
  const [kept, proofs] = await Promise.all([
    Promise.all(places.map((scope) => limit(async () => ({ scope, found: await reader.snapshots(scope) })))),
    proofsOf(ledger, places),
  ]);
  const snapshots = kept.flatMap(({ found }) => (found.known ? found.value.snapshots.map(withProof(proofs)) : []));
  return {
    databases,
    snapshots,
    quotas: kept.flatMap(({ found }) => (found.known ? found.value.quotas : [])),
    prices: await unlessOut(prices(snapshots, now)),
    unreadable: distinct([...listed, ...kept].flatMap(unreadIn)),
    protections,
  };
}

const distinct = <S extends Scope>(scopes: readonly S[]): S[] =>
  [...new Map(scopes.toReversed().map((one) => [keyOf(one), one])).values()].reverse();

const unreadIn = ({
  scope,
  found,
}: {
  scope: Scope;
  found: { known: boolean; why?: string };
}): UnreadableSnapshots[] => (found.known ? [] : [{ ...scope, why: found.why ?? '' }]);

async function proofsOf(ledger: Sources['ledger'], places: readonly Scope[]): Promise<ReadonlyMap<Arn, Proof>> {
  const accounts = [...new Set(places.map(({ account }) => account))];
  return new Map((await Promise.all(accounts.map((one) => ledger.proofs(one)))).flatMap((proofs) => [...proofs]));
}

const withProof =
  (proofs: ReadonlyMap<Arn, Proof>) =>
  (snapshot: Snapshot): Snapshot => {
    const proof = proofs.get(snapshot.arn);
    return proof ? { ...snapshot, proof } : snapshot;
  };

/** No snapshot waits for its price: without one the cost is unknown. */
async function unlessOut(reading: Promise<readonly BackupPrice[]>): Promise<readonly BackupPrice[]> {
  try {
    return await reading;
  } catch (error) {
    log.warn('the price list did not answer', error as Error);
    return [];
  }
}
