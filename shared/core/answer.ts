import type { Arn } from './identity.ts';
import { isOffHours, needsGrace, type Plan, type Proposal } from './plan.ts';
import type { Policy } from './policy.ts';
import { parseHours } from './quantity.ts';
import type { SpendSaying } from './spend/answer.ts';
import { DAY_MS, localDate } from './time.ts';

/** What a person may say about a plan. */
export interface PlanAnswer {
  readonly planId: string;
  readonly hash: string;
  readonly say: 'approve' | 'veto';
  /** Numbers of the actions that it is about, from 1; absent: all of them. */
  readonly actions?: readonly number[];
  /** ARN of the person's IAM identity, as the Function URL saw it. */
  readonly by: string;
  /** ISO time at which the answer was written. */
  readonly at: string;
  readonly note?: string;
}

/** Everything that people have said about one plan. */
export interface PlanAnswers {
  readonly approval?: PlanAnswer;
  readonly vetoes: readonly PlanAnswer[];
}

/** Somebody has said as much already, or the opposite in a way that leaves nothing to say. */
export class AlreadyAnsweredError extends Error {
  override readonly name = 'AlreadyAnsweredError';
  /** What was said before: who, what and when. */
  readonly standing: PlanAnswer;
  constructor(standing: PlanAnswer) {
    const what = standing.actions ? `action ${standing.actions.join(', ')} of the plan` : 'the plan';
    const said = { approve: 'approved', veto: 'vetoed' }[standing.say];
    super(`${standing.by} ${said} ${what} at ${standing.at}; nothing was recorded`);
    this.standing = standing;
  }
}

/** What the answers mean for one action by now. */
export type Standing =
  | { readonly standing: 'approved'; readonly by: string }
  | { readonly standing: 'vetoed'; readonly by: string; readonly note?: string }
  | { readonly standing: 'open' };

/** A veto wins over an approval, whichever came first: a person's no is always in time until the mutation. */
export function standingOf(number: number, { approval, vetoes }: PlanAnswers): Standing {
  const covers = ({ actions }: PlanAnswer) => actions === undefined || actions.includes(number);
  const veto = vetoes.find(covers);
  if (veto) return { standing: 'vetoed', by: veto.by, ...(veto.note ? { note: veto.note } : {}) };
  if (approval && covers(approval)) return { standing: 'approved', by: approval.by };
  return { standing: 'open' };
}

/** What is only reported asks nobody anything. */
export const wantsAnswer = ({ mode }: Pick<Proposal, 'mode'>): boolean => mode === 'approve' || mode === 'auto';

/**
 * Whether nothing is left to wait for, in the whole plan or in those of its actions that have this mode. A plan has one
 * approval: what it leaves out of mode `approve` cannot be approved any more; what it leaves out of `auto` still has its
 * grace.
 */
export const isDecided = (plan: Plan, answers: PlanAnswers, only?: 'approve' | 'auto'): boolean =>
  plan.act.every((one, index) => {
    if (!wantsAnswer(one) || (only && one.mode !== only)) return true;
    if (one.mode === 'approve' && answers.approval) return true;
    return standingOf(index + 1, answers).standing !== 'open';
  });

const HOUR_MS = 3_600_000;

/**
 * The first moment at which an answer to an action is too late to be waited for: `approveWithin` after the plan's tick, and
 * for `auto` the end of the grace, which is the tick itself for what needs none; nothing when nobody is asked. What a schedule
 * wants may be approved for as long as it wants it.
 */
export function deadlineOf(plan: Pick<Plan, 'time' | 'function'>, proposal: Asked, policy: Policy): Date | undefined {
  if (!wantsAnswer(proposal)) return undefined;
  if (isDoneAtOnce(proposal)) return new Date(plan.time);
  if (isOffHours(plan) && proposal.schedule?.until) return new Date(proposal.schedule.until);
  const hours = parseHours(proposal.mode === 'auto' ? graceOf(proposal, policy) : policy.defaults.approveWithin);
  return new Date(Date.parse(plan.time) + hours * HOUR_MS);
}

/** How long people may say no in mode `auto`: the end of an expired snapshot has a grace of its own. */
const graceOf = ({ action }: Asked, { defaults, snapshots }: Policy): string =>
  action.kind === 'delete-snapshot' ? snapshots.pruneGrace : defaults.grace;

type Asked = Pick<Proposal, 'mode' | 'action' | 'rule' | 'schedule'>;

/** Whether it waits for nobody: only a veto that comes before it is done stops it. */
export const isDoneAtOnce = (proposal: Asked): boolean => proposal.mode === 'auto' && !needsGrace(proposal);

/** When the last of a plan's deadlines is over; nothing when the plan asks nobody. */
export function lastDeadline(plan: Plan, policy: Policy): Date | undefined {
  const deadlines = plan.act.flatMap((proposal) => deadlineOf(plan, proposal, policy) ?? []);
  return deadlines.reduce<Date | undefined>((last, one) => (last && last >= one ? last : one), undefined);
}

/** No zone is further from UTC than this. */
const FURTHEST_ZONE_MS = 14 * HOUR_MS;

/**
 * The last millisecond of a calendar date as people in `timezone` have it. What lasts until then lasts through that day,
 * and is shown as that day.
 */
export function endOfDay(date: string, timezone: string): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  let [within, after] = [midnight - FURTHEST_ZONE_MS, midnight + DAY_MS + FURTHEST_ZONE_MS];
  while (after - within > 1) {
    const middle = Math.floor((within + after) / 2);
    if (localDate(new Date(middle), timezone) <= date) within = middle;
    else after = middle;
  }
  return new Date(within);
}

/** What a person sends to the function `answer`. */
export type AnswerRequest =
  | {
      readonly about: { readonly plan: string; readonly hash: string };
      readonly say: 'approve' | 'veto';
      readonly actions?: readonly number[];
      /** With `veto`: how long the resources are to be left alone, a calendar date; absent: this plan only. */
      readonly until?: string;
      readonly note?: string;
    }
  | { readonly about: { readonly change: string }; readonly say: 'undo'; readonly note?: string }
  | {
      readonly about: { readonly resource: Arn };
      readonly say: 'veto';
      readonly until: string;
      readonly note?: string;
    }
  | {
      readonly about: { readonly resource: Arn };
      readonly say: 'keep-on';
      /** A local time of the policy's time zone (`2026-11-27T18:00`), a calendar date, through that day, or `now`. */
      readonly until: string;
      readonly note?: string;
    }
  | {
      readonly about: { readonly anomaly: string };
      readonly say: SpendSaying;
      /** With `snooze` and `expected`: the last day. */
      readonly until?: string;
      /** With `expected`: it comes back on its day of each month. */
      readonly recurring?: true;
      readonly note?: string;
    };
