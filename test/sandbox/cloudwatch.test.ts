import {
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricDataQuery,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  paginateGetMetricData,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../sandbox/clock.ts';
import type { MetricName, Series } from '../../sandbox/estate/cloudwatch-state.ts';
import { stageForEachTest } from './clients.ts';

const NOW = new Date('2026-11-02T00:00:00Z');
const stage = stageForEachTest({ now: NOW });

const CPU: MetricName = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } };

const query = (Id: string, more: Partial<MetricDataQuery['MetricStat']> = {}): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: CPU.namespace, MetricName: CPU.metric, Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }] },
    Period: 3600,
    Stat: 'Average',
    ...more,
  },
});

const ago = (span: number): Date => new Date(NOW.getTime() - span);

const ask = (input: Partial<GetMetricDataCommandInput> = {}) =>
  stage.clients.cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: ago(DAY),
      EndTime: NOW,
      MetricDataQueries: [query('cpu')],
      ScanBy: 'TimestampAscending',
      ...input,
    }),
  );

/** One point for every period, whose value is the period's length. */
const dense: Series = function* (period, start, end) {
  for (let at = start; at < end; at += period * 1000) yield { at, value: period };
};

describe('statistics of stored points', () => {
  const at = ago(2 * HOUR);
  it.each([
    ['Average', 3],
    ['Sum', 12],
    ['Minimum', 1],
    ['Maximum', 6],
    ['SampleCount', 4],
    ['p50', 2],
    ['p99.5', 6],
    ['p0', 1],
  ])('%s', async (Stat, expected) => {
    stage.home.cloudwatch.put(
      CPU,
      [6, 1, 3, 2].map((value, index) => ({ at: at.getTime() + index * MINUTE, value })),
    );
    const { MetricDataResults } = await ask({ MetricDataQueries: [query('cpu', { Stat })] });
    expect(MetricDataResults).toMatchObject([
      { Id: 'cpu', StatusCode: 'Complete', Timestamps: [at], Values: [expected] },
    ]);
  });

  it('come from PutMetricData too: values with counts, and statistic sets without percentiles', async () => {
    const put = (Timestamp: Date, datum: object) =>
      stage.clients.cloudwatch.send(
        new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Queue', Timestamp, ...datum }] }),
      );
    await put(ago(3 * HOUR), { Values: [1, 10], Counts: [9, 1] });
    await put(ago(2 * HOUR), { StatisticValues: { Sum: 30, SampleCount: 3, Minimum: 5, Maximum: 20 } });
    const Metric = { Namespace: 'Shop', MetricName: 'Queue' };
    const queries = ['Average', 'p90'].map((Stat, index) => query(`q${index}`, { Metric, Stat }));
    const { MetricDataResults = [] } = await ask({ MetricDataQueries: queries });
    expect(MetricDataResults.map((one) => one.Values)).toEqual([[1.9, 10], [1]]);
  });

  it('are newest first unless asked otherwise', async () => {
    stage.home.cloudwatch.series(CPU, dense);
    const { MetricDataResults } = await ask({ ScanBy: undefined });
    expect(MetricDataResults?.[0]?.Timestamps?.[0]).toEqual(ago(HOUR));
  });

  it('are nothing, and complete, for a metric that nobody reported', async () => {
    expect((await ask()).MetricDataResults).toMatchObject([{ Values: [], StatusCode: 'Complete' }]);
  });
});

