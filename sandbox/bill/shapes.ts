import type { DailyCost } from '../estate/billing.ts';
import { type DayNumber, dayOfMonth, monthStart, weekday } from '../estate/days.ts';
import { noise } from '../random.ts';

/** How a usual cost of about `dollars` a day goes up and down. The seed decides its noise. */
export type Shape = (dollars: number, seed: number) => DailyCost;

/** Growth is counted from here: 2026-01-01. */
const ORIGIN: DayNumber = 20_454;

const grown = (day: DayNumber, yearly: number): number => (1 + yearly) ** ((day - ORIGIN) / 365);

/** A factor around 1, seldom more than twice `spread` away from it. */
const wobble = (seed: number, day: DayNumber, spread: number): number =>
  1 + spread * (noise(seed, day) + noise(seed ^ 0x5bd1, day) + noise(seed ^ 0xa136, day) - 1.5) * 2;

const isWeekend = (day: DayNumber): boolean => weekday(day) === 0 || weekday(day) === 6;

/** Runs around the clock. */
export const provisioned: Shape = (dollars, seed) => (day) => dollars * wobble(seed, day, 0.004);

/** Follows the customers, who shop at weekends, and become more. */
export const traffic: Shape = (dollars, seed) => (day) =>
  dollars * grown(day, 0.2) * (isWeekend(day) ? 1.18 : 1) * wobble(seed, day, 0.035);

/** Is used by people at work. */
export const office: Shape = (dollars, seed) => (day) => dollars * (isWeekend(day) ? 0.3 : 1) * wobble(seed, day, 0.03);

/** Is never deleted. */
export const stored: Shape = (dollars, seed) => (day) => dollars * grown(day, 0.35) * wobble(seed, day, 0.003);

/** Once a month, on a day of the month. */
export const onDay =
  (dayOfTheMonth: number): Shape =>
  (dollars) =>
  (day) =>
    dayOfMonth(day) === dayOfTheMonth ? dollars : undefined;

/** Once a month, on its last day. */
export const atMonthEnd: Shape = (dollars, seed) => (day) =>
  day + 1 === monthStart(day, 1) ? dollars * wobble(seed, day, 0.05) : undefined;

/** Once. */
export const once =
  (when: DayNumber): Shape =>
  (dollars) =>
  (day) =>
    day === when ? dollars : undefined;
