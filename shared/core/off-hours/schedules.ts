import { type Calendar, calendarOf } from '../calendar/calendar.ts';
import { calendarProblems } from '../calendar/check.ts';
import type { HolidayBook } from '../calendar/holidays.ts';
import { describeProblem, type Mode, modeOfSchedule, type Policy, type PolicyProblem } from '../policy.ts';

/** A schedule of the policy, as it is followed at one tick. */
export interface ScheduleInForce extends Pick<Policy['schedules'][string], 'manual' | 'order' | 'stopAtMost'> {
  readonly name: string;
  readonly calendar: Calendar;
  readonly mode: Mode;
  readonly mutesAlarms: boolean;
  /** Why nobody can follow it, if so: nothing under it is stopped or started. */
  readonly broken?: Broken;
}

interface Broken {
  readonly why: string;
  /** Where in the policy: the same from one day to the next, whatever days are missing. */
  readonly where: string;
}

/** The schedules of the policy by name. */
export function schedulesInForce(policy: Policy, holidays: HolidayBook, now: Date): Map<string, ScheduleInForce> {
  const problems = Map.groupBy(calendarProblems(policy, holidays, now), ({ path }) => path[1]);
  return new Map(
    Object.entries(policy.schedules).flatMap(([name, { calendar, manual, order, stopAtMost, alarms }]) => {
      const named = policy.calendars[calendar];
      if (!named) return []; // the policy's schema has seen to it that there is one
      const broken = brokenBy(problems.get(calendar));
      const schedule: ScheduleInForce = {
        name,
        calendar: calendarOf(named, policy, holidays),
        mode: modeOfSchedule(policy, name),
        manual,
        order,
        stopAtMost,
        mutesAlarms: alarms === 'mute',
        ...(broken ? { broken } : {}),
      };
      return [[name, schedule] as const];
    }),
  );
}

const brokenBy = (problems: readonly PolicyProblem[] | undefined): Broken | undefined =>
  problems && {
    why: problems.map(describeProblem).join('; '),
    where: problems.map(({ path }) => path.join('.')).join(' '),
  };
