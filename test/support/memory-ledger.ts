import { afterwards, mattersSince, newestFirst, planAndNumber } from '../../shared/aws/ledger/change-items.ts';
import { LedgerCorruptError, PlanIdTakenError } from '../../shared/aws/ledger/errors.ts';
import { AlreadyAnsweredError, type PlanAnswer, type PlanAnswers } from '../../shared/core/answer.ts';
import { type KeepOn, type KeepOnAnswer, keepOnAnswered } from '../../shared/core/calendar/keep-on.ts';
import { canonicalJson } from '../../shared/core/canonical.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { Arn } from '../../shared/core/identity.ts';
import type { Rung } from '../../shared/core/ladder.ts';
import type { Lease } from '../../shared/core/lease.ts';
import type { Money } from '../../shared/core/money.ts';
import { isScheduled, isSuperseded, type Plan, planInName } from '../../shared/core/plan.ts';
import type { PriceQuery } from '../../shared/core/price-query.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { daysBefore } from '../../shared/core/time.ts';
import type {
  ChangeKind,
  Claim,
  Ledger,
  NewPolicy,
  PolicyStore,
  PriceCache,
  Run,
  RunKey,
  StoredPolicy,
  TimeRange,
} from '../../shared/ports.ts';
import type {
  ActingLedger,
  ActingMode,
  AnswerLedger,
  CapCount,
  CapOfDay,
  Overtaken,
  Question,
  Sharing,
  Telling,
  Word,
} from '../../shared/ports-acting.ts';
import type { KeepOnAnswers, Overrides } from '../../shared/ports-off-hours.ts';
import type { AnomalyAnswers } from '../../shared/ports-spend.ts';
import { MemorySnapshots } from './memory-snapshots.ts';
import { MemorySpend } from './memory-spend.ts';

interface KeptRun {
  run: Run;
  claim?: Claim | undefined;
}

interface Execution {
  readonly name: string;
  readonly claimedAt: Date;
  readonly callbacks: Map<ActingMode, string>;
}

