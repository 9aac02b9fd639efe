import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { _InstanceType } from '@aws-sdk/client-ec2';
import { DAY, HOUR, MINUTE } from '../sandbox/clock.ts';
import { listenLambda } from '../sandbox/durable/http/listen.ts';
import { Lambda } from '../sandbox/durable/lambda.ts';
import { inProcess } from '../sandbox/durable/runtimes/in-process.ts';
import type { AlarmEvent } from '../sandbox/estate/alarm-change.ts';
import { functionEnv, type Hub, installHub } from '../sandbox/hub/hub.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { MOST } from '../shared/core/remediation/terms.ts';

const REGION = 'ap-northeast-2';
export const SHOP = '111111111111';
export const PAYMENTS = '222222222222';
const NOW = new Date('2026-11-22T20:30:00Z');
const GIB = 1024 ** 3;

/** A hub, two accounts whose alarms come to it, and a carry-out that only takes what it is given. */
export interface Night {
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openNight(): Promise<Night> {
  const sandbox = await startSandbox({ now: NOW, region: REGION });
  for (const account of [SHOP, PAYMENTS])
    sandbox.estate.account(account).role('lamplighter-look', { externalId: 'lamplighter' });
  const hub = await installHub(sandbox, {
    policy: {
      timezone: 'Asia/Seoul',
      scopes: [SHOP, PAYMENTS].map((account) => ({ account, regions: [REGION] })),
      remediation: { modes: MOST, atMostPerHour: 100 },
    },
  });
  const lambda = new Lambda({ clock: sandbox.clock });
  const runtime = inProcess(() => undefined);
  lambda.register('lamplighter-carry-out-prod', { runtime, durable: { executionTimeoutSeconds: 90 * 86_400 } });
  const api = await listenLambda({ lambda });
  return {
    sandbox,
    hub,
    env: { ...functionEnv(sandbox, hub, 'remediate-alarm'), AWS_ENDPOINT_URL_LAMBDA: api.url },
    close: async () => {
      hub.dynamodb.destroy();
      await api.close();
      await sandbox.close();
    },
  };
}

/** Something that an alarm is about: puts it into the account, and lets its alarm go off. */
export type Trouble = (night: Night, account: string, name: string) => AlarmEvent;

const placeOf = ({ sandbox }: Night, account: string) => sandbox.estate.account(account).region(REGION);

/** A database of 100 GiB of which 8 are free, and 2 fewer every day. */
export const storageLow: Trouble = (night, account, name) => {
  const place = placeOf(night, account);
  addDatabase(night, { account, name });
  const began = night.sandbox.clock.now().getTime();
  const dimensions = { DBInstanceIdentifier: name };
  place.cloudwatch.series(
    { namespace: 'AWS/RDS', metric: 'FreeStorageSpace', dimensions },
    function* (period, from, to) {
      for (let at = from; at < to; at += period * 1000) yield { at, value: (8 + (2 * (began - at)) / DAY) * GIB };
    },
  );
  return goesOff(night, account, {
    AlarmName: `${name}-storage`,
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Statistic: 'Minimum',
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10 * GIB,
  });
};

export const saturated: Trouble = (night, account, name) => {
  const { cloudwatch } = placeOf(night, account);
  addDatabase(night, { account, name });
  for (const [metric, value] of Object.entries({ CPUUtilization: 97, DatabaseConnections: 180, FreeableMemory: GIB })) {
    cloudwatch.series(
      { namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier: name } },
      function* (period, from, to) {
        for (let at = from; at < to; at += period * 1000) yield { at, value };
      },
    );
  }
  return goesOff(night, account, {
    AlarmName: `${name}-cpu`,
    Namespace: 'AWS/RDS',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Threshold: 90,
  });
};

/** An instance whose host, or whose own system, fails. */
export const unwell =
  (check: 'system' | 'instance'): Trouble =>
  (night, account, name) => {
    const instance = addInstance(night, { account, name, type: 'm7g.large' });
    return statusFails(night, account, { instance, check });
  };

