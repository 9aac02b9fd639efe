import { describeResource, type Left, type Plan, type Proposal, sealPlan } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { parseHours, parseSpan } from '../../shared/core/quantity.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import type { Incident, IncidentPart } from '../../shared/core/remediation/fold.ts';
import {
  type Attempt,
  type GuardContext,
  type Held,
  heldBeforeActing,
  heldByPassing,
} from '../../shared/core/remediation/guards.ts';
import {
  type Remediation,
  type RemediationMemory,
  timesUnattended,
  type Waits,
  waitedFor,
  withAnswer,
  withEnd,
  withFlappingTold,
  withRemediation,
  withUnattended,
} from '../../shared/core/remediation/memory.ts';
import { placeOf } from '../../shared/core/remediation/place.ts';
import type { Remedy } from '../../shared/core/remediation/runbook.ts';
import type { ToldIncident, ToldPart } from '../../shared/core/remediation/told.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import type { FoundResource, Looked, Wanted } from '../../shared/ports-remediation.ts';
import type { Ended } from './own.ts';
import { propose, type Wish } from './propose.ts';

/** A part of an incident with all that was found out about it. */
export interface LookedPart extends IncidentPart {
  /** Of its alarms the one that its runbook is for; without a runbook the oldest. */
  readonly alarm: Alarm;
  /** The resource as it is; absent where there is none, or it could not be read. */
  readonly found?: FoundResource;
  /** What its runbook says or, without one, what was looked at. Absent where a guard left the alarm before. */
  readonly remedy?: Remedy;
  /** What that was found by. */
  readonly looked?: Wanted & Looked;
  readonly held?: Held;
  /** Where Lamplighter stopped it: by what. */
  readonly stoppedBy?: string;
  /** Of what runbooks were at before, what is over by now. */
  readonly over?: readonly Ended[];
  /** And the plans that only wait for an approval. */
  readonly waiting?: readonly string[];
}

export interface LookedIncident extends Pick<Incident, 'because' | 'composites'> {
  readonly parts: readonly LookedPart[];
}

/** What people are told of a resource, with what was found of it. */
export type DecidedPart = ToldPart & Pick<LookedPart, 'looked'>;

export interface DecidedIncident extends ToldIncident {
  readonly parts: readonly DecidedPart[];
}

/** What is decided about the alarms of one account. */
export interface Decision {
  /** At most one for each incident. */
  readonly plans: readonly Plan[];
  /** What people are told, and for which alarms they need not be told anything. */
  readonly incidents: readonly DecidedIncident[];
  readonly quiet: readonly ToldPart[];
  readonly memory: RemediationMemory;
}

export interface Deciding extends GuardContext, Pick<JudgeContext, 'vetoes'> {
  readonly account: string;
  /** When what was kept before was decided: an ISO time. */
  readonly after?: string | undefined;
}

/** Incident by incident: each sees what the ones before it want to do. Total: it reads nothing and never throws. */
export function decide(incidents: readonly LookedIncident[], deciding: Deciding): Decision {
  const { now, after, memory: remembered } = deciding;
  const start: Decision = { plans: [], incidents: [], quiet: [], memory: remembered };
  // Runs of one account are told apart by their times.
  const first = Math.max(now.getTime(), after === undefined ? 0 : Date.parse(after) + 1);
  return incidents.reduce<Decision>((decision, incident) => {
    const time = new Date(first + decision.plans.length);
    const memory = withEnds(decision.memory, incident);
    const one = decideOne(incident, { ...deciding, memory }, time);
    return {
      plans: [...decision.plans, ...(one.plan ? [one.plan] : [])],
      incidents: [...decision.incidents, ...(one.told.parts.length > 0 ? [one.told] : [])],
      quiet: [...decision.quiet, ...one.quiet],
      memory: one.memory,
    };
  }, start);
}

const withEnds = (memory: RemediationMemory, { parts }: LookedIncident): RemediationMemory =>
  parts.flatMap(({ over = [] }) => over).reduce((all, { at, ...turn }) => withEnd(all, turn, at), memory);

