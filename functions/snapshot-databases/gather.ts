import pLimit, { type LimitFunction } from 'p-limit';
import { unknown } from '../../shared/core/evidence.ts';
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
import { purposeOf } from '../../shared/core/retention/marks.ts';
import type { ScopeProtections } from '../../shared/core/retention/protections.ts';
import { type Sifted, sieves } from '../../shared/core/retention/sieve.ts';
import type { RetentionReader, SnapshotReading } from '../../shared/ports-retention.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
import { log } from '../../shared/runtime/log.ts';

/** Where facts come from. `limit` bounds how many scopes are read at once. */
export interface Sources {
  readonly ledger: Pick<SnapshotLedger, 'proofs'>;
  readonly reader: RetentionReader;
  readonly prices: (snapshots: readonly Snapshot[], now: Date) => Promise<readonly BackupPrice[]>;
  readonly limit: LimitFunction;
  /** Aborted when what is only looked at has had its time. */
  readonly lookEnds: AbortSignal;
}

/** Everything that was read for one tick. */
export interface Facts extends RetentionFacts {
  readonly protections: readonly ScopeProtections[];
}

/**
 * Databases first, for they say which destinations there are; then the snapshots of all places, of which only those are kept
 * that matter. A place that cannot be read is said to be unknown, and so is what it costs when there is no price. What is
 * only looked at is read beside them, and keeps no backup waiting for longer than its own time.
 */
export async function gather(
  { ledger, reader, prices, limit, lookEnds }: Sources,
  { scopes, policy, now }: { scopes: readonly Scope[]; policy: Policy; now: Date },
): Promise<Facts> {
  const looking = lookAt(scopes, { reader, limit: pLimit(limit.concurrency), lookEnds });
  const listed = await Promise.all(
    scopes.map((scope) => limit(async () => ({ scope, found: await reader.databases(scope) }))),
  );
  const databases = listed.flatMap(({ found }) => (found.known ? found.value : []));
  const destinations = destinationScopes(databases, policy);
  const places = distinct([...scopes, ...destinations]);
  const proofs = await proofsOf(ledger, places);
  const sieveFor = sieves({ databases, policy, now });
  const read = await Promise.all(
    places.map((scope) =>
      limit(async () => {
        const sieve = sieveFor(scope);
        const see = (snapshot: Snapshot) => sieve.add(withProof(snapshot, proofs));
        const found = await reader.snapshots(scope, { see, keys: keysFor(scope, destinations) });
        return { scope, found, ...(found.known ? await withKeyStates(sieve.sifted(), reader, scope) : NOTHING) };
      }),
    ),
  );
  const snapshots = read.flatMap((one) => one.snapshots);
  return {
    scopes,
    databases,
    snapshots,
    manual: read.flatMap((one) => one.manual),
    quotas: read.flatMap(({ found }) => (found.known ? found.value : [])),
    prices: await unlessOut(prices(snapshots.filter(purposeOf), now)),
    unreadable: distinct([...listed, ...read].flatMap(unreadIn)),
    protections: await looking,
  };
}

/** It fails nothing: what goes wrong is unknown, and in the log. */
const lookAt = (
  scopes: readonly Scope[],
  { reader, limit, lookEnds }: Pick<Sources, 'reader' | 'limit' | 'lookEnds'>,
): Promise<ScopeProtections[]> =>
  Promise.all(
    scopes.map((scope) =>
      limit(() => reader.protections(scope, lookEnds)).catch((error: unknown) => {
        log.error('the protections could not be read', error as Error);
        const why = unknown('it could not be read');
        return { ...scope, stores: { DynamoDB: why, ElastiCache: why, Redshift: why }, awsBackup: why };
      }),
    ),
  );

const NOTHING: Sifted = { snapshots: [], manual: [] };

/** One call for each key: most have one for all of their databases. */
async function withKeyStates({ snapshots, manual }: Sifted, reader: RetentionReader, scope: Scope): Promise<Sifted> {
  const keys = new Set(snapshots.flatMap(({ key }) => key?.arn ?? []));
  const states = await reader.keyStates(scope, [...keys]);
  const withState = (snapshot: Snapshot): Snapshot => {
    const state = snapshot.key && states.get(snapshot.key.arn);
    return snapshot.key && state ? { ...snapshot, key: { ...snapshot.key, state } } : snapshot;
  };
  return { snapshots: snapshots.map(withState), manual };
}

/** What goes to another account has to be under a key that it may be given. */
const keysFor = ({ account }: Scope, destinations: readonly Scope[]): SnapshotReading['keys'] =>
  destinations.some((one) => one.account !== account) ? 'whose' : 'unasked';

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

function withProof(snapshot: Snapshot, proofs: ReadonlyMap<Arn, Proof>): Snapshot {
  const proof = proofs.get(snapshot.arn);
  return proof ? { ...snapshot, proof } : snapshot;
}

/** No snapshot waits for its price: without one the cost is unknown. */
async function unlessOut(reading: Promise<readonly BackupPrice[]>): Promise<readonly BackupPrice[]> {
  try {
    return await reading;
  } catch (error) {
    log.warn('the price list did not answer', error as Error);
    return [];
  }
}
