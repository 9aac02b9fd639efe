import { DescribeServicesCommand, ListServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { scaleService } from '../../sandbox/services/application-auto-scaling/policy.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const resize = (desiredCount: number) =>
  stage.clients.ecs.send(new UpdateServiceCommand({ cluster: 'shop', service: 'web', desiredCount }));

const service = async () =>
  (await stage.clients.ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['web'] }))).services?.[0];

const newestEvent = async () => (await service())?.events?.[0]?.message;

describe('a service of the sandbox', () => {
  it('runs when it is seeded, and takes its time to stop and to start', async () => {
    stage.home.ecs.addService({ serviceName: 'web', cluster: 'shop', desiredCount: 3 });
    await resize(0);
    expect(await service()).toMatchObject({ desiredCount: 0, runningCount: 3 });
    stage.sandbox.clock.advance({ minutes: 2 });
    expect(await service()).toMatchObject({ runningCount: 0 });
    await resize(2);
    expect(await service()).toMatchObject({ runningCount: 0, pendingCount: 2 });
    expect(await newestEvent()).toBe('(service web) has started 2 tasks.');
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(await service()).toMatchObject({
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', runningCount: 2 }],
    });
    expect(await newestEvent()).toBe('(service web) has reached a steady state.');
  });

  it('forgets where it was going when it is sent elsewhere', async () => {
    stage.home.ecs.addService({ serviceName: 'web', cluster: 'shop', desiredCount: 1 });
    await resize(4);
    await resize(0);
    stage.sandbox.clock.advance({ minutes: 5 });
    expect(await service()).toMatchObject({ desiredCount: 0, runningCount: 0, pendingCount: 0 });
  });

  it('tries again while there is no capacity, and says so', async () => {
    stage.home.ecs.addService({ serviceName: 'web', cluster: 'shop', desiredCount: 0 });
    stage.home.ecs.noCapacity.add('web');
    await resize(1);
    stage.sandbox.clock.advance({ minutes: 3 });
    expect(await service()).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(
      (await service())?.events?.filter(({ message }) => message?.includes('Capacity is unavailable')).length,
    ).toBe(4);
    stage.home.ecs.noCapacity.clear();
    stage.sandbox.clock.advance({ minutes: 2 });
    expect(await service()).toMatchObject({ runningCount: 1 });
  });

  it('is scaled by a policy within its bounds, unless that is suspended', async () => {
    const web = stage.home.ecs.addService({ serviceName: 'web', cluster: 'shop', desiredCount: 3 });
    const ResourceId = 'service/shop/web';
    const target = stage.home.applicationAutoScaling.addTarget({ ResourceId, MinCapacity: 2, MaxCapacity: 6 });
    scaleService(stage.home, ResourceId, 9);
    expect(web.desiredCount).toBe(6);
    scaleService(stage.home, ResourceId, 0);
    expect(web.desiredCount).toBe(2);
    target.SuspendedState = { DynamicScalingOutSuspended: true };
    scaleService(stage.home, ResourceId, 4);
    expect(web.desiredCount).toBe(2);
  });

  it('pages through the services of one cluster', async () => {
    for (let nth = 0; nth < 12; nth++) stage.home.ecs.addService({ serviceName: `s-${nth}`, cluster: 'shop' });
    stage.home.ecs.addService({ serviceName: 'other', cluster: 'lab' });
    const list = (nextToken?: string) =>
      stage.clients.ecs.send(new ListServicesCommand({ cluster: 'shop', ...(nextToken && { nextToken }) }));
    const first = await list();
    const second = await list(first.nextToken);
    expect([first.serviceArns?.length, second.serviceArns?.length, second.nextToken]).toEqual([10, 2, undefined]);
  });
});
