import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, daysIn, monthsIn } from '../../../shared/core/spend/day.ts';
import {
  firstToAsk,
  lastAnswered,
  leavesOf,
  type MonthOfCosts,
  missingRanges,
  seriesIn,
  withAnswer,
} from '../../../shared/core/spend/history.ts';

const on = (day: string, ...groups: [service: string, amount: number][]) => ({
  day,
  groups: groups.map(([service, amount]) => ({ keys: [service, '111111111111'], amount })),
});
const answer = (...days: ReturnType<typeof on>[]) => ({ currency: 'USD', days });
const amountsOf = (history: readonly MonthOfCosts[], range: { from: string; to: string }) =>
  Object.fromEntries(seriesIn(history, range).map(({ service, amounts }) => [service, amounts]));

describe('the history', () => {
  const history = withAnswer(
    [],
    answer(on('2026-10-30', ['EC2', 5]), on('2026-10-31', ['EC2', 6], ['RDS', 2]), on('2026-11-02', ['RDS', 3])),
  );

  it('has zero where a day was answered without the group, and nothing where it was not', () => {
    expect(amountsOf(history, { from: '2026-10-29', to: '2026-11-04' })).toEqual({
      EC2: [undefined, 5, 6, undefined, 0, undefined],
      RDS: [undefined, 0, 2, undefined, 3, undefined],
    });
  });

  it('replaces the days that are answered again, also by nothing', () => {
    const restated = withAnswer(history, answer(on('2026-10-31', ['EC2', 7]), on('2026-11-01', ['S3', 1])));
    expect(amountsOf(restated, { from: '2026-10-30', to: '2026-11-03' })).toEqual({
      EC2: [5, 7, 0, 0],
      RDS: [0, 0, 0, 3],
      S3: [0, 0, 1, 0],
    });
  });

  it('keeps what it was answered, whatever order it comes in', () => {
    const day = fc.integer({ min: 0, max: 70 }).map((n) => addDays('2026-09-01', n));
    const days = fc.uniqueArray(fc.record({ day, amount: fc.integer({ min: -50, max: 900 }) }), {
      selector: (one) => one.day,
      minLength: 1,
    });
    fc.assert(
      fc.property(days, (answered) => {
        const kept = answered.reduce<MonthOfCosts[]>(
          (all, { day: one, amount }) => withAnswer(all, answer(on(one, ['EC2', amount], ['RDS', 1]))),
          [],
        );
        const { EC2 = [] } = amountsOf(kept, { from: '2026-09-01', to: '2026-11-11' });
        const known = new Map(answered.map((one) => [one.day, one.amount]));
        for (const [index, one] of daysIn('2026-09-01', '2026-11-11').entries()) {
          if (EC2.length > 0) expect(EC2[index]).toBe(known.get(one));
        }
      }),
    );
  });

  it('does not know a day without a single group, and does not ask about it again', () => {
    const asked = withAnswer(history, answer(on('2026-10-31'), on('2026-11-01'), on('2026-12-05')));
    expect(amountsOf(asked, { from: '2026-10-31', to: '2026-11-03' })).toEqual({
      EC2: [6, undefined, 0],
      RDS: [2, undefined, 3],
    });
    expect(lastAnswered(asked)).toBe('2026-11-02');
    expect(missingRanges(asked, { from: '2026-10-31', to: '2026-11-04' })).toEqual([
      { from: '2026-11-03', to: '2026-11-04' },
    ]);
    const late = withAnswer(asked, answer(on('2026-11-01', ['EC2', 4])));
    expect(amountsOf(late, { from: '2026-11-01', to: '2026-11-02' })).toEqual({ EC2: [4], RDS: [0] });
  });

  it('has no currency from days without a group', () => {
    const before = withAnswer([], { currency: 'USD', days: [on('2026-10-01')] });
    const paid = withAnswer(before, { currency: 'EUR', days: [on('2026-10-02', ['EC2', 5])] });
    expect(paid).toMatchObject([{ currency: 'EUR', days: ['2026-10-02'], empty: ['2026-10-01'] }]);
    expect(withAnswer(paid, { currency: 'USD', days: [on('2026-10-03')] })).toMatchObject([{ currency: 'EUR' }]);
  });

  it('takes amounts of another currency for what they are', () => {
    expect(() => withAnswer(history, { currency: 'EUR', days: [on('2026-11-03', ['EC2', 5])] })).toThrow(
      expect.objectContaining({ name: 'CurrencyChangedError' }),
    );
  });

  it('knows what is to be asked: all of it, or what may be restated, or what was missed', () => {
    const asking = { from: '2026-01-01', to: '2026-11-20', restatedDays: 14 };
    const until = (day: string) => withAnswer([], answer(on(day, ['EC2', 5])));
    expect(firstToAsk([], asking)).toBe('2026-01-01');
    expect(firstToAsk(until('2026-11-18'), asking)).toBe('2026-11-05');
    expect(firstToAsk(until('2026-11-19'), asking)).toBe('2026-11-06');
    expect(firstToAsk(until('2026-10-19'), asking)).toBe('2026-10-06');
    expect(firstToAsk(until('2026-01-03'), asking)).toBe('2026-01-01');
  });

  it('knows its gaps', () => {
    expect(missingRanges(history, { from: '2026-10-28', to: '2026-11-05' })).toEqual([
      { from: '2026-10-28', to: '2026-10-30' },
      { from: '2026-11-01', to: '2026-11-02' },
      { from: '2026-11-03', to: '2026-11-05' },
    ]);
  });
});

describe('the leaves of an answer', () => {
  it('are series over its days: zero where a group is absent, unknown where the day is', () => {
    expect(leavesOf([on('2026-11-01', ['a', 1]), on('2026-11-03', ['a', 2], ['b', 5])])).toEqual([
      { keys: ['a', '111111111111'], costs: { firstDay: '2026-11-01', amounts: [1, undefined, 2] } },
      { keys: ['b', '111111111111'], costs: { firstDay: '2026-11-01', amounts: [0, undefined, 5] } },
    ]);
    expect(leavesOf([])).toEqual([]);
  });
});

describe('days', () => {
  it('are counted over months, leap days and years', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2025-10-18', '2026-11-22')).toBe(400);
    expect(daysIn('2026-11-30', '2026-12-02')).toEqual(['2026-11-30', '2026-12-01']);
    expect(daysIn('2026-12-02', '2026-12-02')).toEqual([]);
  });

  it.each([
    ['2026-11-30', '2026-12-02', ['2026-11', '2026-12']],
    ['2026-11-30', '2026-12-01', ['2026-11']],
    ['2025-12-31', '2026-02-01', ['2025-12', '2026-01']],
    ['2026-01-31', '2026-04-01', ['2026-01', '2026-02', '2026-03']],
  ])('from %s to before %s touch %j', (from, to, months) => expect(monthsIn(from, to)).toEqual(months));
});
