import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Action } from '../../shared/core/action.ts';
import type { AlarmSince, Proposal } from '../../shared/core/plan.ts';
import { MOST } from '../../shared/core/remediation/terms.ts';
import * as alarmed from './alarmed.ts';
import { ACCOUNT, handOver, openScene, REGION, type Scene, type SceneOptions } from './carry-out.ts';

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
export function alarmOn(scene: Scene, name: string, watches: Partial<MetricAlarm>): AlarmSince {
  alarmed.quiet(scene, name, watches);
  return on(scene, name);
}

/** It went off two minutes ago. */
function on({ region, sandbox }: Scene, name: string): AlarmSince {
  const since = new Date(sandbox.clock.now().getTime() - 120_000);
  const state = { StateValue: 'ALARM', StateUpdatedTimestamp: since, StateTransitionedTimestamp: since };
  Object.assign(region.cloudwatch.alarms.get(name) ?? {}, state);
  return { name, arn: alarmed.arnOf(name), scope: { account: ACCOUNT, region: REGION }, since: since.toISOString() };
}

const PROPOSED = {
  mode: 'auto',
  because: 'its alarm is on',
  saving: { known: false, why: 'it is not about money' },
  undo: { reversibility: 'full' },
} as const satisfies Partial<Proposal>;

/** A database of 100 GiB, of which 8 are free and 2 fewer every day; its alarm is OK five minutes after it has grown. */
export function filling(...[scene, name, options]: Parameters<typeof alarmed.filling>): Remedied {
  const { stored, alarm } = alarmed.filling(scene, name, options);
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
    alarm: on(scene, alarm),
  };
  return { proposal, alarm };
}

/** An instance whose status check fails; its alarm is OK a minute after it has come up again. */
export function unwell(
  scene: Scene,
  name: string,
  { check, helps }: { readonly check: 'system' | 'instance'; readonly helps?: boolean } = { check: 'instance' },
): Remedied {
  const { stored, alarm } = alarmed.failing(scene, name, check, helps);
  const { InstanceId: id, LaunchTime: launched = new Date(0), InstanceType: instanceType } = stored;
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`;
  const expect = { state: 'running', launchedAt: launched.toISOString() } as const;
  const action: Action =
    check === 'instance'
      ? { kind: 'reboot-instance', instance: { arn, id }, expect }
      : { kind: 'move-instance', instance: { arn, id }, expect: { ...expect, instanceType } };
  const resource = { arn, name, region: REGION, what: instanceType };
  return { proposal: { ...PROPOSED, rule: 'instance-unwell', action, resource, alarm: on(scene, alarm) }, alarm };
}

/** A burstable instance without CPU credits; nothing makes its alarm OK. */
export function exhausted(scene: Scene, name: string): Remedied {
  const { stored, alarm } = alarmed.exhausted(scene, name);
  const { InstanceId: id, InstanceType } = stored;
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`;
  const proposal: Proposal = {
    ...PROPOSED,
    mode: 'approve',
    rule: 'credits-exhausted',
    action: { kind: 'set-unlimited-credits', instance: { arn, id }, from: 'standard', to: 'unlimited' },
    resource: { arn, name, region: REGION, what: InstanceType },
    alarm: on(scene, alarm),
  };
  return { proposal, alarm };
}

/** A database under load; its alarm is OK three minutes after it has a larger class. */
export function saturated(scene: Scene, name: string): Remedied {
  const { stored, alarm } = alarmed.loaded(scene, name);
  const { DBInstanceArn: arn, DbiResourceId: id = '' } = stored;
  const [from, to] = ['db.r6g.large', 'db.r6g.xlarge'];
  const isLarger = () => stored.DBInstanceClass === to;
  const calm = () => alarmed.turn(scene, alarm, 'OK');
  alarmed.once(scene, isLarger, () => scene.sandbox.clock.after(180_000, calm));
  const proposal: Proposal = {
    ...PROPOSED,
    mode: 'approve',
    rule: 'database-saturated',
    action: { kind: 'resize-database', direction: 'gives', database: { arn, id }, from, to },
    resource: { arn, name, region: REGION, what: `${from} postgres` },
    alarm: on(scene, alarm),
  };
  return { proposal, alarm };
}

/** Handed over as remediate-alarm does it. */
export const remedy = (scene: Scene, remedied: Remedied, options: Parameters<typeof handOver>[2] = {}) =>
  handOver(scene, [remedied.proposal], { ...REMEDY, ...options });