describe('retention', () => {
  it.each([
    [60, 15 * DAY],
    [300, 63 * DAY],
    [3600, 455 * DAY],
  ])('points of %d seconds are kept for %d ms', async (Period, kept) => {
    stage.home.cloudwatch.series(CPU, dense);
    const { MetricDataResults } = await ask({
      StartTime: ago(500 * DAY),
      MetricDataQueries: [query('cpu', { Period })],
      MaxDatapoints: 1,
    });
    expect(MetricDataResults?.[0]?.Timestamps).toEqual([ago(kept)]);
  });

  it('rounds the start, the older the coarser, and never shows the future', async () => {
    stage.home.cloudwatch.series(CPU, dense);
    const first = async (StartTime: Date) => {
      const { MetricDataResults } = await ask({ StartTime, EndTime: new Date(NOW.getTime() + DAY) });
      const { Timestamps = [] } = MetricDataResults?.[0] ?? {};
      expect(Timestamps.at(-1)?.getTime()).toBeLessThan(NOW.getTime());
      return Timestamps[0];
    };
    expect(await first(new Date('2026-11-01T10:07:31Z'))).toEqual(new Date('2026-11-01T10:07:00Z'));
    expect(await first(new Date('2026-10-01T10:07:31Z'))).toEqual(new Date('2026-10-01T10:05:00Z'));
    expect(await first(new Date('2026-08-01T10:07:31Z'))).toEqual(new Date('2026-08-01T10:00:00Z'));
  });
});

