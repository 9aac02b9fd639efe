import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmEvent } from '../../sandbox/estate/alarm-change.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { ACCOUNT, REGION, type Scene, steady } from './carry-out.ts';

const GIB = 1024 ** 3;

/** An alarm that is quiet. */
export function quiet({ region, sandbox }: Scene, name: string, watches: Partial<MetricAlarm>): void {
  const since = new Date(sandbox.clock.now().getTime() - 3_600_000);
  region.cloudwatch.alarms.set(name, {
    AlarmName: name,
    AlarmArn: arnOf(name),
    Statistic: 'Minimum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ActionsEnabled: true,
    StateValue: 'OK',
    StateReason: 'Threshold Crossed: 1 datapoint [2.0] was not less than the threshold (1.0).',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    ...watches,
  });
}

/** A composite that is quiet, on when any of its children is. */
export function composite({ region, sandbox }: Scene, name: string, children: readonly string[]): void {
  const since = new Date(sandbox.clock.now().getTime() - 3_600_000);
  region.cloudwatch.compositeAlarms.set(name, {
    AlarmName: name,
    AlarmArn: arnOf(name),
    AlarmRule: children.map((child) => `ALARM("${child}")`).join(' OR '),
    ActionsEnabled: true,
    StateValue: 'OK',
    StateReason: `${name} was created`,
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
  });
}

export const arnOf = (name: string): string => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;

/** As its data do it, unless it is so already. */
export const turn = ({ region }: Scene, name: string, to: 'OK' | 'ALARM'): void =>
  void region.cloudwatch.turn(name, to, { by: 'data', values: [to === 'ALARM' ? 1 : 2] });

/** It changes now, and EventBridge tells of it. */
export function turned(
  { region }: Scene,
  name: string,
  to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' = 'ALARM',
  brought: Parameters<typeof region.cloudwatch.turn>[2] = { by: 'data', values: [to === 'ALARM' ? 1 : 2] },
): AlarmEvent {
  const event = region.cloudwatch.turn(name, to, brought);
  if (!event) throw new Error(`${name} is ${to} already`);
  return event;
}

/** Looks every half minute for a day whether it is so, and then lets it happen, once. */
export function once({ sandbox: { clock } }: Scene, isSo: () => boolean, happen: () => void): void {
  let left = 2880;
  const look = () => {
    left -= 1;
    if (isSo()) happen();
    else if (left > 0) clock.after(30_000, look);
  };
  look();
}

/**
 * A database of 100 GiB of which 8 are free, and 2 fewer every day; and the alarm on it, which is quiet. It is OK again some
 * minutes after the database has grown.
 */
export function filling(scene: Scene, name: string, { helps = true, ...more }: Readonly<Record<string, unknown>> = {}) {
  const { region, sandbox } = scene;
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    StorageType: 'gp3',
    AllocatedStorage: 100,
    Iops: 3000,
    StorageThroughput: 125,
    ...more,
  });
  const began = sandbox.clock.now().getTime();
  const metric = { namespace: 'AWS/RDS', metric: 'FreeStorageSpace', dimensions: { DBInstanceIdentifier: name } };
  region.cloudwatch.series(metric, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) {
      yield { at, value: (8 + (2 * (began - at)) / DAY_MS) * GIB };
    }
  });
  const alarm = `${name}-storage`;
  quiet(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10 * GIB,
  });
  const hasGrown = () => (stored.AllocatedStorage ?? 0) > 100;
  if (helps) once(scene, hasGrown, () => sandbox.clock.after(300_000, () => turn(scene, alarm, 'OK')));
  return { stored, alarm };
}

/**
 * An instance whose status check fails for a quarter of an hour, in which AWS has not recovered it, and the alarm on it, which is
 * quiet. It is OK again a minute after it is well.
 */
export function failing(scene: Scene, name: string, check: 'system' | 'instance', helps = true) {
  const { region, sandbox } = scene;
  const stored = region.ec2.addInstance({
    InstanceType: 'm7g.large',
    LaunchTime: new Date('2026-10-01T08:00:00Z'),
    Tags: [{ Key: 'Name', Value: name }],
  });
  const { InstanceId: id } = stored;
  const alarm = `${name}-status`;
  quiet(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: 'StatusCheckFailed',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
    Statistic: 'Maximum',
    Period: 60,
  });
  const until = !helps ? 'never' : check === 'system' ? 'start' : 'reboot';
  region.ec2.impairments.set(id, [{ check, since: new Date(sandbox.clock.now().getTime() - 900_000), until }]);
  const isWell = () => !region.ec2.impairments.has(id);
  if (helps) once(scene, isWell, () => sandbox.clock.after(60_000, () => turn(scene, alarm, 'OK')));
  return { stored, alarm };
}

/** A database under load, and the alarm on its CPU. */
export function loaded(scene: Scene, name: string, more: Readonly<Record<string, unknown>> = {}) {
  const { region } = scene;
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    ...more,
  });
  for (const [metric, value] of [
    ['CPUUtilization', 97],
    ['DatabaseConnections', 180],
    ['FreeableMemory', GIB],
  ] as const) {
    steady(region, { namespace: 'AWS/RDS', metric, dimension: 'DBInstanceIdentifier', of: name, value });
  }
  const alarm = `${name}-cpu`;
  quiet(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Statistic: 'Average',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 90,
  });
  return { stored, alarm };
}

/**
 * A burstable instance without CPU credits, and the alarm on them. Nothing turns it OK: what is earned pays surplus credits back
 * before the balance grows.
 */
export function exhausted(scene: Scene, name: string) {
  const { region } = scene;
  const stored = region.ec2.addInstance({ InstanceType: 't3.large', Tags: [{ Key: 'Name', Value: name }] });
  const { InstanceId: id } = stored;
  region.ec2.cpuCredits.set(id, 'standard');
  const alarm = `${name}-credits`;
  quiet(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: 'CPUCreditBalance',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10,
  });
  return { stored, alarm };
}
