import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeVolumesCommand, EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { seedFleet } from '../../sandbox/fleet/fleet.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import type { GroundTruth, Label } from '../../sandbox/fleet/truth.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

const ACCOUNTS = ['111111111111', '222222222222'] as const;
const REGIONS = ['ap-northeast-2', 'eu-west-1'] as const;
const NOW = new Date('2026-11-22T10:00:00Z');
const WINDOW_DAYS = 35;

interface Seen {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly databases: ReadonlyMap<string, DBInstance>;
  readonly clusters: ReadonlyMap<string, DBCluster>;
}

function clientConfig({ estate, url }: Sandbox, account: string, region: string) {
  return { endpoint: url, region, credentials: estate.account(account).accessKey(), maxAttempts: 1 };
}

/** The whole estate as the APIs show it, by ARN. */
async function look(sandbox: Sandbox, places: readonly (readonly [account: string, region: string])[]): Promise<Seen> {
  const instances = new Map<string, Instance>();
  const databases = new Map<string, DBInstance>();
  const clusters = new Map<string, DBCluster>();
  for (const [account, region] of places) {
    const config = clientConfig(sandbox, account, region);
    const [ec2, rds] = [new EC2Client(config), new RDSClient(config)];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, {})) {
      for (const one of Reservations.flatMap(({ Instances = [] }) => Instances)) {
        instances.set(`arn:aws:ec2:${region}:${account}:instance/${one.InstanceId}`, one);
      }
    }
    for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: rds }, {})) {
      for (const one of DBInstances) databases.set(one.DBInstanceArn ?? '', one);
    }
    for await (const { DBClusters = [] } of paginateDescribeDBClusters({ client: rds }, {})) {
      for (const one of DBClusters) clusters.set(one.DBClusterArn ?? '', one);
    }
    ec2.destroy();
    rds.destroy();
  }
  return { instances, databases, clusters };
}

const everyPlace = ACCOUNTS.flatMap((account) => REGIONS.map((region) => [account, region] as const));

