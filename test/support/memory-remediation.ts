import { hashOf } from '../../shared/core/canonical.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { digestOf, type Plan } from '../../shared/core/plan.ts';
import type { RunKey, StoredPolicy } from '../../shared/ports.ts';
import type {
  KeptRemediation,
  OpenedLedger,
  RemediationLedger,
  RemediationRecord,
} from '../../shared/ports-remediation.ts';
import { MemoryLedger } from './memory-ledger.ts';

/** What remediate-alarm keeps, in Maps. No method waits, so each is one step. */
export class MemoryRemediation implements RemediationLedger {
  /** What others keep of plans and changes. */
  readonly others: MemoryLedger;
  readonly #kept = new Map<string, KeptRemediation>();

  readonly #fits: boolean;

  /** @param fits whether plans go into the write that keeps their record */
  constructor({ others = new MemoryLedger(), fits = true } = {}) {
    this.others = others;
    this.#fits = fits;
  }

  async opened(accounts: readonly string[], resources: readonly Arn[]): Promise<OpenedLedger> {
    const stored = await this.others.currentPolicy();
    const vetoes = await Promise.all(accounts.map((account) => this.others.vetoes(account, new Date(0))));
    const kept = await Promise.all(accounts.map((account) => this.kept(account)));
    return {
      ...(stored && { stored }),
      kept: new Map(kept.flatMap((one) => (one ? [[one.account, one] as const] : []))),
      vetoes: vetoes.flat().filter(({ resource }) => resources.includes(resource)),
    };
  }

  async kept(account: string): Promise<KeptRemediation | undefined> {
    return structuredClone(this.#kept.get(account));
  }

  async stoppedBySchedule(): Promise<[]> {
    return [];
  }

  async keep(next: RemediationRecord, before: KeptRemediation | undefined): Promise<KeptRemediation | undefined> {
    if (this.#kept.get(next.account)?.edition !== before?.edition) return undefined;
    const isPlanned = this.#fits && next.plans.length > 0;
    if (isPlanned) for (const plan of next.plans) void this.others.record(plan, digestOf(plan));
    const state = next.plans.length + next.messages.length === 0 ? 'told' : 'recorded';
    const planned = isPlanned ? { planned: true as const } : {};
    const kept: KeptRemediation = { ...structuredClone(next), state, edition: hashOf(next), ...planned };
    this.#kept.set(next.account, kept);
    return kept;
  }

  async advance({ account, edition }: KeptRemediation, state: KeptRemediation['state']): Promise<void> {
    const kept = this.#kept.get(account);
    if (kept?.edition === edition) this.#kept.set(account, { ...kept, state });
  }

  currentPolicy = (): Promise<StoredPolicy | undefined> => this.others.currentPolicy();
  vetoes = (account: string, now: Date) => this.others.vetoes(account, now);
  changesOf = (resource: Arn) => this.others.changesOf(resource);
  record = (plan: Plan, digest: string) => this.others.record(plan, digest);
  announced = (run: RunKey, saidAt: string) => this.others.announced(run, saidAt);
  handedOver = (run: RunKey) => this.others.handedOver(run);
}
