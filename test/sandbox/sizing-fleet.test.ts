import {
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { ModifyInstanceAttributeCommand, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { databaseClassOf } from '../../sandbox/catalogue/database-classes.ts';
import { machineOf } from '../../sandbox/catalogue/machine.ts';
import { seedSizingFleet } from '../../sandbox/fleet/sizing/sizing-fleet.ts';
import type { SizingFleet, SizingTruth } from '../../sandbox/fleet/sizing/truth.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const ACCOUNT = '111111111111';
const DAY = 86_400;
const stage = stageForEachTest({ now: new Date('2026-11-22T00:00:00Z') });
let fleet: SizingFleet;
let clients: ReturnType<typeof clientsOf>;

beforeEach(() => {
  fleet = seedSizingFleet(stage.sandbox);
  clients = clientsOf(stage.sandbox, { credentials: stage.sandbox.estate.account(ACCOUNT).accessKey() });
});

interface Asked {
  readonly metric: Metric;
  readonly stat: string;
  readonly days?: number;
  readonly period?: number;
}

/** Oldest first. */
async function values({ metric, stat, days = 35, period = DAY }: Asked): Promise<number[]> {
  const EndTime = stage.sandbox.clock.now();
  const query = {
    MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: metric, Period: period, Stat: stat } }],
    StartTime: new Date(EndTime.getTime() - days * DAY * 1000),
    EndTime,
    ScanBy: 'TimestampAscending' as const,
  };
  const all: number[] = [];
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client: clients.cloudwatch }, query)) {
    all.push(...MetricDataResults.flatMap(({ Values = [] }) => Values));
  }
  return all;
}

const dimension = { instance: 'InstanceId', database: 'DBInstanceIdentifier', volume: 'VolumeId', snapshot: '' };
const namespace = { instance: 'AWS/EC2', database: 'AWS/RDS', volume: 'AWS/EBS', snapshot: '' };
const metricOf = ({ kind, id }: SizingTruth, MetricName: string): Metric => ({
  Namespace: namespace[kind],
  MetricName,
  Dimensions: [{ Name: dimension[kind], Value: id }],
});
const first = (label: SizingTruth['label'], kind: SizingTruth['kind']): SizingTruth => fleet.labelled(label, kind)[0]!;
const peakCpu = async (truth: SizingTruth, days = 35) =>
  Math.max(...(await values({ metric: metricOf(truth, 'CPUUtilization'), stat: 'Maximum', days })));

/** The agent's metric, whose dimensions only ListMetrics knows. */
async function agentMetric({ id }: SizingTruth): Promise<Metric | undefined> {
  const Dimensions = [{ Name: 'InstanceId', Value: id }];
  const ask = new ListMetricsCommand({ Namespace: 'CWAgent', MetricName: 'mem_used_percent', Dimensions });
  return (await clients.cloudwatch.send(ask)).Metrics?.[0];
}

const smaller = ({ boughtAs }: SizingTruth) =>
  boughtAs.replace(/[24]xlarge/, (size) => (size === '2xlarge' ? 'xlarge' : '2xlarge'));

async function resize(truth: SizingTruth): Promise<void> {
  const ids = { InstanceIds: [truth.id] };
  await clients.ec2.send(new StopInstancesCommand(ids));
  stage.sandbox.clock.advance({ minutes: 2 });
  const InstanceType = { Value: smaller(truth) };
  await clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: truth.id, InstanceType }));
  await clients.ec2.send(new StartInstancesCommand(ids));
}

it('is the same for the same seed, and another for another', async () => {
  const summary = (one: SizingFleet) => JSON.stringify(one.all().map(({ surge: _, ...rest }) => rest));
  const again = (seed: number) => summary(seedSizingFleet(stage.sandbox, { seed, account: '222222222222' }));
  const renamed = summary(fleet).replaceAll(ACCOUNT, '222222222222');
  expect(again(1)).toBe(renamed);
  expect(again(2)).not.toBe(renamed);
});

