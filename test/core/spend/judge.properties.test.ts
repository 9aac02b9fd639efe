import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../../sandbox/random.ts';
import { addDays } from '../../../shared/core/spend/day.ts';
import { see, sightingsIn } from '../../../shared/core/spend/find.ts';
import { judge } from '../../../shared/core/spend/judge.ts';
import { PAUSE_DAYS } from '../../../shared/core/spend/run-of-days.ts';
import type { DailyCosts, Judgement, Lesson } from '../../../shared/core/spend/series.ts';

const FIRST_DAY = '2025-10-06';
const LENGTH = 140;

/** Days of anything to the hundredth of a cent, some of them not known: what a model may meet. */
const anyAmounts = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.double({ min: 50, max: 150, noNaN: true }) },
    { weight: 1, arbitrary: fc.integer({ min: -200_000, max: 50_000_000 }).map((one) => one / 1e4) },
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

function expectNothingAbsurd(judgements: readonly Judgement[]): void {
  let largest = 0;
  for (const { actual, expected } of judgements) {
    largest = Math.max(largest, actual);
    expect(expected).toBeLessThanOrEqual(2 * largest);
  }
}

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

  it('never expects far more than a day has cost', () => {
    fc.assert(
      fc.property(anyAmounts, (amounts) => expectNothingAbsurd(judge(series(amounts)))),
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
    // Days of the month do not move by whole weeks, so that only what depends on weekdays can be the same. The series are
    // always the same ones: of seven thousand, the noise of one looks like a monthly charge.
    fc.assert(
      fc.property(steadyAmounts, fc.integer({ min: -60, max: 60 }), (amounts, weeks) => {
        expect(verdicts(series(amounts, addDays(FIRST_DAY, 7 * weeks)))).toEqual(verdicts(series(amounts)));
      }),
      { numRuns: 100, seed: 20251006 },
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

/** What a service may have been like before its rise: its usual amount on each day, and what people have said of it. */
interface Shape {
  readonly usual: (index: number) => number;
  readonly lessons?: readonly Lesson[];
}

const RISE = 180;
const LASTS = 40;

const dayAt = (index: number) => addDays(FIRST_DAY, index);
const dayBefore = (most: number) => fc.integer({ min: RISE - most, max: RISE - 20 });

const shapes: Readonly<Record<string, fc.Arbitrary<Shape>>> = {
  steady: fc.constant({ usual: () => 100 }),
  'at rest at weekends': fc.double({ min: 0, max: 0.5, noNaN: true }).map((rest) => ({
    usual: (index) => (index % 7 >= 5 ? 100 * rest : 100),
  })),
  'with a fee': fc.integer({ min: 50, max: 600 }).map((fee) => ({
    usual: (index) => 100 + (dayAt(index).endsWith('-01') ? fee : 0),
  })),
  'tried long ago': fc
    .array(fc.integer({ min: 0, max: RISE - 60 }), { minLength: 1, maxLength: 5 })
    .map((days) => ({ usual: (index) => (days.includes(index) ? 0.4 : 0) })),
  'of a few days a week': fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }).map((days) => ({
    usual: (index) => (days.includes(index % 7) ? 50 : 0),
  })),
  'of a day now and then': fc.integer({ min: 3, max: 40 }).map((apart) => ({
    usual: (index) => (index % apart === 2 ? 12 : 0),
  })),
  idle: dayBefore(100).map((since) => ({ usual: (index) => (index < since ? 100 : 0) })),
  dropped: fc
    .record({ since: dayBefore(100), to: fc.double({ min: 0.05, max: 0.9, noNaN: true }) })
    .map(({ since, to }) => ({
      usual: (index) => (index < since ? 100 : 100 * to),
    })),
  answered: fc
    .record({
      days: fc.integer({ min: 1, max: 30 }),
      seen: fc.integer({ min: 0, max: 5 }),
      to: fc.double({ min: 0.05, max: 9, noNaN: true }),
    })
    .map(({ days, seen, to }) => ({
      usual: (index) => (index < RISE - days ? 100 : 100 * to),
      lessons: [{ kind: 'level', from: dayAt(RISE - days), through: dayAt(Math.min(RISE - 1, RISE - days + seen)) }],
    })),
};

/** It was of a shape, and from a day on it costs many times the largest day before, for good. */
const risen = (shape: fc.Arbitrary<Shape>) =>
  fc
    .record({ shape, seed: fc.nat(), times: fc.double({ min: 10, max: 2000, noNaN: true }) })
    .map(({ shape: { usual, lessons = [] }, seed, times }) => {
      const before = Array.from({ length: RISE }, (_, index) => usual(index) * (0.97 + 0.06 * noise(seed, index)));
      const dear = times * Math.max(...before);
      const after = Array.from({ length: LASTS }, (_, index) => dear * (1 + 0.06 * noise(seed, RISE + index)));
      return { costs: series([...before, ...after]), lessons };
    });

const isUp = ({ score = 0 }: Judgement) => score >= 1;

describe.each(Object.entries(shapes))('a rise for good of a service that was %s', (_, shape) => {
  it('is unusual within three days, and without an end until it is accepted', () => {
    fc.assert(
      fc.property(risen(shape), ({ costs, lessons }) => {
        const judged = judge(costs, lessons).filter(({ day }) => day >= dayAt(RISE));
        const accepted = judged.findIndex(({ turn }) => turn !== undefined);
        expect(judged[accepted]?.turn).toBe('accepted');
        const found = judged.slice(0, accepted + 1).flatMap((one, index) => (isUp(one) ? [index] : []));
        expect(found[0]).toBeLessThan(3);
        for (const [index, one] of found.slice(1).entries())
          expect(one - found[index]!).toBeLessThanOrEqual(PAUSE_DAYS);
        for (const { score = 0 } of judged) expect(score).toBeGreaterThan(-1);
      }),
      { numRuns: 60 },
    );
  });

  it('never lets expect far more than a day has cost', () => {
    fc.assert(
      fc.property(risen(shape), ({ costs, lessons }) => expectNothingAbsurd(judge(costs, lessons))),
      { numRuns: 60 },
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
        const found = judge(series(amounts, firstDay)).filter(({ score = 0 }) => Math.abs(score) >= 1.2);
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
        const gates = { asOf, settledUntil: asOf, minImpact: 0, minShare: 0, growBy: 0, fresh: 'new-service' } as const;
        expect(sightingsIn(seen, gates)).toEqual([]);
      }),
    );
  });
});
