import { DAY_MS } from '../time.ts';

/** A calendar date such as `2026-11-22`, without a zone. Dates compare as text. */
export type CalendarDate = string;

/** 0 is Monday, 6 is Sunday. */
export type Weekday = number;

export const WEEKDAYS: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export const addDays = (date: CalendarDate, days: number): CalendarDate =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

export const weekdayOf = (date: CalendarDate): Weekday => (new Date(date).getUTCDay() + 6) % 7;

/** The dates from the first to the last, both included. */
export function datesBetween(first: CalendarDate, last: CalendarDate): CalendarDate[] {
  const count = Math.max(0, Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}
