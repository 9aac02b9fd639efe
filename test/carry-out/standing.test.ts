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
  ring,
  stopOf,
  stopOfCluster,
  stopOfInstance,
  told,
} from '../support/carry-out.ts';

describe('what stays stopped', () => {
  it.each(['instance', 'cluster'] as const)(
    'AWS restarts a database (%s) four times in a row: stopped again each time, without a new snapshot',
    async (form) => {
      const scene = await openScene();
      const proposal = form === 'cluster' ? stopOfCluster(idleCluster(scene, 'qa')) : stopOf(idleDatabase(scene, 'qa'));
      const { plan, execution } = await handOver(scene, [proposal], { approved: true });
      await scene.lambda.advance({ days: 29 });
      const done = mutations(scene).map((one) => one.split(' ')[0]);
      const [snapshot, stop] =
        form === 'cluster' ? ['CreateDBClusterSnapshot', 'StopDBCluster'] : ['CreateDBSnapshot', 'StopDBInstance'];
      expect(done).toEqual([snapshot, stop, stop, stop, stop, stop]);
      const standing = await changeOf(scene, plan);
      expect(standing).not.toHaveProperty('endedAt');
      expect(standing?.pauses).toHaveLength(4);
      for (const { from, to } of standing?.pauses ?? []) {
        expect(Date.parse(to) - Date.parse(from)).toBeGreaterThan(60_000);
        expect(Date.parse(to) - Date.parse(from)).toBeLessThan(3 * 3_600_000);
      }
      await scene.lambda.advance({ days: 3 });
      expect(execution.status).toBe('SUCCEEDED');
      expect(await changeOf(scene, plan)).toMatchObject({
        outcome: 'kept',
        endedBecause: expect.stringMatching(/over/),
        endedAt: standing?.standsUntil,
        pauses: standing?.pauses,
      });
      expect(mutations(scene)).toHaveLength(6);
    },
  );

  it('protected by the time that AWS restarts it: it stays on, and that is said', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.advance({ days: 1 });
    database.TagList?.push({ Key: 'lamplighter:protect', Value: '' });
    await scene.lambda.advance({ days: 8 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(await changeOf(scene, plan)).toMatchObject({
      endedBecause: expect.stringContaining('it stays on: protected'),
    });
    expect(told(scene).at(-1)?.text).toContain('it stays on: protected');
  });

  it('a person starts the database, or the instance, by hand: respected, the saving ends, and that is said', async () => {
    const scene = await openScene();
    const [database, instance] = [idleDatabase(scene, 'qa'), idleInstance(scene, 'batch-1')];
    const { plan, execution } = await handOver(scene, [stopOf(database), stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ days: 3 });
    database.DBInstanceStatus = 'available';
    instance.State = { Name: 'running', Code: 16 };
    const byHand = scene.sandbox.clock.now();
    instance.LaunchTime = byHand;
    scene.region.rds.record(database, 'started');
    await scene.lambda.advance({ days: 2 });
    for (const number of [1, 2]) {
      expect(await changeOf(scene, plan, number)).toMatchObject({
        outcome: 'kept',
        endedAt: byHand.toISOString(),
        endedBecause: 'started by somebody',
      });
    }
    expect(
      told(scene)
        .slice(1)
        .map(({ text }) => text),
    ).toEqual([expect.stringContaining('started by somebody'), expect.stringContaining('started by somebody')]);
    await scene.lambda.advance({ days: 10 });
    expect([database.DBInstanceStatus, instance.State?.Name]).toEqual(['available', 'running']);
    expect(execution.status).toBe('SUCCEEDED');
  });
});

it('a database of whose start no event tells has stood until it was last seen stopped', async () => {
  const scene = await openScene();
  const database = idleDatabase(scene, 'qa');
  const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.advance({ days: 3 });
  const seen = scene.sandbox.clock.now().getTime();
  await scene.lambda.advance({ hours: 12 });
  database.DBInstanceStatus = 'available';
  await scene.lambda.advance({ days: 2 });
  const { endedAt = '', appliedAt = '' } = (await changeOf(scene, plan)) ?? {};
  expect(Date.parse(endedAt)).toBeLessThanOrEqual(seen + 12 * 3_600_000);
  expect(Date.parse(endedAt)).toBeGreaterThan(Date.parse(appliedAt) + 2 * 86_400_000);
});

it('what is only watched yet says until when it may stand: if the execution dies, nothing is booked beyond that', async () => {
  const scene = await openScene();
  const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'qa'))], { approved: true });
  await scene.lambda.runUntil(() => mutations(scene).some((one) => one.startsWith('Stop')));
  await scene.lambda.advance({ minutes: 30 });
  const change = await changeOf(scene, plan);
  expect(change?.outcome).toBe('watching');
  expect(Date.parse(change?.standsUntil ?? '') - Date.parse(change?.appliedAt ?? '')).toBe(30 * 86_400_000);
});

