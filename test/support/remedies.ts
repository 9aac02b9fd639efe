import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Action } from '../../shared/core/action.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { MOST } from '../../shared/core/remediation/terms.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { handOver, openScene, type Scene, type SceneOptions, steady } from './carry-out.ts';

const REGION = 'ap-northeast-2';
const GIB = 1024 ** 3;

/** What remediate-alarm hands over: it waits for nobody. */
export const REMEDY = { function: 'remediate-alarm' } as const;

/** Runbooks act by themselves, and alarms are to be OK within half an hour. */
export const openAlarmedScene = ({ policy = {}, ...options }: SceneOptions = {}): Promise<Scene> =>
  openScene({ ...options, policy: { ...policy, remediation: { modes: MOST, ...(policy.remediation as object) } } });

/** What a runbook proposes for a resource whose alarm is on. */
export interface Remedied {
  readonly proposal: Proposal;
  readonly alarm: string;
}

/** An alarm on one metric of a resource, which is on for two minutes. */
export function alarmOn({ region, sandbox }: Scene, name: string, watches: Partial<MetricAlarm>): Proposal['alarm'] {
  const { account } = region.ec2.place;
  const arn = `arn:aws:cloudwatch:${REGION}:${account}:alarm:${name}`;
  const since = new Date(sandbox.clock.now().getTime() - 120_000);
  region.cloudwatch.alarms.set(name, {
    AlarmName: name,
    AlarmArn: arn,
    Statistic: 'Minimum',
    Period: 60,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    StateValue: 'ALARM',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    ...watches,
  });
  return { name, arn, scope: { account, region: REGION }, since: since.toISOString() };
}

/** As its data do it. */
export const turn = ({ region }: Scene, name: string, to: 'OK' | 'ALARM'): void =>
  void region.cloudwatch.turn(name, to, { by: 'data', values: [to === 'OK' ? 0 : 1] });

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

const PROPOSED = {
  mode: 'auto',
  because: 'its alarm is on',
  saving: { known: false, why: 'it is not about money' },
} as const satisfies Partial<Proposal>;

/** A database of 100 GiB, of which 8 are free and 2 fewer every day; its alarm is OK five minutes after it has grown. */
export function filling(
  scene: Scene,
  name: string,
  { helps = true, ...more }: Readonly<Record<string, unknown>> & { readonly helps?: boolean } = {},
): Remedied {
  const { region, sandbox } = scene;
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: name,
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
  const on = alarmOn(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10 * GIB,
  });
  const hasGrown = () => (stored.AllocatedStorage ?? 0) > 100;
  if (helps) once(scene, hasGrown, () => sandbox.clock.after(300_000, () => turn(scene, alarm, 'OK')));
  const { DBInstanceArn: arn, DbiResourceId: id = '' } = stored;
  const action: Action = {
    kind: 'change-database-storage',
    direction: 'gives',
    database: { arn, id },
    from: { type: 'gp3', sizeGiB: 100 },
    to: { type: 'gp3', sizeGiB: 150 },
  };
  const proposal: Proposal = {
    ...PROPOSED,
    rule: 'database-storage-low',
    action,
    undo: { reversibility: 'none', loses: 'the smaller size: storage never shrinks' },
    resource: { arn, name, region: REGION, what: 'db.r6g.large postgres' },
    ...(on ? { alarm: on } : {}),
  };
  return { proposal, alarm };
}

