import { expect, it } from 'vitest';
import { isOverloaded } from '../../../shared/core/sizing/overload.ts';

const samples = (full: number, calm: number) => [...new Array(full).fill(90.1), ...new Array(calm).fill(90)];

it.each([
  ['five of twelve are above 90 %', samples(5, 7), false],
  ['six of twelve are', samples(6, 6), true],
  ['six are, and there are no others yet', samples(6, 0), true],
  ['six are, of which one is more than an hour old', samples(6, 7), false],
  ['there are none', [], false],
])('when %s it is %s', (_, cpu, expected) => expect(isOverloaded(cpu)).toBe(expected));
