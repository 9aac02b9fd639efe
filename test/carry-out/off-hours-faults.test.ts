import { describe, expect, it } from 'vitest';
import { run as answer } from '../../functions/answer/run.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { nameOfPart, type Part } from '../../shared/core/plan.ts';
import { bookingsOf } from '../../shared/core/savings.ts';
import {
  changeOf,
  changesSince,
  flip,
  handOver,
  mutations,
  outcomesOf,
  PERSON,
  type Scene,
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

/** An instance and a database that were stopped at night, and the plan of the morning that starts them. */
async function morning(happen: (scene: Scene, instance: ReturnType<typeof instanceOf>) => unknown) {
  const scene = await openScheduledScene();
  const [instance, database] = [instanceOf(scene, 'batch-1'), databaseOf(scene, 'orders-qa')];
  const stops = [stopInstance(instance), stopDatabase(database)];
  await handOver(scene, stops, OFF_HOURS);
  await scene.lambda.advanceTo(MORNING);
  await happen(scene, instance);
  const started = await handOver(
    scene,
    stops.map((stop) => startOf(stop)),
    OFF_HOURS,
  );
  return { scene, instance, database, ...started };
}

describe('a start that does not come about', () => {
  it('for want of capacity is asked for again, and has failed within ten minutes, with the reason', async () => {
    const { scene, plan, execution, database } = await morning(({ region }) => {
      region.ec2.noCapacity.add('m5.large');
      region.rds.noCapacity.add('db.r6g.large');
    });
    await scene.lambda.advance({ minutes: 9 });
    expect(await outcomesOf(scene, plan)).toEqual(['failed', 'failed']);
    expect((await changeOf(scene, plan, 1))?.because).toContain('InsufficientInstanceCapacity');
    expect((await changeOf(scene, plan, 2))?.because).toContain('InsufficientDBInstanceCapacity');
    expect(database.DBInstanceStatus).toBe('stopped');
    // Five or six times: the pauses in between have some chance in them, and both starts draw from it.
    expect(scene.sandbox.calls.count('StartDBInstance')).toBeGreaterThanOrEqual(4);
    expect([execution.status, told(scene)], 'off-hours tells it, and once').toEqual(['SUCCEEDED', []]);
  });

  it('for want of capacity, which comes back meanwhile, comes about', async () => {
    const { scene, plan } = await morning(({ region }) => region.ec2.noCapacity.add('m5.large'));
    await scene.lambda.advance({ minutes: 2 });
    scene.region.ec2.noCapacity.clear();
    await scene.lambda.advance({ minutes: 10 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
  });

  it('although AWS has granted it, for want of a key: failed, in AWS’s words', async () => {
    const { scene, plan } = await morning(({ region }, { InstanceId }) =>
      region.ec2.failingStarts.set(InstanceId, 'Client.InvalidKMSKey.InvalidState'),
    );
    await scene.lambda.advance({ minutes: 9 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('KMS'),
    });
  });

  it('because the role may not: failed, and no principal is named', async () => {
    const { scene, plan } = await morning(({ sandbox }) =>
      sandbox.faults.add({ operation: 'StartInstances', fault: 'accessDenied' }),
    );
    await scene.lambda.advance({ minutes: 9 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: 'the role that acts may not do it (UnauthorizedOperation)',
    });
  });

  it('while AWS throttles for a while, comes about', async () => {
    const { scene, plan } = await morning(({ sandbox }) =>
      sandbox.faults.add({ operation: 'StartInstances', fault: 'throttle', times: 5 }),
    );
    await scene.lambda.advance({ minutes: 12 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
  });
});

describe('a stop that does not come about', () => {
  it('within a day has failed, and is not taken back', async () => {
    const scene = await openScheduledScene({ durations: { instanceStop: 10 * 86_400_000 } });
    const instance = instanceOf(scene, 'batch-1');
    const { plan, execution } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'failed', because: 'still stopping' });
    expect([instance.State?.Name, execution.status, mutations(scene).length]).toEqual(['stopping', 'SUCCEEDED', 1]);
  });

  it('because AWS refuses it has failed with AWS’s words, without an alarm', async () => {
    const scene = await openScheduledScene();
    const REFUSAL = { code: 'InvalidDBInstanceState', message: 'Not with a read replica.', status: 400 };
    scene.sandbox.faults.add({ operation: 'StopDBInstance', fault: { error: REFUSAL } });
    const { plan, execution } = await handOver(scene, [stopDatabase(databaseOf(scene, 'orders-qa'))], OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('Not with a read replica.'),
    });
    expect([execution.status, told(scene)]).toEqual(['SUCCEEDED', []]);
  });

  it('while a backup runs, comes about after it', async () => {
    const scene = await openScheduledScene();
    const database = databaseOf(scene, 'orders-qa', { DBInstanceStatus: 'backing-up' });
    const { plan } = await handOver(scene, [stopDatabase(database)], OFF_HOURS);
    await scene.lambda.advance({ minutes: 1 });
    database.DBInstanceStatus = 'available';
    await scene.lambda.advance({ minutes: 15 });
    expect([await outcomesOf(scene, plan), database.DBInstanceStatus]).toEqual([['kept'], 'stopped']);
  });

  it('of which the reply is lost is done once', async () => {
    const scene = await openScheduledScene();
    scene.sandbox.faults.add({ operation: 'StopDBInstance', fault: 'replyLost', times: 1 });
    const { plan } = await handOver(scene, [stopDatabase(databaseOf(scene, 'orders-qa'))], OFF_HOURS);
    await scene.lambda.advance({ minutes: 15 });
    expect([await outcomesOf(scene, plan), mutations(scene)]).toEqual([['kept'], ['StopDBInstance orders-qa']]);
  });
});

describe('the ledger out of reach', () => {
  const OUTAGE = { error: { code: 'Outage', message: 'out of reach', status: 400 } };

  it('for an hour: it goes on after that', async () => {
    const scene = await openScheduledScene();
    const { plan } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'))], OFF_HOURS);
    const { remove } = scene.sandbox.faults.add({ service: 'dynamodb', fault: OUTAGE });
    scene.sandbox.clock.after({ hours: 1 }, remove);
    await scene.lambda.advance({ hours: 3 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('for as long as anybody tries to write how it ended: that alone makes the execution fail', async () => {
    const scene = await openScheduledScene();
    const { execution } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'))], OFF_HOURS);
    await scene.lambda.settle();
    scene.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', fault: OUTAGE });
    await scene.lambda.finish();
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('not even written down');
  });
});

describe('a person takes it back', () => {
  /** By the function answer. */
  async function undo({ hub, lambda, sandbox }: Scene, change: string) {
    const table = { client: hub.dynamodb, table: hub.table };
    const word = answer({
      ledger: { ...dynamoLedger(table), ...answerLedger(table) },
      waker: { wake: async () => 'over' },
      starter: {
        start: async (part: Part) =>
          void lambda.start({ functionName: 'carry-out:live', payload: part, name: nameOfPart(part) }),
      },
      clock: () => sandbox.clock.now(),
      onWakeFailed: () => undefined,
    } as never);
    return (await word({ about: { change }, say: 'undo' }, PERSON)).said;
  }

  it('what was stopped runs again, whatever the schedule says, and its saving ends', async () => {
    const scene = await openScheduledScene();
    const [instance, database, cluster] = [
      instanceOf(scene, 'batch-1'),
      databaseOf(scene, 'orders-qa'),
      clusterOf(scene, 'reports'),
    ];
    const stops = [stopInstance(instance), stopDatabase(database), stopCluster(cluster)];
    const before = scene.sandbox.clock.now();
    const { plan } = await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    for (const number of [1, 2, 3]) {
      expect(await undo(scene, `${plan.id}/${number}`)).toMatchObject({ say: 'undo', execution: 'started' });
    }
    await scene.lambda.advance({ hours: 1 });
    expect([instance.State?.Name, database.DBInstanceStatus, cluster.Status]).toEqual([
      'running',
      'available',
      'available',
    ]);
    expect(told(scene).map(({ severity }) => severity)).toEqual(['info', 'info', 'info']);
    await scene.lambda.advance({ days: 1 });
    const now = scene.sandbox.clock.now();
    const hours = bookingsOf(await changesSince(scene, before), { now, timezone: 'UTC' }).map((one) => one.hours);
    expect(hours).toEqual([1, 1, 1].map((value) => ({ known: true, value })));
  });

  it('while it is still stopping: it stops, and then starts', async () => {
    const scene = await openScheduledScene();
    const instance = instanceOf(scene, 'batch-1');
    const { plan, execution } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.advance({ seconds: 5 });
    await undo(scene, `${plan.id}/1`);
    await scene.lambda.advance({ minutes: 15 });
    expect([instance.State?.Name, execution.status]).toEqual(['running', 'SUCCEEDED']);
    expect(['kept', 'undone']).toContain((await changeOf(scene, plan))?.outcome);
  });

  it('before it is seen to be stopped: the schedule’s plan knows that it was a person', async () => {
    const scene = await openScheduledScene({ durations: { instanceStop: 15_000, instanceStart: 1000 } });
    const instance = instanceOf(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.advance({ seconds: 16 });
    await undo(scene, `${plan.id}/1`);
    await scene.lambda.advance({ minutes: 15 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'undone',
      because: expect.stringMatching(/^kim .*took it back$/),
    });
  });

  it('and what a person has started by hand since is left as it is', async () => {
    const scene = await openScheduledScene();
    const instance = instanceOf(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    instance.State = { Name: 'running', Code: 16 };
    const { plan: back = '' } = await undo(scene, `${plan.id}/1`);
    await scene.lambda.advance({ hours: 1 });
    const [change] = (await changesSince(scene, new Date(0))).filter(({ planId }) => planId === back);
    expect(change).toMatchObject({ outcome: 'skipped', because: 'already started by somebody else' });
  });

  it('what the schedule has started by day stops, without a snapshot', async () => {
    const { scene, plan, database } = await morning(() => undefined);
    await scene.lambda.advance({ hours: 1 });
    await undo(scene, `${plan.id}/2`);
    await scene.lambda.advance({ hours: 1 });
    expect(database.DBInstanceStatus).toBe('stopped');
    expect(scene.sandbox.calls.count('CreateDBSnapshot')).toBe(0);
  });

  it('and `halt` keeps even a person from it', async () => {
    const scene = await openScheduledScene();
    const instance = instanceOf(scene, 'batch-1');
    const { plan } = await handOver(scene, [stopInstance(instance)], OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    flip(scene, 'halt', 'on');
    await undo(scene, `${plan.id}/1`);
    await scene.lambda.advance({ hours: 1 });
    expect(instance.State?.Name).toBe('stopped');
  });
});
