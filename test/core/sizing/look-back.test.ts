import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { lastDays, lastHours, onDay } from '../../../shared/core/sizing/look-back.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { officeHours, whileOnDaily, whileOnHourly } from '../../support/on-hours.ts';
import { days, ending, flat, HOURS, hours, UNTIL } from './specimen.ts';

const GAP = Array.from({ length: 28 }, () => undefined);

describe('the last days', () => {
  it('are four weeks; what was before does not count, and the day that is not over neither', () => {
    const series = known({ firstDay: daysBefore(29, UNTIL), values: [99, ...flat(28, 1), 99] });
    expect(lastDays(series, { until: UNTIL })).toEqual(
      known({ values: flat(28, 1), lastWeek: flat(7, 1), historyDays: 28 }),
    );
  });

  it('know their last week', () => {
    expect(lastDays(days(ending(28, 1, [2, 3])), { until: UNTIL })).toMatchObject({
      value: { lastWeek: [1, 1, 1, 1, 1, 2, 3] },
    });
  });

  it('say how far back they reach; a gap within does not shorten them', () => {
    const gappy = [1, undefined, ...flat(18, 1)];
    expect(lastDays(days(gappy), { until: UNTIL })).toMatchObject({ value: { historyDays: 20, values: flat(19, 1) } });
  });

  it.each([
    [2, true],
    [3, false],
  ])('with a gap of %d in the last fortnight are known: %s', (gap, isKnown) => {
    expect(lastDays(days(ending(28, 1, GAP.slice(0, gap))), { until: UNTIL }).known).toBe(isKnown);
  });

  it('may lack all that is older than a fortnight', () => {
    expect(lastDays(days(flat(14, 1)), { until: UNTIL })).toMatchObject({ known: true, value: { historyDays: 14 } });
  });

  it.each([
    ['are too few', days(flat(11, 1)), 'only 78 % of the last 14 days is known'],
    ['are none', days([]), 'only 0 % of the last 14 days is known'],
    ['are not numbers', days(flat(28, Number.NaN)), 'only 0 % of the last 14 days is known'],
    ['could not be read', unknown('AccessDenied'), 'AccessDenied'],
  ])('are unknown when they %s', (_, series, why) => {
    expect(lastDays(series, { until: UNTIL })).toEqual(unknown(why));
  });
});

describe('the last hours', () => {
  it('are those of four weeks', () => {
    expect(lastHours(hours([99, ...flat(HOURS, 1)]), { until: UNTIL })).toEqual(
      known({ values: flat(HOURS, 1), lastWeek: flat(168, 1), historyDays: 28 }),
    );
  });

  it('are unknown when too many of the last fortnight are missing', () => {
    const gap = Array.from({ length: 51 }, () => undefined);
    expect(lastHours(hours(ending(HOURS, 1, gap.slice(0, 50))), { until: UNTIL }).known).toBe(true);
    expect(lastHours(hours(ending(HOURS, 1, gap)), { until: UNTIL })).toEqual(
      unknown('only 84 % of the last 14 days is known'),
    );
  });
});

describe('under a schedule', () => {
  const onHours = officeHours();
  const looking = { until: UNTIL, onHours };

  it('the hours are those on: 13 on each of 20 workdays, whatever was in the others', () => {
    const inOn = lastHours(whileOnHourly(1), looking);
    expect(inOn).toMatchObject({ value: { values: flat(20 * 13, 1), lastWeek: flat(5 * 13, 1), historyDays: 24 } });
    expect(lastHours(whileOnHourly(1, 99), looking)).toEqual(inOn);
  });

  it('the days off need no data, and the highest of a day counts whenever it was', () => {
    expect(lastDays(whileOnDaily(1), looking)).toMatchObject({ value: { values: flat(24, 1), historyDays: 24 } });
    expect(lastDays(days(flat(28, 1)), looking)).toMatchObject({ value: { values: flat(28, 1), historyDays: 24 } });
  });

  it('is unknown when too much is missing of what was on', () => {
    const gaps = whileOnHourly((hour) => (hour % 10 < 2 ? Number.NaN : 1));
    const why = 'only 80 % of the hours that its schedule was on of the last 14 days is known';
    expect(lastHours(gaps, looking)).toEqual(unknown(why));
  });

  it('is unknown when it was off for a fortnight, whatever was before', () => {
    const early = { ...onHours, on: onHours.on.filter(({ to }) => to < daysBefore(15, UNTIL).getTime()) };
    expect(lastDays(days(flat(28, 1)), { until: UNTIL, onHours: early })).toEqual(
      unknown('its schedule was off on all of the last 14 days'),
    );
  });

  it('the last week is the fortnight when it was off for that week', () => {
    const before = { ...onHours, on: onHours.on.filter(({ to }) => to < daysBefore(8, UNTIL).getTime()) };
    const found = lastHours(whileOnHourly(1), { until: UNTIL, onHours: before });
    expect(found).toMatchObject({ value: { values: flat(15 * 13, 1), lastWeek: flat(5 * 13, 1) } });
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
