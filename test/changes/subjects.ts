import { afterEach } from 'vitest';
import type { Region } from '../../sandbox/estate/account.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { alarmsOf, withAlarms } from '../../shared/aws/changes/alarm-actions.ts';
import { changeVerbs } from '../../shared/aws/changes/changes.ts';
import { scheduledVerbs } from '../../shared/aws/changes/scheduled.ts';
import type { RdsIn } from '../../shared/aws/changes/snapshot-forms.ts';
import type { Action, VolumeSpec } from '../../shared/core/action.ts';
import type { Identity } from '../../shared/core/identity.ts';
import type { ChangeVerbs, Progress } from '../../shared/ports-acting.ts';
import { clientsOf } from '../sandbox/clients.ts';

/** A sandbox with its home region, and the verbs of an action over real clients that try once. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly home: Region;
  /** How often the operation took effect. */
  done(operation: string): number;
}

const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

export async function stage(): Promise<Stage> {
  const sandbox = await startSandbox();
  open.push(sandbox);
  const home = sandbox.estate.hub.region(sandbox.env.AWS_REGION ?? '');
  const done = (operation: string) =>
    sandbox.calls.byOperation(operation).filter(({ outcome }) => outcome === 'ok').length;
  return { sandbox, home, done };
}

export function verbsOf({ sandbox }: Stage, action: Action): Required<ChangeVerbs> {
  const clients = { ...clientsOf(sandbox), ...actingClients(sandbox) };
  const verbs = { ...changeVerbs(clients), ...scheduledVerbs(clients) }[action.kind];
  return (alarmsOf(action).length > 0 ? withAlarms(clients.cloudwatch, verbs) : verbs) as Required<ChangeVerbs>;
}

/** Clients of the hub and, for other scopes, of whom a role there makes us. */
export function actingClients(sandbox: Sandbox) {
  const { hub } = sandbox.estate;
  const rdsIn: RdsIn = async ({ account, region }) =>
    account === hub.id
      ? clientsOf(sandbox, { region }).rds
      : clientsOf(sandbox, { region, credentials: sandbox.estate.account(account).accessKey() }).rds;
  return { ...clientsOf(sandbox), rdsIn };
}

/** A resource, and what a test does to it behind Lamplighter's back. */
export interface Subject {
  readonly identity: Identity;
  state(): string;
  become(state: string): void;
  /** Deletes it. */
  vanish(): void;
  /** Deletes it, and gives its name to a new one in the same state. */
  replace(): void;
}

export function anInstance({ home: { ec2 }, sandbox }: Stage, state: 'running' | 'stopped' = 'running'): Subject {
  const LaunchTime = new Date(sandbox.clock.now().getTime() - 86_400_000);
  const instance = ec2.addInstance({ InstanceType: 'm7g.large', State: { Name: state }, LaunchTime });
  const { account, region } = ec2.place;
  return {
    identity: { id: instance.InstanceId, arn: `arn:aws:ec2:${region}:${account}:instance/${instance.InstanceId}` },
    state: () => instance.State.Name ?? '',
    become: (Name) => {
      instance.State = { Name: Name as never };
    },
    vanish: () => void ec2.instances.delete(instance.InstanceId),
    replace: () => {
      throw new Error('an instance id is never given to another');
    },
  };
}

/** What a volume of the tests is, and what it is to be. */
export const GP2: VolumeSpec = { type: 'gp2', sizeGiB: 2000 };
export const GP3: VolumeSpec = { type: 'gp3', sizeGiB: 2000, iops: 6000, throughputMiBs: 250 };

/** An unattached gp2 volume of 2,000 GiB. */
export function aVolume({ home: { ec2 } }: Stage, type: 'gp2' | 'gp3' = 'gp2'): Subject {
  const shape = type === 'gp2' ? {} : { Iops: 6000, Throughput: 250 };
  const volume = ec2.addVolume({ VolumeType: type, Size: 2000, ...shape });
  const { account, region } = ec2.place;
  return {
    identity: { id: volume.VolumeId, arn: `arn:aws:ec2:${region}:${account}:volume/${volume.VolumeId}` },
    state: () => ec2.volumes.get(volume.VolumeId)?.State ?? 'gone',
    become: (state) => {
      volume.State = state as never;
    },
    vanish: () => void ec2.volumes.delete(volume.VolumeId),
    replace: () => {
      throw new Error('a volume id is never given to another');
    },
  };
}

/** A db.r6g.xlarge with 500 GiB of gp2, unless `more` says otherwise. */
export function aLargeDatabase(stage: Stage, more: Readonly<Record<string, unknown>> = {}): Subject {
  const shape = { DBInstanceClass: 'db.r6g.xlarge', StorageType: 'gp2', AllocatedStorage: 500 };
  return aDatabase(stage, 'available', { ...shape, ...more });
}

