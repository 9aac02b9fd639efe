import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  CurrencyMismatchError,
  describeSaving,
  formatMoney,
  type Money,
  money,
  times,
  totals,
} from '../../shared/core/money.ts';

const currency = fc.constantFrom('USD', 'CNY', 'EUR');
/** Up to a hundred million, in steps of a millionth. */
const millionths = fc.integer({ min: -(10 ** 14), max: 10 ** 14 });
const amounts = (count: number) => fc.tuple(...new Array<typeof millionths>(count).fill(millionths));
const usd = (millionth: number): Money => money('USD', millionth / 1e6);
const anyMoney = fc.tuple(currency, fc.integer({ min: 0, max: 10 ** 12 })).map(([of, n]) => money(of, n / 1e6));
const inMillionths = ({ amount }: Money) => Math.round(amount * 1e6);

describe('adding', () => {
  it('is exact to the millionth', () => {
    expect(add(money('USD', 0.1), money('USD', 0.2))).toEqual({ currency: 'USD', amount: 0.3 });
    fc.assert(
      fc.property(amounts(2), ([a = 0, b = 0]) => {
        expect(inMillionths(add(usd(a), usd(b)))).toBe(a + b);
      }),
    );
  });

  it('does not depend on order or on grouping', () => {
    fc.assert(
      fc.property(amounts(3), (three) => {
        const [a, b, c] = three.map(usd) as [Money, Money, Money];
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
      }),
    );
  });

  it('never crosses currencies', () => {
    expect(() => add(money('USD', 1), money('CNY', 1))).toThrow(CurrencyMismatchError);
    expect(() => add(money('USD', 1), money('CNY', 1))).toThrow('USD and CNY');
  });
});

describe('totals', () => {
  it('are one sum per currency, and lose nothing', () => {
    fc.assert(
      fc.property(fc.array(anyMoney), (list) => {
        const sums = totals(list);
        const currencies = sums.map((one) => one.currency);
        expect(currencies).toEqual([...new Set(list.map((one) => one.currency))]);
        for (const sum of sums) {
          const parts = list.filter((one) => one.currency === sum.currency).map(inMillionths);
          expect(inMillionths(sum)).toBe(parts.reduce((a, b) => a + b, 0));
        }
      }),
    );
  });

  it('of nothing are nothing, not zero of some currency', () => {
    expect(totals([])).toEqual([]);
  });
});

it('rounds to the millionth, and knows no negative zero', () => {
  expect(money('USD', 0.00000049).amount).toBe(0);
  expect(Object.is(money('USD', -0.0000001).amount, 0)).toBe(true);
  expect(times(730, money('USD', 0.0052))).toEqual(money('USD', 3.796));
});

it.each([
  ['USD', 1234.5, '$1,234.50'],
  ['CNY', 12, 'CN¥12.00'],
  ['USD', 0.004, '$0.00'],
])('%s %d is written %s', (of, amount, text) => {
  expect(formatMoney(money(of, amount))).toBe(text);
});

it.each([
  [{}, '$86.14 a month (list)'],
  [{ share: 0.3646 }, '$86.14 a month (list, on for 36 % of the time)'],
  [{ netUnknown: 'denied' }, '$86.14 a month (list, before commitments)'],
  [
    { basis: 'pool estimate' as const, list: money('USD', 90), share: 0.5 },
    '$86.14 a month (pool estimate, $90.00 at list price, on for 50 % of the time)',
  ],
])('a saving %j is written %s', (more, text) => {
  expect(describeSaving({ monthly: money('USD', 86.14), basis: 'list', stillBilled: [], ...more })).toBe(text);
});
