import type { Change } from './core/change.ts';
import type { Arn } from './core/identity.ts';
import type { Message } from './core/message.ts';
import type { Plan } from './core/plan.ts';
import type { Breach } from './core/retention/breach.ts';
import type { Proof } from './core/retention/facts.ts';
import type { Ledger, Run, RunKey, RunState, TimeRange, Turns } from './ports.ts';

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
  /** How much had expired and found no place in a plan. */
  readonly waiting: number;
  /** The ids of earlier plans that have not come to their end. */
  readonly following: readonly string[];
  /** What its caller was told. */
  readonly report: unknown;
}

/** What snapshot-databases asks of the ledger. Every write is conditional or may be repeated. */
export interface SnapshotLedger
  extends Turns,
    Pick<Ledger, 'currentPolicy' | 'vetoes' | 'record' | 'plan' | 'runs' | 'announced' | 'handedOver'> {
  /** The runs of a function and account whose ticks are in the range, the oldest first. */
  runsBetween(key: Omit<RunKey, 'time'>, range: TimeRange): Promise<readonly Run[]>;
  /** @throws {LedgerCorruptError} when parts of it are missing */
  snapshotRun(key: RunKey): Promise<SnapshotRun | undefined>;
  /** The last run before this one that was announced. */
  snapshotRunBefore(key: RunKey): Promise<SnapshotRun | undefined>;
  /** Records the run, once: from then on it counts. */
  recordSnapshotRun(run: SnapshotRun): Promise<void>;
  /** It has come so far. */
  advance(run: RunKey, state: RunState): Promise<void>;
  /** How the actions of a plan ended, those that did, or that they are under way. */
  changesOfPlan(plan: Plan): Promise<readonly Change[]>;
  /** Which snapshots of an account were restored to prove them, and how that ended. */
  proofs(account: string): Promise<ReadonlyMap<Arn, Proof>>;
}