function decideOne({ because, parts, composites }: LookedIncident, deciding: Deciding, time: Date) {
  const judged = judge(parts, deciding);
  const act = judged.flatMap(({ proposal }) => proposal ?? []);
  const { account, policy } = deciding;
  const draft = { function: 'remediate-alarm', account, time, deferred: [], unreadable: [] };
  const plan = act.length > 0 ? sealPlan({ ...draft, act, leave: judged.flatMap(leftOf(policy)) }, policy) : undefined;
  const isQuiet = ({ part }: Judged) => part.held?.tell === 'nobody';
  const told = judged.filter((one) => !isQuiet(one)).map(toldOf(policy));
  return {
    plan,
    told: { because, parts: told, ...(plan ? { plan } : {}) },
    quiet: judged.filter(isQuiet).map(toldOf(policy)),
    memory: rememberedOf(judged, { deciding, plan, composites }),
  };
}

/** A part with what is to be done about it, if anything. */
interface Judged {
  readonly part: LookedPart;
  readonly proposal?: Proposal;
}

/** Part by part: what is at work counts for those behind it. */
function judge(parts: readonly LookedPart[], deciding: Deciding): Judged[] {
  let { memory } = deciding;
  return parts.map((part) => {
    const judged = judgeOne(part, { ...deciding, memory });
    const turn = turnOf(judged, deciding, '');
    if (turn) memory = withRemediation(memory, turn);
    return judged;
  });
}

function judgeOne(part: LookedPart, deciding: Deciding): Judged {
  const { runbook, subject, alarm, alarms, remedy, found, stoppedBy } = part;
  if (!runbook || subject.type === 'none' || part.held) return { part };
  const place = placeOf(subject, alarm.scope, found?.parent);
  const attempt = { alarm, runbook, ...place, ...(stoppedBy ? { stoppedBy } : {}) };
  const held =
    heldBeforeActing(attempt, { ...deciding, memory: withoutWaiting(part, deciding) }) ??
    (remedy && heldByPassing(remedy, alarm, deciding));
  if (held) return { part: { ...part, held: unlessToldBefore(held, part, deciding) } };
  if (!remedy?.act || !found) return { part };
  const { act, because } = unlessRepeated({ ...remedy, act: remedy.act }, attempt, deciding);
  const proposed = propose({ runbook, alarm, alarms, remedy: { ...remedy, because }, found, act }, deciding);
  return 'left' in proposed ? { part: { ...part, remedy: proposed.left } } : { part, ...proposed };
}

/**
 * What was done without an approval and did not last is not done again without one within a day. The growths of storage are
 * counted by their runbook.
 */
function unlessRepeated(
  { act, because }: Pick<Wish, 'act'> & Pick<Remedy, 'because'>,
  { resource, runbook }: Attempt,
  { memory, now }: Deciding,
): Pick<Wish, 'act'> & Pick<Remedy, 'because'> {
  if (runbook === 'database-storage-low' || timesUnattended(memory, { resource, runbook, days: 1 }, now) === 0) {
    return { act, because };
  }
  const before = `${runbook} was at it within 24 hours without an approval, and it did not last: this time it waits for one`;
  return { act: { ...act, onlyApproved: true }, because: `${because}; ${before}` };
}

/** What waits on for the same reason was told before. */
function unlessToldBefore(held: Held, { alarms }: LookedPart, { memory }: Deciding): Held {
  const isTold = held.again && alarms.every((alarm) => waitedFor(memory, alarm) === held.guard);
  return isTold ? { ...held, tell: 'nobody' } : held;
}

/** What waits for a person is not at the resource: another runbook goes first, and the same one waits for its own plan. */
function withoutWaiting({ runbook, waiting = [] }: LookedPart, { memory, now }: Deciding): RemediationMemory {
  const isWaiting = (one: Remediation) => one.runbook !== runbook && waiting.includes(one.plan);
  const remediations = memory.remediations.map((one) => (isWaiting(one) ? { ...one, ended: now.toISOString() } : one));
  return { ...memory, remediations };
}