describe('an instance', () => {
  it.each([
    ['oversized', 5, 20],
    ['right-sized', 45, 80],
    ['undersized', 100, 100],
    ['memory-bound', 5, 20],
    ['sale-day', 5, 20],
    ['bursty', 75, 90],
    ['growing', 25, 50],
    ['out-of-credits', 69, 71],
  ] as const)('that is %s peaks between %d and %d percent of its CPU', async (label, least, most) => {
    for (const truth of fleet.labelled(label, 'instance')) {
      const peak = await peakCpu(truth);
      expect(peak, truth.id).toBeGreaterThanOrEqual(least);
      expect(peak, truth.id).toBeLessThanOrEqual(most);
    }
  });

  it('never needs more than its truth says, over all the days that are known', async () => {
    for (const label of ['oversized', 'right-sized', 'growing', 'sale-day', 'bursty'] as const) {
      const truth = first(label, 'instance');
      const needed = (100 * truth.need!.vcpus) / machineOf(truth.boughtAs)!.vcpus;
      expect(await peakCpu(truth, 400), label).toBeLessThanOrEqual(needed);
    }
  });

  it('grows, when it is one that grows', async () => {
    const days = await values({
      metric: metricOf(first('growing', 'instance'), 'CPUUtilization'),
      stat: 'p99',
      days: 98,
    });
    const week = (from: number) => Math.max(...days.slice(from, from + 7));
    expect(week(91)).toBeGreaterThan(1.8 * week(0));
  });

  it('is busy on the sale days, which its last five weeks do not show', async () => {
    const truth = first('sale-day', 'instance');
    expect(await peakCpu(truth, 400)).toBeGreaterThan(70);
    expect(fleet.saleDays.every((day) => day < new Date('2026-10-18'))).toBe(true);
  });

  it('shows its memory through the agent, unless nobody measures it', async () => {
    const used = async (truth: SizingTruth) =>
      Math.max(...(await values({ metric: (await agentMetric(truth))!, stat: 'Maximum' })));
    expect(await used(first('oversized', 'instance'))).toBeLessThan(25);
    expect(await used(first('memory-bound', 'instance'))).toBeGreaterThan(80);
    expect(await agentMetric(first('memory-unknown', 'instance'))).toBeUndefined();
  });

  it('has memory metrics of various dimensions', async () => {
    const all = await clients.cloudwatch.send(new ListMetricsCommand({ Namespace: 'CWAgent' }));
    const counts = new Set(all.Metrics?.map(({ Dimensions = [] }) => Dimensions.length));
    expect(counts).toEqual(new Set([1, 3]));
  });

  it('that is out of credits has none and pays for more', async () => {
    const truth = first('out-of-credits', 'instance');
    expect(await values({ metric: metricOf(truth, 'CPUCreditBalance'), stat: 'Maximum', days: 1 })).toEqual([0]);
    const charged = await values({ metric: metricOf(truth, 'CPUSurplusCreditsCharged'), stat: 'Sum', days: 1 });
    expect(charged[0]).toBeGreaterThan(500);
  });

  it('of half the size is twice as busy, from the change on', async () => {
    const truth = first('oversized', 'instance');
    const region = stage.sandbox.estate.account(ACCOUNT).region('ap-northeast-2');
    const before = await peakCpu(truth);
    await resize(truth);
    stage.sandbox.clock.advance({ days: 7 });
    expect(region.ec2.instances.get(truth.id)?.State.Name).toBe('running');
    const days = await values({ metric: metricOf(truth, 'CPUUtilization'), stat: 'Maximum', days: 14 });
    expect(Math.max(...days.slice(0, 7))).toBeLessThanOrEqual(before);
    expect(Math.max(...days.slice(7))).toBeGreaterThan(1.6 * before);
  });

  it('whose agent names its type has another metric of memory under another type', async () => {
    const typed = await Promise.all(
      fleet.labelled('oversized', 'instance').map(async (truth) => {
        const metric = await agentMetric(truth);
        return metric?.Dimensions?.length === 3 ? [{ truth, metric }] : [];
      }),
    );
    const { truth, metric } = typed.flat()[0]!;
    stage.sandbox.clock.advance({ hours: 12 });
    await resize(truth);
    stage.sandbox.clock.advance({ minutes: 30 });
    const Dimensions = [{ Name: 'InstanceId', Value: truth.id }];
    const ask = new ListMetricsCommand({ Namespace: 'CWAgent', MetricName: 'mem_used_percent', Dimensions });
    const { Metrics = [] } = await clients.cloudwatch.send(ask);
    expect(Metrics).toHaveLength(2);
    const other = Metrics.find(({ Dimensions: found = [] }) => found.some(({ Value }) => Value === smaller(truth)))!;
    const lastHalfHour = (of: Metric) => values({ metric: of, stat: 'Average', days: 1 / 48, period: 300 });
    expect(await lastHalfHour(metric)).toEqual([]);
    expect((await lastHalfHour(other)).length).toBeGreaterThan(4);
  });

  it('that surges shows it within five minutes', async () => {
    const truth = first('oversized', 'instance');
    stage.sandbox.clock.advance({ hours: 12 });
    const five = () =>
      values({ metric: metricOf(truth, 'CPUUtilization'), stat: 'Average', days: 1 / 24, period: 300 });
    expect(Math.max(...(await five()))).toBeLessThan(25);
    truth.surge!.to(20);
    stage.sandbox.clock.advance({ minutes: 10 });
    expect(Math.min(...(await five()).slice(-2))).toBeGreaterThan(60);
  });
});

