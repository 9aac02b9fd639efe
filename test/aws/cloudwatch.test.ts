import type { CloudWatchClient, GetMetricDataOutput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { type MetricQuery, readSeries, sumOf } from '../../shared/aws/cloudwatch.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const stage = stageForEachTest({ now: NOW });

/** A metric whose value on each day is its own number, and the statistic that is asked for. */
function metric(number: number, statistic: MetricQuery['statistic'] = 'Maximum'): MetricQuery {
  const Value = `i-${number}`;
  const name = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: Value } };
  stage.home.cloudwatch.series(name, function* (period, start, end) {
    for (let at = start; at < end; at += period * 1000) yield { at, value: number };
  });
  return {
    namespace: 'AWS/EC2',
    name: 'CPUUtilization',
    dimensions: [{ Name: 'InstanceId', Value }],
    statistic,
    period: 'day',
  };
}

const metrics = (count: number): MetricQuery[] => Array.from({ length: count }, (_, index) => metric(index + 1));

const lastDays = (days: number) => ({ from: new Date(NOW.getTime() - days * DAY), to: NOW });

/** How many metrics each request asked for, and whether it asked for a further page. */
const requests = () =>
  stage.sandbox.calls.byOperation('GetMetricData').map(({ input }) => ({
    queries: (input.MetricDataQueries as unknown[]).length,
    further: input.NextToken !== undefined,
  }));