/** An instance whose status check fails; its alarm is OK a minute after it has come up again. */
export function unwell(
  scene: Scene,
  name: string,
  by: { readonly check: 'system' | 'instance'; readonly helps?: boolean } = { check: 'instance' },
): Remedied {
  const { region, sandbox } = scene;
  const launched = new Date('2026-10-01T08:00:00Z');
  const stored = region.ec2.addInstance({
    InstanceType: 'm7g.large',
    LaunchTime: launched,
    Tags: [{ Key: 'Name', Value: name }],
  });
  const { InstanceId: id } = stored;
  const until = by.helps === false ? 'never' : by.check === 'system' ? 'start' : 'reboot';
  region.ec2.impairments.set(id, [{ check: by.check, since: sandbox.clock.now(), until }]);
  const alarm = `${name}-status`;
  const on = alarmOn(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: by.check === 'system' ? 'StatusCheckFailed_System' : 'StatusCheckFailed_Instance',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
  });
  const isWell = () => !region.ec2.impairments.has(id);
  once(scene, isWell, () => sandbox.clock.after(60_000, () => turn(scene, alarm, 'OK')));
  const { account } = region.ec2.place;
  const arn = `arn:aws:ec2:${REGION}:${account}:instance/${id}`;
  const expect = { state: 'running', launchedAt: launched.toISOString() } as const;
  const action: Action =
    by.check === 'instance'
      ? { kind: 'reboot-instance', instance: { arn, id }, expect }
      : { kind: 'move-instance', instance: { arn, id }, expect: { ...expect, instanceType: 'm7g.large' } };
  const proposal: Proposal = {
    ...PROPOSED,
    rule: 'instance-unwell',
    action,
    undo: { reversibility: 'full' },
    resource: { arn, name, region: REGION, what: 'm7g.large' },
    ...(on ? { alarm: on } : {}),
  };
  return { proposal, alarm };
}

/** A burstable instance without CPU credits; nothing makes its alarm OK. */
export function exhausted(scene: Scene, name: string): Remedied {
  const { region } = scene;
  const stored = region.ec2.addInstance({ InstanceType: 't3.large', Tags: [{ Key: 'Name', Value: name }] });
  const { InstanceId: id } = stored;
  region.ec2.cpuCredits.set(id, 'standard');
  const alarm = `${name}-credits`;
  const on = alarmOn(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: 'CPUCreditBalance',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
  });
  const arn = `arn:aws:ec2:${REGION}:${region.ec2.place.account}:instance/${id}`;
  const proposal: Proposal = {
    ...PROPOSED,
    mode: 'approve',
    rule: 'credits-exhausted',
    action: { kind: 'set-unlimited-credits', instance: { arn, id }, from: 'standard', to: 'unlimited' },
    undo: { reversibility: 'full' },
    resource: { arn, name, region: REGION, what: 't3.large' },
    ...(on ? { alarm: on } : {}),
  };
  return { proposal, alarm };
}

/** A database whose CPU is not enough; its alarm is OK three minutes after it has a larger class. */
export function saturated(scene: Scene, name: string): Remedied {
  const { region, sandbox } = scene;
  const [from, to] = ['db.r6g.large', 'db.r6g.xlarge'];
  const stored = region.rds.addInstance({ DBInstanceIdentifier: name, Engine: 'postgres', DBInstanceClass: from });
  steady(region, {
    namespace: 'AWS/RDS',
    metric: 'CPUUtilization',
    dimension: 'DBInstanceIdentifier',
    of: name,
    value: 97,
  });
  const alarm = `${name}-cpu`;
  const on = alarmOn(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Statistic: 'Average',
    Threshold: 90,
  });
  const isLarger = () => stored.DBInstanceClass === to;
  once(scene, isLarger, () => sandbox.clock.after(180_000, () => turn(scene, alarm, 'OK')));
  const { DBInstanceArn: arn, DbiResourceId: id = '' } = stored;
  const proposal: Proposal = {
    ...PROPOSED,
    mode: 'approve',
    rule: 'database-saturated',
    action: { kind: 'resize-database', direction: 'gives', database: { arn, id }, from, to },
    undo: { reversibility: 'full' },
    resource: { arn, name, region: REGION, what: `${from} postgres` },
    ...(on ? { alarm: on } : {}),
  };
  return { proposal, alarm };
}

/** Handed over as remediate-alarm does it. */
export const remedy = (scene: Scene, remedied: Remedied, options: Parameters<typeof handOver>[2] = {}) =>
  handOver(scene, [remedied.proposal], { ...REMEDY, ...options });