describe('a database', () => {
  it.each([
    ['oversized', 0.7, 0],
    ['right-sized', 0.3, 0],
    ['memory-bound', 0.05, 0],
    ['memory-short', 0, 1],
  ] as const)('that is %s has about that much memory left', async (label, free, swaps) => {
    for (const truth of fleet.labelled(label, 'database')) {
      const bytes = databaseClassOf(truth.boughtAs)!.machine.memoryMib * 1024 * 1024;
      const freeable = await values({ metric: metricOf(truth, 'FreeableMemory'), stat: 'Minimum' });
      const swap = await values({ metric: metricOf(truth, 'SwapUsage'), stat: 'Maximum' });
      expect(Math.min(...freeable) / bytes).toBeGreaterThanOrEqual(free);
      expect(Math.max(...swap) > 0 ? 1 : 0).toBe(swaps);
    }
  });

  it('of half the class is twice as busy, from the change on', async () => {
    const truth = first('oversized', 'database');
    const before = await peakCpu(truth);
    await clients.rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: truth.id,
        DBInstanceClass: truth.boughtAs.replace('2xlarge', 'xlarge'),
        ApplyImmediately: true,
      }),
    );
    stage.sandbox.clock.advance({ days: 7 });
    expect(await peakCpu(truth, 6)).toBeGreaterThan(1.6 * before);
  });
});

describe('a volume', () => {
  it('is of the type, and attached, as its truth says', () => {
    const { volumes } = stage.sandbox.estate.account(ACCOUNT).region('ap-northeast-2').ec2;
    const shown = (label: SizingTruth['label']) =>
      fleet.labelled(label, 'volume').map(({ id }) => `${volumes.get(id)?.VolumeType} ${volumes.get(id)?.State}`);
    expect(new Set(shown('gp3'))).toEqual(new Set(['gp3 in-use']));
    expect(new Set([...shown('gp2'), ...shown('gp2-fast')])).toEqual(new Set(['gp2 in-use']));
    expect(shown('iops-unused').every((one) => /^io[12] in-use$/.test(one))).toBe(true);
    expect(shown('unattached').every((one) => one.endsWith(' available'))).toBe(true);
  });

  it.each([
    ['unattached', 45],
    ['just-detached', 2],
    ['gp3', 0],
  ] as const)('that is %s was measured until it was detached', async (label, leastDays) => {
    const days = await values({ metric: metricOf(first(label, 'volume'), 'VolumeReadOps'), stat: 'Sum', days: 400 });
    expect(days.length).toBeGreaterThan(0);
    expect(days.length).toBeLessThanOrEqual(400 - leastDays + 1);
    if (leastDays === 0) expect(days.length).toBe(400);
  });

  it.each([
    ['iops-unused', 0, 200],
    ['iops-used', 6000, 10_000],
    ['gp2-fast', 3000, 6000],
  ] as const)('that is %s peaks between %d and %d operations a second', async (label, least, most) => {
    for (const truth of fleet.labelled(label, 'volume')) {
      const peak = async (metric: string) =>
        Math.max(...(await values({ metric: metricOf(truth, metric), stat: 'Maximum' }))) / 300;
      const iops = (await peak('VolumeReadOps')) + (await peak('VolumeWriteOps'));
      expect(iops).toBeGreaterThan(least);
      expect(iops).toBeLessThan(most);
    }
  });
});

it('answers percentiles of a day exactly as its five-minute samples have them', async () => {
  for (const truth of [first('right-sized', 'instance'), first('bursty', 'instance')]) {
    const metric = metricOf(truth, 'CPUUtilization');
    const samples = (await values({ metric, stat: 'Average', days: 1, period: 300 })).sort((a, b) => a - b);
    expect(samples).toHaveLength(288);
    for (const percent of [50, 99, 99.5, 99.9]) {
      const [day] = await values({ metric, stat: `p${percent}`, days: 1 });
      expect(day).toBeCloseTo(samples[Math.ceil((percent / 100) * 288) - 1]!, 9);
    }
  }
});

it('answers five hundred queries of five weeks in one call', async () => {
  const big = seedSizingFleet(stage.sandbox, { account: '333333333333', instances: 500, databases: 0, volumes: 0 });
  const there = clientsOf(stage.sandbox, { credentials: stage.sandbox.estate.account('333333333333').accessKey() });
  const EndTime = stage.sandbox.clock.now();
  const { MetricDataResults = [], NextToken } = await there.cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: big.all('instance').map((truth, nth) => ({
        Id: `q${nth}`,
        MetricStat: { Metric: metricOf(truth, 'CPUUtilization'), Period: DAY, Stat: 'p99.5' },
      })),
      StartTime: new Date(EndTime.getTime() - 35 * DAY * 1000),
      EndTime,
    }),
  );
  expect(NextToken).toBeUndefined();
  expect(MetricDataResults).toHaveLength(500);
});
