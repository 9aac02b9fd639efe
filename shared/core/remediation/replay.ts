import type { Policy } from '../policy.ts';
import type { Alarm, StateChange } from './alarm.ts';
import { type GuardContext, type GuardId, type Held, heldBeforeActing, heldOnArrival } from './guards.ts';
import {
  forgetting,
  isSameChange,
  NOTHING_REMEMBERED,
  type RemediationMemory,
  withAnswer,
  withChange,
  withFlappingTold,
  withRemediation,
} from './memory.ts';
import type { Place } from './place.ts';
import { RUNBOOK_IDS, type RunbookId } from './runbook.ts';
import { MOST, mayAct, modeOfRunbook } from './terms.ts';

/** An alarm with the changes of its state, which CloudWatch keeps for 30 days. */
export interface ReplayedAlarm {
  /** As it is now: what it was is not kept. */
  readonly alarm: Alarm;
  /** The runbook that it has by now, and what it is about. */
  readonly chosen: ({ readonly runbook: RunbookId } & Place) | { readonly because: string };
  /** Why its runbook leaves what it is about alone, whatever is measured. */
  readonly leftAnyway?: string;
  readonly changes: readonly StateChange[];
  /** When it went off and something was done about it in truth, and by which plan. */
  readonly answered?: readonly { readonly since: Date; readonly plan: string }[];
}

export interface ReplayContext extends Pick<GuardContext, 'policy' | 'scopes'> {
  /** Half-open. What is before it is only remembered. */
  readonly from: Date;
  readonly to: Date;
  /** How long it takes from an alarm until what a runbook did should have made it OK. */
  readonly seconds: Readonly<Record<RunbookId, number>>;
}

/** What left an alarm: a guard, that it has no runbook, or that this leaves what it is about alone anyway. */
type LeftBy = GuardId | 'no-runbook' | 'left-anyway';

/** What would have come of one time that an alarm went off. */
export type Replayed = {
  readonly alarm: Alarm;
  readonly because: string;
} & (
  | {
      readonly would: 'act';
      readonly runbook: RunbookId;
      /** `wrong`: it was OK again by itself before the runbook would have been through. */
      readonly outcome: 'needed' | 'wrong' | 'unknown';
    }
  | { readonly would: 'look'; readonly runbook: RunbookId }
  | { readonly would: 'leave'; readonly guard: LeftBy }
);

/**
 * Plays past changes of state to the guards, the oldest first, as if each had been told at once and every runbook that is not off
 * had gone as far as it goes. An alarm that was OK again before its runbook would have been through would have been answered for
 * nothing; unless it was answered in truth: nobody knows what would have come of it by itself.
 */
export function replay(alarms: readonly ReplayedAlarm[], context: ReplayContext): Replayed[] {
  const policy = withoutWaiting(context.policy);
  const replayed: Replayed[] = [];
  let memory = NOTHING_REMEMBERED;
  let tidied = 0;
  for (const { one, change } of inOrder(alarms, context)) {
    const alarm: Alarm = { ...one.alarm, state: change.to, since: change.at, by: change.by, reason: '' };
    const hour = Math.floor(change.at.getTime() / HOUR_MS);
    if (hour > tidied) memory = forgetting(memory, policy.remediation, change.at); // each time would take long
    tidied = hour;
    memory = withChange(memory, { alarm });
    if (change.to !== 'ALARM' || change.at < context.from) continue;
    const result = replayOne(one, alarm, { ...context, policy, memory, now: change.at });
    replayed.push(result);
    memory = remembered(result, one, { memory, seconds: context.seconds });
  }
  return replayed;
}

const HOUR_MS = 3_600_000;

/** Every runbook that is not off goes as far as it goes. */
function withoutWaiting(policy: Policy): Policy {
  const off = RUNBOOK_IDS.filter((id) => modeOfRunbook(policy, id) === 'off').map((id) => [id, 'off'] as const);
  return { ...policy, remediation: { ...policy.remediation, modes: { ...MOST, ...Object.fromEntries(off) } } };
}

function inOrder(
  alarms: readonly ReplayedAlarm[],
  { to }: ReplayContext,
): { readonly one: ReplayedAlarm; readonly change: StateChange }[] {
  return alarms
    .flatMap((one) => one.changes.map((change) => ({ one, change })))
    .filter(({ change }) => change.at < to)
    .sort((a, b) => byTime(a.change, b.change) || (a.one.alarm.arn < b.one.alarm.arn ? -1 : 1));
}

