import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpendData } from '../../bench/spend/data.ts';
import { makeSpendData } from '../../bench/spend/generate/data.ts';
import type { JudgedStream } from '../../bench/spend/judged.ts';
import { scoreAnomalies } from '../../bench/spend/scoring.ts';
import { scoreSpend } from '../../bench/spend/spend.ts';
import { addDays } from '../../shared/core/spend/day.ts';
import { judge } from '../../shared/core/spend/judge.ts';
import { referenceScoring } from './reference-scoring.ts';

const data = makeSpendData();
const figures = scoreSpend(data);

describe('the figures', () => {
  const scoresOf = (amounts: number[], start: string) =>
    judge({ firstDay: start, amounts }).map(({ score }) => score ?? Number.NaN);

  it.each(['up', 'down'] as const)('of the side %s are those of the definition, to the digit', (side) => {
    const { medianImpactError: _, ...scored } = figures[side];
    expect(scored).toEqual(referenceScoring(data, scoresOf, side));
  });

  it('of series with a monthly fee are theirs alone', () => {
    const series = data.series.filter(({ month_start_fee }) => month_start_fee > 0);
    const ids = new Set(series.map(({ id }) => id));
    const streams = data.streams.filter((one) => ids.has(one.series));
    const { medianImpactError: _, ...scored } = figures.feeSeries;
    expect(scored).toEqual(referenceScoring({ series, streams }, scoresOf, 'up'));
  });

  it('are the same every time', () => expect(scoreSpend(makeSpendData())).toEqual(figures));

  it('are those of a model that is of use', () => {
    expect(figures.up.incidents).toBeGreaterThan(300);
    expect(figures.up.recall).toBeGreaterThan(0.8);
    expect(figures.up.cleanFalseAlarmsPerSeriesYear).toBeLessThan(2);
    expect(figures.down.recall).toBeGreaterThan(0.8);
    expect(Object.keys(figures.up.byType).sort()).toEqual(['level', 'ramp', 'spike1', 'spikeN']);
    expect(Object.keys(figures.rootCause.sku).sort()).toEqual(['mid', 'new', 'top']);
    for (const { top1, top3, medianError } of [...Object.values(figures.rootCause.sku), figures.rootCause.org]) {
      expect(top1).toBeGreaterThan(0.9);
      expect(top3).toBe(1);
      expect(medianError).toBeLessThan(0.01);
    }
  });
});

describe('the error of the impact', () => {
  /** A series of $100 a day with an incident of $50 on ten days, of which the model finds some unusual. */
  const scored = (unusual: readonly number[], expected: number) => {
    const incident = {
      type: 'level',
      size: 1.5,
      start: 100,
      dur: 10,
      window: [100, 109],
      neutral: [100, 124],
    } as const;
    const stream: JudgedStream = {
      series: {
        id: 'a',
        source: 'made',
        profile: 'usage',
        start: '2026-01-01',
        month_start_fee: 0,
        neutral: [],
        values: new Array<number>(200).fill(100),
      },
      stream: { series: 'a', rep: 1, incidents: [{ ...incident, excess: new Array<number>(10).fill(50) }] },
      judgements: Array.from({ length: 200 }, (_, day) => ({
        day: addDays('2026-01-01', day),
        actual: day >= 100 && day < 110 ? 150 : 100,
        expected,
        score: unusual.includes(day) ? 2 : 0,
      })),
    };
    return scoreAnomalies([stream], 'up').medianImpactError;
  };

  it('is nothing where what was injected is seen', () => expect(scored([100, 101, 102], 100)).toBe(0));
  it('counts the unusual days alone, and only the incident’s', () => expect(scored([102, 150], 100)).toBe(0));
  it('is the share by which it is off', () => {
    expect(scored([100, 101], 110)).toBe(0.2);
    expect(scored([100, 101], 90)).toBe(0.2);
  });
});

describe('npm run bench -- spend', () => {
  let directory: string;

  const bench = async (...more: string[]) => {
    const main = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
    return (await promisify(execFile)(process.execPath, [main, 'spend', ...more])).stdout;
  };

  const put = async (path: readonly string[], content: unknown) =>
    writeFile(join(directory, ...path), gzipSync(JSON.stringify(content)));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lamplighter-spend-'));
    await mkdir(join(directory, 'anomaly'));
    await mkdir(join(directory, 'rootcause'));
    const { series, streams, tables, cases }: SpendData = data;
    await put(['anomaly', 'series.json.gz'], series);
    await put(['anomaly', 'streams.json.gz'], streams);
    await put(['rootcause', 'tables.json.gz'], tables);
    await put(['rootcause', 'cases.json.gz'], cases);
  });

  afterAll(() => rm(directory, { recursive: true }));

  it('prints the figures of a directory as JSON', async () =>
    expect(JSON.parse(await bench('--data', directory, '--json'))).toEqual(figures));

  it('makes its own data where none are given', async () => expect(JSON.parse(await bench('--json'))).toEqual(figures));
});
