import { DAY_MS, localDate, localTime } from '../time.ts';
import { type Calendar, closedBecause } from './calendar.ts';
import { datesBetween, WEEKDAYS, weekdayOf } from './days.ts';
import { type StateAt, stateAt, transitions } from './state.ts';

/** What a calendar will do, for people. */
export interface Preview {
  readonly timezone: string;
  readonly now: StateAt;
  /** In their order. */
  readonly turns: readonly Turn[];
  /** Days in the range on which weekly and monthly windows stay closed. */
  readonly closed: readonly { readonly day: string; readonly because: string }[];
}

export interface Turn extends StateAt {
  /** `Mon 2026-11-23 08:00` in the calendar's time zone. */
  readonly local: string;
  /** ISO time. */
  readonly at: string;
}

/** @throws {HolidaysUnknownError} */
export function previewOf(calendar: Calendar, { from, days }: { from: Date; days: number }): Preview {
  const { timezone } = calendar;
  const to = new Date(from.getTime() + days * DAY_MS);
  const dates = datesBetween(localDate(from, timezone), localDate(to, timezone));
  return {
    timezone,
    now: stateAt(calendar, from),
    turns: transitions(calendar, { from, to }).map(({ at, state, because }) => ({
      local: withWeekday(localTime(at, timezone).replace(` ${timezone}`, '')),
      at: at.toISOString(),
      state,
      because,
    })),
    closed: dates.flatMap((date) => {
      const because = closedBecause(calendar, date);
      return because ? [{ day: withWeekday(date), because }] : [];
    }),
  };
}

const withWeekday = (local: string): string => `${WEEKDAYS[weekdayOf(local.slice(0, 10))]} ${local}`;
