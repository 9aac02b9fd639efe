import { calendarOf } from './calendar/calendar.ts';
import { type HolidayBook, HolidaysUnknownError } from './calendar/holidays.ts';
import type { OnHours, OnHoursByName } from './calendar/on-hours.ts';
import { hoursOff, timesOn } from './calendar/state.ts';
import { type Evidence, known, unknown } from './evidence.ts';
import { modeOfSchedule, type Policy } from './policy.ts';
import { DAY_MS } from './time.ts';
import type { Window } from './window.ts';

/** The policy with its holidays, and the days that are judged under it. */
interface Asked {
  readonly policy: Policy;
  readonly holidays: HolidayBook;
  readonly window: Window;
}

/** When each schedule of the policy was on. */
export const onHoursOf = (asked: Asked): OnHoursByName =>
  new Map(Object.keys(asked.policy.schedules).map((name) => [name, onHoursOfOne(name, asked)]));

function onHoursOfOne(schedule: string, { policy, holidays, window }: Asked): Evidence<OnHours> {
  const named = policy.calendars[policy.schedules[schedule]?.calendar ?? ''];
  if (!named) return unknown(`the schedule ${schedule} has no calendar`);
  const calendar = calendarOf(named, policy, holidays);
  const range = { from: window.salesFrom ?? window.from, to: window.to };
  const on = unlessUnknown(() => timesOn(calendar, range));
  if (!on.known) return on;
  const toCome = { from: range.to, to: new Date(range.to.getTime() + YEAR_MS) };
  const isStopped = ['approve', 'auto'].includes(modeOfSchedule(policy, schedule));
  return known({
    schedule,
    on: on.value,
    range: { from: range.from.getTime(), to: range.to.getTime() },
    billedShare: isStopped ? unlessUnknown(() => 1 - (hoursOff(calendar, toCome) * HOUR_MS) / YEAR_MS) : known(1),
  });
}

const HOUR_MS = 3_600_000;

/** Whole weeks, so that each weekday counts alike. */
const YEAR_MS = 52 * 7 * DAY_MS;

function unlessUnknown<T>(compute: () => T): Evidence<T> {
  try {
    return known(compute());
  } catch (error) {
    if (error instanceof HolidaysUnknownError) return unknown(error.message);
    throw error;
  }
}
