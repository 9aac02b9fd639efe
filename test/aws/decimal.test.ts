import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sumOfDecimals } from '../../shared/aws/decimal.ts';

it.each<[string, string[], number]>([
  ['nothing', [], 0],
  ['one', ['0.0551724144'], 0.0551724144],
  ['what binary fractions would miss', ['0.1', '0.2'], 0.3],
  ['a debt', ['-12.5', '2.5'], -10],
  ['a great one and a small one', ['123456.01', '0.0000000099'], 123456.0100000099],
  ['an exponent', ['1.5E-7', '2e3'], 2000.00000015],
  ['a debt and its payment', ['-0.3', '0.1', '0.2'], 0],
])('the sum of %s is the nearest number', (_, texts, sum) => {
  expect(sumOfDecimals(texts)).toBe(sum);
});

it.each(['', 'NaN', 'Infinity', '1,5', '$3', '1.', '0x10', '1e9999', ' 1'])('%o is no amount', (text) => {
  expect(sumOfDecimals(['1', text])).toBeUndefined();
});

it('the order of the texts does not change their sum', () => {
  const amount = fc.tuple(fc.integer(), fc.nat({ max: 9_999_999 })).map(([whole, part]) => `${whole}.${part}`);
  fc.assert(
    fc.property(fc.array(amount), (amounts) => {
      expect(sumOfDecimals(amounts.toReversed())).toBe(sumOfDecimals(amounts));
    }),
  );
});
