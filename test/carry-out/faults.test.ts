import { describe, expect, it } from 'vitest';
import {
  changeOf,
  connect,
  handOver,
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

/** One database, approved and begun; what `happen` does comes when its snapshot has begun, or before everything. */
async function oneStop(happen: { first?: (scene: Scene) => void; later?: (scene: Scene) => void }) {
  const scene = await openScene();
  const database = idleDatabase(scene, 'orders-qa');
  happen.first?.(scene);
  const started = await handOver(scene, [stopOf(database)], { approved: true });
  if (happen.later) {
    await scene.lambda.runUntil(() => scene.sandbox.calls.count('CreateDBSnapshot') > 0);
    happen.later(scene);
  }
  await scene.lambda.advance({ hours: 12 });
  return { scene, database, ...started, change: await changeOf(scene, started.plan) };
}

const BOTH = ['CreateDBSnapshot orders-qa', 'StopDBInstance orders-qa'];
const REFUSAL = { code: 'InvalidDBInstanceState', message: 'Instance is not in a state to be stopped.', status: 400 };
const OUTAGE = { code: 'AccessDeniedException', message: 'out of reach', status: 400 };

describe('what goes wrong at AWS', () => {
  it.each(['CreateDBSnapshot', 'StopDBInstance'])('the reply of %s is lost after it took effect', async (operation) => {
    const { scene, change } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ operation, fault: 'replyLost', times: 1 }),
    });
    expect(change).toMatchObject({ outcome: 'kept' });
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('AWS refuses the stop: failed, and the execution with it', async () => {
    const { scene, change, execution } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ operation: 'StopDBInstance', fault: { error: REFUSAL } }),
    });
    expect(change).toMatchObject({ outcome: 'failed', because: expect.stringContaining(REFUSAL.message) });
    expect(change).not.toHaveProperty('appliedAt');
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain(`${change?.id} failed`);
    expect(told(scene)).toMatchObject([{ severity: 'critical' }]);
  });

  it('the snapshot fails: it is not stopped', async () => {
    const { scene, change } = await oneStop({ first: ({ region }) => region.rds.failingSnapshots.add('orders-qa') });
    expect(change).toMatchObject({ outcome: 'failed', because: expect.stringMatching(/not protected: .* is failed/) });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });

  it('the quota of snapshots is reached: it is not stopped', async () => {
    const { scene, change } = await oneStop({
      first: ({ region }) => {
        region.rds.snapshotQuota = 0;
      },
    });
    expect(change).toMatchObject({ outcome: 'failed', because: expect.stringContaining('SnapshotQuotaExceeded') });
    expect(mutations(scene)).toEqual([]);
  });

  it('the snapshot takes nine hours: what is true after it counts', async () => {
    const slow = ({ region }: Scene) => void region.rds.snapshotDurations.set('orders-qa', { hours: 9 });
    const quiet = await oneStop({ first: slow });
    expect(quiet.change).toMatchObject({ outcome: 'kept' });
    const used = await oneStop({
      first: slow,
      later: (scene) => scene.sandbox.clock.after({ hours: 8 }, () => connect(scene, 'orders-qa')),
    });
    expect(used.change).toMatchObject({ outcome: 'skipped', because: 'in use: up to 3 connections in 35 days' });
    expect(mutations(used.scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });

  it('its storage is being optimized: it is left alone', async () => {
    const { scene, change } = await oneStop({ first: ({ region }) => busy(region.rds.instances.get('orders-qa')) });
    expect(change).toMatchObject({ outcome: 'skipped', because: expect.stringContaining('storage-optimization') });
    expect(mutations(scene)).toEqual([]);
  });

  it('it was deleted and another one was created under its name: that is not touched', async () => {
    const { scene, change } = await oneStop({
      later: (scene) => {
        scene.region.rds.instances.delete('orders-qa');
        idleDatabase(scene, 'orders-qa');
      },
    });
    expect(change).toMatchObject({ outcome: 'skipped', because: expect.stringContaining('another resource') });
    expect(scene.region.rds.instances.get('orders-qa')?.DBInstanceStatus).toBe('available');
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });

  it.each([
    ['denied', 'accessDenied' as const, 'unknown'],
    ['out of reach for hours', { error: { ...OUTAGE, code: 'Outage' } }, 'it could not be checked again'],
  ])('metrics are %s after the snapshot: skipped with the reason', async (_, fault, because) => {
    const { scene, change } = await oneStop({
      later: ({ sandbox }) => sandbox.faults.add({ operation: 'GetMetricData', fault }),
    });
    expect(change).toMatchObject({ outcome: 'skipped', because: expect.stringContaining(because) });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });

  it('metrics are throttled for a while: it goes on', async () => {
    const { change } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ operation: 'GetMetricData', fault: 'throttle', times: 2 }),
    });
    expect(change).toMatchObject({ outcome: 'kept' });
  });

  it('its alarms cannot be read: kept, and it is said that nothing is known', async () => {
    const { scene, change } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' }),
    });
    expect(change).toMatchObject({ outcome: 'kept', because: 'its alarms could not be read in 2 hours' });
    expect(told(scene)[0]).toMatchObject({
      severity: 'warning',
      text: expect.stringContaining('nothing is known of its health'),
    });
  });

  it('its alarms cannot be read at one look: the good looks after it do not hide that', async () => {
    const { change } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied', times: 12 }),
    });
    expect(change).toMatchObject({
      outcome: 'kept',
      because: expect.stringContaining('nothing watched it'),
      warning: expect.stringContaining('could not be read at every look'),
    });
  });

  it('EC2 still shows the instance as running for a minute after the stop: it is not taken for failed', async () => {
    const scene = await openScene({ durations: { instanceLag: 60_000 } });
    const instance = idleInstance(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ hours: 3 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect(mutations(scene)).toEqual([`StopInstances ${instance.InstanceId}`]);
  });

  it('EC2 still shows the instance as stopped for a minute after it was taken back: undone', async () => {
    const scene = await openScene({
      policy: { dependents: [{ resource: '*', alarms: ['errors'] }] },
      durations: { instanceLag: 60_000 },
    });
    const instance = idleInstance(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.runUntil(() => instance.State.Name === 'stopped');
    ring(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    expect(await outcomesOf(scene, plan)).toEqual(['undone']);
    expect(mutations(scene).filter((one) => one.startsWith('StartInstances'))).toHaveLength(1);
  });

  it('the ledger is out of reach for an hour, in the middle', async () => {
    const { scene, change } = await oneStop({
      later: ({ sandbox }) => {
        const { remove } = sandbox.faults.add({ service: 'dynamodb', fault: { error: OUTAGE } });
        sandbox.clock.after({ hours: 1 }, remove);
      },
    });
    expect(change).toMatchObject({ outcome: 'kept' });
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('the ledger is out of reach for an hour, and Lambda has just begun a new execution environment', async () => {
    const { scene, change, execution } = await oneStop({
      later: ({ sandbox, lambda }) => {
        lambda.killPoints.killAt(lambda.killPoints.count + 1, 'before');
        const { remove } = sandbox.faults.add({ service: 'dynamodb', fault: { error: OUTAGE } });
        sandbox.clock.after({ hours: 1 }, remove);
      },
    });
    expect(execution.crashes).toBeGreaterThan(2);
    expect(execution.status).toBe('RUNNING');
    expect(change).toMatchObject({ outcome: 'kept' });
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('a switch cannot be read: nothing is done', async () => {
    const { scene, change } = await oneStop({
      first: ({ sandbox }) => sandbox.faults.add({ service: 'ssm', fault: 'accessDenied' }),
    });
    expect(change).toMatchObject({ outcome: 'skipped' });
    expect(mutations(scene)).toEqual([]);
  });
});

function busy(database: { DBInstanceStatus?: string } | undefined): void {
  if (database) database.DBInstanceStatus = 'storage-optimization';
}

describe('who goes first', () => {
  it('two executions of one plan: the ledger lets one', async () => {
    const scene = await openScene();
    const { plan, execution } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    const twin = scene.lambda.start({ functionName: 'carry-out:live', payload: { plan: plan.id }, name: 'twin' });
    await scene.lambda.advance({ hours: 6 });
    expect(mutations(scene)).toEqual(BOTH);
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    const statuses = [execution.status, twin.status].sort();
    expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  it('two plans on one resource: the second is skipped and says who holds it', async () => {
    const scene = await openScene();
    const proposal = stopOf(idleDatabase(scene, 'orders-qa'));
    const first = await handOver(scene, [proposal], { approved: true });
    await scene.lambda.advance({ minutes: 2 });
    const second = await handOver(scene, [proposal], { function: 'another', approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect(await outcomesOf(scene, first.plan)).toEqual(['kept']);
    expect(await changeOf(scene, second.plan)).toMatchObject({
      outcome: 'skipped',
      because: `${first.plan.id} works on it`,
    });
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('a person overtakes a plan that has not begun to apply; it does nothing after that', async () => {
    const scene = await openScene();
    const proposal = stopOf(idleDatabase(scene, 'orders-qa'));
    const { plan } = await handOver(scene, [proposal], { approved: true });
    await scene.lambda.advance({ minutes: 1 });
    const person = await handOver(scene, [takingBack(proposal)], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect(await changeOf(scene, person.plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('not stopped: somebody has moved it since'),
    });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'somebody of higher priority has worked on it meanwhile',
    });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });
});
