import { LedgerCorruptError } from '../../shared/aws/ledger/errors.ts';
import type { Arn } from '../../shared/core/identity.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Proof } from '../../shared/core/retention/facts.ts';
import type { Claim, Run, RunKey, RunState, TimeRange } from '../../shared/ports.ts';
import type { SnapshotLedger, SnapshotRun } from '../../shared/ports-snapshots.ts';
import type { MemoryLedger } from './memory-ledger.ts';

type Shared = Pick<
  MemoryLedger,
  'currentPolicy' | 'vetoes' | 'record' | 'plan' | 'runs' | 'runsBetween' | 'announced' | 'handedOver' | 'changesOfPlan'
>;

/** What snapshot-databases keeps, in Maps, beside the plans and their runs. No method waits, so each is one step. */
export class MemorySnapshots implements SnapshotLedger {
  readonly #shared: Shared;
  readonly #turns = new Map<string, Claim>();
  readonly #nights = new Map<string, SnapshotRun>();
  readonly #proofs = new Map<string, Map<Arn, Proof>>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  currentPolicy = () => this.#shared.currentPolicy();
  vetoes = (account: string, now: Date) => this.#shared.vetoes(account, now);
  record = (plan: Plan, digest: string, claim?: Claim) => this.#shared.record(plan, digest, claim);
  plan = (id: string) => this.#shared.plan(id);
  runs = (key: RunKey) => this.#shared.runs(key);
  runsBetween = (key: Omit<RunKey, 'time'>, range: TimeRange) => this.#shared.runsBetween(key, range);
  announced = (run: Run, saidAt: string) => this.#shared.announced(run, saidAt);
  handedOver = (run: Run) => this.#shared.handedOver(run);
  changesOfPlan = (plan: Plan) => this.#shared.changesOfPlan(plan);

  async begin(of: string, claim: Claim): Promise<boolean> {
    const held = this.#turns.get(of);
    if (held && held.holder !== claim.holder && held.until > claim.now) return false;
    this.#turns.set(of, claim);
    return true;
  }

  async end(of: string, holder: string): Promise<void> {
    if (this.#turns.get(of)?.holder === holder) this.#turns.delete(of);
  }

  async snapshotRun(key: RunKey): Promise<SnapshotRun | undefined> {
    return this.#nights.get(nightOf(key));
  }

  async snapshotRunBefore(key: RunKey): Promise<SnapshotRun | undefined> {
    return [...this.#nights.values()]
      .filter((run) => run.function === key.function && run.account === key.account)
      .filter((run) => run.time < key.time && run.state !== 'recorded')
      .sort((a, b) => (a.time < b.time ? 1 : -1))[0];
  }

  async recordSnapshotRun(run: SnapshotRun): Promise<void> {
    const key = nightOf(run);
    if (!this.#nights.has(key)) this.#nights.set(key, structuredClone(run));
  }

  async advance(run: RunKey, state: RunState): Promise<void> {
    const key = nightOf(run);
    const night = this.#nights.get(key);
    if (!night) throw new LedgerCorruptError(key, 'the run that goes on is missing');
    this.#nights.set(key, { ...night, state });
  }

  async proofs(account: string): Promise<ReadonlyMap<Arn, Proof>> {
    return this.#proofs.get(account) ?? new Map();
  }

  /** A restore of the snapshot was tried. */
  prove(account: string, snapshot: Arn, proof: Proof): void {
    const ofAccount = this.#proofs.get(account) ?? new Map<Arn, Proof>();
    this.#proofs.set(account, ofAccount.set(snapshot, proof));
  }
}

const nightOf = ({ function: name, account, time }: RunKey): string => `RUN#${name}#${account} / NIGHT#${time}`;
