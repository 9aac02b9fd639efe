import { DAY_MS } from '../time.ts';
import type { Day } from './series.ts';

/** The UTC day of a moment. */
export const dayOf = (time: Date): Day => time.toISOString().slice(0, 10);

/** Its first moment. */
export const startOf = (day: Day): Date => new Date(`${day}T00:00:00Z`);

/** So many days later; earlier with a negative number. */
export const addDays = (day: Day, days: number): Day => dayOf(new Date(startOf(day).getTime() + days * DAY_MS));

/** How many days `to` is after `from`. */
export const daysBetween = (from: Day, to: Day): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** Every day of the half-open range, in order. */
export const daysIn = (from: Day, to: Day): Day[] =>
  Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, index) => addDays(from, index));

/** The month of a day, `2026-11`. */
export const monthOf = (day: Day): string => day.slice(0, 7);

/** Every month that has a day of the half-open range. */
export function monthsIn(from: Day, to: Day): string[] {
  const months: string[] = [];
  for (let day: Day = `${monthOf(from)}-01`; day < to; day = addDays(day, 31).replace(/\d\d$/, '01')) {
    months.push(monthOf(day));
  }
  return months;
}
