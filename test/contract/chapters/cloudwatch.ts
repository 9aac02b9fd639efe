import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  type MetricDataResult,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, oneTo, refused } from '../expecting.ts';
import type { Target } from '../target.ts';

const DAY_SECONDS = 86_400;

interface Seed {
  readonly cloudWatch: CloudWatchClient;
  /** Midnight, so many days before today; its hours by the second argument. */
  readonly at: (daysAgo: number, hour?: number) => Date;
}

const dimensions = (id: string) => [{ Name: 'InstanceId', Value: id }];

/** CPU of `i-watched`: three values a day for six days, of which the fourth day ago is missing. */
async function seed(target: Target): Promise<Seed> {
  const { cloudWatch } = target.clients();
  const midnight = new Date(target.now()).setUTCHours(0, 0, 0, 0);
  const at = (daysAgo: number, hour = 0) => new Date(midnight + (hour - 24 * daysAgo) * 3_600_000);
  const put = (id: string, Timestamp: Date, Value: number) => ({
    MetricName: 'CPUUtilization',
    Dimensions: dimensions(id),
    Unit: 'Percent' as const,
    Timestamp,
    Value,
  });
  for (const daysAgo of [6, 5, 3, 2, 1]) {
    const MetricData = [
      put('i-watched', at(daysAgo, 1), daysAgo),
      put('i-watched', at(daysAgo, 9), daysAgo + 3),
      put('i-watched', at(daysAgo, 23), daysAgo + 0.5),
      put('i-other', at(daysAgo, 9), 99),
    ];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Shop/EC2', MetricData }));
  }
  return { cloudWatch, at };
}

const cpu = (Stat: string, more: { Id?: string; instance?: string; Period?: number } = {}): MetricDataQuery => ({
  Id: more.Id ?? 'cpu',
  MetricStat: {
    Metric: {
      Namespace: 'Shop/EC2',
      MetricName: 'CPUUtilization',
      Dimensions: dimensions(more.instance ?? 'i-watched'),
    },
    Period: more.Period ?? DAY_SECONDS,
    Stat,
  },
});

const lastWeek = ({ at }: Seed) => ({ StartTime: at(7), EndTime: at(0) });

async function ask({ cloudWatch }: Seed, input: GetMetricDataCommandInput): Promise<MetricDataResult[]> {
  return (await cloudWatch.send(new GetMetricDataCommand(input))).MetricDataResults ?? [];
}

/** The daily values of the last week, oldest first. */
async function daily(seed: Seed, Stat: string): Promise<number[] | undefined> {
  const range = { ...lastWeek(seed), ScanBy: 'TimestampAscending' as const };
  return (await ask(seed, { MetricDataQueries: [cpu(Stat)], ...range }))[0]?.Values;
}

const putAlarm = ({ cloudWatch }: Seed, AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
  cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'Shop/EC2',
      MetricName: 'CPUUtilization',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 3,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 90,
      ...more,
    }),
  );

const setAlarm = ({ cloudWatch }: Seed, AlarmName: string, StateReasonData?: string) =>
  cloudWatch.send(
    new SetAlarmStateCommand({
      AlarmName,
      StateValue: 'ALARM',
      StateReason: 'it is hot',
      ...(StateReasonData && { StateReasonData }),
    }),
  );

const alarmsWhere = ({ cloudWatch }: Seed, query: DescribeAlarmsCommandInput) =>
  cloudWatch.send(new DescribeAlarmsCommand(query));

