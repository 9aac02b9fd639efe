import type { Scope } from '../identity.ts';
import type { Policy } from '../policy.ts';
import { parseSpan } from '../quantity.ts';
import { localTime } from '../time.ts';
import type { Alarm } from './alarm.ts';
import {
  alarmMemory,
  isDue,
  isSameChange,
  MOST_CHANGES,
  overAt,
  type Remediation,
  type RemediationMemory,
  recentChanges,
  WAITED_MS,
} from './memory.ts';
import { areOne, type Place } from './place.ts';
import type { Remedy, RunbookId } from './runbook.ts';
import { modeOfRunbook } from './terms.ts';

/** What keeps a runbook from an alarm. */
export const GUARD_IDS = [
  'out-of-scope',
  'no-alarm',
  'already-answered',
  'out-of-order',
  'too-old',
  'set-by-hand',
  'muted',
  'flapping',
  'deleted',
  'over',
  'off',
  'stopped-by-us',
  'no-data',
  'busy',
  'cool-down',
  'hourly-cap',
  'passing',
] as const;
export type GuardId = (typeof GUARD_IDS)[number];

/** An alarm that is left, and why. */
export interface Held {
  readonly guard: GuardId;
  /** For people. */
  readonly because: string;
  /** `nobody`: it is as expected, or was said before. */
  readonly tell: 'people' | 'nobody';
  /** The plan that answers it already: one that was not delivered goes on from there. */
  readonly plan?: string;
  /** It is left for a while only: when it is looked at again, if it is still on. */
  readonly again?: Date;
}

/** What guards judge by. */
export interface GuardContext {
  readonly policy: Policy;
  /** What is looked after; without any in the policy, the function's own. */
  readonly scopes: readonly { readonly account: string; readonly regions: readonly string[] }[];
  /** With the change that is judged. */
  readonly memory: RemediationMemory;
  readonly now: Date;
  /** A person names the alarm: it is looked into now, whatever keeps back what comes by itself. */
  readonly asked?: true;
}

/** Why an alarm is left as its event tells of it, before anything is read; nothing when it is to be looked into. */
export function heldOnArrival(alarm: Alarm, context: GuardContext): Held | undefined {
  return (
    outOfScope(alarm, context) ??
    noAlarm(alarm) ??
    alreadyAnswered(alarm, context) ??
    outOfOrder(alarm, context) ??
    tooOld(alarm, context) ??
    heldAsItIs(alarm, context)
  );
}

/** The same of the alarm as it is when it is read again; undefined: it is not there any more. */
export function heldOnReading(alarm: Alarm | undefined, context: GuardContext): Held | undefined {
  if (!alarm) return quietly('deleted', 'the alarm is deleted');
  if (alarm.state !== 'ALARM') {
    return quietly('over', `it is ${alarm.state} again since ${timeOf(alarm.since, context)}: there is nothing to do`);
  }
  return alreadyAnswered(alarm, context) ?? heldAsItIs(alarm, context);
}

/** The same of one that only its composite brings: nobody knows whether people know of it. */
export const heldAsChild = (alarm: Alarm, context: GuardContext): Held | undefined =>
  heldOnReading(alarm, context) ?? tooOld(alarm, context);

/** What may be seen of an alarm that is on, both when it arrives and when it is read again. */
const heldAsItIs = (alarm: Alarm, context: GuardContext): Held | undefined =>
  setByHand(alarm) ?? (context.asked ? undefined : (muted(alarm) ?? flapping(alarm, context)));

/** A runbook that is about to look at a resource, for an alarm. */
export interface Attempt extends Place {
  readonly alarm: Alarm;
  readonly runbook: RunbookId;
  /** Where Lamplighter stopped the resource: by what. `off-hours, schedule office-hours` */
  readonly stoppedBy?: string;
}

