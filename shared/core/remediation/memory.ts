import type { Arn } from '../identity.ts';
import type { Mode, Policy } from '../policy.ts';
import { parseSpan } from '../quantity.ts';
import { DAY_MS } from '../time.ts';
import type { Alarm, AlarmChange, AlarmState } from './alarm.ts';
import type { GuardId } from './guards.ts';
import type { Place } from './place.ts';
import type { RunbookId } from './runbook.ts';

/**
 * What is remembered of an account's alarms from one event to the next. Plain data with ISO times, so that it is kept as it is.
 * Every function here takes the same twice without a difference: an event may come twice.
 */
export interface RemediationMemory {
  readonly alarms: readonly AlarmMemory[];
  readonly remediations: readonly Remediation[];
  /** What was begun without anybody being asked, of the last 30 days. */
  readonly unattended?: readonly Unattended[];
}

export const NOTHING_REMEMBERED: RemediationMemory = { alarms: [], remediations: [] };

export interface AlarmMemory {
  readonly arn: Arn;
  /** The changes of its state that were seen, oldest first, whatever their events' order was. */
  readonly changes: readonly SeenChange[];
  /** Which of them were answered, be it by a plan or only by a message. */
  readonly answers: readonly Answer[];
  /** When people were told that it flaps; absent when it does not. */
  readonly flappingTold?: string;
}

export interface SeenChange {
  readonly at: string;
  readonly to: AlarmState;
  /** Somebody set it so. */
  readonly byPerson?: true;
}

export interface Answer {
  /** Since when the alarm was on. */
  readonly since: string;
  readonly plan?: string;
  /** It was left for a while only. */
  readonly waits?: Waits;
}

/** For what an alarm waits, which sends no second event while it is on. */
export interface Waits {
  readonly for: GuardId;
  /** When it is looked at again. */
  readonly again: string;
  /** Somebody wants it quiet, but its composite has spoken for it. */
  readonly muted?: true;
}

/** A runbook's turn at a resource. */
export interface Remediation extends Place {
  readonly runbook: RunbookId;
  /** Empty as long as it is only about to be made. */
  readonly plan: string;
  /** In `report` nothing was done, and only the same news is kept back. */
  readonly mode: Exclude<Mode, 'off'>;
  readonly at: string;
  /** By then it is over, whatever happened: its approval has expired, and so has its watch. */
  readonly until: string;
  /** When it was over. */
  readonly ended?: string;
}

/** What a plan does to a resource without an approval. */
export type Unattended = Pick<Remediation, 'resource' | 'runbook' | 'plan' | 'at'>;

/** For so many days that is remembered. */
export const UNATTENDED_DAYS = 30;

/** An event and DescribeAlarms may differ a little about the time of a change; an alarm is judged every ten seconds at most. */
const SAME_CHANGE_MS = 1000;

/** Whether two times are of the same change of one alarm. */
export const isSameChange = (some: Date | string, other: Date | string): boolean =>
  Math.abs(new Date(some).getTime() - new Date(other).getTime()) <= SAME_CHANGE_MS;

export const alarmMemory = ({ alarms }: RemediationMemory, arn: Arn): AlarmMemory =>
  alarms.find((one) => one.arn === arn) ?? { arn, changes: [], answers: [] };

/** So many changes of one alarm are remembered, the newest: more than a policy may ask for. */
export const MOST_CHANGES = 40;

/** With a change of state that was seen. */
export function withChange(memory: RemediationMemory, { alarm }: AlarmChange): RemediationMemory {
  const before = alarmMemory(memory, alarm.arn);
  const { state: to, since, by } = alarm;
  if (before.changes.some((one) => one.to === to && isSameChange(one.at, since))) return memory;
  const seen: SeenChange = { at: since.toISOString(), to, ...(by === 'a person' ? { byPerson: true } : {}) };
  const changes = [...before.changes, seen].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-MOST_CHANGES);
  const answers = before.answers.map((one) => (changedSince({ changes }, one.since) ? withoutWaits(one) : one));
  return withAlarm(memory, { ...before, changes, answers });
}

/** With an alarm's change to ALARM answered. The answer takes the place of one without a plan. */
export function withAnswer(memory: RemediationMemory, arn: Arn, answer: Answer): RemediationMemory {
  const before = alarmMemory(memory, arn);
  const same = before.answers.find(({ since }) => isSameChange(since, answer.since));
  if (same?.plan) return memory;
  const answers = [...before.answers.filter((one) => one !== same), answer].slice(-MOST_CHANGES);
  return withAlarm(memory, { ...before, answers });
}

const withoutWaits = ({ waits: _, ...answer }: Answer): Answer => answer;

/** With an alarm that is not waited for any more. */
export function withoutWaiting(memory: RemediationMemory, arn: Arn): RemediationMemory {
  const before = alarmMemory(memory, arn);
  return withAlarm(memory, { ...before, answers: before.answers.map(withoutWaits) });
}

/** So long after it went off an alarm is looked at again; by then it is people's. */
export const WAITED_MS = 2 * DAY_MS;

/** Whether an alarm that was left for a while is to be looked at again by now. */
export const isDue = ({ waits }: Answer, now: Date): boolean =>
  waits !== undefined && Date.parse(waits.again) <= now.getTime();

/** An alarm that is to be looked at again. */
export interface Due extends Pick<AlarmMemory, 'arn'>, Pick<Waits, 'muted'> {
  /** Since when it was on. */
  readonly since: string;
}

export const dueIn = ({ alarms }: RemediationMemory, now: Date): Due[] =>
  alarms.flatMap(({ arn, answers }) => {
    const due = answers.findLast((one) => isDue(one, now));
    return due ? [{ arn, since: due.since, ...(due.waits?.muted ? { muted: true } : {}) }] : [];
  });

