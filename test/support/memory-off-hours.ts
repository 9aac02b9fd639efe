import { hashOf } from '../../shared/core/canonical.ts';
import type { Change } from '../../shared/core/change.ts';
import type { OffHoursRecord } from '../../shared/core/off-hours/record.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Claim, RecordState, Run, StoredPolicy } from '../../shared/ports.ts';
import type { ChangePlace, KeptRecord, OffHoursLedger } from '../../shared/ports-off-hours.ts';
import { MemoryLedger } from './memory-ledger.ts';

/** What off-hours keeps, in Maps. No method waits, so each is one step. */
export class MemoryOffHours implements OffHoursLedger {
  /** What others keep of plans and changes. */
  readonly others = new MemoryLedger();
  readonly #turns = new Map<string, Claim>();
  readonly #kept = new Map<string, KeptRecord>();

  async begin(of: string, claim: Claim): Promise<boolean> {
    const held = this.#turns.get(of);
    if (held && held.holder !== claim.holder && held.until > claim.now) return false;
    this.#turns.set(of, claim);
    return true;
  }

  async end(of: string, holder: string): Promise<void> {
    if (this.#turns.get(of)?.holder === holder) this.#turns.delete(of);
  }

  async kept(account: string): Promise<KeptRecord | undefined> {
    return structuredClone(this.#kept.get(account));
  }

  async keep(next: OffHoursRecord, before: KeptRecord | undefined): Promise<KeptRecord | undefined> {
    if (this.#kept.get(next.account)?.edition !== before?.edition) return undefined;
    const state = !next.plan && next.messages.length === 0 ? 'told' : 'recorded';
    const kept: KeptRecord = { ...structuredClone(next), state, edition: hashOf(next) };
    this.#kept.set(next.account, kept);
    return kept;
  }

  async advance({ account, edition }: KeptRecord, state: RecordState): Promise<void> {
    const kept = this.#kept.get(account);
    if (kept?.edition === edition) this.#kept.set(account, { ...kept, state });
  }

  async outcomes(places: readonly ChangePlace[]): Promise<ReadonlyMap<string, Change>> {
    const changes = await Promise.all(places.map(({ resource }) => this.others.changesOf(resource)));
    const wanted = new Set(places.map(({ planId, number }) => `${planId}/${number}`));
    return new Map(changes.flat().flatMap((change) => (wanted.has(change.id) ? [[change.id, change]] : [])));
  }

  currentPolicy = (): Promise<StoredPolicy | undefined> => this.others.currentPolicy();
  vetoes = (account: string, now: Date) => this.others.vetoes(account, now);
  overrides = (account: string, now: Date) => this.others.overrides(account, now);
  changes = (...asked: Parameters<MemoryLedger['changes']>) => this.others.changes(...asked);
  record = (plan: Plan, digest: string) => this.others.record(plan, digest);
  announced = (run: Run, saidAt: string) => this.others.announced(run, saidAt);
  handedOver = (run: Run) => this.others.handedOver(run);
}
