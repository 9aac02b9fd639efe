import { describe, expect, it } from 'vitest';
import { type Evidence, known, unknown } from '../../../shared/core/evidence.ts';
import { cpuNeed } from '../../../shared/core/sizing/cpu-need.ts';
import type { DemandSummary, MetricDemand } from '../../../shared/core/sizing/demand.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { always, but, DAYS, days, demand, ending, flat, HOURS, hours, UNTIL } from './specimen.ts';

const SALE = daysBefore(360, UNTIL);

const need = (cpuPercent: MetricDemand, saleDays: readonly Date[] = []) => {
  const found = cpuNeed({ ...demand, cpuPercent } satisfies DemandSummary, saleDays);
  if (!found.known) throw new Error(found.why);
  return found.value;
};

const daily = (name: 'p99' | 'p99.9', values: readonly (number | undefined)[], usual = 0) =>
  but(always(usual), { daily: { [name]: days(values) } });
const hourly = (values: readonly (number | undefined)[], usual = 0) =>
  but(always(usual), { hourly: { Average: hours(values) } });

describe('a steady machine', () => {
  it('needs its load, 30 % on top and a quarter of its level', () => {
    expect(need(always(10))).toEqual({
      percent: 15.5,
      busiestDayPercent: 10,
      because: 'its 8 worst of 28 days reach 10 % CPU (p99.9)',
      unmeasuredSaleDays: [],
    });
  });

  it('needs nothing when it does nothing', () => expect(need(always(0)).percent).toBe(0));
});

describe('the worst days', () => {
  it.each([
    ['eight of 28 decide', ending(DAYS, 0, flat(8, 40)), 52],
    ['a ninth changes nothing', ending(DAYS, 0, flat(9, 40)), 52],
    ['one alone counts an eighth', ending(DAYS, 0, [80]), 13],
    ['the highest count, wherever they are', [...flat(8, 40), ...flat(20, 39)], 52],
  ])('%s', (_, values, percent) => expect(need(daily('p99.9', values)).percent).toBeCloseTo(percent, 10));

  it.each([
    [28, 8, 1.3],
    [21, 6, 1.4],
    [14, 4, 1.6],
  ])('of %d days are %d, and the shorter the history the more is kept free: x %d', (history, worst, headroom) => {
    const values = [...flat(worst, 40), ...flat(history - worst, 0)];
    expect(need(daily('p99.9', values)).percent).toBeCloseTo(40 * headroom, 10);
  });
});

describe('growth', () => {
  it('is the level of the last week where that is higher', () => {
    const risen = hourly(ending(HOURS, 8, flat(168, 16)));
    const fallen = hourly(ending(HOURS, 16, flat(168, 8)));
    expect(need(but(always(20), { hourly: risen.hourly })).percent).toBeCloseTo(26 + 4, 10);
    expect(need(but(always(20), { hourly: fallen.hourly })).percent).toBeCloseTo(26 + 3.5, 10);
  });
});

describe('what must fit by itself', () => {
  it('is the second highest p99 of a day, up to 90 % full', () => {
    expect(need(daily('p99', ending(DAYS, 0, [90]))).percent).toBe(0);
    expect(need(daily('p99', ending(DAYS, 0, [90, 45])))).toMatchObject({
      percent: 50,
      because: 'on two days it needs 45 % CPU or more for a quarter of an hour',
    });
  });

  it('is the mean of the four busiest hours, up to 90 % full', () => {
    const busy = need(hourly(ending(HOURS, 0, [45, 90, 0, 9, 36])));
    expect(busy).toMatchObject({ percent: 50, because: 'its 4 busiest hours take 45 % CPU' });
  });

  it('is said with the busiest 24 hours in a row', () => {
    const twoBursts = [...flat(12, 60), ...flat(24, 0), ...flat(18, 40), ...flat(HOURS - 54, 0)];
    expect(need(hourly(twoBursts)).busiestDayPercent).toBe(30);
  });
});

describe('a sale day', () => {
  const withSale = (value: number | undefined, usual = 5) =>
    daily('p99.9', [value, ...flat(359 - DAYS, 0), ...flat(DAYS, usual)], usual);

  it('weighs however long ago it was, with the same headroom', () => {
    expect(need(withSale(70), [SALE])).toMatchObject({
      percent: 91,
      because: 'on a sale day it reached 70 % CPU (p99.9)',
      unmeasuredSaleDays: [],
    });
  });

  it('does not weigh when the policy does not name it, nor when it was calm', () => {
    const calm = need(always(5)).percent;
    expect(need(withSale(70)).percent).toBe(calm);
    expect(need(withSale(4), [SALE]).percent).toBe(calm);
  });

  it.each([
    ['has no datapoint', withSale(undefined)],
    ['is out of reach', always(5)],
  ])('is said to be unmeasured when it %s', (_, cpu) => {
    expect(need(cpu, [SALE, daysBefore(1, UNTIL)]).unmeasuredSaleDays).toEqual([SALE]);
  });
});

describe('what is unknown', () => {
  const denied = unknown('AccessDenied');

  it.each<[string, Parameters<typeof but>[1]]>([
    ['the daily p99.9', { daily: { 'p99.9': denied } }],
    ['the daily p99', { daily: { p99: denied } }],
    ['the hourly average', { hourly: { Average: denied } }],
  ])('makes the need unknown: %s', (_, spoiled) => {
    expect(cpuNeed({ ...demand, cpuPercent: but(always(5), spoiled) }, [])).toEqual(
      unknown('CPU unknown: AccessDenied'),
    );
  });

  it.each<[string, Parameters<typeof but>[1]]>([
    ['the daily p99.5', { daily: { 'p99.5': denied } }],
    ['the daily maximum', { daily: { Maximum: denied } }],
    ['the hourly maximum', { hourly: { Maximum: denied } }],
  ])('does not matter where it is not read: %s', (_, spoiled) => {
    expect(cpuNeed({ ...demand, cpuPercent: but(always(10), spoiled) }, [])).toEqual(
      cpuNeed(demand, []) satisfies Evidence<unknown>,
    );
  });

  it('may be a gap', () => {
    const gap = [undefined, undefined];
    expect(need(daily('p99.9', ending(DAYS, 10, gap), 10))).toEqual(need(always(10)));
    expect(cpuNeed({ ...demand, cpuPercent: daily('p99.9', ending(DAYS, 10, [...gap, undefined]), 10) }, [])).toEqual(
      unknown('CPU unknown: only 78 % of the last 14 days is known'),
    );
  });
});

it('is known of the specimen', () => expect(cpuNeed(demand, [])).toEqual(known(need(always(10)))));