describe('pages', () => {
  it('hold so many points; the query in which one ends is partial and goes on in the next', async () => {
    stage.home.cloudwatch.series(CPU, dense);
    const MetricDataQueries = ['a', 'b', 'c'].map((id) => query(id));
    const first = await ask({ MetricDataQueries, MaxDatapoints: 36 });
    const seen = first.MetricDataResults?.map((one) => [one.Id, one.Values?.length, one.StatusCode]);
    expect(seen).toEqual([
      ['a', 24, 'Complete'],
      ['b', 12, 'PartialData'],
    ]);
    const second = await ask({ MetricDataQueries, MaxDatapoints: 36, NextToken: first.NextToken });
    expect(second.MetricDataResults?.map((one) => [one.Id, one.Values?.length])).toEqual([
      ['b', 12],
      ['c', 24],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  it('hold 100,800 points when nothing else is said', async () => {
    stage.home.cloudwatch.series(CPU, dense);
    const MetricDataQueries = Array.from({ length: 13 }, (_, index) => query(`q${index}`, { Period: 300 }));
    const input = { StartTime: ago(28 * DAY), EndTime: NOW, MetricDataQueries };
    const points: number[] = [];
    for await (const page of paginateGetMetricData({ client: stage.clients.cloudwatch }, input)) {
      points.push((page.MetricDataResults ?? []).reduce((sum, one) => sum + (one.Values?.length ?? 0), 0));
    }
    expect(points).toEqual([100_800, 13 * 8_064 - 100_800]);
  });

  it.each<[string, Partial<GetMetricDataCommandInput>, string]>([
    [
      '501 queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, n) => query(`q${n}`)) },
      'ValidationException',
    ],
    ['the same id twice', { MetricDataQueries: [query('a'), query('a')] }, 'ValidationException'],
    ['an id with a capital', { MetricDataQueries: [query('A')] }, 'ValidationException'],
    ['a period of 90 s', { MetricDataQueries: [query('a', { Period: 90 })] }, 'ValidationException'],
    ['a statistic without a name', { MetricDataQueries: [query('a', { Stat: 'Mean' })] }, 'ValidationException'],
    ['an end before the start', { EndTime: ago(2 * DAY) }, 'ValidationException'],
    ['a made-up token', { NextToken: 'more' }, 'InvalidNextToken'],
    ['an expression', { MetricDataQueries: [{ Id: 'e', Expression: 'SUM(METRICS())' }] }, 'NotImplemented'],
  ])('refuse %s', async (_, input, name) => {
    await expect(ask(input)).rejects.toMatchObject({ name });
  });
});

describe('ListMetrics', () => {
  it('leaves out what was silent for two weeks', async () => {
    stage.home.cloudwatch.put({ ...CPU, dimensions: { InstanceId: 'i-idle' } }, [{ at: ago(15 * DAY), value: 1 }]);
    stage.home.cloudwatch.put({ ...CPU, dimensions: { InstanceId: 'i-busy' } }, [{ at: ago(13 * DAY), value: 1 }]);
    stage.home.cloudwatch.series(CPU, dense);
    stage.home.cloudwatch.series({ ...CPU, dimensions: { InstanceId: 'i-mute' } }, () => []);
    const { Metrics = [] } = await stage.clients.cloudwatch.send(new ListMetricsCommand({ Namespace: 'AWS/EC2' }));
    expect(Metrics.map((one) => one.Dimensions?.[0]?.Value).sort()).toEqual(['i-1', 'i-busy']);
  });
});

describe('alarms', () => {
  it('are stored, found by state, and set by hand', async () => {
    const { cloudwatch } = stage.clients;
    const alarm = {
      AlarmName: 'orders-cpu',
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold' as const,
      Threshold: 90,
    };
    await cloudwatch.send(new PutMetricAlarmCommand(alarm));
    const inState = async (StateValue: 'ALARM' | 'INSUFFICIENT_DATA') =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ StateValue }))).MetricAlarms?.map((one) => one.AlarmName);
    expect(await inState('INSUFFICIENT_DATA')).toEqual(['orders-cpu']);
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'orders-cpu', StateValue: 'ALARM', StateReason: 'test' }),
    );
    expect(await inState('ALARM')).toEqual(['orders-cpu']);
    const unknown = cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'no', StateValue: 'OK', StateReason: 'test' }),
    );
    await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  const put = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
    stage.clients.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        ...more,
      }),
    );
  const set = (AlarmName: string, StateReason = 'test') =>
    stage.clients.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason }));
  const list = (input: DescribeAlarmsCommandInput = {}) =>
    stage.clients.cloudwatch.send(new DescribeAlarmsCommand(input));

  it('keep their state when they are overwritten, and nothing else', async () => {
    await put('cpu', {
      Threshold: 90,
      TreatMissingData: 'breaching',
      Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
    });
    await set('cpu');
    await put('cpu', { Threshold: 95 });
    const { MetricAlarms: [alarm] = [] } = await list();
    expect(alarm).toMatchObject({ Threshold: 95, StateValue: 'ALARM', StateReason: 'test' });
    expect([alarm?.TreatMissingData, alarm?.Dimensions]).toEqual([undefined, undefined]);
  });

  it('know since when they are in their state, and when it was last said', async () => {
    await put('cpu');
    stage.sandbox.clock.advance({ hours: 1 });
    await set('cpu');
    stage.sandbox.clock.advance({ hours: 1 });
    await set('cpu', 'still');
    expect((await list()).MetricAlarms).toMatchObject([
      {
        StateReason: 'still',
        StateTransitionedTimestamp: new Date('2026-11-02T01:00:00Z'),
        StateUpdatedTimestamp: new Date('2026-11-02T02:00:00Z'),
      },
    ]);
  });

  it('over alarms are listed apart, and only when they are asked for', async () => {
    await put('cpu');
    const composite = { AlarmName: 'all', AlarmRule: 'ALARM("cpu")' };
    await stage.clients.cloudwatch.send(new PutCompositeAlarmCommand(composite));
    await set('all');
    expect(await list()).toMatchObject({ MetricAlarms: [{ AlarmName: 'cpu' }], CompositeAlarms: [] });
    expect(await list({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] })).toMatchObject({
      MetricAlarms: [{ AlarmName: 'cpu' }],
      CompositeAlarms: [{ ...composite, StateValue: 'ALARM', StateReason: 'test' }],
    });
    await expect(put('all')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('of both kinds share the pages', async () => {
    for (const n of [1, 3]) await put(`alarm-${n}`);
    for (const n of [2, 4]) {
      const composite = { AlarmName: `alarm-${n}`, AlarmRule: 'TRUE' };
      await stage.clients.cloudwatch.send(new PutCompositeAlarmCommand(composite));
    }
    const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
    const first = await list({ AlarmTypes: [...AlarmTypes], MaxRecords: 3 });
    const second = await list({ AlarmTypes: [...AlarmTypes], MaxRecords: 3, NextToken: first.NextToken });
    expect([first.MetricAlarms?.length, first.CompositeAlarms?.length]).toEqual([2, 1]);
    expect([second.MetricAlarms?.length, second.CompositeAlarms?.length, second.NextToken]).toEqual([0, 1, undefined]);
  });
});
