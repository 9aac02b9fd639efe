import { describe, expect, it } from 'vitest';
import { chartsFor, chartsOf } from '../../shared/core/charts.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { DailySeries } from '../../shared/core/facts.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import {
  cpu,
  everyDay,
  gp2Volume,
  io1Volume,
  looseVolume,
  orphanSnapshot,
  oversizedDatabase,
  oversizedInstance,
} from '../support/sized-specimen.ts';
import { UNTIL } from './sizing/specimen.ts';

/** The running day is not measured yet. */
const NOW = new Date(UNTIL.getTime() + DAY_MS / 4);
const GAP = '·';

const bars = (bar: string, count = 28): string => bar.repeat(count);

describe('the charts of a finding', () => {
  it('show CPU and memory of an instance, of a hundred percent', () => {
    expect(chartsFor('oversized-instance', oversizedInstance, NOW)).toEqual({
      'CPU p99.9 by day, 0..100 %': bars('▁'),
      'memory (maximum) by 13 hours, 0..100 %': expect.stringMatching(/^▁+·$/) as string,
    });
    const full = { ...oversizedInstance, evidence: { ...oversizedInstance.evidence, ...cpu(97) } };
    expect(chartsFor('undersized-instance', full, NOW)).toEqual({
      'CPU (maximum) by day, 0..100 %': bars('█'),
      'memory (maximum) by day, 0..100 %': bars('▁'),
    });
  });

  it('show the memory of a database as it is used, by the size of its class', () => {
    const charts = chartsFor('oversized-database', oversizedDatabase, NOW);
    expect(charts['memory (maximum) by 13 hours, 0..100 %']).toMatch(/^▂+·$/); // 4 of 32 GiB
    const nowhere = { ...oversizedDatabase, evidence: { ...oversizedDatabase.evidence, offered: unknown('denied') } };
    expect(Object.keys(chartsFor('oversized-database', nowhere, NOW))).toEqual(['CPU p99.9 by day, 0..100 %']);
  });

  it('show what a volume did', () => {
    expect(chartsFor('volume-type', io1Volume, NOW)).toEqual({
      'IOPS (maximum) by day, 0..400': bars('█'),
      'throughput (maximum) by day, 0..10 MiB/s': bars('█'),
    });
  });

  it('show since when nothing was measured, up to now', () => {
    const from = Date.parse('2026-09-01T00:00:00Z');
    const drawn = chartsFor('unattached-volume', looseVolume, NOW);
    const days = Math.floor((NOW.getTime() - from) / DAY_MS);
    const each = Math.ceil(days / 56);
    expect(drawn).toEqual({ [`datapoints by ${each} days, 0..288`]: `█▁${GAP.repeat(Math.ceil(days / each) - 2)}` });
  });

  it('show a day without data as a gap', () => {
    const days: DailySeries = everyDay(10);
    const values = days.values.map((value, day) => ([3, 4].includes(day) ? undefined : value));
    const gappy = { ...oversizedInstance, evidence: { peakCpuPercent: known({ ...days, values }) } };
    expect(chartsFor('idle-instance', gappy, NOW)).toEqual({
      'CPU (maximum) by day, 0..100 %': `${bars('▁', 3)}··${bars('▁', 23)}`,
    });
  });

  it('end with the time that is judged, and with the running day where that has data', () => {
    const lately = new Date(UNTIL.getTime() - 7 * DAY_MS);
    const drawn = chartsFor('undersized-instance', oversizedInstance, lately);
    expect(drawn['CPU (maximum) by day, 0..100 %']).toHaveLength(22);
  });

  it.each([
    ['was not read', {}],
    ['is unknown', { peakCpuPercent: unknown('denied') }],
    ['has no data at all', { peakCpuPercent: known({ firstDay: UNTIL, values: [undefined] }) }],
  ])('are none where the evidence %s', (_, evidence) => {
    expect(chartsFor('idle-instance', { ...oversizedInstance, evidence }, NOW)).toEqual({});
  });

  it('are none of what has no series', () => {
    expect(chartsFor('orphan-snapshot', orphanSnapshot, NOW)).toEqual({});
    expect(chartsFor('volume-type', gp2Volume, NOW)).toEqual({});
  });

  it('draw for no rule what its type does not have', () => {
    for (const rule of RULE_IDS) expect(() => chartsFor(rule, orphanSnapshot, NOW)).not.toThrow();
  });
});

it('everything that was read is drawn for an explanation', () => {
  expect(Object.keys(chartsOf(oversizedInstance, NOW))).toEqual([
    'CPU (maximum) by day, 0..100 %',
    'CPU p99.9 by day, 0..100 %',
    'CPU p99 by day, 0..100 %',
    'CPU (average) by 13 hours, 0..100 %',
    'memory (maximum) by day, 0..100 %',
    'memory (maximum) by 13 hours, 0..100 %',
    'volume operations (maximum) by day, 0..100 a second',
    'volume operations (average) by 13 hours, 0..100 a second',
    'volume throughput (maximum) by day, 0..0.954 MiB/s',
    'volume throughput (average) by 13 hours, 0..0.954 MiB/s',
    'network (maximum) by day, 0..1 MB/s',
    'network (average) by 13 hours, 0..1 MB/s',
  ]);
});
