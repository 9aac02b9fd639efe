import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { type Load, unknownsOf, whyIll } from '../../../shared/core/sizing/load.ts';

const samples = (bad: number, good: number, [worse, well]: readonly [number, number]) =>
  known([...new Array(bad).fill(worse), ...new Array(good).fill(well)]);

/** A burstable database that is well. */
const calm: Load = {
  cpuPercent: samples(0, 12, [0, 40]),
  memoryPercent: samples(0, 12, [0, 60]),
  swapPercent: samples(0, 12, [0, 0]),
  credits: samples(0, 12, [0, 500]),
  failedChecks: samples(0, 12, [1, 0]),
};

describe('a machine that was made smaller', () => {
  it('is well when nothing is short', () => expect(whyIll(calm)).toBeUndefined());

  it.each<[string, Partial<Load>]>([
    ['CPU is above 90 %', { cpuPercent: samples(6, 6, [90.1, 40]) }],
    ['memory is 95 % full', { memoryPercent: samples(6, 6, [95, 60]) }],
    ['swapped', { swapPercent: samples(6, 6, [5, 0]) }],
    ['no CPU credits', { credits: samples(6, 6, [0.9, 500]) }],
    ['status checks failed', { failedChecks: samples(6, 6, [1, 0]) }],
  ])('is not well when it is so in six of twelve samples: %s', (_, spoiled) => {
    expect(whyIll({ ...calm, ...spoiled })).toContain('in six of twelve samples');
  });

  it.each<[string, Partial<Load>]>([
    ['CPU', { cpuPercent: samples(5, 7, [100, 90]) }],
    ['memory', { memoryPercent: samples(5, 7, [100, 94.9]) }],
    ['swap', { swapPercent: samples(5, 7, [50, 4.9]) }],
    ['credits', { credits: samples(5, 7, [0, 1]) }],
    ['status checks', { failedChecks: samples(5, 7, [1, 0]) }],
  ])('is well when it is so in five: %s', (_, spoiled) => {
    expect(whyIll({ ...calm, ...spoiled })).toBeUndefined();
  });

  it('is too small also when the bad hour has passed since', () => {
    expect(whyIll({ ...calm, cpuPercent: samples(6, 30, [97, 10]) })).toContain('CPU');
  });

  it('shows nothing by what is not known, which is said', () => {
    const dark: Load = { cpuPercent: unknown('AccessDenied'), memoryPercent: unknown('no agent') };
    expect(whyIll(dark)).toBeUndefined();
    expect(unknownsOf(dark)).toEqual(['CPU: AccessDenied', 'memory: no agent']);
    expect(unknownsOf(calm)).toEqual([]);
    const unchecked = { ...calm, failedChecks: unknown('no samples') };
    expect([whyIll(unchecked), unknownsOf(unchecked)]).toEqual([undefined, ['status checks: no samples']]);
  });
});
