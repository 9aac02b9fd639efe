import { describe, expect, it } from 'vitest';
import { bookingsOf } from '../../shared/core/savings.ts';
import {
  changeOf,
  changesSince,
  flip,
  handOver,
  hush,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  ring,
  type Scene,
  stopOf,
  stopOfInstance,
  takingBack,
  told,
} from '../support/carry-out.ts';

const DEPENDENT = { dependents: [{ resource: '*', alarms: ['errors'] }] };

/** A database that is stopped, and watched for twenty minutes by now. */
async function watched(policy: Record<string, unknown> = {}) {
  const scene = await openScene({ policy });
  const database = idleDatabase(scene, 'orders-qa');
  const started = await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
  await scene.lambda.advance({ minutes: 20 });
  return { scene, database, ...started, change: () => changeOf(scene, started.plan) };
}

const takeBack = (scene: Scene, proposal: Parameters<typeof takingBack>[0]) =>
  handOver(scene, [takingBack(proposal)], { function: 'undo', approved: true });

describe('a change that is watched', () => {
  it('is in the ledger with what is known of it, and its end takes that place', async () => {
    const { scene, plan, change } = await watched();
    const seen = await change();
    expect(seen).toMatchObject({
      outcome: 'watching',
      appliedAt: expect.any(String),
      snapshot: expect.stringContaining('lamplighter-'),
    });
    expect(await changesSince(scene, scene.sandbox.clock.now())).toEqual([seen]);
    expect(told(scene)).toEqual([]);
    await scene.lambda.advance({ hours: 3 });
    const { outcome, because, finishedAt, ...same } = seen ?? {};
    expect(await change()).toMatchObject({ ...same, outcome: 'kept', id: `${plan.id}/1` });
    expect([outcome, because, finishedAt && finishedAt < scene.sandbox.clock.now().toISOString()]).toEqual([
      'watching',
      'it is done and watched',
      true,
    ]);
  });

  it('is taken back by a person: it ends as undone by them, once, and books until then', async () => {
    const { scene, database, plan, change, execution } = await watched();
    const back = await takeBack(scene, stopOf(database));
    await scene.lambda.advance({ hours: 3 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(mutations(scene).map((one) => one.split(' ')[0])).toEqual([
      'CreateDBSnapshot',
      'StopDBInstance',
      'StartDBInstance',
    ]);
    expect(await outcomesOf(scene, back.plan)).toEqual(['kept']);
    const undone = await change();
    expect(undone).toMatchObject({
      outcome: 'undone',
      because: `kim (role sre-oncall) (${back.plan.id}) took it back while it was watched`,
    });
    expect(told(scene).map(({ severity }) => severity)).toEqual(['warning', 'info']);
    expect([execution.status, back.execution.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);

    const changes = await changesSince(scene, new Date('2026-01-01T00:00:00Z'));
    const now = scene.sandbox.clock.now();
    const started = changes.find(({ planId }) => planId === back.plan.id)?.appliedAt ?? '';
    const hours = (Date.parse(started) - Date.parse(undone?.appliedAt ?? '')) / 3_600_000;
    const [booking, ...more] = bookingsOf(changes, { now, timezone: 'UTC' });
    expect(more).toEqual([]);
    expect(booking?.changeId).toBe(`${plan.id}/1`);
    expect(booking?.saved.known && booking.saved.value.amount).toBeCloseTo((200 / 730) * hours, 4);
  });

  it('is taken back by a person while it is still stopping: as soon as it has stopped', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'orders-qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopping');
    const back = await takeBack(scene, stopOf(database));
    await scene.lambda.advance({ hours: 1 });
    expect(database.DBInstanceStatus).toBe('available');
    expect([await outcomesOf(scene, plan), await outcomesOf(scene, back.plan)]).toEqual([['undone'], ['kept']]);
  });

  it('an instance as well', async () => {
    const scene = await openScene();
    const instance = idleInstance(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ minutes: 5 });
    await takeBack(scene, stopOfInstance(instance));
    await scene.lambda.advance({ minutes: 30 });
    expect(instance.State?.Name).toBe('running');
    expect(await outcomesOf(scene, plan)).toEqual(['undone']);
  });

  it('is started once when an alarm goes off in the moment in which a person takes it back', async () => {
    const { scene, database, plan } = await watched(DEPENDENT);
    ring(scene, 'errors');
    const back = await takeBack(scene, stopOf(database));
    await scene.lambda.advance({ hours: 3 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(mutations(scene).filter((one) => one.startsWith('StartDBInstance'))).toHaveLength(1);
    expect([await outcomesOf(scene, plan), await outcomesOf(scene, back.plan)]).toEqual([['undone'], ['kept']]);
  });

  it('is not taken over once it is being taken back by itself', async () => {
    const { scene, database, plan } = await watched(DEPENDENT);
    ring(scene, 'errors');
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'starting');
    const back = await takeBack(scene, stopOf(database));
    await scene.lambda.settle();
    expect(await changeOf(scene, back.plan)).toMatchObject({ outcome: 'skipped', because: `${plan.id} works on it` });
    await scene.lambda.advance({ hours: 1 });
    expect(await outcomesOf(scene, plan)).toEqual(['undone']);
  });

  it('goes on standing when the person’s plan is held back, and says that nobody watched it to the end', async () => {
    const { scene, database, change } = await watched();
    flip(scene, 'halt', 'on');
    const back = await takeBack(scene, stopOf(database));
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, back.plan)).toMatchObject({ outcome: 'skipped' });
    expect(database.DBInstanceStatus).toBe('stopped');
    expect(await change()).toMatchObject({ outcome: 'kept', warning: expect.stringContaining('left it as it was') });
  });

  it('is not called watched to the end while the person’s plan works on it longer than that', async () => {
    const { scene, database, change } = await watched();
    scene.region.rds.noCapacity.add('db.r6g.large');
    await takeBack(scene, stopOf(database));
    await scene.lambda.advance({ hours: 2, minutes: 15 });
    expect(await change()).toMatchObject({ outcome: 'kept', warning: expect.stringContaining('works on it still') });
  });
});

