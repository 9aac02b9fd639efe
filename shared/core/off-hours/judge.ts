import type { Calendar } from '../calendar/calendar.ts';
import { type Course, courseOf } from '../calendar/course.ts';
import { HolidaysUnknownError } from '../calendar/holidays.ts';
import { type KeepOn, keepOnTagged, keptOn } from '../calendar/keep-on.ts';
import { scheduleOf } from '../calendar/schedule-tag.ts';
import { nextTransition, type StateAt, stateAt } from '../calendar/state.ts';
import type { Arn } from '../identity.ts';
import type { Mode } from '../policy.ts';
import { held, type JudgeContext, vetoedBy } from '../rules/exempt.ts';
import { localDate, localTime } from '../time.ts';
import { type Capacity, isLeftSuspended } from './action.ts';
import {
  type Act,
  firstMemory,
  isOwed,
  memoryOf,
  type Remembered,
  type Trouble,
  troubleOver,
  withHeldBack,
  withMemory,
  withoutTrouble,
} from './memory.ts';
import { isCurrent } from './resolve.ts';
import type { ScheduledResource } from './resource.ts';
import type { ScheduleInForce } from './schedules.ts';

/** What all resources of an account are judged under. */
export interface Judging extends JudgeContext {
  readonly schedules: ReadonlyMap<string, ScheduleInForce>;
  /** What people have answered: keep it on until. */
  readonly overrides: ReadonlyMap<Arn, KeepOn>;
}

/** Something that is to be done now. */
export interface Wanted {
  readonly resource: ScheduledResource;
  readonly act: Act;
  readonly because: string;
  readonly schedule: ScheduleInForce;
  readonly mode: Exclude<Mode, 'off'>;
  /** When its schedule will want something else; absent: never. */
  readonly until?: Date;
  /** What is remembered of it until the act is planned. */
  readonly remembered: Remembered;
  /** What somebody should mend. */
  readonly problem?: string;
}

/** Something that is left as it is. */
export interface LeftAlone {
  readonly resource: ScheduledResource;
  /** By name, where its tag names one of the policy. */
  readonly schedule?: string;
  /** What its schedule wants, where that is known. */
  readonly wanted?: StateAt;
  readonly because: string;
  /** True when it was left because something about it is not known. */
  readonly unknown?: true;
  /** What is remembered of it from now on; absent: nothing. */
  readonly remembered?: Remembered;
  /** What somebody should mend. */
  readonly problem?: string;
  /** It is under a schedule since this tick. */
  readonly isNew?: true;
}

export type Judged = Wanted | LeftAlone;

export const isWanted = (one: Judged): one is Wanted => 'act' in one;

/** What to do with one resource at one tick. Total: what nobody can know is left alone. */
export function judge(resource: ScheduledResource, remembered: Remembered | undefined, judging: Judging): Judged {
  const named = scheduleOf(resource.tags, judging.policy);
  const memory = remembered ? { remembered } : {};
  if (!named) return { resource, because: 'it is under no schedule', ...memory };
  if (!named.known) {
    const problem = whatStays(named.why, resource, remembered);
    return { resource, because: named.why, unknown: true, problem, ...memory };
  }
  const schedule = judging.schedules.get(named.value);
  if (!schedule) return { resource, because: `the schedule ${named.value} is not in force`, unknown: true, ...memory };
  const { name, broken } = schedule;
  if (broken) {
    const because = `nobody can follow its schedule ${name}: ${broken.why}`;
    const one = { resource, remembered, judging };
    return { resource, schedule: name, because, unknown: true, ...lateUnder(schedule, one, because) };
  }
  try {
    return judgeUnder(schedule, { resource, remembered, judging });
  } catch (error) {
    if (!(error instanceof HolidaysUnknownError)) throw error;
    const problem = whatStays(error.message, resource, remembered);
    return { resource, schedule: name, because: error.message, unknown: true, problem, ...memory };
  }
}

