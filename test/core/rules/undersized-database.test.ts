import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { DatabaseFacts } from '../../../shared/core/facts.ts';
import { judgeUndersizedDatabase } from '../../../shared/core/rules/undersized-database.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { cpu, everyDay, everyHour, oversizedDatabase } from '../../support/sized-specimen.ts';

const GIB = 1024 ** 3;

/** 8 GiB of which 2 are free, at the same CPU at all times. */
const small = withEvidence(
  { ...oversizedDatabase, classes: ['db.m5.large'] },
  {
    memoryDays: known({ freeable: everyDay(2 * GIB), swap: everyDay(0) }),
    memoryHours: known({ freeable: everyHour(2 * GIB), swap: everyHour(0) }),
  },
);
const starving = withEvidence(small, cpu(97));

const judge = (spoiled: Partial<DatabaseFacts>) => judgeUndersizedDatabase({ ...starving, ...spoiled }, context());
const judgeEvidence = (spoiled: Partial<DatabaseFacts['evidence']>) =>
  judgeUndersizedDatabase(withEvidence(small, spoiled), context());

describe('an undersized database', () => {
  it('is said to be one, with the risk and the cheapest class that has enough', () => {
    expect(judge({})).toMatchObject({
      verdict: 'find',
      kind: 'finding',
      because: 'its 4 busiest hours take 97 % CPU: db.m5.xlarge has enough and costs $73.00 a month more',
      note: expect.stringContaining('work waits for CPU') as string,
      step: expect.stringContaining('--db-instance-class db.m5.xlarge') as string,
    });
  });

  it.each([
    ['is full', 0.1, 0, 'its memory is 98.8 % full (p99)'],
    ['swaps', 2, 1, 'it swaps 12.5 % of its memory'],
  ])('may be one whose memory %s', (_, free, swap, because) => {
    const evidence = {
      memoryDays: known({ freeable: everyDay(free * GIB), swap: everyDay(swap * GIB) }),
      memoryHours: known({ freeable: everyHour(free * GIB), swap: everyHour(swap * GIB) }),
    };
    expect(judgeEvidence(evidence)).toMatchObject({
      verdict: 'find',
      because: expect.stringContaining(because) as string,
    });
  });
});

describe('a database is left alone', () => {
  it.each<[string, Partial<DatabaseFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['it is a member of a cluster', { memberOf: 'carts' }, /instances of a cluster/],
    ['something is pending', { pendingModifications: ['Iops'] }, /pending/],
    ['it is being changed', { status: 'modifying' }, /modifying/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is short of nothing, and by its coarse evidence alone', () => {
    const coarse = ['classChanges', 'offered', 'peakCpuPercent', 'memoryDays'];
    expect(judgeUndersizedDatabase(withOnly(small, coarse), context())).toEqual({
      verdict: 'leave',
      because: 'short of nothing',
    });
  });

  it('when its class was changed lately, or nobody knows', () => {
    const changed = known([daysBefore(2, TICK)]);
    expect(judgeEvidence({ ...cpu(97), classChanges: changed })).toMatchObject({ verdict: 'leave' });
    expect(judgeEvidence({ ...cpu(97), classChanges: unknown('AccessDenied') })).toMatchObject({ unknown: true });
  });
});

it('asks for evidence in turn', () => {
  const order = [
    'classChanges',
    'offered',
    'peakCpuPercent',
    'memoryDays',
    'cpuHours',
    'cpuDays',
    'memoryHours',
    'traffic',
  ];
  const asked = order.map((_, index) => judgeUndersizedDatabase(withOnly(starving, order.slice(0, index)), context()));
  expect(asked).toMatchObject(order.map((evidence) => ({ verdict: 'lacks', evidence })));
});