describe('the alarms of a change', () => {
  it('that are named and do not exist are said: nothing is known of what they should watch', async () => {
    const { scene, change } = await watched({
      dependents: [{ resource: 'orders-*', alarms: ['checkout-erors', 'errors'] }],
    });
    hush(scene, 'errors');
    await scene.lambda.advance({ hours: 3 });
    expect(await change()).toMatchObject({
      outcome: 'kept',
      because: 'no alarm in 2 hours; watched: errors',
      warning: expect.stringContaining('checkout-erors'),
    });
    expect(told(scene)).toMatchObject([{ severity: 'warning', text: expect.stringContaining('no such alarm exists') }]);
  });

  it('of its own are counted', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'orders-qa');
    hush(scene, 'orders-cpu');
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders-qa' }];
    Object.assign(scene.region.cloudwatch.alarms.get('orders-cpu') ?? {}, { Dimensions });
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.advance({ hours: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({ because: 'no alarm in 2 hours; watched: 1 of its own' });
  });

  it('are watched for the whole time after it has settled, however long that took', async () => {
    const scene = await openScene({ policy: DEPENDENT, durations: { databaseStop: 90 * 60_000 } });
    const database = idleDatabase(scene, 'orders-qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
    await scene.lambda.advance({ minutes: 110 });
    expect(await outcomesOf(scene, plan)).toEqual(['watching']);
    ring(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    expect(await outcomesOf(scene, plan)).toEqual(['undone']);
  });

  it('that go off and come back between two looks take it back', async () => {
    const { scene, database, change } = await watched(DEPENDENT);
    hush(scene, 'errors');
    await scene.lambda.advance({ minutes: 21 });
    ring(scene, 'errors');
    await scene.lambda.advance({ seconds: 1 });
    hush(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    expect(await change()).toMatchObject({
      outcome: 'undone',
      because: 'the alarm errors went off and came back after the change',
    });
    expect(database.DBInstanceStatus).toBe('available');
  });

  it('are quiet when they only came back from before the change', async () => {
    const scene = await openScene({ policy: DEPENDENT });
    const database = idleDatabase(scene, 'orders-qa');
    ring(scene, 'errors');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
    hush(scene, 'errors');
    await scene.lambda.advance({ hours: 3 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect(told(scene)).toMatchObject([{ severity: 'info' }]);
  });
});
