import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import { bookingsOf, realisedSavings } from '../../shared/core/savings.ts';
import {
  changeOf,
  changesSince,
  handOver,
  mutations,
  outcomesOf,
  PERSON,
  ring,
  say,
  stopOf,
  stopOfInstance,
  told,
} from '../support/carry-out.ts';
import {
  clusterOf,
  databaseOf,
  instanceOf,
  MORNING,
  OFF_HOURS,
  openScheduledScene,
  startOf,
  stopCluster,
  stopDatabase,
  stopInstance,
} from '../support/scheduled.ts';

const HOUR_MS = 3_600_000;

describe('what a schedule wants in mode auto', () => {
  it('is stopped at once: without a grace, a snapshot or a watch, and nobody is told', async () => {
    const scene = await openScheduledScene();
    const [instance, database, cluster] = [
      instanceOf(scene, 'batch-1'),
      databaseOf(scene, 'orders-qa'),
      clusterOf(scene, 'reports'),
    ];
    const stops = [stopInstance(instance), stopDatabase(database), stopCluster(cluster)];
    const { plan, execution } = await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.settle();
    expect(mutations(scene).sort()).toEqual([
      'StopDBCluster reports',
      'StopDBInstance orders-qa',
      `StopInstances ${instance.InstanceId}`,
    ]);
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'watching',
      because: 'it was asked for and is awaited',
    });
    await scene.lambda.advance({ minutes: 15 });
    expect([instance.State?.Name, database.DBInstanceStatus, cluster.Status]).toEqual([
      'stopped',
      'stopped',
      'stopped',
    ]);
    expect(execution.status).toBe('SUCCEEDED');
    for (const number of [1, 2, 3]) {
      const change = await changeOf(scene, plan, number);
      expect(change).toMatchObject({
        outcome: 'kept',
        because: 'it is stopped',
        approvedBy: 'policy',
        standsUntil: MORNING.toISOString(),
      });
      expect(change).not.toHaveProperty('snapshot');
    }
    expect([mutations(scene).length, told(scene), scene.sandbox.calls.count('DescribeAlarms')]).toEqual([3, [], 0]);
  });

  it('runs again in the morning, and what is booked are the hours that it was off', async () => {
    const scene = await openScheduledScene();
    const stop = stopInstance(instanceOf(scene, 'batch-1'), { schedule: { name: 'office' } });
    const before = scene.sandbox.clock.now();
    const night = await handOver(scene, [stop], OFF_HOURS);
    await scene.lambda.advanceTo(MORNING);
    const morning = await handOver(scene, [startOf(stop)], OFF_HOURS);
    await scene.lambda.advance({ days: 2 });
    expect(await outcomesOf(scene, night.plan)).toEqual(['kept']);
    expect(await changeOf(scene, morning.plan)).toMatchObject({ outcome: 'kept', because: 'it runs again' });
    expect([night.execution.status, morning.execution.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);

    const changes = await changesSince(scene, before);
    const bookings = bookingsOf(changes, { now: scene.sandbox.clock.now(), timezone: 'UTC' });
    const hours = (MORNING.getTime() - before.getTime()) / HOUR_MS;
    expect(realisedSavings(bookings).bySchedule).toEqual([
      { of: 'office', hours, saved: [{ currency: 'USD', amount: expect.closeTo((200 / 730) * hours, 4) }], unknown: 0 },
    ]);
  });

  it('is not stopped by AWS’s restart, nor looked after: the next ticks see to it', async () => {
    const scene = await openScheduledScene();
    const database = databaseOf(scene, 'orders-qa');
    const stop = stopDatabase(database, { schedule: { name: 'office' } });
    const { execution } = await handOver(scene, [stop], OFF_HOURS);
    await scene.lambda.advance({ days: 8 });
    expect([database.DBInstanceStatus, mutations(scene), execution.status]).toEqual([
      'available',
      ['StopDBInstance orders-qa'],
      'SUCCEEDED',
    ]);
  });

  it('also loses a public address: whoever set the tag knows what the schedule does', async () => {
    const scene = await openScheduledScene();
    const undo = { reversibility: 'partial', loses: 'its public IPv4 address: a start brings a new one' } as const;
    const { plan } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'), { undo })], OFF_HOURS);
    await scene.lambda.advance({ minutes: 5 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('counts against no cap of a day', async () => {
    const cap = { count: 1, perDay: 1 };
    const scene = await openScheduledScene({ policy: { rules: { 'idle-instance': { cap } } } });
    const stops = Array.from({ length: 12 }, (_, index) => stopInstance(instanceOf(scene, `batch-${index}`)));
    const { plan } = await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advance({ minutes: 5 });
    expect(new Set(await outcomesOf(scene, plan))).toEqual(new Set(['kept']));
  });

  it('has its alarms muted until it runs again, where the schedule says so', async () => {
    const scene = await openScheduledScene();
    const { cloudwatch } = scene.region;
    cloudwatch.alarms.set('cpu', { AlarmName: 'cpu', ActionsEnabled: true });
    const stop = stopInstance(instanceOf(scene, 'batch-1'));
    const muted = { ...stop, action: { ...stop.action, mute: ['cpu'] } } as Proposal;
    await handOver(scene, [muted], OFF_HOURS);
    await scene.lambda.advanceTo(MORNING);
    expect(cloudwatch.alarms.get('cpu')?.ActionsEnabled).toBe(false);
    const { plan } = await handOver(scene, [startOf(muted)], OFF_HOURS);
    await scene.lambda.advance({ minutes: 5 });
    expect(cloudwatch.alarms.get('cpu')?.ActionsEnabled).toBe(true);
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('is only reported in mode report', async () => {
    const scene = await openScheduledScene();
    const stop = stopInstance(instanceOf(scene, 'batch-1'), { mode: 'report' });
    const { execution } = await handOver(scene, [stop], OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    expect([execution.status, mutations(scene)]).toEqual(['SUCCEEDED', []]);
  });
});

describe('what a schedule wants in mode approve', () => {
  const approve = { mode: 'approve' } as const;
  const policy = { schedules: { office: { calendar: 'office', mode: 'approve' } } };

  async function waiting() {
    const scene = await openScheduledScene({ policy });
    const instance = instanceOf(scene, 'batch-1');
    const started = await handOver(scene, [stopInstance(instance, approve)], OFF_HOURS);
    await scene.lambda.advance({ hours: 5 });
    expect(mutations(scene)).toEqual([]);
    return { scene, instance, ...started };
  }

  it('is done as soon as somebody approves it', async () => {
    const { scene, plan, execution } = await waiting();
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ minutes: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept', approvedBy: PERSON });
    expect([execution.status, told(scene)]).toEqual(['SUCCEEDED', []]);
  });

  it('expires when the schedule wants it no longer, and not before', async () => {
    const { scene, plan, execution } = await waiting();
    await scene.lambda.advanceTo(new Date(MORNING.getTime() - 60_000));
    expect(await outcomesOf(scene, plan)).toEqual([undefined]);
    await scene.lambda.advance({ minutes: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'expired', because: 'nobody approved it in time' });
    expect([execution.status, mutations(scene)]).toEqual(['SUCCEEDED', []]);
  });

  it('stays open when the next ticks want something else: each plan stands for itself', async () => {
    const { scene, plan } = await waiting();
    await handOver(scene, [stopInstance(instanceOf(scene, 'batch-2'), approve)], OFF_HOURS);
    await scene.lambda.advance({ minutes: 30 });
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ minutes: 5 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('waits beside what is in mode auto for itself', async () => {
    const scene = await openScheduledScene({
      policy: {
        schedules: { office: { calendar: 'office', mode: 'approve' }, lab: { calendar: 'office', mode: 'auto' } },
      },
    });
    const asked = stopInstance(instanceOf(scene, 'batch-1'), approve);
    const lab = { Key: 'lamplighter:schedule', Value: 'lab' };
    const atOnce = stopInstance(instanceOf(scene, 'lab-1', { Tags: [{ Key: 'Name', Value: 'lab-1' }, lab] }), {
      schedule: { name: 'lab', until: MORNING.toISOString() },
    });
    const { plan } = await handOver(scene, [asked, atOnce], OFF_HOURS);
    await scene.lambda.advance({ minutes: 5 });
    expect(await outcomesOf(scene, plan)).toEqual([undefined, 'kept']);
    await say(scene, plan, { say: 'veto', actions: [1] });
    await scene.lambda.advance({ minutes: 5 });
    expect(await outcomesOf(scene, plan)).toEqual(['vetoed', 'kept']);
  });
});

describe('who goes first', () => {
  it('what right-size watches is left to it', async () => {
    const scene = await openScheduledScene();
    const instance = instanceOf(scene, 'batch-1');
    const idle = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.runUntil(() => instance.State?.Name === 'stopped');
    const { plan, execution } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.advance({ minutes: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: `${idle.plan.id} works on it` });
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('what right-size has not begun to stop is stopped by the schedule', async () => {
    const scene = await openScheduledScene();
    const database = databaseOf(scene, 'orders-qa');
    const idle = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => scene.sandbox.calls.count('CreateDBSnapshot') > 0);
    await scene.lambda.advance({ minutes: 2 });
    const { plan } = await handOver(scene, [stopDatabase(database)], OFF_HOURS);
    await scene.lambda.advance({ hours: 3 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect((await outcomesOf(scene, idle.plan))[0]).toBe('skipped');
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa', 'StopDBInstance orders-qa']);
  });

  it('an alarm that goes off after a stop is nobody’s reason to start it again', async () => {
    const scene = await openScheduledScene({ policy: { dependents: [{ resource: '*', alarms: ['errors'] }] } });
    const instance = instanceOf(scene, 'batch-1');
    await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.settle();
    ring(scene, 'errors');
    await scene.lambda.advance({ hours: 4 });
    expect(instance.State?.Name).toBe('stopped');
  });
});