/** For what an alarm was left, as long as it is not looked at again. */
export const waitedFor = (memory: RemediationMemory, { arn, since }: Pick<Alarm, 'arn' | 'since'>) =>
  alarmMemory(memory, arn).answers.find((one) => isSameChange(one.since, since))?.waits?.for;

/** With people told that an alarm flaps. */
export const withFlappingTold = (memory: RemediationMemory, arn: Arn, at: Date): RemediationMemory =>
  withAlarm(memory, { ...alarmMemory(memory, arn), flappingTold: at.toISOString() });

/** With a runbook's turn; one plan has it once at a resource. */
export function withRemediation(memory: RemediationMemory, one: Remediation): RemediationMemory {
  const isSame = ({ plan, resource, runbook }: Remediation) =>
    plan === one.plan && resource === one.resource && runbook === one.runbook;
  return memory.remediations.some(isSame) ? memory : { ...memory, remediations: [...memory.remediations, one] };
}

/** With what nobody is asked about; one plan does it once to a resource. */
export function withUnattended(
  memory: RemediationMemory,
  { resource, runbook, plan, at }: Unattended,
): RemediationMemory {
  const { unattended = [] } = memory;
  const isSame = (one: Unattended) => one.plan === plan && one.resource === resource;
  return unattended.some(isSame) ? memory : { ...memory, unattended: [...unattended, { resource, runbook, plan, at }] };
}

/** How often a runbook was at a resource without anybody being asked, within so many days: 30 at most. */
export const timesUnattended = (
  memory: RemediationMemory,
  { resource, runbook, days }: Pick<Unattended, 'resource' | 'runbook'> & { readonly days: number },
  now: Date,
): number =>
  unattendedWithin(memory, days, now).filter((one) => one.resource === resource && one.runbook === runbook).length;

const unattendedWithin = ({ unattended = [] }: RemediationMemory, days: number, now: Date): Unattended[] =>
  unattended.filter(({ at }) => now.getTime() - Date.parse(at) < days * DAY_MS);

/** With a plan over: all of its turns, or those at one resource. What did nothing is not counted among what nobody was asked about. */
export function withEnd(
  memory: RemediationMemory,
  { plan, resource, untouched }: { readonly plan: string; readonly resource?: string; readonly untouched?: true },
  at: Date,
): RemediationMemory {
  const isMeant = (one: Unattended) => one.plan === plan && (resource ?? one.resource) === one.resource;
  const ended = (one: Remediation) =>
    isMeant(one) && one.ended === undefined ? { ...one, ended: at.toISOString() } : one;
  const { unattended, ...rest } = { ...memory, remediations: memory.remediations.map(ended) };
  const counted = unattended?.filter((one) => !untouched || !isMeant(one)) ?? [];
  return counted.length > 0 ? { ...rest, unattended: counted } : rest;
}

/** As long as an alarm is on its answer is kept, but no longer than so: by then nobody wants it on. */
const STILL_ON_MS = 30 * DAY_MS;

/**
 * Without what no guard asks about any more, so that it stays small, and without flapping that is over. What answers an alarm
 * that was not seen to change since is kept, with its turn: a reboot is not done twice for the same trouble.
 */
export function forgetting(
  memory: RemediationMemory,
  { flapping, cooldown }: Policy['remediation'],
  now: Date,
): RemediationMemory {
  const { alarms, remediations } = memory;
  const unattended = unattendedWithin(memory, UNATTENDED_DAYS, now);
  const kept = Math.max(DAY_MS, parseSpan(flapping.within), parseSpan(cooldown));
  const isYoung = (at: string, span = kept) => now.getTime() - Date.parse(at) < span;
  const remembered = alarms.flatMap(({ flappingTold, ...one }) => {
    const changes = one.changes.filter(({ at }) => isYoung(at));
    const answers = one.answers
      .filter(({ since }) => isYoung(since) || (isYoung(since, STILL_ON_MS) && !changedSince(one, since)))
      .map((answer) => (isYoung(answer.since, WAITED_MS) ? answer : withoutWaits(answer)));
    if (changes.length + answers.length === 0) return [];
    const flaps = flappingTold && recentChanges(one, flapping, now).length >= flapping.changes;
    return [{ ...one, changes, answers, ...(flaps ? { flappingTold } : {}) }];
  });
  const answering = new Set(remembered.flatMap(({ answers }) => answers.flatMap(({ plan }) => plan ?? [])));
  return {
    alarms: remembered,
    remediations: remediations.filter((one) => isYoung(overAt(one)) || answering.has(one.plan)),
    ...(unattended.length > 0 ? { unattended } : {}),
  };
}

/** Whether an alarm was seen to change after that. */
const changedSince = ({ changes }: Pick<AlarmMemory, 'changes'>, since: string): boolean =>
  changes.some(({ at }) => Date.parse(at) - Date.parse(since) > SAME_CHANGE_MS);

/** When a runbook's turn was over, or will be at the latest. */
export const overAt = ({ ended, until }: Remediation): string => ended ?? until;

/** The changes of the last while that count as flapping: those by hand do not. */
export const recentChanges = (
  { changes }: AlarmMemory,
  { within }: Policy['remediation']['flapping'],
  now: Date,
): SeenChange[] =>
  changes.filter(({ at, byPerson }) => {
    const age = now.getTime() - Date.parse(at);
    return !byPerson && age >= 0 && age < parseSpan(within);
  });

const withAlarm = (memory: RemediationMemory, one: AlarmMemory): RemediationMemory => ({
  ...memory,
  alarms: [...memory.alarms.filter(({ arn }) => arn !== one.arn), one],
});
