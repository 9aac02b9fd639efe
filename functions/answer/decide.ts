import { mayRunUnattended } from '../../shared/core/action.ts';
import {
  type AnswerRequest,
  deadlineOf,
  endOfDay,
  isDoneAtOnce,
  type PlanAnswer,
  type PlanAnswers,
  standingOf,
  wantsAnswer,
} from '../../shared/core/answer.ts';
import { mayAnswer, principalsFor } from '../../shared/core/approvers.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Arn } from '../../shared/core/identity.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { DAY_MS, localDate, localTime } from '../../shared/core/time.ts';
import {
  AnsweredBeforeError,
  BadRequestError,
  ExpiredError,
  GraceOverError,
  NeedsNoApprovalError,
  NotAllowedError,
  NothingToAnswerError,
  PlanChangedError,
  type Refusal,
  SupersededError,
  TooLateError,
} from './errors.ts';

export type PlanRequest = Extract<AnswerRequest, { readonly about: { readonly plan: string } }>;

/** Who asks, when, and under which policy. */
export interface Asking {
  readonly by: Arn;
  readonly now: Date;
  readonly policy: Policy;
}

export const answeredBefore = (answer: PlanAnswer, { policy }: Asking): AnsweredBeforeError =>
  new AnsweredBeforeError(answer, localTime(new Date(answer.at), policy.timezone));

export const stamp = ({ by, now }: Asking) => ({ by, at: now.toISOString() });

/** @throws {NotAllowedError} unless the policy names them for this account */
export function admit(account: string, { by, policy: { approvers } }: Asking): void {
  if (!mayAnswer(by, account, approvers)) throw new NotAllowedError(by, account, principalsFor(account, approvers));
}

/** All that the ledger knows about a plan that somebody answers. */
export interface PlanState {
  readonly plan: Plan;
  readonly answers: PlanAnswers;
  readonly supersededBy?: string;
  /** How actions of the plan ended, those that did. */
  readonly changes: readonly Change[];
}

/** What is to be recorded. */
export type Decision =
  | { readonly decision: 'record'; readonly answer: PlanAnswer }
  /** The same person said the same before: nothing new to record. */
  | { readonly decision: 'before'; readonly answer: PlanAnswer }
  /** Nobody waits for the plan; only its resources are to be left alone from now on. */
  | { readonly decision: 'standing-only' };

/**
 * Whether what a person says counts, and as what. Pure: the clock and the ledger have been read.
 * @throws {Refusal}
 */
export function decide(request: PlanRequest, state: PlanState, asking: Asking): Decision {
  if (request.about.hash !== state.plan.hash) throw new PlanChangedError(state.plan);
  refuseUnknownNumbers(request, state.plan);
  return request.say === 'approve' ? approve(request, state, asking) : veto(request, state, asking);
}

function approve(request: PlanRequest, state: PlanState, asking: Asking): Decision {
  const { plan, answers, supersededBy } = state;
  const wanted = answerable(request, plan);
  const { approval } = answers;
  if (approval) {
    const same =
      approval.by === asking.by &&
      sameNumbers(numbersOf(approval, plan), openAt(wanted, plan, asking, new Date(approval.at)));
    if (same) return { decision: 'before', answer: approval };
    throw answeredBefore(approval, asking);
  }
  const vetoes = wanted.map((number) => vetoOf(number, answers));
  if (vetoes[0] && vetoes.every(Boolean)) throw answeredBefore(vetoes[0], asking);
  if (supersededBy) throw new SupersededError(plan, supersededBy);
  const ended = endedOf(wanted, state);
  if (ended.length === wanted.length) throw new TooLateError(plan, ended); // whatever the policy of today says
  const open = openAt(wanted, plan, asking, asking.now);
  if (open.length === 0 || (request.actions && open.length < wanted.length)) throw expired(wanted, plan, asking);
  return { decision: 'record', answer: answerOf(request, { plan, numbers: open, asking }) };
}

/**
 * A no is in time until the mutation. So a plan that is approved, whose grace is over, or that needs none, may still be
 * vetoed as far as it has not been carried out; only what nobody approved in time has nothing left to veto. A veto that lasts is worth
 * recording even then.
 */
function veto(request: PlanRequest, state: PlanState, asking: Asking): Decision {
  const { plan, answers, supersededBy } = state;
  const wanted = vetoable(request, plan);
  const refuse = (refusal: Refusal): Decision => {
    if (request.until) return { decision: 'standing-only' };
    throw refusal;
  };
  if (wanted.length === 0) return { decision: 'standing-only' };
  const before = wanted.map((number) => vetoOf(number, answers));
  const [first] = before;
  if (first && before.every(Boolean)) {
    const another = before.find((one) => one?.by !== asking.by);
    return another ? refuse(answeredBefore(another, asking)) : { decision: 'before', answer: first };
  }
  const ended = endedOf(wanted, state);
  if (ended.length === wanted.length) throw new TooLateError(plan, ended);
  if (!wanted.some((number) => isUnderWay(number, state, asking))) {
    if (supersededBy) return refuse(new SupersededError(plan, supersededBy));
    if (openAt(wanted, plan, asking, asking.now).length === 0) return refuse(expired(wanted, plan, asking));
  }
  return { decision: 'record', answer: answerOf(request, { plan, numbers: wanted, asking }) };
}