describe('many metrics', () => {
  it('are asked for by the five hundred, and answered in the order asked', async () => {
    const found = await readSeries(stage.clients.cloudwatch, metrics(1001), lastDays(1));
    expect(requests().map(({ queries }) => queries)).toEqual([500, 500, 1]);
    expect(found.map((one) => (one.known ? one.value.values[0] : one.why))).toEqual(
      Array.from({ length: 1001 }, (_, index) => index + 1),
    );
  });

  it('over many days are asked for by as many as one answer of 100,800 points can hold', async () => {
    const found = await readSeries(stage.clients.cloudwatch, metrics(250), lastDays(454));
    expect(requests()).toEqual([
      { queries: 221, further: false }, // 455 days each: 100,555 points
      { queries: 29, further: false },
    ]);
    expect(
      found.every((one) => one.known && one.value.values.filter((value) => value !== undefined).length === 455),
    ).toBe(true);
  });

  it('an hour each fill a call sooner, and share it with what is asked by the day', async () => {
    const hourly = metrics(151).map((one) => ({ ...one, period: 'hour' }) as const);
    const found = await readSeries(stage.clients.cloudwatch, [...hourly, ...metrics(28)], lastDays(28));
    // 28 days and the running one are 694 hours: 145 fit; the 28 by the day have room beside the rest.
    expect(requests().map(({ queries }) => queries)).toEqual([145, 6 + 28]);
    expect(found.map((one) => one.known && one.value.values.length)).toEqual([
      ...new Array<number>(151).fill(694),
      ...new Array<number>(28).fill(29),
    ]);
  });

  it('by minutes begin where a period of theirs does, and not at midnight', async () => {
    const three = new Date('2026-11-22T18:31:00Z');
    const queries = [
      { ...metric(1), period: 'five minutes', from: three } as const,
      { ...metric(2), period: 'half an hour', from: three } as const,
    ];
    const found = await readSeries(stage.clients.cloudwatch, queries, { from: NOW, to: NOW });
    expect(found.map((one) => one.known && [one.value.from, one.value.values.length])).toEqual([
      [new Date('2026-11-22T18:30:00Z'), 36],
      [new Date('2026-11-22T18:30:00Z'), 6],
    ]);
    expect(requests().map((one) => one.queries)).toEqual([2]);
  });

  it('that begin at other times are asked for apart', async () => {
    const from = new Date('2026-08-01T00:00:00Z');
    const queries = [metric(1), { ...metric(2), from }, metric(3)];
    const found = await readSeries(stage.clients.cloudwatch, queries, lastDays(1));
    expect(requests().map((one) => one.queries)).toEqual([2, 1]);
    expect(found.map((one) => one.known && one.value.from)).toEqual([
      new Date('2026-11-21T00:00:00Z'),
      from,
      new Date('2026-11-21T00:00:00Z'),
    ]);
    expect(found.map((one) => one.known && one.value.values[0])).toEqual([1, 2, 3]);
  });

  it('none are not asked for at all', async () => {
    expect(await readSeries(stage.clients.cloudwatch, [], lastDays(28))).toEqual([]);
    expect(requests()).toEqual([]);
  });

  it('answered page by page are read to the last', async () => {
    stage.sandbox.faults.add({ operation: 'GetMetricData', fault: 'partialData' });
    const found = await readSeries(stage.clients.cloudwatch, metrics(3), lastDays(9));
    const asked = requests();
    expect(asked[0]?.further).toBe(false);
    expect(asked.slice(1).every(({ further, queries }) => further && queries === 3)).toBe(true);
    expect(asked.length).toBeGreaterThan(3);
    expect(found).toEqual(
      [1, 2, 3].map((value) =>
        known({ from: new Date('2026-11-13T00:00:00Z'), values: Array.from({ length: 10 }, () => value) }),
      ),
    );
  });

  it('throttled throw: an outage is no answer', async () => {
    stage.sandbox.faults.add({ operation: 'GetMetricData', fault: 'throttle' });
    await expect(readSeries(stage.clients.cloudwatch, metrics(1), lastDays(1))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
  });
});

describe('one metric', () => {
  it('is cut by UTC days, from the midnight before the range to the day that is running', async () => {
    await readSeries(stage.clients.cloudwatch, [metric(7)], lastDays(2));
    const [call] = stage.sandbox.calls.byOperation('GetMetricData');
    expect(call?.input).toMatchObject({
      StartTime: new Date('2026-11-20T00:00:00Z'),
      EndTime: NOW,
      MetricDataQueries: [{ MetricStat: { Period: 86_400, Stat: 'Maximum' } }],
    });
  });

  it('leaves a day without data undefined, which is not zero', async () => {
    const { cloudwatch } = stage.home;
    const name = { namespace: 'AWS/EC2', metric: 'NetworkIn', dimensions: { InstanceId: 'i-1' } };
    const at = (day: string) => new Date(`${day}T12:00:00Z`);
    cloudwatch.put(name, [
      { at: at('2026-11-19'), value: 5 },
      { at: at('2026-11-21'), value: 1 },
      { at: at('2026-11-21'), value: 2 },
    ]);
    const asked = {
      namespace: 'AWS/EC2',
      name: 'NetworkIn',
      dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
      period: 'day',
    } as const;
    const [sum, peak] = await readSeries(
      stage.clients.cloudwatch,
      [
        { ...asked, statistic: 'Sum' },
        { ...asked, statistic: 'Maximum' },
      ],
      lastDays(3),
    );
    const from = new Date('2026-11-19T00:00:00Z');
    // biome-ignore lint/suspicious/noSparseArray: a hole is what a day without data is
    expect(sum).toEqual(known({ from, values: [5, , 3] }));
    // biome-ignore lint/suspicious/noSparseArray: a hole is what a day without data is
    expect(peak).toEqual(known({ from, values: [5, , 2] }));
  });

  it('that nobody has ever measured has no values', async () => {
    const nobody = {
      namespace: 'AWS/EC2',
      name: 'CPUUtilization',
      dimensions: [{ Name: 'InstanceId', Value: 'i-0' }],
      period: 'day',
    } as const;
    const [found] = await readSeries(stage.clients.cloudwatch, [{ ...nobody, statistic: 'Maximum' }], lastDays(3));
    expect(found).toEqual(known({ from: new Date('2026-11-19T00:00:00Z'), values: [] }));
  });

  /** Spoils what CloudWatch answers for the second metric, as long as `spoils` says so. */
  function spoilSecond(
    client: CloudWatchClient,
    StatusCode: 'InternalError' | 'Forbidden',
    spoils: (call: number) => boolean,
  ) {
    let calls = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const output = result.output as GetMetricDataOutput;
        calls += 1;
        if (!spoils(calls)) return result;
        const spoiled = output.MetricDataResults?.map((one) =>
          one.Values?.[0] === 2 ? { ...one, StatusCode, Timestamps: [], Values: [] } : one,
        );
        return { ...result, output: { ...output, MetricDataResults: spoiled } as never };
      },
      { step: 'initialize' },
    );
  }

  it.each(['InternalError', 'Forbidden'] as const)('that stays %s is unknown; the others are known', async (status) => {
    spoilSecond(stage.clients.cloudwatch, status, () => true);
    const found = await readSeries(stage.clients.cloudwatch, metrics(3), lastDays(1));
    expect(found.map((one) => (one.known ? 'known' : one.why))).toEqual([
      'known',
      `CloudWatch answered ${status}`,
      'known',
    ]);
  });

  it('that failed once is asked once more, alone', async () => {
    spoilSecond(stage.clients.cloudwatch, 'InternalError', (call) => call === 1);
    const found = await readSeries(stage.clients.cloudwatch, metrics(3), lastDays(1));
    expect(found.map((one) => one.known)).toEqual([true, true, true]);
    expect(requests().map(({ queries }) => queries)).toEqual([3, 1]);
  });
});

describe('a sum of series', () => {
  const from = new Date('2026-11-19T00:00:00Z');

  it('lacks a day that one of them lacks', () => {
    const sum = sumOf([known({ from, values: [1, undefined, 3] }), known({ from, values: [10, 20] })]);
    expect(sum).toEqual(known({ from, values: [11, undefined, undefined] }));
  });

  it('is unknown when one of them is, and when there is none', () => {
    expect(sumOf([known({ from, values: [1] }), unknown('denied')])).toEqual(unknown('denied'));
    expect(sumOf([]).known).toBe(false);
  });
});
