import type { Arn } from './core/identity.ts';
import type { Message } from './core/message.ts';
import type { Plan } from './core/plan.ts';
import type { Breach } from './core/retention/breach.ts';
import type { Proof } from './core/retention/facts.ts';
import type { Ledger, RunKey, RunState, Turns } from './ports.ts';

/** One run of snapshot-databases for one account: everything that it decided, before any of it counts. */
export interface SnapshotRun extends RunKey {
  readonly state: RunState;
  /** In the order in which they are handed over. */
  readonly plans: readonly Plan[];
  readonly messages: readonly Message[];
  /** What a person would hear of it, and when that was last said. */
  readonly digest: string;
  readonly saidAt: string;
  /** The breaches that last, as the run leaves them. */
  readonly breaches: readonly Breach[];
  /** What its caller was told. */
  readonly report: unknown;
}

/** What snapshot-databases asks of the ledger. Every write is conditional or may be repeated. */
export interface SnapshotLedger
  extends Turns,
    Pick<Ledger, 'currentPolicy' | 'vetoes' | 'record' | 'plan' | 'runs' | 'announced' | 'handedOver'> {
  /** @throws {LedgerCorruptError} when parts of it are missing */
  snapshotRun(key: RunKey): Promise<SnapshotRun | undefined>;
  /** The last run before this one that was announced. */
  snapshotRunBefore(key: RunKey): Promise<SnapshotRun | undefined>;
  /** Records the run, once: from then on it counts. */
  recordSnapshotRun(run: SnapshotRun): Promise<void>;
  /** It has come so far. */
  advance(run: RunKey, state: RunState): Promise<void>;
  /** Which snapshots of an account were restored to prove them, and how that ended. */
  proofs(account: string): Promise<ReadonlyMap<Arn, Proof>>;
}