const byTime = (a: StateChange, b: StateChange): number => a.at.getTime() - b.at.getTime();

function replayOne(one: ReplayedAlarm, told: Alarm, context: ReplayContext & GuardContext): Replayed {
  const { muted: _, ...alarm } = told; // whether it was muted then is not kept
  const left = ({ guard, because }: Held): Replayed => ({ alarm, would: 'leave', guard, because });
  const held = heldOnArrival(alarm, context);
  if (held) return left(held);
  const { chosen } = one;
  if ('because' in chosen) return { alarm, would: 'leave', guard: 'no-runbook', because: chosen.because };
  const heldThen = heldBeforeActing({ alarm, ...chosen }, context);
  if (heldThen) return left(heldThen);
  const { runbook } = chosen;
  if (!mayAct(runbook)) return { alarm, would: 'look', runbook, because: `${runbook} would have shown what it found` };
  if (one.leftAnyway) return { alarm, would: 'leave', guard: 'left-anyway', because: one.leftAnyway };
  const { outcome, because } = outcomeOf(one, alarm, { ...context, runbook });
  return { alarm, would: 'act', runbook, outcome, because };
}

function outcomeOf(
  { changes, answered = [] }: ReplayedAlarm,
  { since }: Alarm,
  { runbook, seconds, to }: ReplayContext & { readonly runbook: RunbookId },
): Pick<Extract<Replayed, { would: 'act' }>, 'outcome' | 'because'> {
  const through = new Date(since.getTime() + seconds[runbook] * 1000);
  const took = `${runbook} would have been through after ${inMinutes(seconds[runbook])}`;
  const [ok] = changes.filter(({ at, to: state }) => state === 'OK' && at > since).sort(byTime);
  if (ok && ok.at < through) {
    const after = inMinutes((ok.at.getTime() - since.getTime()) / 1000);
    const own = answered.find((one) => isSameChange(one.since, since));
    if (own)
      return { outcome: 'unknown', because: `the plan ${own.plan} answered it, and it was OK again after ${after}` };
    if (ok.by === 'a person') return { outcome: 'unknown', because: `${took}; somebody set it to OK after ${after}` };
    return { outcome: 'wrong', because: `${took}; it was OK again by itself after ${after}` };
  }
  if (through > to) return { outcome: 'unknown', because: `${took}, which is after the end of what was looked at` };
  return { outcome: 'needed', because: `${took}; it was not OK again until then` };
}

const inMinutes = (seconds: number): string => `${Math.ceil(seconds / 60)} min`;

/** What the guards remember of it. */
function remembered(
  result: Replayed,
  { chosen }: ReplayedAlarm,
  { memory, seconds }: { readonly memory: RemediationMemory; readonly seconds: ReplayContext['seconds'] },
): RemediationMemory {
  const { alarm, would } = result;
  const { since, arn } = alarm;
  if (would === 'leave') return result.guard === 'flapping' ? withFlappingTold(memory, arn, since) : memory;
  if ('because' in chosen) return memory;
  const plan = `of ${alarm.name} at ${since.toISOString()}`;
  const lasts = would === 'act' ? seconds[chosen.runbook] : 0;
  const until = new Date(since.getTime() + lasts * 1000).toISOString();
  const mode = would === 'look' ? 'report' : MOST[chosen.runbook];
  const turn = { ...chosen, plan, mode, at: since.toISOString(), until } as const;
  return withAnswer(withRemediation(memory, turn), arn, { since: since.toISOString(), plan });
}

/** What a replay comes to. */
export interface ReplaySummary {
  readonly acted: Readonly<Record<Extract<Replayed, { would: 'act' }>['outcome'], number>>;
  readonly looked: number;
  /** By guard, and only those that held something. */
  readonly left: Readonly<Partial<Record<LeftBy, number>>>;
}

export function summaryOf(replayed: readonly Replayed[]): ReplaySummary {
  const acted = { needed: 0, wrong: 0, unknown: 0 };
  const left: Partial<Record<LeftBy, number>> = {};
  let looked = 0;
  for (const one of replayed) {
    if (one.would === 'act') acted[one.outcome] += 1;
    else if (one.would === 'look') looked += 1;
    else left[one.guard] = (left[one.guard] ?? 0) + 1;
  }
  return { acted, looked, left };
}
