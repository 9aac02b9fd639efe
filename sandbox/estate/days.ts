import { DAY } from '../clock.ts';

/** A UTC day by its number: days since 1970. Billing days are UTC days. */
export type DayNumber = number;

/** Of a date `2026-11-22` (or of any moment in it). */
export const dayNumber = (date: string | Date): DayNumber => Math.floor(new Date(date).getTime() / DAY);

/** `2026-11-22`. */
export const dateOf = (day: DayNumber): string => new Date(day * DAY).toISOString().slice(0, 10);

/** The first day of the month that `months` lie behind (or, below zero, before) the month of `day`. */
export function monthStart(day: DayNumber, months = 0): DayNumber {
  const date = new Date(day * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY;
}

export const dayOfMonth = (day: DayNumber): number => new Date(day * DAY).getUTCDate();

/** 0 is Sunday; the first of January 1970 was a Thursday. */
export const weekday = (day: DayNumber): number => (day + 4) % 7;