describe('what stays stopped while something is out of reach', () => {
  const OUTAGE = { code: 'Outage', message: 'out of reach', status: 400 };
  async function standing(policy: Record<string, unknown> = {}) {
    const scene = await openScene({ policy });
    const database = idleDatabase(scene, 'qa');
    const started = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.advance({ days: 3 });
    return { scene, database, ...started };
  }

  it('AWS cannot be looked at for two days: it is looked at again after that', async () => {
    const { scene, database, plan, execution } = await standing();
    const outage = scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: { error: OUTAGE } });
    await scene.lambda.advance({ days: 2 });
    outage.remove();
    expect([execution.status, (await changeOf(scene, plan))?.endedAt]).toEqual(['RUNNING', undefined]);
    database.DBInstanceStatus = 'available';
    scene.region.rds.record(database, 'started');
    await scene.lambda.advance({ days: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({ endedBecause: 'started by somebody' });
  });

  it('nor to its end: what nobody has seen is not booked, and that is said', async () => {
    const { scene, plan } = await standing({ defaults: { mode: 'approve', stopFor: '6d' } });
    const seen = scene.sandbox.clock.now();
    scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: { error: OUTAGE } });
    await scene.lambda.advance({ days: 5 });
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({ outcome: 'kept', warning: expect.stringContaining('nobody could see') });
    expect(Date.parse(change?.endedAt ?? '')).toBeLessThanOrEqual(seen.getTime());
    expect(told(scene).at(-1)?.severity).toBe('warning');
  });

  it('SNS takes no message: everything goes on, and the execution fails at its end', async () => {
    const scene = await openScene();
    const publish = scene.sandbox.faults.add({ operation: 'Publish', fault: { error: OUTAGE } });
    const { plan, execution } = await handOver(scene, [stopOf(idleDatabase(scene, 'qa'))], { approved: true });
    await scene.lambda.advance({ days: 1 });
    publish.remove();
    await scene.lambda.advance({ days: 8 });
    expect(mutations(scene).filter((one) => one.startsWith('Stop'))).toHaveLength(2);
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept' });
    await scene.lambda.advance({ days: 30 });
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('not announced');
  });
});

describe('before a second stop', () => {
  async function restarted(happen: (scene: Awaited<ReturnType<typeof openScene>>) => void) {
    const scene = await openScene();
    const database = idleDatabase(scene, 'qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.advance({ days: 6 });
    happen(scene);
    await scene.lambda.advance({ days: 3 });
    return { scene, database, change: await changeOf(scene, plan), message: told(scene).at(-1) };
  }

  it('somebody has connected since AWS started it: it is left running, and that is said', async () => {
    const { scene, database, change, message } = await restarted((scene) => connect(scene, 'qa'));
    expect(database.DBInstanceStatus).toBe('available');
    expect(change?.endedBecause).toContain('it stays on: in use since then: up to 3 connections');
    expect(message).toMatchObject({ severity: 'info', text: expect.stringContaining('in use since then') });
    expect(mutations(scene)).toHaveLength(2);
  });

  it('nobody can say whether somebody has: it is left running', async () => {
    const { database, change, message } = await restarted(({ sandbox }) =>
      sandbox.faults.add({ operation: 'GetMetricData', fault: 'accessDenied' }),
    );
    expect(message?.severity).toBe('warning');
    expect(database.DBInstanceStatus).toBe('available');
    expect(change?.endedBecause).toContain('its connections are unknown: AccessDenied');
  });

  it('that AWS refuses: it is left running, and somebody should look at it', async () => {
    const { database, change, message } = await restarted(({ sandbox }) =>
      sandbox.faults.add({
        operation: 'StopDBInstance',
        fault: { error: { code: 'InvalidDBInstanceState', message: 'not now', status: 400 } },
      }),
    );
    expect(database.DBInstanceStatus).toBe('available');
    expect(change).toMatchObject({
      outcome: 'kept',
      endedBecause: expect.stringContaining('refused to stop it'),
      warning: expect.stringContaining('runs again and costs'),
    });
    expect(message?.severity).toBe('warning');
  });
});

describe('an undo that fails', () => {
  const policy = { dependents: [{ resource: '*', alarms: ['errors'] }] };
  async function stuck() {
    const scene = await openScene({ policy });
    const database = idleDatabase(scene, 'qa');
    const { plan, execution } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
    scene.region.rds.noCapacity.add('db.r6g.large');
    ring(scene, 'errors');
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'stuck',
      because: expect.stringContaining('the alarm errors went off after the change; taking it back failed 5 times'),
    });
    expect(told(scene)).toMatchObject([
      { severity: 'critical', subject: expect.stringContaining('a person is needed') },
    ]);
    expect(told(scene)[0]?.text).toContain('tried again every six hours for a week');
    return { scene, database, plan, execution };
  }

  it('is tried again by schedule until AWS lets it', async () => {
    const { scene, database, plan, execution } = await stuck();
    scene.region.rds.noCapacity.clear();
    await scene.lambda.advance({ hours: 7 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'undone' });
    expect(told(scene).at(-1)?.subject).toContain('1 undone');
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('and the execution fails when it never does', async () => {
    const scene = await openScene({ policy });
    const instance = idleInstance(scene, 'batch-1');
    const { plan, execution } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.runUntil(() => instance.State?.Name === 'stopped');
    scene.region.ec2.noCapacity.add('m5.large');
    ring(scene, 'errors');
    await scene.lambda.advance({ days: 5 });
    expect([(await changeOf(scene, plan))?.outcome, execution.status]).toEqual(['stuck', 'RUNNING']);
    await scene.lambda.advance({ days: 3 });
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('stuck');
  });
});