describe('a seeded fleet', () => {
  let sandbox: Sandbox;
  let truth: GroundTruth;
  let seen: Seen;

  beforeAll(async () => {
    sandbox = await startSandbox({ now: NOW });
    truth = seedFleet(sandbox, { seed: 7, accounts: ACCOUNTS, regions: REGIONS, instances: 120, databases: 60 });
    seen = await look(sandbox, everyPlace);
  });
  afterAll(() => sandbox.close());

  /** Daily values of the whole window, oldest first. */
  async function daily(arn: string, metric: string, stat: 'Maximum' | 'Sum'): Promise<number[]> {
    const { account, region, kind } = truth.of(arn)!;
    const client = new CloudWatchClient(clientConfig(sandbox, account, region));
    const id =
      kind === 'instance' ? seen.instances.get(arn)?.InstanceId : seen.databases.get(arn)?.DBInstanceIdentifier;
    const Dimensions = [{ Name: kind === 'instance' ? 'InstanceId' : 'DBInstanceIdentifier', Value: id }];
    const Metric = { Namespace: kind === 'instance' ? 'AWS/EC2' : 'AWS/RDS', MetricName: metric, Dimensions };
    const today = Math.floor(NOW.getTime() / DAY) * DAY;
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: DAY / 1000, Stat: stat } }],
        StartTime: new Date(today - WINDOW_DAYS * DAY),
        EndTime: new Date(today),
        ScanBy: 'TimestampAscending',
      }),
    );
    client.destroy();
    return MetricDataResults?.[0]?.Values ?? [];
  }

  const instances = (label: Label) => truth.labelled(label).filter((arn) => truth.of(arn)?.kind === 'instance');
  const databases = (label: Label) => truth.labelled(label).filter((arn) => truth.of(arn)?.kind === 'database');

  it('has a truth for all that the APIs show, and shows all that it has a truth for', () => {
    const shown = [...seen.instances.keys(), ...seen.databases.keys(), ...seen.clusters.keys()];
    expect(shown.sort()).toEqual(
      truth
        .all()
        .map(({ arn }) => arn)
        .sort(),
    );
  });

  it('has the shares that were asked for', () => {
    const share = (label: Label | 'exempt') =>
      truth.labelled(label).filter((arn) => truth.of(arn)?.kind === 'instance').length / 120;
    expect(share('idle')).toBeCloseTo(0.2);
    expect(share('exempt')).toBeCloseTo(0.25);
    expect(share('busy') + share('spiky') + share('batch')).toBeCloseTo(0.55);
  });

  it('lies in every account and region', () => {
    const places = new Set(truth.all().map(({ account, region }) => `${account} ${region}`));
    expect(places.size).toBe(4);
  });

  it('has each kind of exemption', () => {
    const kinds = new Set(truth.labelled('exempt').map((arn) => truth.of(arn)?.label));
    expect(kinds.size).toBe(19);
  });

  it('lets idle instances do next to nothing on any day', async () => {
    for (const arn of instances('idle')) {
      const cpu = await daily(arn, 'CPUUtilization', 'Maximum');
      expect(cpu.length).toBe(WINDOW_DAYS);
      expect(Math.max(...cpu)).toBeLessThan(3);
      expect(Math.max(...(await daily(arn, 'NetworkIn', 'Sum')))).toBeLessThan(2e6);
      expect(Math.max(...(await daily(arn, 'NetworkOut', 'Sum')))).toBeLessThan(2e6);
    }
  });

  it('lets idle databases do next to nothing on any day', async () => {
    expect(databases('idle').length).toBeGreaterThan(0);
    for (const arn of databases('idle')) {
      const connections = await daily(arn, 'DatabaseConnections', 'Maximum');
      expect(connections).toEqual(Array(WINDOW_DAYS).fill(0));
      expect(Math.max(...(await daily(arn, 'ReadIOPS', 'Maximum')))).toBeLessThan(1);
      expect(Math.max(...(await daily(arn, 'WriteIOPS', 'Maximum')))).toBeLessThan(2);
    }
  });

  it('lets everything in use show it on some day of four weeks', async () => {
    for (const label of ['busy', 'spiky', 'batch'] as const) {
      for (const arn of instances(label)) {
        const cpu = Math.max(...(await daily(arn, 'CPUUtilization', 'Maximum')).slice(-28));
        const bytes = Math.max(...(await daily(arn, 'NetworkIn', 'Sum')).slice(-28));
        expect(cpu > 20 || bytes > 100e6, `${label} ${arn}`).toBe(true);
      }
      for (const arn of databases(label)) {
        const connections = Math.max(...(await daily(arn, 'DatabaseConnections', 'Maximum')).slice(-28));
        const writes = Math.max(...(await daily(arn, 'WriteIOPS', 'Maximum')).slice(-28));
        expect(connections >= 1 || writes > 10, `${label} ${arn}`).toBe(true);
      }
    }
  });

  it('leaves a gap where it says so', async () => {
    for (const arn of instances('exempt:metric-gap')) {
      expect((await daily(arn, 'CPUUtilization', 'Maximum')).length).toBe(WINDOW_DAYS - 3);
    }
  });

  it.each<[Label, (instance: Instance) => unknown, unknown]>([
    ['exempt:stopped', ({ State }) => State?.Name, 'stopped'],
    ['exempt:spot', ({ InstanceLifecycle }) => InstanceLifecycle, 'spot'],
    ['exempt:saves-too-little', ({ InstanceType }) => InstanceType, 't4g.nano'],
    ['exempt:protected', ({ Tags }) => Tags?.some(({ Key }) => Key === 'lamplighter:protect'), true],
    ['exempt:auto-scaling', ({ Tags }) => Tags?.some(({ Key }) => Key === 'aws:autoscaling:groupName'), true],
    ['exempt:too-young', ({ LaunchTime }) => NOW.getTime() - LaunchTime!.getTime() < 28 * DAY, true],
    ['idle', ({ LaunchTime }) => NOW.getTime() - LaunchTime!.getTime() > 36 * DAY, true],
    ['idle', ({ State }) => State?.Name, 'running'],
  ])('shows that an instance is %s', (label, show, wanted) => {
    expect(instances(label).length).toBeGreaterThan(0);
    for (const arn of instances(label)) expect(show(seen.instances.get(arn)!)).toBe(wanted);
  });

  it.each<[Label, (database: DBInstance) => unknown, unknown]>([
    ['exempt:cluster-member', ({ DBClusterIdentifier }) => DBClusterIdentifier !== undefined, true],
    ['exempt:not-available', ({ DBInstanceStatus }) => DBInstanceStatus !== 'available', true],
    ['exempt:sql-server-multi-az', ({ Engine, MultiAZ }) => `${Engine} ${MultiAZ}`, 'sqlserver-se true'],
    ['idle', ({ DBInstanceStatus }) => DBInstanceStatus, 'available'],
    ['idle', ({ DBClusterIdentifier }) => DBClusterIdentifier, undefined],
  ])('shows that a database is %s', (label, show, wanted) => {
    expect(databases(label).length).toBeGreaterThan(0);
    for (const arn of databases(label)) expect(show(seen.databases.get(arn)!)).toBe(wanted);
  });

  it('gives every instance with an EBS root one to three volumes', async () => {
    for (const [account, region] of everyPlace) {
      const client = new EC2Client(clientConfig(sandbox, account, region));
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand({}));
      client.destroy();
      const counts = new Map<string, number>();
      for (const { InstanceId = '' } of Volumes.flatMap(({ Attachments = [] }) => Attachments)) {
        counts.set(InstanceId, (counts.get(InstanceId) ?? 0) + 1);
      }
      expect(Math.min(...counts.values())).toBe(1);
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(3);
    }
  });
});

