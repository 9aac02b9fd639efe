import { LedgerCorruptError, PlanIdTakenError } from '../../shared/aws/ledger/errors.ts';
import { canonicalJson } from '../../shared/core/canonical.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { Money } from '../../shared/core/money.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { type Policy, policyHash } from '../../shared/core/policy.ts';
import type { PriceQuery } from '../../shared/core/price-query.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import { daysBefore } from '../../shared/core/time.ts';
import type { Claim, Ledger, PolicyStore, PriceCache, Run, RunKey, StoredPolicy } from '../../shared/ports.ts';

interface KeptRun {
  run: Run;
  claim?: Claim | undefined;
}

/** The ledger, its policy store and its price cache in Maps: what the tests of the functions use. */
export class MemoryLedger implements Ledger, PolicyStore, PriceCache {
  readonly #policies: StoredPolicy[] = [];
  readonly #vetoes = new Map<string, Map<string, Veto>>();
  readonly #runs = new Map<string, KeptRun>();
  readonly #plans = new Map<string, Plan>();
  readonly #prices = new Map<string, { price: Evidence<Money>; at: Date }>();

  /** What the function `answer` would write: one veto a resource. */
  veto(account: string, veto: Veto): void {
    const ofAccount = this.#vetoes.get(account) ?? new Map<string, Veto>();
    this.#vetoes.set(account, ofAccount.set(veto.resource, veto));
  }

  async currentPolicy(): Promise<StoredPolicy | undefined> {
    return this.#policies.at(-1);
  }

  async store(policy: Policy, storedBy: string, storedAt: Date): Promise<StoredPolicy> {
    const inForce = this.#policies.at(-1);
    if (inForce && policyHash(inForce.policy) === policyHash(policy)) return inForce;
    const stored = { version: this.#policies.length + 1, policy: structuredClone(policy), storedAt, storedBy };
    this.#policies.push(stored);
    return stored;
  }

  async vetoes(account: string, now: Date): Promise<readonly Veto[]> {
    return [...(this.#vetoes.get(account)?.values() ?? [])].filter(({ until }) => until > now);
  }

  async runs(key: RunKey): Promise<{ current?: Run; previous?: Run }> {
    const current = this.#runs.get(keyOf(key))?.run;
    const previous = [...this.#runs.values()]
      .map(({ run }) => run)
      .filter((run) => run.function === key.function && run.account === key.account)
      .filter((run) => run.time < key.time && run.state === 'announced')
      .sort((a, b) => (a.time < b.time ? 1 : -1))[0];
    return { ...(current && { current }), ...(previous && { previous }) };
  }

  async record(plan: Plan, digest: string, claim?: Claim): Promise<Run> {
    const standing = this.#plans.get(plan.id);
    if (standing && standing.hash !== plan.hash) throw new PlanIdTakenError(plan.id);
    if (!standing) this.#plans.set(plan.id, plan);
    const { function: name, account, time, id: planId } = plan;
    const run: Run = {
      function: name,
      account,
      time,
      planId,
      state: 'recorded',
      digest,
      ...(claim && { holder: claim.holder }),
    };
    const kept = this.#runs.get(keyOf(run)) ?? { run, claim };
    this.#runs.set(keyOf(run), kept);
    return kept.run;
  }

  async plan(id: string): Promise<Plan> {
    const plan = this.#plans.get(id);
    if (!plan) throw new LedgerCorruptError(`PLAN#${id}`, 'the header is missing: never recorded, or expired');
    return plan;
  }

  async claim(run: Run, claim: Claim): Promise<boolean> {
    const kept = this.#runs.get(keyOf(run));
    if (kept?.run.state !== 'recorded') return false;
    const { claim: held } = kept;
    if (held && held.holder !== claim.holder && held.until > claim.now) return false;
    kept.claim = claim;
    kept.run = { ...kept.run, holder: claim.holder };
    return true;
  }

  async release(run: Run, holder: string): Promise<void> {
    const kept = this.#runs.get(keyOf(run));
    if (kept?.claim?.holder !== holder) return;
    const { holder: _holder, ...unclaimed } = kept.run;
    kept.claim = undefined;
    kept.run = unclaimed;
  }

  async announced(run: Run, saidAt: string): Promise<void> {
    const kept = this.#runs.get(keyOf(run));
    if (!kept) throw new LedgerCorruptError(keyOf(run), 'the run that was announced is missing');
    const { holder: _holder, ...unclaimed } = kept.run;
    kept.run = { ...unclaimed, state: 'announced', saidAt: unclaimed.saidAt ?? saidAt };
    kept.claim = undefined;
  }

  async get(queries: readonly PriceQuery[], now: Date): Promise<Map<PriceQuery, Evidence<Money>>> {
    const found = new Map<PriceQuery, Evidence<Money>>();
    for (const query of queries) {
      const kept = this.#prices.get(canonicalJson(query));
      if (kept && kept.at >= daysBefore(7, now)) found.set(query, kept.price);
    }
    return found;
  }

  async put(query: PriceQuery, price: Evidence<Money>, now: Date): Promise<void> {
    this.#prices.set(canonicalJson(query), { price, at: now });
  }
}

const keyOf = ({ function: name, account, time }: RunKey): string => `RUN#${name}#${account} / TICK#${time}`;