/** Why a runbook leaves a resource alone; nothing when it may go on. */
export function heldBeforeActing(attempt: Attempt, context: GuardContext): Held | undefined {
  const { runbook, alarm, stoppedBy } = attempt;
  if (modeOfRunbook(context.policy, runbook) === 'off') {
    return quietly('off', `the runbook ${runbook} is off (\`remediation.modes\`)`);
  }
  if (stoppedBy) return quietly('stopped-by-us', `it is stopped on purpose, by ${stoppedBy}: its alarms are expected`);
  if (alarm.by === 'missing data') {
    return loudly('no-data', 'nothing was measured, which the alarm takes for breaching: nothing is done without data');
  }
  const kept = context.asked ? undefined : (coolingDown(attempt, context) ?? overHourlyCap(attempt, context));
  return busy(attempt, context) ?? kept;
}

/** Why a remedy that does nothing now is to be judged again; nothing when it is not. What nobody knows may be known soon. */
export function heldByPassing(
  { act, passes, unknown, because }: Pick<Remedy, 'act' | 'passes' | 'unknown' | 'because'>,
  alarm: Alarm,
  { now }: Pick<GuardContext, 'now'>,
): Held | undefined {
  const when = passes ?? (unknown ? 'soon' : undefined);
  if (act || !when) return undefined;
  return forAWhile(loudly('passing', because), alarm, when === 'soon' ? soonAfter(now) : when);
}

/** So often it is seen whether what nobody knows the end of is over. */
const SOON_MS = 15 * 60_000;

const soonAfter = (now: Date): Date => new Date(now.getTime() + SOON_MS);

const forAWhile = (held: Held, { since }: Alarm, again: Date): Held =>
  again.getTime() - since.getTime() < WAITED_MS ? { ...held, again } : held;

const loudly = (guard: GuardId, because: string): Held => ({ guard, because, tell: 'people' });
const quietly = (guard: GuardId, because: string): Held => ({ guard, because, tell: 'nobody' });

const timeOf = (time: Date | string, { policy }: GuardContext): string => localTime(new Date(time), policy.timezone);

function outOfScope({ scope }: { readonly scope: Scope }, { scopes }: GuardContext): Held | undefined {
  const own = scopes.find(({ account }) => account === scope.account);
  if (own?.regions.includes(scope.region)) return undefined;
  return quietly('out-of-scope', `${scope.region} of the account ${scope.account} is not looked after (\`scopes\`)`);
}

function noAlarm({ state }: Alarm): Held | undefined {
  if (state === 'ALARM') return undefined;
  return quietly('no-alarm', state === 'OK' ? 'it is OK' : 'CloudWatch has too few data to judge, which is no alarm');
}

function alreadyAnswered({ arn, since }: Alarm, { memory, now }: GuardContext): Held | undefined {
  const answer = alarmMemory(memory, arn).answers.find((one) => isSameChange(one.since, since));
  if (!answer || isDue(answer, now)) return undefined;
  if (!answer.plan) return quietly('already-answered', 'this change was answered before');
  return { ...quietly('already-answered', `the plan ${answer.plan} answers this change`), plan: answer.plan };
}

/** Events may overtake each other: the one that says OK may be there first. */
function outOfOrder({ arn, since }: Alarm, context: GuardContext): Held | undefined {
  const last = alarmMemory(context.memory, arn).changes.at(-1);
  if (!last || last.to === 'ALARM' || Date.parse(last.at) <= since.getTime()) return undefined;
  return quietly('out-of-order', `it is ${last.to} again since ${timeOf(last.at, context)}, which was told first`);
}

function tooOld({ since }: Alarm, { policy, now }: GuardContext): Held | undefined {
  const { eventAge } = policy.remediation;
  const age = now.getTime() - since.getTime();
  if (age <= parseSpan(eventAge)) return undefined;
  const minutes = Math.floor(age / 60_000);
  return loudly(
    'too-old',
    `it went off ${minutes} minutes ago, at most ${eventAge} are allowed (\`remediation.eventAge\`)`,
  );
}