/** What nobody can follow is worse for what off-hours has stopped. */
const whatStays = (why: string, resource: ScheduledResource, remembered: Remembered | undefined): string =>
  isStoppedByUs(resource, remembered) ? `${why}. Off-hours has stopped it, and it stays stopped` : why;

/** What stands stopped by off-hours is late as soon as it should run, as far as that can be known of what is broken. */
function lateUnder(schedule: ScheduleInForce, one: Judgeable, because: string): Pick<LeftAlone, 'remembered'> {
  const { resource, remembered, judging } = one;
  if (!remembered) return {};
  const wanted = wantedOf(calendarFor(schedule, one).calendar, judging.now);
  const isDue = isStoppedByUs(resource, remembered) && wanted?.state === 'on';
  if (isDue) return { remembered: late(remembered, { act: 'start', because }, judging.now) };
  const isOver = wanted?.state === 'off' || resource.power.power === 'running';
  return { remembered: isOver && troubleOver(remembered, 'start') ? withoutTrouble(remembered) : remembered };
}

function wantedOf(calendar: Calendar, now: Date): StateAt | undefined {
  try {
    return stateAt(calendar, now);
  } catch (error) {
    if (error instanceof HolidaysUnknownError) return undefined;
    throw error;
  }
}

/** It is not only remembered so. */
export const isStoppedByUs = ({ power }: ScheduledResource, remembered: Remembered | undefined): boolean =>
  remembered?.stoppedByUs === true && power.power === 'stopped';

interface Judgeable {
  readonly resource: ScheduledResource;
  readonly remembered: Remembered | undefined;
  readonly judging: Judging;
}

/** @throws {HolidaysUnknownError} */
function judgeUnder(schedule: ScheduleInForce, one: Judgeable): Judged {
  const { remembered, judging } = one;
  const { calendar, tagged } = calendarFor(schedule, one);
  const wanted = stateAt(calendar, judging.now);
  const under: Under = { ...one, schedule, calendar, wanted };
  const judged = followed(under, course(under));
  const problem = tagged?.problem ? { problem: tagged.problem } : {};
  if (isWanted(judged)) return { ...judged, ...problem };
  const isNew = !remembered && judged.remembered ? { isNew: true as const } : {};
  return { ...judged, schedule: schedule.name, wanted, ...problem, ...isNew };
}

/** With the overrides of the resource, by tag and by answer. */
function calendarFor({ calendar }: ScheduleInForce, { resource, judging }: Judgeable) {
  const tagged = keepOnTagged(resource.tags, calendar.timezone);
  const answered = judging.overrides.get(resource.identity.arn);
  const overrides = [tagged, answered].filter((override) => override !== undefined);
  return { calendar: keptOn(calendar, overrides), tagged };
}

/** A resource under its schedule, at this moment. */
interface Under extends Judgeable {
  readonly schedule: ScheduleInForce;
  /** With its own overrides. */
  readonly calendar: Calendar;
  readonly wanted: StateAt;
}

/** What is only reported is never obeyed, so that nothing of it can be enforced. */
function course({ resource: { power }, remembered, judging: { now }, schedule, calendar }: Under): Course {
  const manual = schedule.mode === 'report' ? 'respect' : schedule.manual;
  return courseOf({ calendar, manual }, remembered && memoryOf(remembered), { ...power, at: now });
}

function followed(under: Under, { act, because, unknown, memory }: Course): Judged {
  const { resource, remembered, schedule } = under;
  const next = memory && (remembered ? withMemory(remembered, memory) : firstMemory(resource, memory));
  if (remembered && isAtWork(remembered, under)) {
    const { pending } = remembered;
    const because = `${pending?.mode === 'approve' ? 'it waits for an approval' : 'it is being done'}: plan ${pending?.planId}`;
    return { resource, because, remembered };
  }
  if (act === 'start' && remembered) return starting(under, { because, remembered });
  if (schedule.mode === 'off' && !isToGiveBack(under, next)) return switchedOff(under, next);
  if (!remembered && resource.leftBecause) return { resource, because: resource.leftBecause };
  if (act === 'stop' && remembered && next) return stopping(under, next, because);
  if (!next) return { resource, because, ...(unknown ? { unknown } : {}) };
  if (resource.power.power !== 'running') {
    return { resource, because, ...(unknown ? { unknown } : {}), remembered: waiting(under, next, because) };
  }
  return asItShouldBe(under, next, because);
}

