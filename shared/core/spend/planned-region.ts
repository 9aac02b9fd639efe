import type { Seen } from './find.ts';

/** At least this share of what a region costs on a day has to be planned, or the day is not. */
const MOST = 0.9;

/**
 * Regions without the days that services of their accounts account for which are left out on them, as of a plan that names a
 * service. Whose a region's dollars are is not known by day: what those services cost beyond what was expected covers as much.
 */
export function withoutPlannedDays(regions: readonly Seen[], services: readonly Seen[]): readonly Seen[] {
  const planned = plannedCosts(services);
  if (planned.size === 0) return regions;
  return regions.map((region) => ({
    ...region,
    judgements: region.judgements.map((one) => {
      const covered = planned.get(keyOf(region.account, one.day)) ?? 0;
      return covered > 0 && covered >= MOST * one.actual ? { ...one, leftOut: true } : one;
    }),
  }));
}

function plannedCosts(services: readonly Seen[]): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const { account, judgements } of services) {
    for (const { day, actual, expected, leftOut } of judgements) {
      if (!leftOut || actual <= expected) continue;
      const key = keyOf(account, day);
      costs.set(key, (costs.get(key) ?? 0) + actual - expected);
    }
  }
  return costs;
}

const keyOf = (account: string, day: string): string => `${account} ${day}`;
