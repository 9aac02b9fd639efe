import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../clock.ts';
import type { Region } from '../estate/account.ts';
import type { AlarmEvent } from '../estate/alarm-change.ts';
import type { MetricName } from '../estate/cloudwatch-state.ts';
import type { Sandbox } from '../sandbox.ts';

/** An account of the shop's with alarms, which somebody is called for at night. */
export const ACCOUNT = '777777777777';
const REGION = 'ap-northeast-2';

export const POLICY = {
  timezone: 'Asia/Seoul',
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  defaults: { mode: 'approve', savings: 'list' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  remediation: { modes: { 'database-storage-low': 'auto', 'database-saturated': 'approve' } },
};

export const ALARMS = { disk: 'orders-free-storage', memory: 'search-memory', load: 'carts-cpu' } as const;

/** What is measured again and again, and how CloudWatch judges it. */
interface Gauge {
  readonly name: MetricName;
  /** Milliseconds. */
  readonly every: number;
  /** @param at epoch milliseconds */
  readonly value: (at: number) => number;
  readonly alarm?: Pick<MetricAlarm, 'AlarmName' | 'ComparisonOperator' | 'Threshold'>;
  /** For so many milliseconds it has been measured already; four hours unless it says otherwise. */
  readonly past?: number;
}

interface Night {
  readonly region: Region;
  readonly clock: Clock;
  /** Hears of every alarm that changes, as EventBridge tells it. */
  readonly hear: (event: AlarmEvent) => void;
}

/**
 * A database whose disk is full within days; from an hour on an instance whose memory is used up, freed, and used up again; and
 * a database that has more and more to do since a release. All is measured, and its alarms are judged, from now on.
 */
export function beginNight(sandbox: Sandbox, externalId: string, hear: Night['hear']): void {
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(ACCOUNT).role(role, { externalId });
  const night: Night = { region: placeIn(sandbox), clock: sandbox.clock, hear };
  for (const gauge of [...ordersIn(night), ...searchIn(night), ...cartsIn(night)]) begin(night, gauge);
}

/** What a runbook could have changed: `orders 100 GiB, carts db.r6g.large, search running`. */
export function nightIn(sandbox: Sandbox): string {
  const { rds, ec2 } = placeIn(sandbox);
  const [search] = ec2.instances.values();
  const [orders, carts] = ['orders', 'carts'].map((name) => rds.instances.get(name));
  return `orders ${orders?.AllocatedStorage} GiB, carts ${carts?.DBInstanceClass}, search ${search?.State.Name}`;
}

export const isOn = (sandbox: Sandbox, alarm: string): boolean =>
  placeIn(sandbox).cloudwatch.alarms.get(alarm)?.StateValue === 'ALARM';

/** How often an alarm has gone off. */
export const timesOn = (sandbox: Sandbox, alarm: string): number =>
  placeIn(sandbox).cloudwatch.alarmHistory.filter(
    ({ AlarmName, HistorySummary }) => AlarmName === alarm && HistorySummary?.endsWith(' to ALARM'),
  ).length;

const placeIn = (sandbox: Sandbox): Region => sandbox.estate.account(ACCOUNT).region(REGION);

function ordersIn({ region, clock }: Night): Gauge[] {
  const began = clock.now().getTime();
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: 'orders',
    Engine: 'mysql',
    DBInstanceClass: 'db.r6g.large',
    StorageType: 'gp3',
    AllocatedStorage: 100,
    Iops: 3000,
    StorageThroughput: 125,
  });
  const used = (at: number) => 89.98 + (1.4 * (at - began)) / DAY;
  const free = (at: number) => Math.round(((stored.AllocatedStorage ?? 0) - used(at)) * GIB);
  const limit = { ComparisonOperator: 'LessThanThreshold', Threshold: 10 * GIB } as const;
  return [
    { ...database('orders', 'FreeStorageSpace', free), alarm: { AlarmName: ALARMS.disk, ...limit }, past: 15 * DAY },
    { ...database('orders', 'WriteThroughput', (at) => (2.1 + 0.4 * wave(at)) * MIB), past: DAY },
    { ...database('orders', 'BinLogDiskUsage', (at) => (3 + 0.5 * wave(at)) * GIB), past: DAY },
    { ...database('orders', 'DatabaseConnections', (at) => Math.round(64 + 9 * wave(at))), past: DAY },
  ];
}