/** A plan is at what the schedule still wants. */
function isAtWork({ pending }: Remembered, { wanted, judging }: Under): boolean {
  if (!pending || !isCurrent(pending, judging.now)) return false;
  return pending.act === (wanted.state === 'on' ? 'start' : 'stop');
}

/**
 * What off-hours has stopped is started, whatever the mode is: that only gives back, and nobody has to be asked in the morning.
 * What a person has vetoed is left alone all the same, but not without a word.
 */
function starting(under: Under, start: Pick<Wanted, 'because' | 'remembered'>): Judged {
  const { resource, judging } = under;
  const { remembered } = start;
  const left = vetoedBy(resource, judging);
  if (left) {
    const stays = resource.power.power === 'stopped' ? 'it stays stopped' : `${start.because}, and that stays so`;
    return { ...heldBack(under, { act: 'start', because: left, remembered }), problem: `${stays}: ${left}` };
  }
  if (sizeToRestore(resource, remembered)?.desired === 0) {
    return { resource, because: NO_SIZE, unknown: true, problem: NO_SIZE, remembered: withoutTrouble(remembered) };
  }
  return unlessResting(under, { act: 'start', mode: 'auto', ...start });
}

const NO_SIZE = 'off-hours stopped it and does not know its sizes any more: somebody has to start it';

/** The sizes that it had before the first stop; of what runs, those that it has. */
export const sizeToRestore = (resource: ScheduledResource, { capacity }: Remembered): Capacity | undefined =>
  capacity ?? ('capacity' in resource ? resource.capacity : undefined);

function stopping(under: Under, remembered: Remembered, because: string): Judged {
  const { resource, judging, schedule } = under;
  const { leftBecause } = resource;
  const left = leftBecause ?? frozen(judging) ?? held(resource, judging);
  if (left) return heldBack(under, { act: 'stop', because: left, remembered });
  const { mode } = schedule;
  return unlessResting(under, { act: 'stop', because, mode: mode === 'off' ? 'report' : mode, remembered });
}

/** It is left as it is, and why is remembered for whoever asks later. */
const heldBack = (
  { resource, judging: { now } }: Under,
  { remembered, ...why }: Pick<Wanted, 'act' | 'because' | 'remembered'>,
): LeftAlone => ({
  resource,
  because: why.because,
  remembered: withHeldBack(withoutTrouble(remembered), why, now),
});

/** Nothing takes anything away on these days. */
function frozen({ policy, now }: Judging): string | undefined {
  const today = localDate(now, policy.timezone);
  const freeze = policy.freeze.find(({ from, to }) => from <= today && today < to);
  return freeze && `frozen until ${freeze.to}: ${freeze.why}`;
}

/** What has come to nothing is tried again, but not at every tick. */
function unlessResting(
  { resource, judging: { now }, schedule, calendar }: Under,
  wanted: Pick<Wanted, 'act' | 'because' | 'mode' | 'remembered'>,
): Judged {
  const { remembered, act } = wanted;
  const trouble = troubleOver(remembered, act);
  const kept = withTrouble(remembered, trouble);
  if (trouble && isResting(trouble, now)) {
    const again =
      trouble.notBefore && `, looked at again at ${localTime(new Date(trouble.notBefore), calendar.timezone)}`;
    return { resource, because: `${trouble.because}${again ?? ''}`, remembered: kept };
  }
  const until = nextTransition(calendar, now)?.at;
  return { ...wanted, resource, schedule, ...(until ? { until } : {}), remembered: kept };
}

