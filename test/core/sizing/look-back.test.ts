import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { lastDays, lastHours, onDay } from '../../../shared/core/sizing/look-back.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { days, ending, flat, HOURS, hours, UNTIL } from './specimen.ts';

const GAP = Array.from({ length: 28 }, () => undefined);

describe('the last days', () => {
  it('are four weeks; what was before does not count, and the day that is not over neither', () => {
    const series = known({ firstDay: daysBefore(29, UNTIL), values: [99, ...flat(28, 1), 99] });
    expect(lastDays(series, UNTIL)).toEqual(known({ values: flat(28, 1), lastWeek: flat(7, 1), historyDays: 28 }));
  });

  it('know their last week', () => {
    expect(lastDays(days(ending(28, 1, [2, 3])), UNTIL)).toMatchObject({ value: { lastWeek: [1, 1, 1, 1, 1, 2, 3] } });
  });

  it('say how far back they reach; a gap within does not shorten them', () => {
    const gappy = [1, undefined, ...flat(18, 1)];
    expect(lastDays(days(gappy), UNTIL)).toMatchObject({ value: { historyDays: 20, values: flat(19, 1) } });
  });

  it.each([
    [2, true],
    [3, false],
  ])('with a gap of %d in the last fortnight are known: %s', (gap, isKnown) => {
    expect(lastDays(days(ending(28, 1, GAP.slice(0, gap))), UNTIL).known).toBe(isKnown);
  });

  it('may lack all that is older than a fortnight', () => {
    expect(lastDays(days(flat(14, 1)), UNTIL)).toMatchObject({ known: true, value: { historyDays: 14 } });
  });

  it.each([
    ['are too few', days(flat(11, 1)), 'only 78 % of the last 14 days is known'],
    ['are none', days([]), 'only 0 % of the last 14 days is known'],
    ['are not numbers', days(flat(28, Number.NaN)), 'only 0 % of the last 14 days is known'],
    ['could not be read', unknown('AccessDenied'), 'AccessDenied'],
  ])('are unknown when they %s', (_, series, why) => {
    expect(lastDays(series, UNTIL)).toEqual(unknown(why));
  });
});

describe('the last hours', () => {
  it('are those of four weeks', () => {
    expect(lastHours(hours([99, ...flat(HOURS, 1)]), UNTIL)).toEqual(
      known({ values: flat(HOURS, 1), lastWeek: flat(168, 1), historyDays: 28 }),
    );
  });

  it('are unknown when too many of the last fortnight are missing', () => {
    const gap = Array.from({ length: 51 }, () => undefined);
    expect(lastHours(hours(ending(HOURS, 1, gap.slice(0, 50))), UNTIL).known).toBe(true);
    expect(lastHours(hours(ending(HOURS, 1, gap)), UNTIL)).toEqual(unknown('only 84 % of the last 14 days is known'));
  });
});

it.each([
  ['the first', 2, 5],
  ['the last', 1, 6],
  ['before the first', 3, undefined],
  ['after the last', 0, undefined],
])('a single day can be asked for: %s', (_, ago, expected) => {
  const series = { firstDay: daysBefore(2, UNTIL), values: [5, 6] };
  expect(onDay(series, daysBefore(ago, UNTIL))).toBe(expected);
});