export function aDatabase(
  { home: { rds } }: Stage,
  status = 'available',
  more: Readonly<Record<string, unknown>> = {},
): Subject {
  const make = () => rds.addInstance({ DBInstanceIdentifier: 'orders', DBInstanceStatus: status, ...more });
  const first = make();
  return {
    identity: { id: first.DbiResourceId ?? '', arn: first.DBInstanceArn },
    state: () => rds.instances.get('orders')?.DBInstanceStatus ?? 'gone',
    become: (now) => {
      first.DBInstanceStatus = now;
    },
    vanish: () => void rds.instances.delete('orders'),
    replace: () => void make(),
  };
}

export function aCluster({ home: { rds } }: Stage, status = 'available'): Subject {
  const make = () => rds.addCluster({ DBClusterIdentifier: 'shop', Status: status });
  const first = make();
  for (const name of ['shop-1', 'shop-2']) {
    rds.addInstance({ DBInstanceIdentifier: name, DBClusterIdentifier: 'shop', DBInstanceStatus: status });
  }
  return {
    identity: { id: first.DbClusterResourceId ?? '', arn: first.DBClusterArn },
    state: () => rds.clusters.get('shop')?.Status ?? 'gone',
    become: (now) => {
      first.Status = now;
    },
    vanish: () => void rds.clusters.delete('shop'),
    replace: () => void make(),
  };
}

export const FORMS = { instance: aDatabase, cluster: aCluster } as const;
export type Form = keyof typeof FORMS;

export const stopDatabase = (database: Identity, form: Form): Action => ({
  kind: 'stop-database',
  database,
  expect: { status: 'available', form },
});

export const startDatabase = (database: Identity, form: Form): Action => ({
  kind: 'start-database',
  database,
  expect: { status: 'stopped', form },
});

export const stopInstance = (instance: Identity, instanceType = 'm7g.large'): Action => ({
  kind: 'stop-instance',
  instance,
  expect: { state: 'running', instanceType },
});

export const startInstance = (instance: Identity, instanceType = 'm7g.large'): Action => ({
  kind: 'start-instance',
  instance,
  expect: { state: 'stopped', instanceType },
});

export const resizeInstance = (instance: Identity, from = 'm7g.large', to = 'm7g.medium'): Action => ({
  kind: 'resize-instance',
  instance,
  from,
  to,
});

export const changeVolume = (volume: Identity, to: VolumeSpec = GP3): Action => ({
  kind: 'change-volume-type',
  volume,
  from: GP2,
  to,
});

/** EC2's launch time of the instance, as an action expects it. */
const launchedAt = ({ home }: Stage, { id }: Identity): string =>
  home.ec2.instances.get(id)?.LaunchTime?.toISOString() ?? '';

export const rebootInstance = (here: Stage, instance: Identity): Action => ({
  kind: 'reboot-instance',
  instance,
  expect: { state: 'running', launchedAt: launchedAt(here, instance) },
});

export const moveInstance = (here: Stage, instance: Identity): Action => ({
  kind: 'move-instance',
  instance,
  expect: { state: 'running', instanceType: 'm7g.large', launchedAt: launchedAt(here, instance) },
});

/** A running t3.large whose CPU credits are standard. */
export function aBurstable(here: Stage): Subject {
  const subject = anInstance(here);
  const { ec2 } = here.home;
  Object.assign(ec2.instances.get(subject.identity.id) ?? {}, { InstanceType: 't3.large', Architecture: 'x86_64' });
  ec2.cpuCredits.set(subject.identity.id, 'standard');
  return { ...subject, state: () => ec2.cpuCredits.get(subject.identity.id) ?? '' };
}

export const setCredits = (instance: Identity): Action => ({
  kind: 'set-unlimited-credits',
  instance,
  from: 'standard',
  to: 'unlimited',
});

/** A gp3 database of 500 GiB that is to have 600. */
export const growStorage = (database: Identity, sizeGiB = 600): Action => ({
  kind: 'change-database-storage',
  direction: 'gives',
  database,
  from: { type: 'gp3', sizeGiB: 500, iops: 12_000, throughputMiBs: 500 },
  to: { type: 'gp3', sizeGiB, iops: 12_000, throughputMiBs: 500 },
});

export const deleteVolume = (volume: Identity): Action => ({ kind: 'snapshot-and-delete-volume', volume });

export const resizeDatabase = (database: Identity, from = 'db.r6g.xlarge', to = 'db.r6g.large'): Action => ({
  kind: 'resize-database',
  database,
  from,
  to,
});

export const changeStorage = (database: Identity): Action => ({
  kind: 'change-database-storage',
  database,
  from: { type: 'gp2', sizeGiB: 500 },
  to: { type: 'gp3', sizeGiB: 500 },
});

/** Leads a change of several mutations on, every half minute, until it is done or has failed. */
export async function leadOn(
  { sandbox }: Stage,
  { advance }: Required<ChangeVerbs>,
  { action, towards }: { action: Action; towards: 'settled' | 'undone' },
): Promise<Progress> {
  let progress: Progress = { state: 'pending', seen: '' };
  for (let round = 1; progress.state === 'pending' && round <= 20; round++) {
    sandbox.clock.advance({ seconds: 30 });
    progress = await advance(action, { towards, seen: progress.seen });
  }
  return progress;
}

/** The shape of a refusal. */
export const refused = (code: string, retryable: boolean) => ({ name: 'RefusedError', code, retryable });