const isResting = ({ vetoed, notBefore }: Trouble, now: Date): boolean =>
  notBefore === undefined ? vetoed === true : now < new Date(notBefore);

/** Its schedule does nothing any more, but to give back what it had taken: that is remembered. */
function switchedOff({ resource, schedule }: Under, next: Remembered | undefined): LeftAlone {
  const because = `the mode of its schedule ${schedule.name} is off`;
  return { resource, because, ...(next && isOwed(next) ? { remembered: withoutTrouble(next) } : {}) };
}

/** It runs, and something of it does not. */
const isToGiveBack = ({ resource, wanted }: Under, next: Remembered | undefined): boolean =>
  next !== undefined && resource.power.power === 'running' && wanted.state === 'on' && isOwed(next);

/** What neither runs nor can be told to: when its schedule has turned, that it is not yet as wanted is remembered. */
function waiting(under: Under, next: Remembered, because: string): Remembered {
  const { remembered, wanted, judging, resource, schedule } = under;
  if (!remembered || resource.power.power === 'stopped') return withoutTrouble(next);
  const act: Act = wanted.state === 'on' ? 'start' : 'stop';
  const isDue = act === 'start' ? remembered.stoppedByUs : remembered.state === 'on' && schedule.mode === 'auto';
  return isDue ? late(next, { act, because }, judging.now) : withoutTrouble(next);
}

/** It is not as its schedule wants it, although nothing was tried; since when is not forgotten. */
function late(one: Remembered, { act, because }: Pick<Trouble, 'act' | 'because'>, now: Date): Remembered {
  return withTrouble(one, troubleOver(one, act) ?? { act, since: now.toISOString(), because, tries: 0 });
}

/** It runs. While it is wanted, its sizes are those that people want, and its alarms have to be heard. */
function asItShouldBe(under: Under, next: Remembered, because: string): Judged {
  const { resource, wanted } = under;
  if (wanted.state === 'off') return { resource, because, remembered: withoutTrouble(next) };
  const trouble = troubleOver(next, 'start');
  if (trouble && resource.short) return fillingUp(resource, next, trouble);
  const { capacity: _capacity, ...kept } = next;
  const owed = [
    ...(next.muted ? ['its alarms are muted'] : []),
    ...(isHalfStarted(resource, next) ? ['its scaling is suspended'] : []),
  ];
  if (owed.length === 0) return { resource, because, remembered: withoutTrouble(kept) };
  const remembered = resource.type === 'service' ? next : kept;
  return starting(under, { because: `it runs already, and ${owed.join(' and ')}`, remembered });
}

/** It asks for its size already, so nothing is tried again, and it is late until it has it. */
function fillingUp(resource: ScheduledResource, next: Remembered, trouble: Trouble): LeftAlone {
  const { notBefore: _notBefore, ...lasting } = trouble;
  return { resource, because: `${resource.short}: ${trouble.because}`, remembered: { ...next, trouble: lasting } };
}

/** Of a service that somebody else has started: what scales it stands still, as it does only because of a stop. */
const isHalfStarted = (resource: ScheduledResource, { capacity: before }: Remembered): boolean =>
  resource.type === 'service' &&
  before !== undefined &&
  !('min' in before) &&
  isLeftSuspended(resource.capacity, before);

function withTrouble(one: Remembered, trouble: Trouble | undefined): Remembered {
  return trouble ? { ...one, trouble } : withoutTrouble(one);
}

/** Whether somebody has to be asked who started it: it runs, though it is off and stood stopped by off-hours. */
export function isStartedBySomebody(
  resource: ScheduledResource,
  remembered: Remembered | undefined,
  judging: Judging,
): boolean {
  if (resource.type !== 'database' || resource.power.power !== 'running' || !remembered?.stoppedByUs) return false;
  const judged = judge(resource, remembered, judging);
  return !isWanted(judged) && judged.wanted?.state === 'off';
}