/** How those of the actions ended that did. */
const endedOf = (numbers: readonly number[], { plan, changes }: PlanState): Change[] =>
  changes.filter(({ id }) => numbers.some((number) => id === changeId(plan, number)));

/** With `until` any action may be named: its resource is left alone, whether or not something waits for an answer. */
const vetoable = (request: PlanRequest, plan: Plan): number[] =>
  request.until ? numbersOf(request, plan).filter((number) => isAnswerable(plan, number)) : answerable(request, plan);

/** The id under which the ledger keeps how an action of a plan ended. */
export const changeId = (plan: Plan, number: number): string => `${plan.id}/${number}`;

/** Approved, or let through by the grace or without one: it may be about to happen. */
function isUnderWay(number: number, { plan, answers }: PlanState, { policy, now }: Asking): boolean {
  if (standingOf(number, answers).standing === 'approved') return true;
  const proposal = plan.act[number - 1];
  const graceEnd = proposal?.mode === 'auto' ? deadlineOf(plan, proposal, policy) : undefined;
  return graceEnd !== undefined && graceEnd <= now;
}

function refuseUnknownNumbers({ actions = [] }: PlanRequest, { act }: Plan): void {
  if (actions.every((number) => number <= act.length)) return;
  const allowed = act.length > 0 ? `numbers from 1 to ${act.length}` : 'none: the plan has no action';
  throw new BadRequestError([`actions: ${allowed}`]);
}

const isAnswerable = (plan: Plan, number: number): boolean => {
  const proposal = plan.act[number - 1];
  return proposal !== undefined && wantsAnswer(proposal);
};

/**
 * The actions that the answer is about. Whoever names none means all that ask; whoever names one that does not ask is told.
 * @throws {NothingToAnswerError}
 */
function answerable({ actions, say }: PlanRequest, plan: Plan): number[] {
  const all = plan.act.map((_, index) => index + 1).filter((number) => isAnswerable(plan, number));
  const reported = (actions ?? []).filter((number) => !isAnswerable(plan, number));
  if (all.length === 0 || reported.length > 0) {
    throw new NothingToAnswerError(plan, { say, actions: all.length === 0 ? [] : reported });
  }
  return actions ? [...actions] : all;
}

/** Those of the actions that could be answered at a time. */
function openAt(numbers: readonly number[], plan: Plan, { policy }: Asking, time: Date): number[] {
  return numbers.filter((number) => {
    const proposal = plan.act[number - 1];
    const deadline = proposal && deadlineOf(plan, proposal, policy);
    return deadline !== undefined && time < deadline;
  });
}

/** What is in mode `auto` goes on without an approval, if the policy alone may let it through. */
function expired(numbers: readonly number[], plan: Plan, { policy }: Asking): Refusal {
  const proposals = numbers.flatMap((number) => plan.act[number - 1] ?? []).filter((one) => !isDoneAtOnce(one));
  if (proposals.length === 0) return new NeedsNoApprovalError(plan);
  const deadlines = proposals.flatMap((proposal) => deadlineOf(plan, proposal, policy) ?? []);
  const since = new Date(Math.min(...deadlines.map((deadline) => deadline.getTime())));
  const over = { since, shown: localTime(since, policy.timezone) };
  const goesOn = proposals.every((proposal) => proposal.mode === 'auto' && mayRunUnattended(proposal));
  return goesOn ? new GraceOverError(plan, over) : new ExpiredError(plan, over);
}

function answerOf(
  { say, note }: PlanRequest,
  { plan, numbers, asking }: { plan: Plan; numbers: readonly number[]; asking: Asking },
): PlanAnswer {
  return {
    planId: plan.id,
    hash: plan.hash,
    say,
    // Named whenever it is not simply all: an approval must never cover what is only reported.
    ...(numbers.length < plan.act.length ? { actions: numbers } : {}),
    ...stamp(asking),
    ...(note ? { note } : {}),
  };
}

const vetoOf = (number: number, { vetoes }: PlanAnswers): PlanAnswer | undefined =>
  vetoes.find(({ actions }) => actions === undefined || actions.includes(number));

/** The actions that a request or an answer is about. */
export const numbersOf = ({ actions }: Pick<PlanAnswer, 'actions'>, plan: Plan): readonly number[] =>
  actions ?? plan.act.map((_, index) => index + 1);

const sameNumbers = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((number) => others.includes(number));

/** Longer than this, a tag on the resource itself says it better. */
const MOST_VETO_DAYS = 366;

/**
 * The moment at which a veto until this day ends: with the day, in the policy's time zone.
 * @throws {BadRequestError} when the day is over, or too far away
 */
export function vetoEnd(until: string, { policy, now }: Asking): Date {
  const [first, last] = [now, new Date(now.getTime() + MOST_VETO_DAYS * DAY_MS)].map((one) =>
    localDate(one, policy.timezone),
  );
  if (first && last && first <= until && until <= last) return endOfDay(until, policy.timezone);
  const instead = `for longer, tag the resource ${policy.defaults.protectTag}`;
  throw new BadRequestError([`until: a date from ${first} to ${last} (${policy.timezone}); ${instead}`]);
}
