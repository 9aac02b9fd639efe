import { describe, expect, it } from 'vitest';
import { unknown } from '../../../shared/core/evidence.ts';
import { type DailyUse, judgeIdleness } from '../../../shared/core/sizing/idle.ts';
import { DAYS, days, ending, flat, UNTIL } from './specimen.ts';

const LIMITS = { windowDays: DAYS, cpuPercent: 5, networkBytes: 5e6 };

/** Nobody used it on any of 28 days. */
const unused: DailyUse = { peakCpuPercent: days(flat(DAYS, 4.9)), networkBytes: days(flat(DAYS, 5e6)) };

const judge = (spoiled: Partial<DailyUse> = {}, now = UNTIL) =>
  judgeIdleness({ ...unused, ...spoiled }, LIMITS, { now });
const cpu = (last: readonly (number | undefined)[]) => ({ peakCpuPercent: days(ending(DAYS, 1, last)) });
const network = (last: readonly (number | undefined)[]) => ({ networkBytes: days(ending(DAYS, 0, last)) });

it('is idle when every day was', () => {
  expect(judge()).toEqual({ idle: true, because: 'CPU at most 4.9 % and network at most 5 MB on any day of 28' });
});

describe('one stir', () => {
  it.each([
    ['a patch', cpu([19.9]), 'CPU at most 1 % and network at most 5 MB', '19.9 % CPU and 5 MB'],
    ['a scan', network([100e6]), 'CPU at most 4.9 % and network at most 0 MB', '4.9 % CPU and 100 MB'],
  ])('does not make it busy, but leaves a doubt: %s', (_, spoiled, quiet, stir) => {
    const because = `${quiet} on any other day of 28`;
    expect(judge(spoiled)).toEqual({ idle: true, because, doubt: `one day reached ${stir}` });
  });

  it.each([
    ['a job', cpu([20]), 'in use: CPU up to 20 % in 28 days'],
    ['a copy', network([100e6 + 1]), 'in use: network up to 100 MB on a day, more than 5 MB'],
    ['a second stir', cpu([5, 1, 5]), 'in use: CPU up to 5 % in 28 days'],
    ['another kind of stir on another day', { ...cpu([6]), ...network([6e6, 0]) }, 'in use: CPU up to 6 % in 28 days'],
  ])('is not what this is: %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual({ idle: false, because });
  });
});

describe('what is unknown', () => {
  it.each([
    ['CPU', { peakCpuPercent: unknown('AccessDenied') }, 'CPU unknown: AccessDenied'],
    ['network', { networkBytes: unknown('AccessDenied') }, 'network unknown: AccessDenied'],
    ['three days', cpu([undefined, undefined, undefined]), 'CPU incomplete: no data for 3 of 28 days'],
    [
      'three days of either',
      { ...cpu([undefined, undefined, 1]), ...network([undefined]) },
      'CPU and network incomplete: no data for 3 of 28 days',
    ],
    ['all that is older', { peakCpuPercent: days(flat(25, 1)) }, 'CPU incomplete: no data for 3 of 28 days'],
  ])('is no reason to call it idle: %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual({ idle: false, because, unknown: true });
  });

  it('may be two days, which leaves a doubt', () => {
    const doubt = 'there is no data for 2 of 28 days';
    expect(judge(cpu([undefined, undefined]))).toMatchObject({ idle: true, doubt });
    expect(judge(cpu([undefined, 9]))).toMatchObject({
      idle: true,
      doubt: 'there is no data for 1 of 28 days; one day reached 9 % CPU and 5 MB',
    });
  });
});

describe('the window', () => {
  const noon = new Date(UNTIL.getTime() + 12 * 3_600_000);
  const today = (value: number) => {
    const series = days(ending(DAYS, 1, []));
    return {
      peakCpuPercent: series.known
        ? { ...series, value: { ...series.value, values: [...series.value.values, value] } }
        : series,
    };
  };

  it('ends with the day that is not over, as far as that is known', () => {
    expect(judge(today(30), noon).idle).toBe(false);
    expect(judge(today(1), noon).idle).toBe(true);
    expect(judge({}, noon).idle).toBe(true);
  });

  it('has no running day at midnight', () => expect(judge(today(30)).idle).toBe(true));

  it('does not reach further back', () => {
    expect(judge({ peakCpuPercent: days([80, ...flat(DAYS, 1)]) }).idle).toBe(true);
    expect(judge({ peakCpuPercent: days([80, ...flat(DAYS - 1, 1)]) }).idle).toBe(false);
  });
});
