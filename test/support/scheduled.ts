import { groupIdentity, serviceIdentity, warehouseIdentity } from '../../shared/aws/identities.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { keepOnAnswersIn } from '../../shared/aws/ledger/keep-on.ts';
import { type Action, targetOf } from '../../shared/core/action.ts';
import type { KeepOnAnswer } from '../../shared/core/calendar/keep-on.ts';
import { inverseOf } from '../../shared/core/change.ts';
import { parseArn } from '../../shared/core/identity.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import {
  idleCluster,
  idleDatabase,
  idleInstance,
  openScene,
  PERSON,
  POLICY,
  PROPOSED,
  type Scene,
  type SceneOptions,
  stopOf,
  stopOfCluster,
  stopOfInstance,
} from './carry-out.ts';

/** What is under a schedule, and what off-hours wants of it, for the function that acts. */

/** It is Sunday night when a scene opens: off. On from 06:00 to 20:00 UTC on working days. */
export const MORNING = new Date('2026-11-23T06:00:00Z');
const EVENING = new Date('2026-11-23T20:00:00Z');

export const SCHEDULES = {
  calendars: { office: { timezone: 'UTC', on: 'Mon-Fri 06:00-20:00' } },
  schedules: { office: { calendar: 'office', mode: 'auto' }, lab: { calendar: 'office', mode: 'auto' } },
};

export const openScheduledScene = ({ policy, ...options }: SceneOptions = {}): Promise<Scene> =>
  openScene({ ...options, policy: { ...SCHEDULES, ...policy } });

/** Another policy from now on. */
export const decree = ({ hub }: Scene, policy: Record<string, unknown>): Promise<void> =>
  hub.storePolicy({ ...POLICY, ...SCHEDULES, ...policy });

type Tagged = { Key: string; Value: string };

export const tag = (Value = 'office'): Tagged => ({ Key: 'lamplighter:schedule', Value });

export const instanceOf = (scene: Scene, name: string, more: Parameters<typeof idleInstance>[2] = {}) =>
  idleInstance(scene, name, { Tags: [{ Key: 'Name', Value: name }, tag()], ...more });

export const databaseOf = (scene: Scene, name: string, more: Record<string, unknown> = {}) =>
  idleDatabase(scene, name, { TagList: [tag()], ...more });

export function clusterOf(scene: Scene, name: string) {
  const cluster = idleCluster(scene, name);
  cluster.TagList = [tag()];
  return cluster;
}

/** What off-hours makes of an action that stops something at night. */
const wanted = (stop: Proposal, more: Partial<Proposal> = {}): Proposal => ({
  ...stop,
  rule: 'off-hours',
  mode: 'auto',
  because: 'off: outside Mon-Fri 06:00-20:00',
  schedule: { name: 'office', until: MORNING.toISOString() },
  ...more,
});

export const stopInstance = (one: ReturnType<typeof idleInstance>, more: Partial<Proposal> = {}): Proposal =>
  wanted(stopOfInstance(one), more);
export const stopDatabase = (one: ReturnType<typeof idleDatabase>, more: Partial<Proposal> = {}): Proposal =>
  wanted(stopOf(one), more);
export const stopCluster = (one: ReturnType<typeof idleCluster>, more: Partial<Proposal> = {}): Proposal =>
  wanted(stopOfCluster(one), more);

/** Three instances that a group keeps. */
export function groupOf({ region }: Scene, name: string) {
  const group = region.autoscaling.addGroup({
    AutoScalingGroupName: name,
    ...{ MinSize: 2, DesiredCapacity: 3, MaxSize: 6 },
    Tags: [{ ...tag(), ResourceId: name, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false }],
  });
  region.autoscaling.join(
    group,
    Array.from({ length: 3 }, () => region.ec2.addInstance({ InstanceType: 'm7g.large' })),
  );
  return group;
}

/** Three tasks that a service keeps, scaled between two and six. */
export function serviceOf({ region }: Scene, name: string) {
  const service = region.ecs.addService({
    serviceName: name,
    cluster: 'shop',
    desiredCount: 3,
    tags: [{ key: tag().Key, value: tag().Value }],
  });
  region.applicationAutoScaling.addTarget({ ResourceId: `service/shop/${name}`, MinCapacity: 2, MaxCapacity: 6 });
  return service;
}

export const warehouseOf = ({ region }: Scene, name: string) =>
  region.redshift.addCluster({ ClusterIdentifier: name, Tags: [tag()] });

const proposalFor = (action: Action, what: string): Proposal => {
  const { arn } = targetOf(action);
  const name = arn.split(/[:/]/).at(-1) ?? '';
  const { region = '' } = parseArn(arn) ?? {};
  return wanted({ ...PROPOSED, rule: 'off-hours', action, resource: { arn, name, region, what } });
};

export const stopGroup = (group: ReturnType<typeof groupOf>): Proposal =>
  proposalFor(
    { kind: 'stop-auto-scaling-group', group: groupIdentity(group), expect: { min: 2, desired: 3, max: 6 } },
    '3 x m7g.large',
  );

export const stopService = (service: ReturnType<typeof serviceOf>): Proposal =>
  proposalFor(
    {
      kind: 'stop-service',
      service: serviceIdentity(service),
      expect: { desired: 3, scaling: { min: 2, max: 6 } },
    },
    '3 tasks on FARGATE',
  );

export const pauseWarehouse = ({ region }: Scene, warehouse: ReturnType<typeof warehouseOf>): Proposal =>
  proposalFor({ kind: 'pause-warehouse', warehouse: warehouseIdentity(region.redshift.place, warehouse) }, 'ra3.large');

/** What off-hours wants in the morning of what it has stopped. */
export const startOf = (stop: Proposal, more: Partial<Proposal> = {}): Proposal => ({
  ...stop,
  action: inverseOf(stop.action) ?? stop.action,
  because: 'on: weekly window Mon-Fri 06:00-20:00',
  saving: { known: false, why: 'a start saves nothing' },
  schedule: { name: 'office', until: EVENING.toISOString() },
  ...more,
});

export const OFF_HOURS = { function: 'off-hours' } as const;

/** Somebody answers to keep a resource on. */
export function keepOn({ hub, sandbox }: Scene, { resource }: Proposal, until: Date): Promise<void> {
  const [, , , , account = ''] = resource.arn.split(':');
  const answer: KeepOnAnswer = { resource: resource.arn, until, timezone: 'UTC', by: PERSON, at: sandbox.clock.now() };
  return keepOnAnswersIn({ client: hub.dynamodb, table: hub.table }).recordKeepOn(account, answer);
}

/** Somebody wants a resource left alone. */
export function leaveAlone({ hub }: Scene, { resource }: Proposal, until: Date): Promise<void> {
  const [, , , , account = ''] = resource.arn.split(':');
  const veto = { resource: resource.arn, until, by: PERSON, why: 'the audit needs it' };
  return answerLedger({ client: hub.dynamodb, table: hub.table }).recordVeto(account, veto);
}
