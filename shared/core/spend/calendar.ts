import { DAY_MS } from '../time.ts';
import { dayOf, startOf } from './day.ts';
import type { Day } from './series.ts';

/** A day as the calendar has it. */
export interface CalendarDay {
  readonly day: Day;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** The days of the month whose charges come on it: its own, and on a month's last day those that the month does not have. */
  readonly chargeDays: readonly number[];
}

const LONGEST_MONTH = 31;

/** The days that were last asked for. */
let latest: { readonly firstDay: Day; readonly calendar: readonly CalendarDay[] } | undefined;

/** So many days from the first one on. The series of a bill have their days in common, and share them here. */
export function calendarFrom(firstDay: Day, days: number): readonly CalendarDay[] {
  if (latest?.firstDay !== firstDay || latest.calendar.length !== days) {
    latest = { firstDay, calendar: makeCalendar(firstDay, days) };
  }
  return latest.calendar;
}

function makeCalendar(firstDay: Day, days: number): CalendarDay[] {
  const start = startOf(firstDay).getTime();
  return Array.from({ length: days }, (_, index) => {
    const date = new Date(start + index * DAY_MS);
    return { day: dayOf(date), weekday: date.getUTCDay(), chargeDays: chargeDaysOf(date) };
  });
}

function chargeDaysOf(date: Date): number[] {
  const dayOfMonth = date.getUTCDate();
  const isLast = new Date(date.getTime() + DAY_MS).getUTCDate() === 1;
  return Array.from({ length: isLast ? LONGEST_MONTH - dayOfMonth + 1 : 1 }, (_, further) => dayOfMonth + further);
}