export const cloudWatch = chapter('cloudwatch', seed, {
  'Maximum, Minimum, Sum, Average and SampleCount by day': async (seed) => {
    expect(await daily(seed, 'Maximum')).toEqual([9, 8, 6, 5, 4]);
    expect(await daily(seed, 'Minimum')).toEqual([6, 5, 3, 2, 1]);
    expect(await daily(seed, 'Sum')).toEqual([21.5, 18.5, 12.5, 9.5, 6.5]);
    expect(await daily(seed, 'SampleCount')).toEqual([3, 3, 3, 3, 3]);
    const averages = [21.5, 18.5, 12.5, 9.5, 6.5].map((sum) => expect.closeTo(sum / 3, 6));
    expect(await daily(seed, 'Average')).toEqual(averages);
  },

  'a high percentile of few values is their highest': async (seed) => {
    for (const stat of ['p99', 'p99.5', 'p99.9']) {
      expect(await daily(seed, stat), stat).toEqual([9, 8, 6, 5, 4].map((value) => expect.closeTo(value, 0)));
    }
  },

  'a gap stays a gap': async (seed) => {
    const [result] = await ask(seed, {
      MetricDataQueries: [cpu('Maximum')],
      ...lastWeek(seed),
      ScanBy: 'TimestampAscending',
    });
    expect(result?.Timestamps).toEqual([6, 5, 3, 2, 1].map((daysAgo) => seed.at(daysAgo)));
  },

  'newest first, unless asked otherwise': async (seed) => {
    const [result] = await ask(seed, { MetricDataQueries: [cpu('Maximum')], ...lastWeek(seed) });
    expect(result?.Timestamps).toEqual([1, 2, 3, 5, 6].map((daysAgo) => seed.at(daysAgo)));
    expect(result?.Values).toEqual([4, 5, 6, 8, 9]);
  },

  'the end of the range is left out, its start is not': async (seed) => {
    const [result] = await ask(seed, {
      MetricDataQueries: [cpu('Maximum')],
      StartTime: seed.at(6),
      EndTime: seed.at(2),
      ScanBy: 'TimestampAscending',
    });
    expect(result?.Timestamps).toEqual([6, 5, 3].map((daysAgo) => seed.at(daysAgo)));
  },

  'a shorter period shows the same values one by one': async (seed) => {
    const [result] = await ask(seed, {
      MetricDataQueries: [cpu('Maximum', { Period: 3600 })],
      StartTime: seed.at(1),
      EndTime: seed.at(0),
      ScanBy: 'TimestampAscending',
    });
    expect(result?.Timestamps).toEqual([1, 9, 23].map((hour) => seed.at(1, hour)));
    expect(result?.Values).toEqual([1, 4, 1.5]);
  },

  'a metric that nobody sends has a result without values': async (seed) => {
    const unheard = cpu('Maximum', { instance: 'i-unheard' });
    const results = await ask(seed, { MetricDataQueries: [unheard], ...lastWeek(seed) });
    expect(results).toMatchObject([{ Id: 'cpu', StatusCode: 'Complete', Values: [], Timestamps: [] }]);
  },

  'every query has its own result, by its id': async (seed) => {
    const MetricDataQueries = [
      cpu('Maximum', { Id: 'watched' }),
      cpu('Maximum', { Id: 'other', instance: 'i-other' }),
      cpu('Sum', { Id: 'sum' }),
    ];
    const results = await ask(seed, { MetricDataQueries, ...lastWeek(seed) });
    const values = new Map(results.map(({ Id, Values }) => [Id, Values]));
    expect(values.get('watched')).toEqual([4, 5, 6, 8, 9]);
    expect(values.get('other')).toEqual([99, 99, 99, 99, 99]);
    expect(values.get('sum')).toEqual([6.5, 9.5, 12.5, 18.5, 21.5]);
  },

  'a page holds no more datapoints than asked, and the pages add up': async (seed) => {
    const MetricDataQueries = [cpu('Maximum'), cpu('Maximum', { Id: 'other', instance: 'i-other' })];
    const input = { MetricDataQueries, ...lastWeek(seed), MaxDatapoints: 4 };
    const pages = await everyPage(
      (NextToken) => seed.cloudWatch.send(new GetMetricDataCommand({ ...input, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    const counts = pages.map(({ MetricDataResults = [] }) =>
      MetricDataResults.reduce((sum, { Values = [] }) => sum + Values.length, 0),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(4);
    const all = pages.flatMap(({ MetricDataResults = [] }) => MetricDataResults);
    const valuesOf = (id: string) => all.filter(({ Id }) => Id === id).flatMap(({ Values = [] }) => Values);
    expect(valuesOf('cpu')).toEqual([4, 5, 6, 8, 9]);
    expect(valuesOf('other')).toEqual([99, 99, 99, 99, 99]);
  },

  'two queries of one id are a ValidationException': async (seed) => {
    const MetricDataQueries = [cpu('Maximum'), cpu('Sum')];
    await refused(ask(seed, { MetricDataQueries, ...lastWeek(seed) }), 'ValidationException');
  },

  'an id that begins with a capital is a ValidationException': async (seed) => {
    const MetricDataQueries = [cpu('Maximum', { Id: 'Cpu' })];
    await refused(ask(seed, { MetricDataQueries, ...lastWeek(seed) }), 'ValidationException');
  },

  'more than five hundred queries are a ValidationException': async (seed) => {
    const MetricDataQueries = oneTo(501).map((n) => cpu('Maximum', { Id: `q${n}` }));
    await refused(ask(seed, { MetricDataQueries, ...lastWeek(seed) }), 'ValidationException');
  },

  'a range that ends before it starts is refused': async (seed) => {
    const backwards = { StartTime: seed.at(0), EndTime: seed.at(7) };
    const asked = ask(seed, { MetricDataQueries: [cpu('Maximum')], ...backwards });
    await refused(asked, 'ValidationException');
  },

  'a period of no whole minutes is refused': async (seed) => {
    const odd = cpu('Maximum', { Period: 90 });
    const asked = ask(seed, { MetricDataQueries: [odd], ...lastWeek(seed) });
    await refused(asked, 'ValidationException', 'InvalidParameterValueException');
  },

  'an alarm keeps its dimensions and how it treats missing data': async (seed) => {
    const more = { Dimensions: dimensions('i-watched'), TreatMissingData: 'breaching' };
    await putAlarm(seed, 'keeps', more);
    const { MetricAlarms = [] } = await alarmsWhere(seed, { AlarmNames: ['keeps'] });
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'keeps', MetricName: 'CPUUtilization', Threshold: 90, ...more }]);
  },

  'a state that is set says its reason, its data and since when': async (seed) => {
    await putAlarm(seed, 'set');
    const data = JSON.stringify({ recentDatapoints: [99] });
    await setAlarm(seed, 'set', data);
    const { MetricAlarms: [alarm] = [] } = await alarmsWhere(seed, { AlarmNames: ['set'] });
    expect(alarm).toMatchObject({ StateValue: 'ALARM', StateReason: 'it is hot', StateReasonData: data });
    expect(alarm?.StateUpdatedTimestamp).toBeInstanceOf(Date);
  },

  'the actions of an alarm are switched off and on': async (seed) => {
    const { cloudWatch } = seed;
    await putAlarm(seed, 'muted');
    const enabled = async () => (await alarmsWhere(seed, { AlarmNames: ['muted'] })).MetricAlarms?.[0]?.ActionsEnabled;
    expect(await enabled()).toBe(true);
    await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['muted'] }));
    expect(await enabled()).toBe(false);
    await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['muted'] }));
    expect(await enabled()).toBe(true);
  },

  'alarms are found by state and by name, and unknown names are nothing': async (seed) => {
    await putAlarm(seed, 'found');
    await putAlarm(seed, 'not-found');
    await setAlarm(seed, 'found');
    const { MetricAlarms = [] } = await alarmsWhere(seed, { StateValue: 'ALARM' });
    const names = MetricAlarms.map(({ AlarmName }) => AlarmName);
    expect(names).toContain('found');
    expect(names).not.toContain('not-found');
    expect((await alarmsWhere(seed, { AlarmNames: ['nobody'] })).MetricAlarms).toEqual([]);
  },
});
