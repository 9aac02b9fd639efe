import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  actsOf,
  database,
  decree,
  group,
  instance,
  leftOf,
  MONDAY,
  memoryOf,
  openEstate,
  retag,
  SCHEDULE_TAG,
  schedule,
  seoul,
  service,
  tick,
  ticks,
  toldBy,
  wake,
} from '../support/off-hours.ts';

/** What off-hours has taken it gives back, whatever happens in between; what it cannot give back it says. */

const TUESDAY = '2026-11-24';
const WEDNESDAY = '2026-11-25';

const subjectsSince = (scene: Parameters<typeof toldBy>[0], count: number): string[] =>
  toldBy(scene)
    .slice(count)
    .map(({ subject }) => subject);

describe('a group without capacity in the morning', () => {
  it('is told of with the reason, and once more when all its instances are there', async () => {
    const scene = await openEstate();
    const workers = group(scene, 'workers');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05', '21:10');
    const before = toldBy(scene).length;
    scene.region.autoscaling.failingLaunches.set('workers', 'We currently do not have sufficient m5.large capacity');
    await ticks(scene, TUESDAY, '08:00', '08:05', '08:15', '08:20', '08:40');
    expect(subjectsSince(scene, before)).toEqual([`[Lamplighter] ${ACCOUNT}: 1 not running yet`]);
    expect(toldBy(scene).at(-1)?.text).toMatch(/workers in ap-northeast-2: .*sufficient m5.large capacity/);
    await ticks(scene, TUESDAY, '09:00', '09:30');
    scene.region.autoscaling.failingLaunches.delete('workers');
    scene.region.autoscaling.join(
      workers,
      Array.from({ length: 3 }, () => scene.region.ec2.addInstance({ InstanceType: 'm5.large' })),
    );
    await ticks(scene, TUESDAY, '10:00');
    expect(subjectsSince(scene, before).at(-1)).toContain('all run now');
    expect(await memoryOf(scene, 'workers')).not.toHaveProperty('capacity');
  });
});

describe('a service that somebody starts at night', () => {
  it('is scaled again from the morning on, that one and the next', async () => {
    const scene = await openEstate();
    const api = service(scene, 'api');
    const target = scene.region.applicationAutoScaling.addTarget({
      ResourceId: 'service/default/api',
      MinCapacity: 1,
      MaxCapacity: 8,
    });
    const isSuspended = () => target.SuspendedState?.DynamicScalingInSuspended === true;
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05', '21:10');
    expect([api.desiredCount, isSuspended()]).toEqual([0, true]);
    Object.assign(api, { desiredCount: 2, runningCount: 2 });
    await ticks(scene, MONDAY, '23:00');
    for (const day of [TUESDAY, WEDNESDAY]) {
      await ticks(scene, day, '08:00', '08:05', '08:10');
      expect([api.desiredCount, isSuspended()]).toEqual([2, false]);
      await ticks(scene, day, '21:00', '21:05', '21:10');
      expect([api.desiredCount, isSuspended()]).toEqual([0, true]);
    }
  });
});

describe('a tag that is away for half an hour while its database stops', () => {
  it('leaves it ours: it is started in the morning', async () => {
    const scene = await openEstate();
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '12:00', '21:00');
    await scene.lambda.advance({ minutes: 2 });
    retag(orders, SCHEDULE_TAG);
    await ticks(scene, MONDAY, '21:05', '21:15', '21:30');
    retag(orders, SCHEDULE_TAG, 'office');
    await ticks(scene, MONDAY, '22:00');
    expect(orders.DBInstanceStatus).toBe('stopped');
    await ticks(scene, TUESDAY, '08:00', '08:15');
    expect(orders.DBInstanceStatus).toBe('available');
  });

  it('and does not come back is said: nobody starts it', async () => {
    const scene = await openEstate();
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '12:00', '21:00');
    await scene.lambda.advance({ minutes: 2 });
    retag(orders, SCHEDULE_TAG);
    await ticks(scene, MONDAY, '21:05', '21:15', '21:20');
    expect(toldBy(scene).at(-1)?.text).toContain('nobody starts it any more but you');
  });
});

describe('a region that the policy does not name any more', () => {
  it('is looked at until what was stopped there runs again', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await ticks(scene, MONDAY, '12:00', '21:00', '21:05');
    await decree(scene, { scopes: [{ account: ACCOUNT, regions: ['us-east-1'] }] });
    const before = toldBy(scene).length;
    await ticks(scene, TUESDAY, '07:00', '08:00', '08:05');
    expect([web.State?.Name, subjectsSince(scene, before)]).toEqual(['running', []]);
    await ticks(scene, TUESDAY, '21:00', '21:05');
    expect([web.State?.Name, scene.sandbox.calls.count('StopInstances')]).toEqual(['running', 1]);
  });

  it('and may not be looked at is said, and keeps nobody else waiting', async () => {
    const scene = await openEstate();
    const [web, orders] = [instance(scene, 'web'), database(scene, 'orders')];
    await ticks(scene, MONDAY, '12:00', '21:00', '21:10');
    scene.sandbox.faults.add({ operation: 'DescribeInstances', fault: 'accessDenied' });
    await ticks(scene, TUESDAY, '08:00', '08:15');
    expect([web.State?.Name, orders.DBInstanceStatus]).toEqual(['stopped', 'available']);
    expect(toldBy(scene).at(-1)?.text).toContain('the instances in ap-northeast-2: may not');
  });
});

describe('an execution that is lost before it writes anything down', () => {
  it('is replaced after half an hour', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await ticks(scene, MONDAY, '12:00', '21:00', '21:05');
    await scene.lambda.advanceTo(seoul(`${TUESDAY} 08:00`));
    await wake(scene, { time: seoul(`${TUESDAY} 08:00`).toISOString() });
    for (const { arn, status } of scene.lambda.executions.all()) if (status === 'RUNNING') scene.lambda.stop(arn);
    await scene.lambda.settle();
    const [waiting, again] = await ticks(scene, TUESDAY, '08:25', '08:30');
    expect([waiting, again].map((one) => actsOf(one ?? {}))).toEqual([[], ['start the instance web']]);
    await ticks(scene, TUESDAY, '08:35');
    expect(web.State?.Name).toBe('running');
  });
});

describe('an evening that is frozen', () => {
  it('leaves its reason in the memory, once', async () => {
    const scene = await openEstate({ policy: { freeze: [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }] } });
    instance(scene, 'web');
    await ticks(scene, MONDAY, '12:00');
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    expect(leftOf(evening, 'web')).toBe('frozen until 2026-12-01: sale');
    expect(await memoryOf(scene, 'web')).toMatchObject({
      heldBack: { act: 'stop', because: 'frozen until 2026-12-01: sale' },
    });
    const writes = scene.sandbox.calls.count('PutItem');
    await ticks(scene, MONDAY, '21:05', '21:10');
    expect(scene.sandbox.calls.count('PutItem')).toBe(writes);
  });
});

describe('what is new at night', () => {
  it('is left on until the next evening, also where the schedule is enforced, as the message says', async () => {
    const scene = await openEstate({ policy: schedule({ manual: 'enforce' }) });
    const web = instance(scene, 'web');
    await ticks(scene, MONDAY, '23:00', '23:05', '23:10');
    expect(web.State?.Name).toBe('running');
    expect(toldBy(scene).at(-1)?.text).toContain('Stopped for the first time at 2026-11-24 21:00 Asia/Seoul');
    const [evening] = await ticks(scene, TUESDAY, '21:00');
    expect(evening && actsOf(evening)).toEqual(['stop the instance web']);
  });
});