function setByHand({ by, reason }: Alarm): Held | undefined {
  if (by !== 'a person') return undefined;
  const words = reason.length > 100 ? `${reason.slice(0, 100)}...` : reason;
  const wrote = words ? `, and wrote: ${words}` : '';
  return loudly('set-by-hand', `somebody set its state by hand (SetAlarmState)${wrote}`);
}

const muted = ({ muted: why }: Alarm): Held | undefined =>
  why === undefined ? undefined : quietly('muted', `somebody wants it quiet: ${why}`);

function flapping(alarm: Alarm, { policy, memory, now }: GuardContext): Held | undefined {
  const { flapping: limit } = policy.remediation;
  const one = alarmMemory(memory, alarm.arn);
  const recent = recentChanges(one, limit, now);
  const { length } = recent;
  const last = recent[length - limit.changes];
  if (!last) return undefined;
  const quiet = new Date(at(last.at) + parseSpan(limit.within));
  const changes = length < MOST_CHANGES ? `${length} changes` : `${length} changes or more`;
  const because = `it flaps: ${changes} within ${limit.within}. It is left alone until it is quiet (\`remediation.flapping\`)`;
  return forAWhile(one.flappingTold ? quietly('flapping', because) : loudly('flapping', because), alarm, quiet);
}

/** A runbook that acts is only kept back by those that acted. */
const counts = ({ mode }: Remediation, { runbook }: Attempt, { policy }: GuardContext): boolean =>
  mode !== 'report' || modeOfRunbook(policy, runbook) === 'report';

const at = (time: string): number => Date.parse(time);

/** Never two at one resource, nor at one cluster. */
function busy(attempt: Attempt, context: GuardContext): Held | undefined {
  const now = context.now.getTime();
  const other = context.memory.remediations.find(
    (one) => areOne(one, attempt) && one.mode !== 'report' && now < at(overAt(one)),
  );
  if (!other) return undefined;
  const { plan, runbook, resource } = other;
  const where = resource === attempt.resource ? 'at it' : 'at its cluster, or at a member of that,';
  const busy = loudly('busy', `${runbook} is ${where} already${plan ? ` (plan ${plan})` : ''}`);
  const held = forAWhile(busy, attempt.alarm, soonAfter(context.now));
  return plan ? { ...held, plan } : held;
}

function coolingDown(attempt: Attempt, context: GuardContext): Held | undefined {
  const { cooldown } = context.policy.remediation;
  const rests = context.memory.remediations
    .filter((one) => one.resource === attempt.resource && one.runbook === attempt.runbook)
    .filter((one) => counts(one, attempt, context))
    .map((one) => ({ until: at(overAt(one)) + parseSpan(cooldown), mode: one.mode }));
  const { until, mode } = rests.reduce((a, b) => (b.until > a.until ? b : a), { until: 0, mode: 'report' });
  if (until <= context.now.getTime()) return undefined;
  const was = mode === 'report' ? 'looked into it' : 'was at it';
  const when = timeOf(new Date(until), context);
  const because = `${attempt.runbook} ${was}, and leaves it alone until ${when} (\`remediation.cooldown\`)`;
  return forAWhile(loudly('cool-down', because), attempt.alarm, new Date(until));
}

const HOUR_MS = 3_600_000;

/** What nobody is asked about is counted and kept back; what waits for a person's yes, or only looks, is neither. */
function overHourlyCap({ runbook, alarm }: Attempt, { policy, memory, now }: GuardContext): Held | undefined {
  const { atMostPerHour } = policy.remediation;
  if (modeOfRunbook(policy, runbook) !== 'auto') return undefined;
  const since = now.getTime() - HOUR_MS;
  const times = memory.remediations.flatMap((one) => (one.mode === 'auto' && at(one.at) > since ? at(one.at) : []));
  const { length } = times;
  const last = times.sort((a, b) => a - b)[length - atMostPerHour];
  if (last === undefined) return undefined;
  const because = `${length} remediations within an hour; at most ${atMostPerHour} are allowed (\`remediation.atMostPerHour\`)`;
  return forAWhile(loudly('hourly-cap', because), alarm, new Date(last + HOUR_MS));
}