/** The turn of a runbook at a resource: what only looked had one, too, and keeps the same news back. */
function turnOf({ part, proposal }: Judged, { now, policy }: Deciding, plan: string): Remediation | undefined {
  const { runbook, subject, alarm, held, remedy, found } = part;
  if (!runbook || !remedy || held || subject.type === 'none') return undefined;
  const place = placeOf(subject, alarm.scope, found?.parent);
  const mode = proposal && proposal.mode !== 'off' ? proposal.mode : 'report';
  const until = new Date(now.getTime() + longestMs(mode, policy));
  return { runbook, ...place, plan, mode, at: now.toISOString(), until: until.toISOString() };
}

/** A day in which it settles, the time in which its alarm must be OK, and hours of undo: so long is a resource leased, too. */
const SETTLES_MS = 2 * DAY_MS;

/** By then a turn is over, if nobody writes down that it is. */
function longestMs(mode: Remediation['mode'], { remediation, defaults }: Policy): number {
  if (mode === 'report') return 0;
  const waits = mode === 'approve' ? parseHours(defaults.approveWithin) * HOUR_MS : 0;
  return waits + SETTLES_MS + parseSpan(remediation.verifyWithin);
}

const HOUR_MS = 3_600_000;

interface Remembering extends Pick<LookedIncident, 'composites'> {
  readonly deciding: Deciding;
  readonly plan: Plan | undefined;
}

/** Every alarm that people hear of, that waits, or that a plan is for, is answered. */
function rememberedOf(judged: readonly Judged[], { deciding, plan, composites }: Remembering): RemediationMemory {
  let { memory } = deciding;
  for (const one of judged) {
    const { alarm, alarms, held } = one.part;
    const turn = turnOf(one, deciding, plan?.id ?? `none, of ${alarm.name} since ${alarm.since.toISOString()}`);
    if (turn) memory = withRemediation(memory, turn);
    if (turn?.mode === 'auto') memory = withUnattended(memory, turn);
    if (held?.tell === 'nobody' && !held.again) continue;
    const answering = one.proposal ? plan : undefined;
    for (const { arn, since, muted } of alarms) {
      const waits = held?.again ? { waits: waitsOf(held.guard, held.again, muted) } : {};
      memory = withAnswer(memory, arn, { ...answerAt(since, answering), ...waits });
    }
    if (held?.guard === 'flapping' && held.tell === 'people')
      memory = withFlappingTold(memory, alarm.arn, deciding.now);
  }
  return composites.reduce((all, { arn, since }) => withAnswer(all, arn, answerAt(since, plan)), memory);
}

const waitsOf = (guard: Held['guard'], again: Date, muted: string | undefined): Waits => ({
  for: guard,
  again: again.toISOString(),
  ...(muted === undefined ? {} : { muted: true }),
});

const answerAt = (since: Date, plan: Plan | undefined) => ({
  since: since.toISOString(),
  ...(plan ? { plan: plan.id } : {}),
});

/** What was looked at and is not done. */
const leftOf =
  (policy: Policy) =>
  ({ part: { runbook, found, remedy, held }, proposal }: Judged): Left[] => {
    if (proposal || !runbook || !found || !remedy) return [];
    const because = held?.because ?? remedy.because;
    const isUnread = remedy.unknown && (!held || held.guard === 'passing');
    const unread = isUnread ? { unknown: true as const } : {};
    return [{ rule: runbook, resource: describeResource(found.facts, policy), because, ...unread }];
  };

const toldOf =
  (policy: Policy) =>
  ({
    part: { found, alarm: _alarm, stoppedBy: _stoppedBy, over: _over, waiting: _waiting, ...part },
  }: Judged): DecidedPart => ({
    ...part,
    ...(found ? { resource: describeResource(found.facts, policy) } : {}),
    ...(part.runbook === 'database-saturated' && found?.type === 'database' && found.counted
      ? { counted: found.counted }
      : {}),
  });
