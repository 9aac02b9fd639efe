import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../../sandbox/random.ts';
import { addDays } from '../../../shared/core/spend/day.ts';
import { see, sightingsIn } from '../../../shared/core/spend/find.ts';
import { judge } from '../../../shared/core/spend/judge.ts';
import type { DailyCosts } from '../../../shared/core/spend/series.ts';

const FIRST_DAY = '2025-10-06';
const LENGTH = 140;

/** Days of anything, some of them not known: what a model may meet. */
const anyAmounts = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.double({ min: 50, max: 150, noNaN: true }) },
    { weight: 1, arbitrary: fc.double({ min: -20, max: 5000, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, undefined) },
  ),
  { minLength: 60, maxLength: LENGTH },
);

/** A steady service with one incident: nothing in it reaches what is taken for a monthly charge but the incident. */
const steadyAmounts = fc
  .record({
    noise: fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH }),
    weekend: fc.double({ min: 0.5, max: 1, noNaN: true }),
    at: fc.integer({ min: 70, max: LENGTH - 10 }),
    days: fc.integer({ min: 3, max: 10 }),
    size: fc.double({ min: 0, max: 4, noNaN: true }),
  })
  .map(({ noise, weekend, at, days, size }) =>
    noise.map((one, day) => 100 * one * (day % 7 >= 5 ? weekend : 1) * (day >= at && day < at + days ? size : 1)),
  );

const series = (amounts: DailyCosts['amounts'], firstDay = FIRST_DAY): DailyCosts => ({ firstDay, amounts });
const scores = (costs: DailyCosts) => judge(costs).map(({ score }) => score);
const verdicts = (costs: DailyCosts) => scores(costs).map((score = 0) => (Math.abs(score) < 1 ? 0 : Math.sign(score)));

describe('the judgement of a day', () => {
  it('does not change with the days after it', () => {
    fc.assert(
      fc.property(anyAmounts, fc.nat(), (amounts, at) => {
        const known = amounts.slice(0, 1 + (at % amounts.length));
        const judged = judge(series(known));
        expect(judge(series(amounts)).slice(0, judged.length)).toEqual(judged);
      }),
      { numRuns: 200 },
    );
  });

  it('is a number, or none', () => {
    fc.assert(
      fc.property(anyAmounts, (amounts) => {
        for (const { expected, score } of judge(series(amounts))) {
          expect(Number.isFinite(expected)).toBe(true);
          if (score !== undefined) expect(Number.isFinite(score)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the same in 400 years: a calendar of whole weeks, months and leap years', () => {
    fc.assert(
      fc.property(anyAmounts, (amounts) => {
        expect(scores(series(amounts, '2425-10-06'))).toEqual(scores(series(amounts)));
      }),
      { numRuns: 50 },
    );
  });

  it('is the same whole weeks later, where no day of the month carries a charge', () => {
    // Days of the month do not move by whole weeks, so that only what depends on weekdays can be the same.
    fc.assert(
      fc.property(steadyAmounts, fc.integer({ min: -60, max: 60 }), (amounts, weeks) => {
        expect(verdicts(series(amounts, addDays(FIRST_DAY, 7 * weeks)))).toEqual(verdicts(series(amounts)));
      }),
      { numRuns: 100 },
    );
  });

  it('scales with the amounts: the score stays, the dollars are multiplied', () => {
    fc.assert(
      fc.property(anyAmounts, fc.integer({ min: -10, max: 20 }), (amounts, power) => {
        // A power of two, so that not even the last bit of a number differs.
        const factor = 2 ** power;
        const scaled = judge(series(amounts.map((one) => one && one * factor)));
        expect(scaled).toEqual(
          judge(series(amounts)).map(({ actual, expected, ...one }) => ({
            ...one,
            actual: actual * factor,
            expected: expected * factor,
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('is the same behind any number of days without spend', () => {
    fc.assert(
      fc.property(anyAmounts, fc.integer({ min: 1, max: 100 }), (amounts, days) => {
        const born = amounts.findIndex((one) => one !== undefined && one > 0);
        fc.pre(born >= 0);
        const alive = amounts.slice(born);
        const later = [...new Array<number>(days).fill(0), ...alive];
        expect(scores(series(later, addDays(FIRST_DAY, -days))).slice(days)).toEqual(scores(series(alive)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a charge of the 29th to the 31st', () => {
  const monthly = fc.record({
    dayOfMonth: fc.integer({ min: 29, max: 31 }),
    firstMonth: fc.integer({ min: 0, max: 47 }),
    charge: fc.double({ min: 80, max: 400, noNaN: true }),
    seed: fc.nat(),
  });

  it('is known from its fourth time on, on the last day of a month without such a day as well', () => {
    fc.assert(
      fc.property(monthly, ({ dayOfMonth, firstMonth, charge, seed }) => {
        const firstDay = new Date(Date.UTC(2024, firstMonth, 3)).toISOString().slice(0, 10);
        const days = Array.from({ length: 400 }, (_, index) => addDays(firstDay, index));
        const isCharged = (day: string) => {
          const date = new Date(`${day}T00:00:00Z`);
          const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
          return date.getUTCDate() === Math.min(dayOfMonth, last);
        };
        const amounts = days.map((day, index) => 97 + 6 * noise(seed, index) + (isCharged(day) ? charge : 0));
        const known = days.filter(isCharged).slice(3);
        const found = judge(series(amounts, firstDay)).filter(({ score = 0 }) => Math.abs(score) >= 1);
        expect(found.filter(({ day }) => known.includes(day) || !isCharged(day))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a series without spend', () => {
  it('is no finding, with or without unknown days', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, undefined), { minLength: 1, maxLength: LENGTH }), (amounts) => {
        const seen = see({ service: 'AWS Glue', account: '111111111111', ...series(amounts) }, []);
        const asOf = addDays(FIRST_DAY, amounts.length - 1);
        const gates = { asOf, settledUntil: asOf, minImpact: 0, minShare: 0, fresh: 'new-service' } as const;
        expect(sightingsIn(seen, gates)).toEqual([]);
      }),
    );
  });
});
