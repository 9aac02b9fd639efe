import { type Action, describeVolume, directionOf, type Undo } from './action.ts';
import { hashOf } from './canonical.ts';
import type { Charts } from './charts.ts';
import type { Evidence } from './evidence.ts';
import type { Facts, UnreadableScope } from './facts.ts';
import type { Arn, Scope } from './identity.ts';
import type { Notice } from './ladder.ts';
import type { Saving } from './money.ts';
import { type Cause, capIn, type Mode, type Policy, policyHash } from './policy.ts';
import { parseShare } from './quantity.ts';
import { isRunbook } from './remediation/terms.ts';

/** What a message needs to know of a resource. */
export interface Resource {
  readonly arn: Arn;
  readonly name: string;
  readonly region: string;
  /** What it is, e.g. `m5.large` or `db.r6g.large postgres, Multi-AZ`. */
  readonly what: string;
  readonly owner?: string;
}

/** An action with all that a person needs to say yes or no to it. */
export interface Proposal {
  readonly rule: Cause;
  readonly mode: Mode;
  readonly action: Action;
  readonly resource: Resource;
  readonly because: string;
  readonly saving: Evidence<Saving>;
  readonly undo: Undo;
  readonly charts?: Charts;
  /** Of what a schedule wants: its name, and when it will want something else (an ISO time; absent: it never will). */
  readonly schedule?: { readonly name: string; readonly until?: string };
  /** Of what a runbook proposes: the alarm that it is to end. */
  readonly alarm?: AlarmSince;
  /** Of what a runbook proposes: what it was decided by. */
  readonly grounds?: Grounds;
  /** From 1: a step begins when the one before it has ended. Absent: it waits for nothing. */
  readonly step?: number;
  /** It is only announced so far: its mode is `report` until the notice is over. */
  readonly notice?: Notice;
}

/** An alarm that is on. */
export interface AlarmSince {
  readonly name: string;
  readonly arn: Arn;
  readonly scope: Scope;
  /** Since when: an ISO time. */
  readonly since: string;
  /** The names of the resource's other alarms that were on with it, in one and the same cause. Absent when there were none. */
  readonly others?: readonly string[];
}

/** What a remedy was decided by, for the people who go on where it ends. */
export interface Grounds {
  /** CloudWatch's words for why the alarm is on. */
  readonly reason: string;
  /** What was looked at, in lines. */
  readonly evidence: readonly string[];
  /** What a person would type instead. */
  readonly next: string;
}

/** Whether a runbook wants it, because of an alarm. */
export const isRemedy = ({ rule }: Pick<Proposal, 'rule'>): boolean => isRunbook(rule);

/** Whether a schedule wants it, and no rule: everybody knows when, and its next turn takes it back. */
export const isScheduled = ({ rule }: Pick<Proposal, 'rule'>): boolean => rule === 'off-hours';

/**
 * Whether mode `auto` gives people time to say no: not to what takes nothing from anybody, nor to what they have agreed on, nor
 * while an alarm is on.
 */
export const needsGrace = (proposal: Pick<Proposal, 'action' | 'rule'>): boolean =>
  directionOf(proposal.action) !== 'neutral' && !isScheduled(proposal) && !isRemedy(proposal);

/** A proposal that the plan holds back, and why. */
export interface Deferral extends Proposal {
  readonly deferredBecause: string;
}

/** Something for people: a suggestion that is never carried out, or a finding. */
export interface Finding {
  readonly rule: Cause;
  readonly kind: 'suggestion' | 'finding';
  readonly resource: Resource;
  readonly because: string;
  /** Of a suggestion: why it is left to people. Of a finding: what may come of it. */
  readonly note: string;
  /** What to do, exactly. */
  readonly step: string;
  readonly saving?: Evidence<Saving>;
  readonly charts?: Charts;
}

/** It had been announced as unused, and is used again: it is back at the bottom of the ladder. */
export interface Woken {
  readonly rule: Cause;
  readonly resource: Resource;
  readonly because: string;
}

export interface Left {
  readonly rule: Cause;
  readonly resource: Resource;
  readonly because: string;
  /** True when it was left because something about it could not be known. */
  readonly unknown?: true;
}

/** What one function decided for one account at one tick. Frozen: it is announced, approved and carried out as it is. */
export interface Plan {
  /** Readable and unique: function, tick, account and the beginning of the hash. */
  readonly id: string;
  /** SHA-256 over the canonical JSON of `{actions, policyHash}`, and of the `alarms` that actions are because of. */
  readonly hash: string;
  readonly function: string;
  readonly account: string;
  /** The tick's time, ISO 8601 in UTC. */
  readonly time: string;
  readonly policyHash: string;
  /** In the order in which it would be carried out: the dearest first. */
  readonly act: readonly Proposal[];
  readonly deferred: readonly Deferral[];
  /** Nobody carries these out, whatever the mode. Absent when there are none. */
  readonly findings?: readonly Finding[];
  /** Absent when there are none. */
  readonly woken?: readonly Woken[];
  readonly leave: readonly Left[];
  readonly unreadable: readonly UnreadableScope[];
}

