import { localTime } from '../time.ts';
import type { Calendar } from './calendar.ts';
import { nextTransition, type State, type StateAt, stateAt, transitions } from './state.ts';

/** What is remembered of a resource from one tick to the next. */
export interface Memory {
  /** What its schedule wanted when it was last as it should be: obeyed, or respected as somebody left it. */
  readonly state: State;
  readonly at: Date;
  /** It stands stopped because off-hours stopped it: only then is it started. */
  readonly stoppedByUs: boolean;
  /** It ran when it was seen for the first time, though its schedule was off: it is left on until the next turn. */
  readonly leftOn?: true;
}

/**
 * What a resource does now. What is `changing` (starting, stopping, being modified) is waited for. `startedBy` only where it
 * is known that AWS started a database because it had been stopped for seven days.
 */
export type Power =
  | { readonly power: 'running'; readonly startedBy?: 'AWS' }
  | { readonly power: 'stopped' | 'changing' }
  | { readonly power: 'unknown'; readonly why: string };

/** A schedule, as a resource is under it. */
export interface Duty {
  /** With the resource's own overrides. */
  readonly calendar: Calendar;
  /** What somebody started or stopped by hand is respected until the next transition, or stopped at once (`enforce`). */
  readonly manual: 'respect' | 'enforce';
}

/** What to do with a resource, and what to remember of it, unless that is {@link done}. */
export interface Course {
  readonly act: 'stop' | 'start' | 'nothing';
  readonly because: string;
  /** True when nothing is done because something about it is not known. */
  readonly unknown?: true;
  readonly memory: Memory | undefined;
}

/**
 * off-hours
 *   > Stop what runs when its schedule turns off; start it when its schedule turns on again.
 *   > It acts on a turn since the resource was last as it should be, also on one that no tick saw. So what somebody starts or
 *   > stops by hand stays so until the next turn, unless the schedule says `enforce`.
 *   > It starts only what it stopped, and stops again what AWS restarted after seven days.
 *
 * A turn counts as obeyed when the act is {@link done}, not when it is decided on: one that was held back is decided on again.
 */
export function courseOf(
  duty: Duty,
  memory: Memory | undefined,
  { at, ...now }: Power & { readonly at: Date },
): Course {
  if (memory && memory.at > at) return { act: 'nothing', because: 'a later tick has looked at it already', memory };
  if (now.power === 'unknown') return { act: 'nothing', because: now.why, unknown: true, memory };
  if (now.power === 'changing') return { act: 'nothing', because: 'it is changing: looked at again', memory };
  const moment = {
    at,
    wanted: stateAt(duty.calendar, at),
    isRestarted: now.power === 'running' && now.startedBy === 'AWS',
  };
  return now.power === 'running' ? courseOfRunning(duty, memory, moment) : courseOfStopped(memory, moment);
}

interface Moment {
  readonly at: Date;
  readonly wanted: StateAt;
  /** By AWS, after seven days. */
  readonly isRestarted: boolean;
}

function courseOfRunning(duty: Duty, memory: Memory | undefined, moment: Moment): Course {
  const { at, wanted, isRestarted } = moment;
  const leave = (because: string, more: Pick<Memory, 'leftOn'> = {}): Course => ({
    act: 'nothing',
    because,
    memory: { state: wanted.state, at, stoppedByUs: false, ...more },
  });
  const off = `off: ${wanted.because}`;
  if (wanted.state === 'on') return leave(`on: ${wanted.because}`);
  if (isRestarted && memory?.stoppedByUs) {
    return { act: 'stop', because: `AWS restarted it after seven days; ${off}`, memory };
  }
  const isNew = !memory || memory.leftOn;
  if (memory && (hasTurned(duty, memory, moment) || (duty.manual === 'enforce' && !isNew))) {
    return { act: 'stop', because: off, memory: { ...memory, stoppedByUs: false } };
  }
  const left = `left on ${untilTurnedOff(duty, at)}`;
  return isNew ? leave(`seen for the first time: ${left}`, { leftOn: true }) : leave(`somebody started it: ${left}`);
}

function courseOfStopped(memory: Memory | undefined, { at, wanted }: Moment): Course {
  const stoppedByUs = memory?.stoppedByUs ?? false;
  if (wanted.state === 'on' && stoppedByUs) return { act: 'start', because: `on: ${wanted.because}`, memory };
  const because = wanted.state === 'off' ? `off: ${wanted.because}` : 'not started: off-hours did not stop it';
  return { act: 'nothing', because, memory: { state: wanted.state, at, stoppedByUs } };
}

/** Whether the schedule has turned since the memory: into another state, or there and back again. */
function hasTurned({ calendar }: Duty, memory: Memory | undefined, { at, wanted }: Moment): boolean {
  if (!memory) return false;
  return memory.state !== wanted.state || transitions(calendar, { from: memory.at, to: at }).length > 0;
}

/** @param at when the schedule is off */
function untilTurnedOff({ calendar }: Duty, at: Date): string {
  const on = nextTransition(calendar, at);
  const off = on && nextTransition(calendar, on.at);
  return `until its schedule turns off again${off ? ` at ${localTime(off.at, calendar.timezone)}` : ''}`;
}

/** What to remember of a resource that off-hours has stopped or started. */
export const done = (act: 'stop' | 'start', at: Date): Memory =>
  act === 'stop' ? { state: 'off', at, stoppedByUs: true } : { state: 'on', at, stoppedByUs: false };
