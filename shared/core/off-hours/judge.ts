import type { Calendar } from '../calendar/calendar.ts';
import { type Course, courseOf, type Power } from '../calendar/course.ts';
import { HolidaysUnknownError } from '../calendar/holidays.ts';
import { type KeepOn, keepOnTagged, keptOn } from '../calendar/keep-on.ts';
import { scheduleOf } from '../calendar/schedule-tag.ts';
import { nextTransition, type StateAt, stateAt } from '../calendar/state.ts';
import type { Arn } from '../identity.ts';
import type { Mode } from '../policy.ts';
import { held, type JudgeContext, vetoedBy } from '../rules/exempt.ts';
import { localDate, localTime } from '../time.ts';
import type { Capacity } from './action.ts';
import { type Act, firstMemory, memoryOf, type Remembered, type Trouble, troubleOver, withMemory } from './memory.ts';
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
  if (!named.known) return { resource, because: named.why, unknown: true, problem: named.why, ...memory };
  const schedule = judging.schedules.get(named.value);
  if (!schedule) return { resource, because: `the schedule ${named.value} is not in force`, unknown: true, ...memory };
  const { name, broken } = schedule;
  if (broken) {
    const because = `nobody can follow its schedule ${name}: ${broken.why}`;
    return { resource, schedule: name, because, unknown: true, ...memory };
  }
  try {
    return judgeUnder(schedule, { resource, remembered, judging });
  } catch (error) {
    if (!(error instanceof HolidaysUnknownError)) throw error;
    return { resource, schedule: name, because: error.message, unknown: true, problem: error.message, ...memory };
  }
}

interface Judgeable {
  readonly resource: ScheduledResource;
  readonly remembered: Remembered | undefined;
  readonly judging: Judging;
}

/** @throws {HolidaysUnknownError} */
function judgeUnder(schedule: ScheduleInForce, one: Judgeable): Judged {
  const { resource, remembered, judging } = one;
  const tagged = keepOnTagged(resource.tags, schedule.calendar.timezone);
  const answered = judging.overrides.get(resource.identity.arn);
  const calendar = keptOn(
    schedule.calendar,
    [tagged, answered].filter((override) => override !== undefined),
  );
  const wanted = stateAt(calendar, judging.now);
  const under: Under = { ...one, schedule, calendar, wanted };
  const judged = followed(under, course(under));
  const problem = tagged?.problem ? { problem: tagged.problem } : {};
  if (isWanted(judged)) return { ...judged, ...problem };
  const isNew = !remembered && judged.remembered ? { isNew: true as const } : {};
  return { ...judged, schedule: schedule.name, wanted, ...problem, ...isNew };
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
  const { resource, remembered, schedule, judging } = under;
  const next = memory && (remembered ? withMemory(remembered, memory) : firstMemory(resource, memory));
  if (remembered && isAtWork(remembered, under)) {
    const { pending } = remembered;
    const because = `${pending?.mode === 'approve' ? 'it waits for an approval' : 'it is being done'}: plan ${pending?.planId}`;
    return { resource, because, remembered };
  }
  if (act === 'start' && remembered) {
    return starting(under, { because, mode: schedule.mode === 'approve' ? 'approve' : 'auto', remembered });
  }
  if (schedule.mode === 'off') return switchedOff(under, next);
  if (!remembered && resource.leftBecause) return { resource, because: resource.leftBecause };
  if (act === 'stop') {
    if (remembered && next) return stopping(under, next, because);
    const seen = firstMemory(resource, { state: under.wanted.state, at: judging.now, stoppedByUs: false });
    return { resource, because: 'seen for the first time: people are told before it is stopped', remembered: seen };
  }
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

/** What off-hours has stopped is started, whatever the mode has become: that only gives back. */
function starting(under: Under, start: Pick<Wanted, 'because' | 'mode' | 'remembered'>): Judged {
  const { resource, judging } = under;
  const { remembered } = start;
  const left = vetoedBy(resource, judging);
  if (left) return { resource, because: left, remembered: withoutTrouble(remembered) };
  if (sizeToRestore(resource, remembered)?.desired === 0) {
    return { resource, because: NO_SIZE, unknown: true, problem: NO_SIZE, remembered: withoutTrouble(remembered) };
  }
  return unlessResting(under, { act: 'start', ...start });
}

const NO_SIZE = 'off-hours stopped it and does not know its sizes any more: somebody has to start it';

/** The sizes that it had before the first stop; of what runs, those that it has. */
export const sizeToRestore = (resource: ScheduledResource, { capacity }: Remembered): Capacity | undefined =>
  capacity ?? ('capacity' in resource ? resource.capacity : undefined);

function stopping(under: Under, remembered: Remembered, because: string): Judged {
  const { resource, judging, schedule } = under;
  const { leftBecause } = resource;
  const left = leftBecause ?? frozen(judging) ?? held(resource, judging);
  if (left) return { resource, because: left, remembered: withoutTrouble(remembered) };
  const { mode } = schedule;
  return unlessResting(under, { act: 'stop', because, mode: mode === 'off' ? 'report' : mode, remembered });
}

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

/** Its schedule does nothing any more. What it had stopped is remembered, so that it is started. */
function switchedOff({ resource, schedule }: Under, next: Remembered | undefined): LeftAlone {
  const because = `the mode of its schedule ${schedule.name} is off`;
  return { resource, because, ...(next?.stoppedByUs ? { remembered: withoutTrouble(next) } : {}) };
}

/** What neither runs nor can be told to: when its schedule has turned, that it is not yet as wanted is remembered. */
function waiting(under: Under, next: Remembered, because: string): Remembered {
  const { remembered, wanted, judging, resource, schedule } = under;
  if (!remembered || resource.power.power === 'stopped') return withoutTrouble(next);
  const act: Act = wanted.state === 'on' ? 'start' : 'stop';
  const isDue = act === 'start' ? remembered.stoppedByUs : remembered.state === 'on' && schedule.mode === 'auto';
  const fresh = { act, since: judging.now.toISOString(), because, tries: 0 };
  return isDue ? withTrouble(next, troubleOver(remembered, act) ?? fresh) : withoutTrouble(next);
}

/** It runs. While it is wanted, its sizes are those that people want, and its alarms have to be heard. */
function asItShouldBe(under: Under, next: Remembered, because: string): Judged {
  const { resource, wanted } = under;
  if (wanted.state === 'off') return { resource, because, remembered: withoutTrouble(next) };
  const { capacity: _capacity, ...kept } = next;
  if (!next.muted) return { resource, because, remembered: withoutTrouble(kept) };
  return starting(under, {
    because: 'it was started by hand, and its alarms are muted',
    mode: 'auto',
    remembered: kept,
  });
}

function withTrouble(one: Remembered, trouble: Trouble | undefined): Remembered {
  return trouble ? { ...one, trouble } : withoutTrouble(one);
}

function withoutTrouble({ trouble: _trouble, ...one }: Remembered): Remembered {
  return one;
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

/** The same with what is known of its power by now. */
export const withPower = (resource: ScheduledResource, power: Power): ScheduledResource => ({ ...resource, power });
