import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { memoryNeed } from '../../../shared/core/sizing/memory-need.ts';
import { always, but, demand, ending, flat, HOURS, hours } from './specimen.ts';

const peaks = (values: readonly (number | undefined)[]) =>
  memoryNeed({ ...demand, memoryPercent: but(always(0), { hourly: { Maximum: hours(values) } }) });

describe('the memory to keep', () => {
  it('is twice what is usual in busy hours', () => {
    expect(peaks(flat(HOURS, 20))).toEqual(
      known({ percent: 40, because: 'its memory is 20 % full in busy hours (p95) and 20 % at its peaks (p99)' }),
    );
  });

  it('has room for the peaks', () => {
    const twoPercent = Math.ceil(HOURS * 0.02);
    expect(peaks(ending(HOURS, 20, flat(twoPercent, 60)))).toMatchObject({ value: { percent: 80 } });
  });

  it('is not decided by a single hour', () => {
    expect(peaks(ending(HOURS, 20, [90]))).toMatchObject({ value: { percent: 40 } });
  });
});

describe('too little memory', () => {
  it.each([
    [94.9, undefined],
    [95, 'its memory is 95 % full (p99)'],
  ])('shows in peaks of %d %%: %s', (percent, short) => {
    const need = peaks(flat(HOURS, percent));
    expect(need.known && need.value.short).toBe(short);
  });

  it.each([
    [4.9, { percent: 20 }],
    [5, { percent: 100, short: 'it swaps 5 % of its memory', because: 'it swaps 5 % of its memory' }],
  ])('shows in swap of %d %%', (percent, expected) => {
    expect(memoryNeed({ ...demand, swapPercent: always(percent) })).toMatchObject({ value: expected });
  });
});

describe('what is unknown', () => {
  it('is said', () => {
    const denied = but(always(1), { hourly: { Maximum: unknown('AccessDenied') } });
    expect(memoryNeed({ ...demand, memoryPercent: denied })).toEqual(unknown('memory unknown: AccessDenied'));
    expect(memoryNeed({ ...demand, swapPercent: denied })).toEqual(unknown('swap unknown: AccessDenied'));
  });

  it('is never taken for none', () => {
    expect(peaks([])).toEqual(unknown('memory unknown: only 0 % of the last 14 days is known'));
  });
});
