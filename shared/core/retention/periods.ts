import { addDays, daysBetween, startOf } from '../spend/day.ts';
import type { Day } from '../spend/series.ts';

export const TIERS = ['daily', 'weekly', 'monthly', 'yearly'] as const;
export type Tier = (typeof TIERS)[number];

/** How many periods of each tier are kept. */
export type Tiers = Readonly<Record<Tier, number>>;

/** One day, week (from Monday on), month or year: a half-open range of calendar days in the policy's time zone. */
export interface Period {
  readonly tier: Tier;
  readonly from: Day;
  readonly to: Day;
}

const MONDAY = '1970-01-05';

/** The period of a tier that a day belongs to. */
export function periodOf(tier: Tier, day: Day): Period {
  switch (tier) {
    case 'daily':
      return { tier, from: day, to: addDays(day, 1) };
    case 'weekly': {
      const weekday = ((daysBetween(MONDAY, day) % 7) + 7) % 7;
      const from = addDays(day, -weekday);
      return { tier, from, to: addDays(from, 7) };
    }
    case 'monthly': {
      const from = `${day.slice(0, 7)}-01`;
      return { tier, from, to: `${addDays(from, 31).slice(0, 7)}-01` };
    }
    case 'yearly': {
      const from = `${day.slice(0, 4)}-01-01`;
      return { tier, from, to: `${addDays(from, 366).slice(0, 4)}-01-01` };
    }
    default:
      return tier satisfies never;
  }
}

/** So many periods of a tier, the one of `today` first, then backwards. */
export function latestPeriods(tier: Tier, today: Day, count: number): Period[] {
  const periods: Period[] = [];
  for (let day = today; periods.length < count; ) {
    const period = periodOf(tier, day);
    periods.push(period);
    day = addDays(period.from, -1);
  }
  return periods;
}

/** All periods for which a snapshot should be there, each tier's newest first, the longest tier first. */
export const wantedPeriods = (tiers: Tiers, today: Day): Period[] =>
  TIERS.toReversed().flatMap((tier) => latestPeriods(tier, today, tiers[tier]));

export const contains = ({ from, to }: Period, day: Day): boolean => from <= day && day < to;

/** `2026-11-22`, `2026-W47` (ISO 8601), `2026-11`, `2026`. */
export function nameOfPeriod({ tier, from }: Period): string {
  switch (tier) {
    case 'daily':
      return from;
    case 'weekly': {
      const thursday = addDays(from, 3);
      const week = Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
      return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`;
    }
    case 'monthly':
      return from.slice(0, 7);
    case 'yearly':
      return startOf(from).getUTCFullYear().toString();
    default:
      return tier satisfies never;
  }
}

/** `weekly 2026-W47, monthly 2026-11` */
export const describePeriods = (periods: readonly Period[]): string =>
  periods.map((period) => `${period.tier} ${nameOfPeriod(period)}`).join(', ');
