import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  describePeriods,
  latestPeriods,
  nameOfPeriod,
  periodOf,
  TIERS,
  wantedPeriods,
} from '../../../shared/core/retention/periods.ts';
import { addDays, daysBetween } from '../../../shared/core/spend/day.ts';

const anyDay = fc.integer({ min: 0, max: 80_000 }).map((days) => addDays('1900-01-01', days));
const anyTier = fc.constantFrom(...TIERS);

describe('a period', () => {
  it.each([
    ['daily', '2028-02-29', '2028-02-29', '2028-03-01', '2028-02-29'],
    ['weekly', '2026-11-16', '2026-11-16', '2026-11-23', '2026-W47'],
    ['weekly', '2026-11-22', '2026-11-16', '2026-11-23', '2026-W47'],
    ['weekly', '2027-01-03', '2026-12-28', '2027-01-04', '2026-W53'],
    ['weekly', '2024-12-30', '2024-12-30', '2025-01-06', '2025-W01'],
    ['weekly', '1969-12-31', '1969-12-29', '1970-01-05', '1970-W01'],
    ['monthly', '2026-12-31', '2026-12-01', '2027-01-01', '2026-12'],
    ['monthly', '2028-02-29', '2028-02-01', '2028-03-01', '2028-02'],
    ['yearly', '2028-12-31', '2028-01-01', '2029-01-01', '2028'],
    ['yearly', '2027-01-01', '2027-01-01', '2028-01-01', '2027'],
  ] as const)('%s of %s', (tier, day, from, to, name) => {
    expect(periodOf(tier, day)).toEqual({ tier, from, to });
    expect(nameOfPeriod(periodOf(tier, day))).toBe(name);
  });

  it('is one and the same for all of its days, and for no other', () => {
    fc.assert(
      fc.property(anyTier, anyDay, fc.nat(400), (tier, day, offset) => {
        const period = periodOf(tier, day);
        const other = addDays(period.from, offset);
        expect(contains(period, day)).toBe(true);
        expect(periodOf(tier, other).from === period.from).toBe(contains(period, other));
        expect(periodOf(tier, addDays(period.from, -1)).to).toBe(period.from);
      }),
    );
  });

  it('follows the one before it without a gap', () => {
    fc.assert(
      fc.property(anyTier, anyDay, fc.nat(60), (tier, today, count) => {
        const periods = latestPeriods(tier, today, count);
        expect(periods).toHaveLength(count);
        for (const [index, { from }] of periods.entries()) {
          if (index > 0) expect(periods[index]?.to).toBe(periods[index - 1]?.from);
          else expect(contains(periods[0] as never, today) && daysBetween(from, today) < 366).toBe(true);
        }
      }),
    );
  });
});

describe('the periods that are wanted', () => {
  it('are the longest tiers first, the newest of each first', () => {
    const wanted = wantedPeriods({ daily: 2, weekly: 1, monthly: 2, yearly: 1 }, '2026-01-01');
    expect(describePeriods(wanted)).toBe(
      'yearly 2026, monthly 2026-01, monthly 2025-12, weekly 2026-W01, daily 2026-01-01, daily 2025-12-31',
    );
  });

  it('are none where none are kept', () => {
    expect(wantedPeriods({ daily: 0, weekly: 0, monthly: 0, yearly: 0 }, '2026-01-01')).toEqual([]);
  });
});
