import { describe, expect, it } from 'vitest';
import { largest, largestRun, mean, percentile } from '../../../shared/core/sizing/statistics.ts';

it('the mean of values', () => expect(mean([1, 2, 6])).toBe(3));

it.each([
  [2, [3, 9, 5], [9, 5]],
  [5, [3, 9], [9, 3]],
])('the %d largest of %j are %j', (count, values, expected) => expect(largest(count, values)).toEqual(expected));

describe('a percentile', () => {
  it.each([
    [0, 10],
    [25, 12.5],
    [50, 15],
    [99, 19.9],
    [100, 20],
  ])('%d of two values lies between them: %d', (percent, expected) => {
    expect(percentile(percent, [20, 10])).toBeCloseTo(expected, 10);
  });

  it('sorts numbers as numbers', () => expect(percentile(100, [9, 10, 100])).toBe(100));
});

it.each([
  [2, [1, 5, 3, 2], 4],
  [2, [1, 2, 3, 9], 6],
  [9, [1, 2, 3], 2],
])('the largest mean of %d in a row of %j is %d', (count, values, expected) => {
  expect(largestRun(count, values)).toBe(expected);
});
