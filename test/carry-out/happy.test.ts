import { describe, expect, it } from 'vitest';
import {
  changeOf,
  connect,
  handOver,
  idleCluster,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  PERSON,
  ring,
  say,
  stopOf,
  stopOfCluster,
  stopOfInstance,
  takingBack,
  told,
} from '../support/carry-out.ts';

describe('what is approved is carried out', () => {
  it('a database: snapshot, stop, watch, keep, and a message that says how to take it back', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'orders-qa');
    const { plan } = await handOver(scene, [stopOf(database)]);
    await scene.lambda.advance({ hours: 5 });
    expect(database.DBInstanceStatus).toBe('available');
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ hours: 6 });

    expect(database.DBInstanceStatus).toBe('stopped');
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa', 'StopDBInstance orders-qa']);
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({
      outcome: 'kept',
      approvedBy: PERSON,
      snapshot: expect.stringContaining('lamplighter-right-size-'),
    });
    const [snapshot] = scene.region.rds.snapshots.values();
    expect(snapshot).toMatchObject({ DBSnapshotIdentifier: change?.snapshot, Status: 'available' });
    const [message] = told(scene);
    expect(message).toMatchObject({ subject: expect.stringContaining('1 kept'), severity: 'info' });
    for (const part of [
      'orders-qa (db.r6g.large postgres)',
      'stop the database at',
      'nothing watched it',
      `approved by ${PERSON}`,
      `undo ${plan.id}/1`,
      'saves $200.00 a month',
    ])
      expect(message?.text).toContain(part);
  });

  it('an Aurora cluster, as a whole', async () => {
    const scene = await openScene();
    const cluster = idleCluster(scene, 'reports');
    const { plan } = await handOver(scene, [stopOfCluster(cluster)], { approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect(cluster.Status).toBe('stopped');
    expect(mutations(scene)).toEqual(['CreateDBClusterSnapshot reports', 'StopDBCluster reports']);
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('an instance, without a snapshot', async () => {
    const scene = await openScene();
    const instance = idleInstance(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect(instance.State?.Name).toBe('stopped');
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept' });
    expect(await changeOf(scene, plan)).not.toHaveProperty('snapshot');
    expect(mutations(scene)).toEqual([`StopInstances ${instance.InstanceId}`]);
  });

  it('and taken back by a person: the stopped database and instance start, and the savings end', async () => {
    const scene = await openScene();
    const [database, instance] = [idleDatabase(scene, 'orders-qa'), idleInstance(scene, 'batch-1')];
    const stops = [stopOf(database), stopOfInstance(instance)];
    const { plan } = await handOver(scene, stops, { approved: true });
    await scene.lambda.advance({ hours: 6 });
    const back = await handOver(scene, stops.map(takingBack), { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 2 });
    expect([database.DBInstanceStatus, instance.State?.Name]).toEqual(['available', 'running']);
    expect(await outcomesOf(scene, back.plan)).toEqual(['kept', 'kept']);
    expect(back.execution.status).toBe('SUCCEEDED');

    await scene.lambda.advance({ days: 2 });
    for (const number of [1, 2]) {
      expect(await changeOf(scene, plan, number)).toMatchObject({ endedBecause: 'started by somebody' });
    }
    expect([database.DBInstanceStatus, instance.State?.Name]).toEqual(['available', 'running']);
  });
});

it('takes a stop back when an alarm of a dependent goes off after it', async () => {
  const scene = await openScene({ policy: { dependents: [{ resource: 'orders-*', alarms: ['checkout-errors'] }] } });
  const database = idleDatabase(scene, 'orders-qa');
  ring(scene, 'somebody-elses');
  const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
  ring(scene, 'checkout-errors');
  await scene.lambda.advance({ hours: 1 });
  expect(database.DBInstanceStatus).toBe('available');
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'undone',
    because: 'the alarm checkout-errors went off after the change',
  });
  expect(told(scene)).toMatchObject([{ severity: 'warning', subject: expect.stringContaining('1 undone') }]);
});

it('keeps a stop when the alarm had gone off before it', async () => {
  const scene = await openScene({ policy: { dependents: [{ resource: 'orders-*', alarms: ['checkout-errors'] }] } });
  const database = idleDatabase(scene, 'orders-qa');
  ring(scene, 'checkout-errors');
  const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.advance({ hours: 6 });
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'kept',
    because: 'no alarm in 2 hours; watched: checkout-errors',
  });
});

