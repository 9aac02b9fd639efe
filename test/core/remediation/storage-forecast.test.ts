import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import {
  forecastStorage,
  growthOf,
  isFullWithinHours,
  paceToGrowFor,
} from '../../../shared/core/remediation/storage-forecast.ts';
import { filling, freeHours, GIB, hoursAgo, NOW } from './runbooks/specimen.ts';

const forecast = (free: ReturnType<typeof freeHours>, since?: Date) => {
  const found = forecastStorage(free, { now: NOW, since });
  if (!found.known) throw new Error(found.why);
  return found.value;
};

describe('the trend', () => {
  it('says how much a day is filled, and when it is full', () => {
    const { freeGiB, perDayGiB, daysUntilFull } = forecast(filling(2, 8));
    expect(freeGiB).toBe(8);
    expect(perDayGiB).toBeCloseTo(2);
    expect(daysUntilFull).toBeCloseTo(4);
  });

  it('is the steeper one of 14 days and of the last 24 hours', () => {
    const lately = freeHours((hour) => (hour < 312 ? 60 : 60 - 2 * (hour - 311)));
    expect(forecast(lately)).toMatchObject({ over: '24 hours', freeGiB: 12 });
    expect(forecast(lately).perDayGiB).toBeCloseTo(48);
    const quietToday = freeHours((hour) => 100 - 0.25 * Math.min(hour, 312));
    expect(forecast(quietToday).over).toBe('14 days');
    expect(forecast(quietToday).perDayGiB).toBeGreaterThan(5);
  });

  it.each([
    ['a purge', 40],
    ['a bulk load', -40],
  ])('is not bent by %s', (_, leap) => {
    const bent = freeHours((hour) => 100 - hour / 12 + (hour > 250 ? leap : 0));
    expect(forecast(bent).perDayGiB).toBeGreaterThan(1.5);
    expect(forecast(bent).perDayGiB).toBeLessThan(2.5);
  });

  it('is none where storage becomes free', () => {
    expect(forecast(filling(-1, 8))).toEqual({ freeGiB: 8, perDayGiB: 0, over: expect.any(String) });
  });

  it('begins anew with storage of another size', () => {
    const grown = freeHours((hour) => (hour < 240 ? 50 - hour / 6 : 200 - (hour - 240) / 2));
    expect(forecast(grown, hoursAgo(95)).perDayGiB).toBeCloseTo(12);
  });

  describe('of the last hours', () => {
    const burst = (perHourGiB: number) => freeHours((hour) => 60 - Math.max(0, hour - 332) * perHourGiB);

    it('is told beside the others where it is much steeper', () => {
      const { lately, ...trend } = forecast(burst(18));
      expect(trend).toEqual({ freeGiB: 6, perDayGiB: 0, over: expect.any(String) });
      expect(lately).toMatchObject({ over: '3 hours', perDayGiB: 432 });
      expect(lately?.daysUntilFull).toBeCloseTo(6 / 432);
    });

    it.each([
      ['nothing is filled', filling(0, 8)],
      ['it is the trend', filling(2, 8)],
      ['storage becomes free', freeHours((hour) => 40 - hour / 12 + (hour > 332 ? 20 : 0))],
      ['two hours were measured', freeHours((hour) => (hour === 332 || hour === 333 ? undefined : 600 - hour))],
    ])('is none where %s', (_, free) => {
      expect(forecast(free).lately).toBeUndefined();
    });

    it('is what is grown for only where it is full within hours', () => {
      expect(paceToGrowFor(forecast(burst(18))).over).toBe('3 hours');
      expect(paceToGrowFor(forecast(burst(1))).over).not.toBe('3 hours');
      expect(isFullWithinHours(forecast(burst(18)))).toBe(true);
      expect(isFullWithinHours(forecast(burst(1)))).toBe(false);
      expect(isFullWithinHours(forecast(filling(24, 8)))).toBe(true);
    });
  });

  it.each([
    ['nobody could read it', unknown('AccessDenied'), 'AccessDenied'],
    ['there is nothing', freeHours(() => undefined), 'nothing was measured'],
    ['the last value is old', freeHours((hour) => (hour < 330 ? 8 : undefined)), 'nothing was measured in the last 3'],
    ['five hours were measured', freeHours(() => 8, 5), 'fewer than 6 hours'],
    ['what was measured is no number', freeHours(() => Number.NaN), 'nothing was measured'],
  ])('is unknown when %s', (_, free, why) => {
    expect(forecastStorage(free, { now: NOW })).toMatchObject({ known: false, why: expect.stringContaining(why) });
  });

  it('looks at nothing that is later than now', () => {
    const later = known({ firstHour: hoursAgo(9), values: [...new Array(10).fill(50 * GIB), 0, 0, 0] });
    expect(forecast(later).freeGiB).toBe(50);
  });

  it('never throws, and is never full before now', () => {
    const anyHour = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(fc.array(anyHour, { maxLength: 60 }), fc.integer({ min: -5, max: 400 }), (values, ago) => {
        const found = forecastStorage(known({ firstHour: hoursAgo(ago), values }), { now: NOW });
        if (found.known) expect(found.value.daysUntilFull ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

const limits = { mostGiB: 65_536, growAtMostShare: 0.5, growAtMostGiB: 1000 };
const wanted = (freeGiB: number, perDayGiB: number, keepFreeGiB = 10) =>
  growthOf({ sizeGiB: 100, freeGiB, perDayGiB, keepFreeGiB }, limits);

describe('the growth', () => {
  it.each<[string, ReturnType<typeof wanted>, object]>([
    ['30 days, and the threshold kept free', wanted(8, 0.8), { toGiB: 127, wantedGiB: 127 }],
    ['10 % at least', wanted(8, 0.01), { toGiB: 110, wantedGiB: 110 }],
    ['over the threshold where nothing is filled', wanted(8, 0, 40), { toGiB: 133, wantedGiB: 133 }],
    ['what the policy allows', wanted(8, 2), { toGiB: 150, wantedGiB: 163, cappedBy: 'the policy' }],
    [
      'what AWS allows',
      growthOf({ sizeGiB: 100, freeGiB: 8, perDayGiB: 2, keepFreeGiB: 10 }, { ...limits, mostGiB: 120 }),
      { toGiB: 120, wantedGiB: 163, cappedBy: 'AWS' },
    ],
    [
      'nothing where AWS allows less than 10 %',
      growthOf({ sizeGiB: 100, freeGiB: 8, perDayGiB: 2, keepFreeGiB: 10 }, { ...limits, mostGiB: 109 }),
      { refusedBy: 'AWS', leastGiB: 110 },
    ],
    [
      'nothing where the policy allows less than 10 %',
      growthOf({ sizeGiB: 105, freeGiB: 8, perDayGiB: 2, keepFreeGiB: 10 }, { ...limits, growAtMostGiB: 10 }),
      { refusedBy: 'the policy', leastGiB: 116 },
    ],
  ])('is %s', (_, growth, expected) => {
    expect(growth).toEqual(expected);
  });

  it('takes a share of the policy for what it is', () => {
    const growth = growthOf(
      { sizeGiB: 100, freeGiB: 0, perDayGiB: 9, keepFreeGiB: 0 },
      { ...limits, growAtMostShare: 0.29 },
    );
    expect(growth.toGiB).toBe(129);
  });

  const anyGrowable = fc.record({
    sizeGiB: fc.integer({ min: 20, max: 65_536 }),
    freeGiB: fc.double({ min: 0, max: 65_536, noNaN: true }),
    perDayGiB: fc.double({ min: 0, max: 5000, noNaN: true }),
    keepFreeGiB: fc.double({ min: 0, max: 1000, noNaN: true }),
  });
  const anyLimits = fc.record({
    mostGiB: fc.constantFrom(3072, 16_384, 65_536),
    growAtMostShare: fc.double({ min: 0, max: 3, noNaN: true }),
    growAtMostGiB: fc.double({ min: 0, max: 5000, noNaN: true }),
  });

  it('is whole GiB, at least 10 %, within all limits, and enough unless it is capped', () => {
    fc.assert(
      fc.property(anyGrowable, anyLimits, ({ freeGiB, perDayGiB, ...storage }, within) => {
        const growth = growthOf({ ...storage, freeGiB, perDayGiB }, within);
        if (growth.toGiB === undefined) return;
        const { sizeGiB, keepFreeGiB } = storage;
        expect(Number.isInteger(growth.toGiB)).toBe(true);
        expect(growth.toGiB * 10).toBeGreaterThanOrEqual(sizeGiB * 11);
        expect(growth.toGiB).toBeLessThanOrEqual(within.mostGiB);
        expect(growth.toGiB - sizeGiB).toBeLessThanOrEqual(within.growAtMostGiB);
        expect(growth.toGiB - sizeGiB).toBeLessThanOrEqual(sizeGiB * within.growAtMostShare + 1e-6);
        if (!growth.cappedBy)
          expect(freeGiB + growth.toGiB - sizeGiB - 30 * perDayGiB).toBeGreaterThan(keepFreeGiB - 1e-6);
      }),
    );
  });

  it('is never less for a steeper trend', () => {
    fc.assert(
      fc.property(anyGrowable, anyLimits, fc.double({ min: 0, max: 100, noNaN: true }), (one, within, steeper) => {
        const { freeGiB, perDayGiB, ...storage } = one;
        const at = (slope: number) => growthOf({ ...storage, freeGiB, perDayGiB: slope }, within);
        expect(at(perDayGiB + steeper).toGiB ?? 0).toBeGreaterThanOrEqual(at(perDayGiB).toGiB ?? 0);
      }),
    );
  });
});