describe('the seed of a fleet', () => {
  const labels = async (options: Parameters<typeof seedFleet>[1], sandboxSeed = 1) => {
    const sandbox = await startSandbox({ now: NOW, seed: sandboxSeed });
    const truth = seedFleet(sandbox, options);
    await sandbox.close();
    return truth.all().map(({ arn, label }) => `${arn} ${label}`);
  };

  it('makes the same fleet again, whatever the seed of the sandbox', async () => {
    expect(await labels({ seed: 3 })).toEqual(await labels({ seed: 3 }, 99));
  });

  it('makes another fleet when it is another', async () => {
    expect(await labels({ seed: 3 })).not.toEqual(await labels({ seed: 4 }));
  });

  it('does not let more databases change the instances', async () => {
    const instances = (all: string[]) => all.filter((line) => line.includes(':instance/'));
    expect(instances(await labels({ databases: 5 }))).toEqual(instances(await labels({ databases: 50 })));
  });
});

describe('statistics of a series', () => {
  it('agree with each other whatever the period', async () => {
    const sandbox = await startSandbox({ now: NOW });
    seedFleet(sandbox, { instances: 6, databases: 0, idleShare: 0, exemptShare: 0 });
    const { metrics } = sandbox.estate.account('111111111111').region('ap-northeast-2').cloudwatch;
    const day = Math.floor(NOW.getTime() / DAY) * DAY - 5 * DAY;
    for (const { series } of metrics.values()) {
      const values = (period: number, stat: string) =>
        [...series!(period, day, day + DAY, stat)].map((one) => one.value);
      const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      for (const period of [300, 3600, 6 * 3600]) {
        expect(Math.max(...values(period, 'Maximum'))).toBe(values(86_400, 'Maximum')[0]);
        expect(Math.min(...values(period, 'Minimum'))).toBe(values(86_400, 'Minimum')[0]);
        const whole = values(86_400, 'Sum')[0]!; // of a machine that is well no status check has failed
        expect(Math.abs(sum(values(period, 'Sum')) - whole)).toBeLessThanOrEqual(1e-9 * whole);
        expect(sum(values(period, 'SampleCount'))).toBe(288);
      }
      expect(values(86_400, 'p100')).toEqual(values(86_400, 'Maximum'));
      expect(values(86_400, 'Average')[0]).toBeLessThanOrEqual(values(86_400, 'p99')[0]!);
    }
    await sandbox.close();
  });

  it('know nothing of the future, nor of the time before the machine', async () => {
    const sandbox = await startSandbox({ now: NOW });
    seedFleet(sandbox, { instances: 1, databases: 0, idleShare: 1, exemptShare: 0 });
    const { metrics } = sandbox.estate.account('111111111111').region('ap-northeast-2').cloudwatch;
    const [{ series } = {}] = [...metrics.values()];
    const at = (days: number) => Math.floor(NOW.getTime() / DAY) * DAY + days * DAY;
    expect([...series!(3600, at(0), at(1), 'Average')].length).toBe(10);
    expect([...series!(3600, at(1), at(2), 'Average')]).toEqual([]);
    expect([...series!(86_400, at(-2000), at(-1900), 'Average')]).toEqual([]);
    sandbox.clock.advance({ hours: 5 });
    expect([...series!(3600, at(0), at(1), 'Average')].length).toBe(15);
    await sandbox.close();
  });
});

describe('the shop', () => {
  let sandbox: Sandbox;
  let truth: GroundTruth;

  beforeAll(async () => {
    sandbox = await startSandbox({ now: NOW });
    truth = seedShop(sandbox);
  });
  afterAll(() => sandbox.close());

  const named = (label: Label) => truth.labelled(label).map((arn) => truth.of(arn)?.name);

  it('has five idle resources', () => {
    expect(named('idle').sort()).toEqual([
      'investor-demo',
      'load-test-runner-3',
      'orders-qa',
      'reports-2023',
      'reviews-old',
    ]);
  });

  it('has a story for everything but the members of clusters', () => {
    const untold = truth.all().filter(({ story }) => story === undefined);
    expect(new Set(untold.map(({ label }) => label))).toEqual(new Set(['exempt:cluster-member']));
  });

  it('leaves every exempt one alone for another reason', () => {
    const reasons = truth.labelled('exempt').map((arn) => truth.of(arn)!.label);
    const others = reasons.filter((label) => label !== 'exempt:cluster-member');
    expect(new Set(others).size).toBe(others.length);
    expect(others.length).toBeGreaterThan(14);
  });

  it('shows by the APIs what it says', async () => {
    const places = ['111111111111', '222222222222'].flatMap((account) =>
      ['ap-northeast-2', 'us-east-1'].map((region) => [account, region] as const),
    );
    const { instances, databases, clusters } = await look(sandbox, places);
    const shown = [...instances.keys(), ...databases.keys(), ...clusters.keys()];
    expect(shown.sort()).toEqual(
      truth
        .all()
        .map(({ arn }) => arn)
        .sort(),
    );
  });
});