/** A burstable instance without CPU credits, which is held down or billed. */
export const exhausted =
  (mode: 'standard' | 'unlimited'): Trouble =>
  (night, account, name) => {
    const { InstanceId } = addInstance(night, { account, name, type: 't3.large' });
    placeOf(night, account).ec2.cpuCredits.set(InstanceId, mode);
    return goesOff(night, account, {
      AlarmName: `${name}-credits`,
      Namespace: 'AWS/EC2',
      MetricName: 'CPUCreditBalance',
      Dimensions: [{ Name: 'InstanceId', Value: InstanceId }],
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 10,
    });
  };

/** Nothing that a runbook is for. */
export const withoutRunbook: Trouble = (night, account, name) =>
  goesOff(night, account, {
    AlarmName: `${name}-errors`,
    Namespace: 'Shop',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'Service', Value: name }],
  });

/** The instances of one Auto Scaling group, all of which fail at once. */
export function groupFails(night: Night, account: string, count: number): AlarmEvent[] {
  const { autoscaling } = placeOf(night, account);
  const group = autoscaling.addGroup({ AutoScalingGroupName: 'web', MaxSize: count, DesiredCapacity: count });
  return Array.from({ length: count }, (_, nth) => {
    const instance = addInstance(night, { account, name: `web-${nth}`, type: 'm7g.large' });
    autoscaling.join(group, [instance]);
    return statusFails(night, account, { instance, check: 'instance' });
  });
}

interface Named {
  readonly account: string;
  readonly name: string;
}

const addDatabase = (night: Night, { account, name }: Named) =>
  placeOf(night, account).rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    StorageType: 'gp3',
    AllocatedStorage: 100,
    Iops: 3000,
    StorageThroughput: 125,
  });

const addInstance = (night: Night, { account, name, type }: Named & { readonly type: _InstanceType }) =>
  placeOf(night, account).ec2.addInstance({
    InstanceType: type,
    LaunchTime: new Date(NOW.getTime() - 50 * DAY),
    Tags: [{ Key: 'Name', Value: name }],
  });

interface Failing {
  readonly instance: ReturnType<typeof addInstance>;
  readonly check: 'system' | 'instance';
}

function statusFails(night: Night, account: string, { instance, check }: Failing): AlarmEvent {
  const { InstanceId, Tags } = instance;
  const since = new Date(night.sandbox.clock.now().getTime() - 15 * MINUTE); // in which AWS has not recovered it
  placeOf(night, account).ec2.impairments.set(InstanceId, [{ check, since, until: 'never' }]);
  return goesOff(night, account, {
    AlarmName: `${Tags.find(({ Key }) => Key === 'Name')?.Value}-status`,
    Namespace: 'AWS/EC2',
    MetricName: 'StatusCheckFailed',
    Dimensions: [{ Name: 'InstanceId', Value: InstanceId }],
    Statistic: 'Maximum',
    Period: 60,
  });
}

/** An alarm that was quiet for an hour, and changes now. */
function goesOff(
  night: Night,
  account: string,
  watches: Partial<MetricAlarm> & { readonly AlarmName: string },
): AlarmEvent {
  const { cloudwatch } = placeOf(night, account);
  const { AlarmName: name } = watches;
  const since = new Date(night.sandbox.clock.now().getTime() - HOUR);
  cloudwatch.alarms.set(name, {
    AlarmArn: `arn:aws:cloudwatch:${REGION}:${account}:alarm:${name}`,
    Statistic: 'Average',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ActionsEnabled: true,
    StateValue: 'OK',
    StateReason: 'Threshold Crossed: 1 datapoint [0.0] was not at or above the threshold.',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    ...watches,
  });
  const event = cloudwatch.turn(name, 'ALARM', { by: 'data', values: [1] });
  if (!event) throw new Error(`${name} is on already`);
  return event;
}