/** A heap that fills and is collected every 40 seconds. For a quarter of an hour more and more of it stays. */
function searchIn({ region, clock }: Night): Gauge[] {
  const tags = [{ Key: 'Name', Value: 'search' }];
  const { InstanceId } = region.ec2.addInstance({ InstanceType: 'm7g.large', Tags: tags });
  const from = clock.now().getTime() + HOUR;
  const stays = (at: number) =>
    at > from && at < from + 15 * MINUTE ? Math.min(82 + (2 * (at - from)) / MINUTE, 88) : 60;
  return [
    {
      name: { namespace: 'CWAgent', metric: 'mem_used_percent', dimensions: { InstanceId } },
      every: 10 * SECOND,
      value: (at) => Math.round((stays(at) + (at % (40 * SECOND)) / (4 * SECOND)) * 10) / 10,
      alarm: { AlarmName: ALARMS.memory, ComparisonOperator: 'GreaterThanThreshold', Threshold: 90 },
    },
  ];
}

function cartsIn({ region, clock }: Night): Gauge[] {
  region.rds.addInstance({ DBInstanceIdentifier: 'carts', Engine: 'postgres', DBInstanceClass: 'db.r6g.large' });
  const released = new Date(clock.now().getTime() + 105 * MINUTE);
  region.cloudTrail.record({
    at: released,
    name: 'UpdateService',
    source: 'ecs.amazonaws.com',
    actor: { type: 'AssumedRole', role: 'deploy', session: 'release-481' },
    resources: [{ type: 'AWS::ECS::Service', name: 'carts-api' }],
  });
  const release = (at: number) => Math.max(0, Math.min(1, (at - released.getTime()) / (20 * MINUTE)));
  const measured = ([metric, usual, more]: (typeof CARTS)[number]): Gauge =>
    database('carts', metric, (at) => inShort((usual + more * release(at)) * (1 + 0.03 * wave(at))));
  const limit = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 90 } as const;
  return CARTS.map((one) =>
    one[0] === 'CPUUtilization' ? { ...measured(one), alarm: { AlarmName: ALARMS.load, ...limit } } : measured(one),
  );
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** What the database of the carts usually has to do, and what the release adds to it. */
const CARTS = [
  ['CPUUtilization', 38, 59],
  ['DatabaseConnections', 60, 120],
  ['FreeableMemory', 9 * GIB, -5 * GIB],
  ['SwapUsage', 0, 0],
  ['ReadIOPS', 240, 1900],
  ['WriteIOPS', 120, 40],
  ['ReadLatency', 0.001, 0.004],
  ['WriteLatency', 0.002, 0.001],
  ['DiskQueueDepth', 0.3, 2],
] as const;

/** Nobody has half a connection. */
const inShort = (value: number): number => (value > 10 ? Math.round(value) : value);

/** Up and down between -1 and 1 within an hour. */
const wave = (at: number): number => Math.sin((2 * Math.PI * at) / HOUR);

const database = (DBInstanceIdentifier: string, metric: string, value: Gauge['value']): Gauge => ({
  name: { namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier } },
  every: MINUTE,
  value,
});

/** With what was measured before, and its alarm, which is quiet. */
function begin(night: Night, gauge: Gauge): void {
  const { region, clock } = night;
  const now = clock.now().getTime();
  const { name, value, alarm, past = 4 * HOUR } = gauge;
  const samples = Array.from({ length: past / (5 * MINUTE) }, (_, index) => now - past + index * 5 * MINUTE);
  region.cloudwatch.put(
    name,
    samples.map((at) => ({ at, value: value(at) })),
  );
  if (alarm) region.cloudwatch.alarms.set(alarm.AlarmName ?? '', quiet(night, gauge));
  measure(night, gauge);
}

const quiet = ({ region: { place }, clock }: Night, { name, alarm, every }: Gauge): MetricAlarm => ({
  ...alarm,
  AlarmArn: `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${alarm?.AlarmName}`,
  Namespace: name.namespace,
  MetricName: name.metric,
  Dimensions: Object.entries(name.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
  Statistic: 'Average',
  Period: every / SECOND,
  EvaluationPeriods: 1,
  ActionsEnabled: true,
  StateValue: 'OK',
  StateUpdatedTimestamp: clock.now(),
  StateTransitionedTimestamp: clock.now(),
});

function measure(night: Night, gauge: Gauge): void {
  const { region, clock, hear } = night;
  const { name, alarm, every } = gauge;
  const now = clock.now();
  const value = gauge.value(now.getTime());
  region.cloudwatch.put(name, [{ at: now, value }]);
  if (alarm?.AlarmName) {
    const state = crosses(value, alarm) ? 'ALARM' : 'OK';
    const event = region.cloudwatch.turn(alarm.AlarmName, state, { by: 'data', values: [value] });
    if (event) hear(event);
  }
  clock.after(every, () => measure(night, gauge));
}

const crosses = (value: number, { ComparisonOperator, Threshold = 0 }: NonNullable<Gauge['alarm']>): boolean =>
  ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value > Threshold;
