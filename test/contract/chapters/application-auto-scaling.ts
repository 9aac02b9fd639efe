import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';
import { makeServices } from './ecs.ts';

const TASKS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
type Change = Partial<RegisterScalableTargetCommandInput> & { readonly ResourceId: string };

async function seed(target: Target): Promise<ApplicationAutoScalingClient> {
  const { ecs, applicationAutoScaling: client } = target.clients();
  await makeServices(ecs, { cluster: 'shop', services: ['web', 'worker'] });
  await register(client, { ResourceId: 'service/shop/web', MinCapacity: 2, MaxCapacity: 6 });
  return client;
}

const register = (client: ApplicationAutoScalingClient, change: Change) =>
  client.send(new RegisterScalableTargetCommand({ ...TASKS, ...change }));

const find = async (client: ApplicationAutoScalingClient, ResourceIds: string[]) =>
  (await client.send(new DescribeScalableTargetsCommand({ ...TASKS, ResourceIds }))).ScalableTargets;

export const applicationAutoScaling = chapter('application-auto-scaling', seed, {
  'a target is found by what it scales': async (client) => {
    expect(await find(client, ['service/shop/web'])).toMatchObject([
      {
        ResourceId: 'service/shop/web',
        MinCapacity: 2,
        MaxCapacity: 6,
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      },
    ]);
  },

  'what nothing scales is no error': async (client) => {
    expect(await find(client, ['service/shop/worker', 'service/shop/nobody'])).toEqual([]);
  },

  'a change leaves what it does not name': async (client) => {
    await register(client, { ResourceId: 'service/shop/web', SuspendedState: { DynamicScalingOutSuspended: true } });
    expect(await find(client, ['service/shop/web'])).toMatchObject([
      { MinCapacity: 2, MaxCapacity: 6, SuspendedState: { DynamicScalingOutSuspended: true } },
    ]);
    await register(client, { ResourceId: 'service/shop/web', SuspendedState: { DynamicScalingOutSuspended: false } });
    expect(await find(client, ['service/shop/web'])).toMatchObject([
      { SuspendedState: { DynamicScalingOutSuspended: false } },
    ]);
  },

  'the smallest is not above the largest': async (client) => {
    const change = { ResourceId: 'service/shop/web', MinCapacity: 7, MaxCapacity: 6 };
    await refused(register(client, change), 'ValidationException');
  },

  'a new target needs both bounds': async (client) => {
    await refused(register(client, { ResourceId: 'service/shop/worker', MinCapacity: 1 }), 'ValidationException');
  },

  'a service that does not exist has no target': async (client) => {
    const change = { ResourceId: 'service/shop/nobody', MinCapacity: 1, MaxCapacity: 2 };
    await refused(register(client, change), 'ValidationException');
  },
});