describe('what is not to be done is not done, and the ledger says why', () => {
  it('vetoed', async () => {
    const scene = await openScene();
    const { plan, execution } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
    await scene.lambda.advance({ hours: 1 });
    await say(scene, plan, { say: 'veto', note: 'the audit needs it' });
    await scene.lambda.settle();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'vetoed',
      because: `vetoed by ${PERSON}: the audit needs it`,
    });
    expect([mutations(scene), execution.status]).toEqual([[], 'SUCCEEDED']);
  });

  it('somebody connected meanwhile', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'orders-qa');
    const { plan } = await handOver(scene, [stopOf(database)]);
    await scene.lambda.advance({ hours: 1 });
    connect(scene, 'orders-qa');
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ hours: 6 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'in use: up to 3 connections in 35 days',
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('nobody answered in time', async () => {
    const scene = await openScene();
    const { plan, execution } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
    await scene.lambda.advance({ days: 2, hours: 23 });
    expect(await changeOf(scene, plan)).toBeUndefined();
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'expired', because: 'nobody approved it in time' });
    expect([mutations(scene), execution.status]).toEqual([[], 'SUCCEEDED']);
  });

  it('a newer plan took its place', async () => {
    const scene = await openScene();
    const proposal = stopOf(idleDatabase(scene, 'orders-qa'));
    const { plan } = await handOver(scene, [proposal]);
    await scene.lambda.advance({ days: 1 });
    const newer = await handOver(scene, [proposal, stopOf(idleDatabase(scene, 'crm-qa'))]);
    await scene.lambda.advance({ days: 2, hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'expired',
      because: `the newer plan ${newer.plan.id} took its place`,
    });
  });

  it('only a part was approved', async () => {
    const scene = await openScene();
    const databases = ['a-qa', 'b-qa', 'c-qa'].map((name) => idleDatabase(scene, name));
    const { plan } = await handOver(
      scene,
      databases.map((one) => stopOf(one)),
    );
    await scene.lambda.advance({ hours: 1 });
    await say(scene, plan, { say: 'approve', actions: [1, 3] });
    await scene.lambda.advance({ hours: 6 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'expired', 'kept']);
    expect(databases.map((one) => one.DBInstanceStatus)).toEqual(['stopped', 'available', 'stopped']);
  });
});

describe('mode auto', () => {
  const auto = { mode: 'auto' } as const;
  const policy = { defaults: { mode: 'auto', grace: '3d' } };

  it('acts when the grace is over, and only on what can be taken back in full', async () => {
    const scene = await openScene({ policy });
    const [full, partial] = [idleDatabase(scene, 'orders-qa'), idleInstance(scene, 'batch-1')];
    const { plan } = await handOver(scene, [
      stopOf(full, auto),
      stopOfInstance(partial, { ...auto, undo: { reversibility: 'partial', loses: 'its address' } }),
    ]);
    await scene.lambda.advance({ days: 2, hours: 23 });
    expect(mutations(scene)).toEqual([]);
    await scene.lambda.advance({ hours: 6 });
    expect([full.DBInstanceStatus, partial.State?.Name]).toEqual(['stopped', 'running']);
    expect(await changeOf(scene, plan, 1)).toMatchObject({ outcome: 'kept', approvedBy: 'grace' });
    expect(await changeOf(scene, plan, 2)).toMatchObject({
      outcome: 'skipped',
      because: 'it could not be taken back in full, so it needs an approval',
    });
  });

  it('a veto in the grace stops one action, and the others go on after it', async () => {
    const scene = await openScene({ policy });
    const [a, b] = [idleDatabase(scene, 'a-qa'), idleDatabase(scene, 'b-qa')];
    const { plan } = await handOver(scene, [stopOf(a, auto), stopOf(b, auto)]);
    await scene.lambda.advance({ days: 1 });
    await say(scene, plan, { say: 'veto', actions: [1] });
    await scene.lambda.advance({ days: 1 });
    expect(mutations(scene)).toEqual([]);
    await scene.lambda.advance({ days: 1, hours: 6 });
    expect(await outcomesOf(scene, plan)).toEqual(['vetoed', 'kept']);
  });

  it('beside mode approve in one plan: each has its own time and its own message', async () => {
    const scene = await openScene({ policy: { defaults: { ...policy.defaults, approveWithin: '1d' } } });
    const [a, b] = [idleDatabase(scene, 'a-qa'), idleDatabase(scene, 'b-qa')];
    const { plan } = await handOver(scene, [stopOf(a), stopOf(b, auto)]);
    await scene.lambda.advance({ hours: 1 });
    await say(scene, plan, { say: 'approve', actions: [1] });
    await scene.lambda.advance({ hours: 6 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', undefined]);
    expect(told(scene)).toHaveLength(1);
    await scene.lambda.advance({ days: 3 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
    expect(told(scene)).toHaveLength(2);
  });
});