/** Every port of the ledger in Maps: what the tests of the functions use. No method waits, so each is one step. */
export class MemoryLedger
  implements Ledger, PolicyStore, PriceCache, ActingLedger, AnswerLedger, AnomalyAnswers, KeepOnAnswers, Overrides
{
  /** What watch-spend keeps: its methods would have the names of these. */
  readonly spend = new MemorySpend();
  /** And so would those of what snapshot-databases keeps. */
  readonly snapshots = new MemorySnapshots(this);
  /** What remediate-alarm leaves to right-size, by account. */
  readonly idle = new Map<string, readonly Arn[]>();
  readonly #policies: StoredPolicy[] = [];
  readonly #kept = new Map<string, Map<string, KeepOnAnswer>>();
  readonly #vetoes = new Map<string, Map<string, Veto>>();
  readonly #runs = new Map<string, KeptRun>();
  readonly #plans = new Map<string, Plan>();
  readonly #ladders = new Map<string, { ladder: readonly Rung[]; tick: Date }>();
  readonly #prices = new Map<string, { price: Evidence<Money>; at: Date }>();

  readonly #executions = new Map<string, Execution>();
  readonly #answers = new Map<string, PlanAnswer[]>();
  /** By resource; one that was given back is kept for its fence. */
  readonly #leases = new Map<string, { lease: Lease; applying: boolean; undoing: boolean; free: boolean }>();
  readonly #counted = new Map<string, Set<string>>();
  readonly #changes = new Map<string, Change>();
  readonly #sharings = new Map<string, Sharing>();
  readonly #told = new Map<string, { toldAt: Date; seenAt: Date; by: string }>();

  anomaly = (id: string) => this.spend.anomaly(id);
  answersAbout = (id: string) => this.spend.answersAbout(id);
  recordSpendAnswer = (answer: SpendAnswer) => this.spend.recordSpendAnswer(answer);
  openAnomalies = () => this.spend.openAnomalies();

  async recordVeto(account: string, veto: Veto): Promise<void> {
    const ofAccount = this.#vetoes.get(account) ?? new Map<string, Veto>();
    this.#vetoes.set(account, ofAccount.set(veto.resource, veto));
  }

  async keepOnAnswers(account: string, now: Date): Promise<readonly KeepOnAnswer[]> {
    return [...(this.#kept.get(account)?.values() ?? [])].filter(({ until }) => until > now);
  }

  async recordKeepOn(account: string, answer: KeepOnAnswer): Promise<void> {
    const ofAccount = this.#kept.get(account) ?? new Map<string, KeepOnAnswer>();
    this.#kept.set(account, ofAccount.set(answer.resource, answer));
  }

  async overrides(account: string, now: Date): Promise<ReadonlyMap<Arn, KeepOn>> {
    const answers = await this.keepOnAnswers(account, now);
    return new Map(answers.map((answer) => [answer.resource, keepOnAnswered(answer)]));
  }

  async currentPolicy(): Promise<StoredPolicy | undefined> {
    return this.#policies.at(-1);
  }

  async store(next: NewPolicy, storedBy: string, storedAt: Date): Promise<StoredPolicy> {
    const inForce = this.#policies.at(-1);
    const said = ({ policy, holidays }: NewPolicy) => canonicalJson({ policy, holidays });
    if (inForce && said(inForce) === said(next)) return inForce;
    const stored = { version: this.#policies.length + 1, ...structuredClone(next), storedAt, storedBy };
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
      .filter((run) => run.time < key.time && run.state !== 'recorded')
      .sort((a, b) => (a.time < b.time ? 1 : -1))[0];
    return { ...(current && { current }), ...(previous && { previous }) };
  }

  async runsBetween(
    { function: name, account }: Omit<RunKey, 'time'>,
    { from, to }: TimeRange,
  ): Promise<readonly Run[]> {
    return [...this.#runs.values()]
      .map(({ run }) => run)
      .filter((run) => run.function === name && run.account === account)
      .filter(({ time }) => from.toISOString() <= time && time <= to.toISOString())
      .sort((a, b) => (a.time < b.time ? -1 : 1));
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

  async announced(run: RunKey, saidAt: string): Promise<void> {
    const kept = this.#runs.get(keyOf(run));
    if (!kept) throw new LedgerCorruptError(keyOf(run), 'the run that was announced is missing');
    if (kept.run.state === 'handed-over') return;
    const { holder: _holder, ...unclaimed } = kept.run;
    kept.run = { ...unclaimed, state: 'announced', saidAt: unclaimed.saidAt ?? saidAt };
    kept.claim = undefined;
  }

  async handedOver(run: RunKey): Promise<void> {
    const kept = this.#runs.get(keyOf(run));
    if (!kept || kept.run.state === 'recorded') throw new LedgerCorruptError(keyOf(run), 'was not announced');
    kept.run = { ...kept.run, state: 'handed-over' };
  }

  async supersededBy(plan: Plan): Promise<string | undefined> {
    if (!isSuperseded(plan)) return undefined;
    return [...this.#runs.values()]
      .map(({ run }) => run)
      .filter((run) => run.function === plan.function && run.account === plan.account)
      .filter((run) => run.time > plan.time && run.state === 'handed-over' && run.planId !== plan.id)
      .sort((a, b) => (a.time < b.time ? 1 : -1))[0]?.planId;
  }

  async claimPlan(planId: string, execution: string, now: Date): Promise<boolean> {
    const fresh = { name: execution, claimedAt: now, callbacks: new Map() };
    const claimed = this.#executions.get(planId) ?? fresh;
    this.#executions.set(planId, claimed);
    return claimed.name === execution;
  }

  async waitOn(planId: string, mode: ActingMode, callbackId: string): Promise<void> {
    const execution = this.#executions.get(planId);
    if (!execution) throw new LedgerCorruptError(`PLAN#${planId}`, 'an execution waits that never claimed the plan');
    execution.callbacks.set(mode, callbackId);
  }

  async closePlan(planId: string, mode: ActingMode): Promise<void> {
    this.#executions.get(planId)?.callbacks.delete(mode);
  }

  async callbacksOf(planId: string): Promise<readonly string[]> {
    return [...(this.#executions.get(planId)?.callbacks.values() ?? [])];
  }

  async openPlans(): Promise<readonly Plan[]> {
    const open = [...this.#executions].filter(([, { callbacks }]) => callbacks.size > 0);
    const ids = new Set(open.map(([name]) => planInName(name)));
    const plans = await Promise.all([...ids].map((id) => this.plan(id)));
    return plans.sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  async answers(planId: string): Promise<PlanAnswers> {
    const said = this.#answers.get(planId) ?? [];
    const approval = said.find(({ say }) => say === 'approve');
    return { ...(approval && { approval }), vetoes: said.filter(({ say }) => say === 'veto').sort(inOrder) };
  }

  async word({ plan, numbers, resources, cap, now }: Question): Promise<Word> {
    const { policy, holidays } = this.#policies.at(-1) ?? {};
    const { approval, vetoes } = await this.answers(plan.id);
    const about = vetoes.filter(({ actions }) => !actions || actions.some((number) => numbers.includes(number)));
    const standing = await this.vetoes(plan.account, now);
    return {
      ...(policy && { policy }),
      ...(holidays && { holidays }),
      answers: { ...(approval && { approval }), vetoes: about },
      vetoes: standing.filter(({ resource }) => resources.includes(resource)),
      counted: new Set(cap && this.#counted.get(dayOf(cap))),
    };
  }

  async recordAnswer(plan: Plan, answer: PlanAnswer): Promise<void> {
    const said = this.#answers.get(plan.id) ?? [];
    const vetoOf = (number: number | undefined) =>
      said.find(
        ({ say, actions }) => say === 'veto' && (!actions || (number !== undefined && actions.includes(number))),
      );
    const single = answer.actions?.map((number) => ({ ...answer, actions: [number] })) ?? [answer];
    if (answer.say === 'approve') {
      const numbers = answer.actions ?? plan.act.map((_, index) => index + 1);
      const standing =
        said.find(({ say }) => say === 'approve') ?? (numbers.every(vetoOf) ? vetoOf(numbers[0]) : undefined);
      if (standing && canonicalJson(standing) !== canonicalJson(answer)) throw new AlreadyAnsweredError(standing);
      if (!standing) this.#answers.set(plan.id, [...said, answer]);
      return;
    }
    const fresh = single.filter(({ actions }) => !vetoOf(actions?.[0]));
    const other = single
      .map((one) => [one, vetoOf(one.actions?.[0])] as const)
      .find(([one, standing]) => standing && canonicalJson(standing) !== canonicalJson(one))?.[1];
    if (fresh.length === 0 && other) throw new AlreadyAnsweredError(other);
    this.#answers.set(plan.id, [...said, ...fresh]);
  }

  async takeLease(wanted: Omit<Lease, 'fence'>, now: Date): Promise<{ lease: Lease } | { heldBy: string }> {
    const kept = this.#leases.get(wanted.resource);
    if (kept && !kept.free && kept.lease.planId === wanted.planId) {
      kept.lease = { ...kept.lease, until: wanted.until };
      return { lease: kept.lease };
    }
    const yields =
      !kept || kept.free || kept.lease.until <= now || (kept.lease.priority < wanted.priority && !kept.applying);
    if (!yields) return { heldBy: kept.lease.planId };
    const lease = { ...wanted, fence: (kept?.lease.fence ?? 0) + 1 };
    this.#leases.set(wanted.resource, { lease, applying: false, undoing: false, free: false });
    return { lease };
  }

  async takeOver(from: string, wanted: Omit<Lease, 'fence'>): Promise<Lease | undefined> {
    const kept = this.#leases.get(wanted.resource);
    if (kept && !kept.free && kept.lease.planId === wanted.planId) return kept.lease;
    const may = kept && !kept.free && !kept.undoing && kept.lease.planId === from;
    if (!may || kept.lease.priority >= wanted.priority) return undefined;
    const lease = { ...wanted, fence: kept.lease.fence + 1 };
    this.#leases.set(wanted.resource, { lease, applying: false, undoing: false, free: false });
    return lease;
  }

  async overtakenBy(lease: Lease): Promise<Overtaken | undefined> {
    if (this.#held(lease)) return undefined;
    const kept = this.#leases.get(lease.resource);
    return { by: kept?.lease.planId ?? 'another plan', still: kept?.free === false };
  }

  async beginUndo(lease: Lease): Promise<boolean> {
    const kept = this.#held(lease);
    if (kept) kept.undoing = true;
    return kept !== undefined;
  }

  async beginApply(lease: Lease): Promise<boolean> {
    const kept = this.#held(lease);
    if (kept) kept.applying = true;
    return kept !== undefined;
  }

  async releaseLease({ resource, planId }: Pick<Lease, 'resource' | 'planId'>): Promise<void> {
    const kept = this.#leases.get(resource);
    if (kept?.lease.planId === planId) kept.free = true;
  }

  #held({ resource, planId, fence }: Lease) {
    const kept = this.#leases.get(resource);
    return kept && !kept.free && kept.lease.planId === planId && kept.lease.fence === fence ? kept : undefined;
  }

  async countAgainstCap({ changeId, most, ...cap }: CapCount): Promise<boolean> {
    const key = dayOf(cap);
    const counted = this.#counted.get(key) ?? new Set<string>();
    if (!counted.has(changeId) && counted.size >= most) return false;
    this.#counted.set(key, counted.add(changeId));
    return true;
  }

  async uncount({ changeId, ...cap }: Omit<CapCount, 'most'>): Promise<void> {
    this.#counted.get(dayOf(cap))?.delete(changeId);
  }

  async keepSharing(sharing: Sharing): Promise<void> {
    this.#sharings.set(`${sharing.account} ${sharing.change}`, structuredClone(sharing));
  }

  async changesOfPlan({ id }: Plan, numbers?: readonly number[]): Promise<readonly Change[]> {
    const isAsked = (change: Change) => !numbers || numbers.some((number) => change.id === `${id}/${number}`);
    return [...this.#changes.values()].filter((change) => change.planId === id && isAsked(change));
  }

  async mayTell({ account, about, by, now, toldSince, seenSince }: Telling): Promise<boolean> {
    const key = `${account} ${about}`;
    const kept = this.#told.get(key);
    const isNews = !kept || kept.by === by || kept.toldAt <= toldSince || kept.seenAt <= seenSince;
    this.#told.set(key, isNews ? { toldAt: now, seenAt: now, by } : { ...kept, seenAt: now });
    return isNews;
  }

  async sharings(account: string): Promise<readonly Sharing[]> {
    return [...this.#sharings.values()].filter((one) => one.account === account && one.state !== 'over');
  }

  async idleAlarms(account: string): Promise<readonly Arn[]> {
    return this.idle.get(account) ?? [];
  }

  async ladder(account: string): Promise<readonly Rung[]> {
    return this.#ladders.get(account)?.ladder ?? [];
  }

  async keepLadder(account: string, ladder: readonly Rung[], tick: Date): Promise<void> {
    const kept = this.#ladders.get(account);
    if (!kept || kept.tick <= tick) this.#ladders.set(account, { ladder, tick });
  }

  async changesOf(resource: Arn): Promise<readonly Change[]> {
    return [...this.#changes.values()].filter(({ proposal }) => proposal.resource.arn === resource);
  }

  async recordChange(change: Change): Promise<void> {
    const standing = this.#changes.get(change.id);
    this.#changes.set(change.id, standing ? afterwards(standing, change) : structuredClone(change));
  }

  async change(id: string): Promise<Change | undefined> {
    const place = planAndNumber(id);
    return place && this.#plans.get(place.planId)?.act[place.number - 1] ? this.#changes.get(id) : undefined;
  }

  async changes(since: Date, kind?: ChangeKind): Promise<readonly Change[]> {
    const isAsked = ({ proposal }: Change) => !kind || isScheduled(proposal) === (kind === 'scheduled');
    const all = [...this.#changes.values()].filter((change) => isAsked(change));
    return all.filter((change) => mattersSince(change, since.toISOString())).sort(newestFirst);
  }

  async *changesByResource(since: Date): AsyncIterable<readonly Change[]> {
    yield* Map.groupBy(await this.changes(since), ({ proposal }) => proposal.resource.arn).values();
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

const dayOf = ({ account, rule, direction, day }: CapOfDay): string => canonicalJson([account, rule, direction, day]);

/** Who said it first; of one answer, by action. */
const inOrder = (a: PlanAnswer, b: PlanAnswer): number =>
  a.at === b.at ? (a.actions?.[0] ?? Infinity) - (b.actions?.[0] ?? Infinity) : a.at < b.at ? -1 : 1;
