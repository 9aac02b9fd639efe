import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { expectSame, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly ecs: ECSClient;
}

const SERVICES = ['web', 'worker', 'batch'];

async function seed(target: Target): Promise<Seed> {
  const { ecs } = target.clients();
  await makeServices(ecs, { cluster: 'shop', services: SERVICES });
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'agent',
      taskDefinition: 'task',
      schedulingStrategy: 'DAEMON',
    }),
  );
  return { target, ecs };
}

/** Services of two tasks each, with a tag. */
export async function makeServices(
  ecs: ECSClient,
  { cluster, services }: { readonly cluster: string; readonly services: readonly string[] },
): Promise<string[]> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const containerDefinitions = [{ name: 'app', image: 'app', memory: 64 }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'task', containerDefinitions }));
  const arns: string[] = [];
  for (const serviceName of services) {
    const tags = [{ key: 'team', value: serviceName }];
    const made = await ecs.send(
      new CreateServiceCommand({ cluster, serviceName, taskDefinition: 'task', desiredCount: 2, tags }),
    );
    arns.push(made.service?.serviceArn ?? '');
  }
  return arns;
}

const describe = (ecs: ECSClient, services: string[], include: 'TAGS'[] = []) =>
  ecs.send(new DescribeServicesCommand({ cluster: 'shop', services, include }));

const update = (ecs: ECSClient, service: string, desiredCount: number) =>
  ecs.send(new UpdateServiceCommand({ cluster: 'shop', service, desiredCount }));

export const ecs = chapter('ecs', seed, {
  'a service is found by its name, and its ARN names its cluster': async ({ ecs, target }) => {
    const { services, failures } = await describe(ecs, ['web']);
    expect(services).toMatchObject([
      {
        serviceName: 'web',
        serviceArn: `arn:aws:ecs:${target.region}:${target.account}:service/shop/web`,
        clusterArn: `arn:aws:ecs:${target.region}:${target.account}:cluster/shop`,
        status: 'ACTIVE',
        desiredCount: 2,
        schedulingStrategy: 'REPLICA',
        createdAt: expect.any(Date),
      },
    ]);
    expect(failures).toEqual([]);
  },

  'the cluster is listed': async ({ ecs }) => {
    const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
    expectSame(
      clusterArns.map((arn) => arn.split('/').at(-1)),
      ['shop'],
    );
  },

  'tags come for the asking only': async ({ ecs }) => {
    expect((await describe(ecs, ['web'], ['TAGS'])).services?.[0]?.tags).toEqual([{ key: 'team', value: 'web' }]);
    expect((await describe(ecs, ['web'])).services?.[0]?.tags ?? []).toEqual([]);
  },

  'a service that is not there is a failure beside the others': async ({ ecs }) => {
    const { services, failures } = await describe(ecs, ['web', 'nobody']);
    expect(services?.map(({ serviceName }) => serviceName)).toEqual(['web']);
    expect(failures).toMatchObject([{ reason: 'MISSING', arn: expect.stringMatching(/nobody$/) }]);
  },

  'eleven services are too many for one question': async ({ ecs }) => {
    const eleven = Array.from({ length: 11 }, () => 'web');
    await refused(describe(ecs, eleven), 'InvalidParameterException');
  },

  'an unknown cluster is ClusterNotFoundException': async ({ ecs }) => {
    const ask = new DescribeServicesCommand({ cluster: 'nobody', services: ['web'] });
    await refused(ecs.send(ask), 'ClusterNotFoundException');
  },

  'the tasks of a new service run after a while': async ({ ecs, target }) => {
    await until(
      target,
      () => describe(ecs, ['worker']),
      ({ services }) => services?.[0]?.runningCount === 2,
    );
  },

  'a service is set to no tasks, and back': async ({ ecs, target }) => {
    expect((await update(ecs, 'batch', 0)).service).toMatchObject({ desiredCount: 0 });
    await until(
      target,
      () => describe(ecs, ['batch']),
      ({ services }) => services?.[0]?.runningCount === 0,
    );
    expect((await update(ecs, 'batch', 2)).service).toMatchObject({ desiredCount: 2 });
  },

  'an unknown service is not updated': async ({ ecs }) => {
    await refused(update(ecs, 'nobody', 0), 'ServiceNotFoundException');
  },

  'a daemon has no number of tasks': async ({ ecs }) => {
    await refused(update(ecs, 'agent', 0), 'InvalidParameterException');
  },
});