export type PlanDraft = Omit<Plan, 'id' | 'hash' | 'policyHash' | 'time'> & { readonly time: Date };

/**
 * Whether it is one of the plans that off-hours makes, tick by tick: each stands for itself, and what it could not do the next
 * ones propose again and tell people of. A person who takes such a change back has a plan of their own.
 */
export const isOffHours = (plan: Pick<Plan, 'function'>): boolean => plan.function === 'off-hours';

/** Hashes, names and freezes a plan. */
export function sealPlan(draft: PlanDraft, policy: Policy): Plan {
  const decidedUnder = policyHash(policy);
  const time = draft.time.toISOString();
  const hash = hashOfActions({ act: draft.act, policyHash: decidedUnder });
  const minute = time.slice(0, 16).replace('T', '-').replace(':', '');
  const id = `${draft.function}-${minute}-${draft.account}-${hash.slice(0, 6)}`;
  const leave = [...draft.leave].sort(byResource);
  const findings = draft.findings?.length ? { findings: [...draft.findings].sort(byConcern) } : {};
  const woken = draft.woken?.length ? { woken: [...draft.woken].sort(byResource) } : {};
  const { findings: _findings, woken: _woken, ...rest } = draft;
  return deepFreeze({ ...rest, ...findings, ...woken, leave, id, hash, time, policyHash: decidedUnder });
}

/** The hash of a plan: only what is approved and what it is because of, not the words around it. */
export function hashOfActions({ act, policyHash: under }: Pick<Plan, 'act' | 'policyHash'>): string {
  const alarms = act.flatMap(({ alarm }) => alarm ?? []);
  const actions = act.map(({ action }) => action);
  return hashOf({ actions, policyHash: under, ...(alarms.length > 0 ? { alarms } : {}) });
}

/**
 * At most so many actions an execution. It has room for 3,000 operations, and every poll and retry is one: a database that is
 * stopped for thirty days takes a hundred to a hundred and fifty.
 */
export const ACTIONS_AT_ONCE = 15;

/** The same of what schedules want: it is done when it has settled, and nobody looks after it. */
export const SCHEDULED_AT_ONCE = 50;

/** Whether it answers an alarm: it waits for nobody, and is over when the alarm is. */
export const isRemediation = (plan: Pick<Plan, 'function'>): boolean => plan.function === 'remediate-alarm';

/**
 * Whether a newer plan of the same function and account takes the place of one that waits. A person's undo is each for itself,
 * and so are the deletes of a night, what schedules want at one tick, and what is done about an alarm: none is in two plans.
 */
export const isSuperseded = ({ function: name }: Pick<Plan, 'function'>): boolean =>
  !['undo', 'prune-snapshots', 'off-hours', 'remediate-alarm'].includes(name);

/** What one execution carries out: a whole plan or, of a larger one, the n-th part of its actions. */
export interface Part {
  readonly plan: string;
  /** From 1. */
  readonly part?: number | undefined;
}

/** The executions that carry a plan out between them. It is announced, answered and superseded as one all the same. */
export function partsOf({ id, act }: Pick<Plan, 'id' | 'act'>): Part[] {
  const parts = sharesOf(act).length;
  return parts <= 1 ? [{ plan: id }] : Array.from({ length: parts }, (_, index) => ({ plan: id, part: index + 1 }));
}

/** `<plan>`, or `<plan>-<n>`: what an execution is called, and claims. */
export const nameOfPart = ({ plan, part }: Part): string => (part === undefined ? plan : `${plan}-${part}`);

/** The plan in such a name. The id of a plan ends in six digits of its hash, the number of a part never has so many. */
export const planInName = (name: string): string => name.replace(/-\d{1,5}$/, '');

/** The plan as the execution of a part sees it: what others carry out is there, under its number, and only reported. */
export function planForPart(plan: Plan, { part }: Part): Plan {
  if (part === undefined) return plan;
  const own = new Set(sharesOf(plan.act)[part - 1]);
  return { ...plan, act: plan.act.map((one, index) => (own.has(index) ? one : { ...one, mode: 'report' })) };
}

/** The indices of the actions of each part, which follow from the plan alone. No part has actions of two steps. */
function sharesOf(act: readonly Proposal[]): number[][] {
  const most = act.every(isScheduled) ? SCHEDULED_AT_ONCE : ACTIONS_AT_ONCE;
  const steps = [...Map.groupBy(act.keys(), (index) => act[index]?.step ?? 0)].sort(([a], [b]) => a - b);
  return steps.flatMap(([, indices]) => {
    const parts = Math.ceil(indices.length / most);
    return Array.from({ length: parts }, (_, part) => indices.slice(part * most, (part + 1) * most));
  });
}

