import { afterEach } from 'vitest';
import type { Region } from '../../sandbox/estate/account.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { changeVerbs } from '../../shared/aws/changes/changes.ts';
import type { Action } from '../../shared/core/action.ts';
import type { Identity } from '../../shared/core/identity.ts';
import type { ChangeVerbs } from '../../shared/ports-acting.ts';
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

export function verbsOf({ sandbox }: Stage, { kind }: Action): Required<ChangeVerbs> {
  return changeVerbs(clientsOf(sandbox))[kind] as Required<ChangeVerbs>;
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

export function anInstance({ home: { ec2 } }: Stage, state: 'running' | 'stopped' = 'running'): Subject {
  const instance = ec2.addInstance({ InstanceType: 'm7g.large', State: { Name: state } });
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

export function aDatabase({ home: { rds } }: Stage, status = 'available'): Subject {
  const make = () => rds.addInstance({ DBInstanceIdentifier: 'orders', DBInstanceStatus: status });
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

/** The shape of a refusal. */
export const refused = (code: string, retryable: boolean) => ({ name: 'RefusedError', code, retryable });
