import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import { changeOf, handOver, outcomesOf, type Scene, takingBack } from '../support/carry-out.ts';
import {
  groupOf,
  MORNING,
  OFF_HOURS,
  openScheduledScene,
  pauseWarehouse,
  serviceOf,
  startOf,
  stopGroup,
  stopService,
  warehouseOf,
} from '../support/scheduled.ts';

/** A group, a service and a warehouse under the schedule, and how they are. */
async function open() {
  const scene = await openScheduledScene();
  const [group, service, warehouse] = [groupOf(scene, 'web'), serviceOf(scene, 'api'), warehouseOf(scene, 'dw')];
  const stops = [stopGroup(group), stopService(service), pauseWarehouse(scene, warehouse)];
  const state = () => ({
    group: [group.MinSize, group.DesiredCapacity, group.MaxSize, group.Instances?.length],
    service: [service.desiredCount, service.runningCount],
    warehouse: warehouse.ClusterStatus,
  });
  return { scene, group, service, warehouse, stops, state };
}

const AS_IT_WAS = { group: [2, 3, 6, 3], service: [3, 3], warehouse: 'available' };
const OFF = { group: [0, 0, 0, 0], service: [0, 0], warehouse: 'paused' };

const later = (scene: Scene, act: readonly Proposal[]) =>
  handOver(
    scene,
    act.map((stop) => startOf(stop)),
    OFF_HOURS,
  );

describe('a group, a service and a warehouse', () => {
  it('are set to nothing at night, and back to their sizes in the morning', async () => {
    const { scene, stops, state } = await open();
    expect(state()).toEqual(AS_IT_WAS);
    const night = await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    expect(state()).toEqual(OFF);
    expect(await changeOf(scene, night.plan)).toMatchObject({ outcome: 'kept', standsUntil: MORNING.toISOString() });
    await scene.lambda.advanceTo(MORNING);
    const morning = await later(scene, stops);
    await scene.lambda.advance({ hours: 1 });
    expect(state()).toEqual(AS_IT_WAS);
    for (const { plan } of [night, morning]) expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept']);
    expect(await changeOf(scene, morning.plan, 3)).toMatchObject({ because: 'it runs again' });
  });

  it('come back at night when a person takes the stop back', async () => {
    const { scene, stops, state } = await open();
    await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    const { plan } = await handOver(scene, stops.map(takingBack), { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 1 });
    expect(state()).toEqual(AS_IT_WAS);
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept']);
  });

  it('that somebody has resized in between are left as they are: the next tick sees them', async () => {
    const { scene, group, service, stops } = await open();
    const { plan } = await handOver(scene, stops.slice(0, 2), OFF_HOURS);
    group.MaxSize = 12;
    service.desiredCount = 5;
    await scene.lambda.advance({ minutes: 10 });
    expect(await outcomesOf(scene, plan)).toEqual(['skipped', 'skipped']);
    expect((await changeOf(scene, plan))?.because).toContain('changed since');
    expect([group.DesiredCapacity, service.desiredCount]).toEqual([3, 5]);
  });

  it('that are deleted between stop and start are gone: skipped, and no other of the name is touched', async () => {
    const { scene, stops } = await open();
    await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advanceTo(MORNING);
    scene.region.autoscaling.groups.delete('web');
    const other = groupOf(scene, 'web');
    const service = [...scene.region.ecs.services.keys()][0] ?? '';
    scene.region.ecs.services.delete(service);
    scene.region.redshift.clusters.delete('dw');
    const { plan, execution } = await later(scene, stops);
    await scene.lambda.advance({ minutes: 10 });
    for (const number of [1, 2, 3]) {
      expect(await changeOf(scene, plan, number)).toMatchObject({
        outcome: 'skipped',
        because: 'it is gone, or another resource carries its name',
      });
    }
    expect([other.MaxSize, execution.status]).toEqual([6, 'SUCCEEDED']);
  });

  it('for which there is no capacity have failed, with the reason, within ten minutes', async () => {
    const { scene, stops } = await open();
    await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advanceTo(MORNING);
    scene.region.autoscaling.failingLaunches.set(
      'web',
      'We currently do not have sufficient m7g.large capacity in the Availability Zone you requested.',
    );
    scene.region.redshift.noCapacity.add('dw');
    const { plan } = await later(scene, [stops[0], stops[2]] as Proposal[]);
    await scene.lambda.advance({ minutes: 10 });
    expect(await outcomesOf(scene, plan)).toEqual(['failed', 'failed']);
    expect((await changeOf(scene, plan))?.because).toContain('sufficient m7g.large capacity');
  });
});