/**
 * What a person would hear from the plan: two plans of equal digest say the same, so the second needs no message.
 * Evidence and prices may move a little every day without being news.
 */
export function digestOf(plan: Plan): string {
  const said = ({ action, rule, mode, alarm }: Proposal) => ({ action, rule, mode, ...(alarm ? { alarm } : {}) });
  return hashOf({
    act: [...plan.act].sort(byResource).map(said), // a price that moves may change the order, which is no news
    deferred: plan.deferred.map((one) => one.resource.arn).sort(),
    ...(plan.findings
      ? { findings: [...plan.findings].sort(byResource).map(({ rule, kind, step }) => ({ rule, kind, step })) }
      : {}),
    ...(plan.woken ? { woken: plan.woken.map(({ rule, resource }) => ({ rule, resource: resource.arn })) } : {}),
    unreadable: plan.unreadable.map(({ account, region, what }) => ({ account, region, what })),
    someUnknown: plan.leave.some((left) => left.unknown),
  });
}

/** How many resources got which verdict; `unknown` are those left because something could not be known. */
export const countsOf = ({ act, deferred, findings, leave }: Plan) => ({
  act: act.length,
  deferred: deferred.length,
  ...(findings ? { findings: findings.length } : {}),
  leave: leave.length,
  unknown: leave.filter((left) => left.unknown).length,
});

/** The dearest first; an unknown saving last; equal ones by ARN, so that the order never depends on who answered first. */
export function byWorth(a: Worth, b: Worth): number {
  return worth(b) - worth(a) || byResource(a, b);
}

/** What is not about money is about something that may fail: it comes first. */
const byConcern = (a: Finding, b: Finding): number =>
  Number(a.saving !== undefined) - Number(b.saving !== undefined) || byWorth(a, b);

/** By ARN, then by rule. */
function byResource(a: Pick<Proposal, 'resource' | 'rule'>, b: Pick<Proposal, 'resource' | 'rule'>): number {
  return compare(a.resource.arn, b.resource.arn) || compare(a.rule, b.rule);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Worth = Pick<Finding, 'resource' | 'rule' | 'saving'>;

const worth = ({ saving }: Worth): number => (saving?.known ? saving.value.monthly.amount : -1);

/** How many actions of one rule a plan may hold when the rule judged so many resources: at least 1, unless it only finds. */
export function capOf(rule: Cause, judged: number, policy: Policy): number {
  const cap = capIn(policy, rule);
  if (!cap) return 0;
  const bySize = Math.floor(parseShare(cap.share) * judged + 1e-9); // 29 % of 100 is 28.999999999999996
  return Math.max(1, Math.min(cap.count, bySize));
}

/**
 * Splits candidates into what the caps let through and what waits, both in order of worth.
 * @param first resources that come before all others, whatever they are worth
 */
export function applyCaps<T extends { readonly proposal: Proposal }>(
  candidates: readonly T[],
  caps: ReadonlyMap<Cause, number>,
  first: ReadonlySet<Arn> = new Set(),
): { within: T[]; beyond: T[] } {
  const isLater = ({ proposal }: T): number => Number(!first.has(proposal.resource.arn));
  const within: T[] = [];
  const beyond: T[] = [];
  const taken = new Map<Cause, number>();
  const inOrder = (a: T, b: T): number => isLater(a) - isLater(b) || byWorth(a.proposal, b.proposal);
  for (const candidate of [...candidates].sort(inOrder)) {
    const { rule } = candidate.proposal;
    const before = taken.get(rule) ?? 0;
    taken.set(rule, before + 1);
    (before < (caps.get(rule) ?? 0) ? within : beyond).push(candidate);
  }
  return { within, beyond };
}

/** What a message shows of a resource. */
export function describeResource(facts: Facts, policy: Policy): Resource {
  const owner = facts.tags[policy.defaults.ownerTag];
  return {
    arn: facts.identity.arn,
    name: facts.name,
    region: facts.scope.region,
    what: describeFacts(facts),
    ...(owner ? { owner } : {}),
  };
}

/** What it is: `m5.large`, `db.r6g.large postgres, Multi-AZ`. */
export function describeFacts(facts: Facts): string {
  switch (facts.type) {
    case 'instance':
      return facts.instanceType;
    case 'database':
      return describeDatabase(facts);
    case 'volume':
      return describeVolume(facts.spec);
    case 'snapshot':
      return `a snapshot of ${facts.sizeGiB} GiB`;
    default:
      return facts satisfies never;
  }
}

function describeDatabase({ classes, engine, multiAz, form }: Extract<Facts, { type: 'database' }>): string {
  const compute = [...new Set(classes)].join(' and ') || 'no instances';
  const members = form === 'cluster' && classes.length > 1 ? `${classes.length} x ` : '';
  return `${members}${compute} ${engine}${multiAz && form === 'instance' ? ', Multi-AZ' : ''}`;
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
