import { describe, expect, it } from 'vitest';
import type { WritableCallLog } from '../../sandbox/calls.ts';
import {
  changeOf,
  connect,
  duringGate,
  handOver,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  PERSON,
  type Scene,
  say,
  stopOf,
  stopOfInstance,
  takingBack,
} from '../support/carry-out.ts';

const BOTH = ['CreateDBSnapshot orders-qa', 'StopDBInstance orders-qa'];
const REFUSAL = { code: 'IncorrectInstanceState', message: 'not in a state to be stopped', status: 400 };
const OUTAGE = { code: 'Outage', message: 'out of reach', status: 400 };
const CAP_OF_ONE = {
  rules: { 'idle-instance': { cap: { perDay: 1 } }, 'idle-database': { cap: { perDay: 1 } } },
};

describe('a stop that AWS cannot take for a while', () => {
  it('asks everything again before a try of long after: somebody has connected meanwhile', async () => {
    const scene = await openScene();
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    scene.sandbox.faults.add({ operation: 'StopDBInstance', fault: { error: { ...OUTAGE, status: 503 } } });
    await scene.lambda.runUntil(() => scene.sandbox.calls.count('StopDBInstance') > 0);
    connect(scene, 'orders-qa');
    await scene.lambda.advance({ hours: 4 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'in use: up to 3 connections in 35 days',
      snapshot: expect.any(String),
    });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });

  it('is done when it can be taken again', async () => {
    const scene = await openScene();
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    const outage = scene.sandbox.faults.add({
      operation: 'StopDBInstance',
      fault: { error: { ...OUTAGE, status: 503 } },
    });
    scene.sandbox.clock.after({ hours: 1 }, () => outage.remove());
    await scene.lambda.advance({ hours: 8 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('is half done when it was heard and AWS was silent for long after: it is ours, and goes on', async () => {
    const scene = await openScene();
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    scene.sandbox.faults.add({ operation: 'StopDBInstance', fault: 'replyLost' });
    await scene.lambda.runUntil(() => mutations(scene).length === 2);
    const silence = scene.sandbox.faults.add({
      operation: 'DescribeDBInstances',
      fault: { error: { ...OUTAGE, status: 503 } },
    });
    scene.sandbox.clock.after({ minutes: 30 }, () => silence.remove());
    await scene.lambda.advance({ hours: 8 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept', appliedAt: expect.any(String) });
    expect(mutations(scene)).toEqual(BOTH);
  });
});

describe('a place in the cap of the day', () => {
  async function twoInstances(first: (scene: Awaited<ReturnType<typeof openScene>>, id: string) => void) {
    const scene = await openScene({ policy: CAP_OF_ONE });
    const [a, b] = [idleInstance(scene, 'a'), idleInstance(scene, 'b')];
    first(scene, a.InstanceId);
    const one = await handOver(scene, [stopOfInstance(a)], { approved: true });
    await scene.lambda.advance({ minutes: 5 });
    const two = await handOver(scene, [stopOfInstance(b)], { approved: true });
    await scene.lambda.advance({ minutes: 5 });
    return { scene, first: await changeOf(scene, one.plan), second: await changeOf(scene, two.plan) };
  }

  it('is given back when somebody else has stopped it in the same moment, which is no saving of ours', async () => {
    const { scene, first, second } = await twoInstances((scene, id) =>
      duringGate(scene, () => {
        const instance = scene.region.ec2.instances.get(id);
        if (instance) instance.State = { Name: 'stopped', Code: 80 };
      }),
    );
    expect(first).toMatchObject({ outcome: 'skipped', because: 'already stopped by somebody else' });
    expect(first).not.toHaveProperty('appliedAt');
    expect(second).toMatchObject({ outcome: 'watching' });
    expect(mutations(scene)).toHaveLength(1);
  });

  it('is given back when the gate has taken it and could not be asked to its end', async () => {
    const scene = await openScene({ policy: CAP_OF_ONE });
    const [one, two] = [idleInstance(scene, 'batch-1'), idleInstance(scene, 'batch-2')];
    await scene.lambda.advance({ hours: 3 }); // into a day that is long enough
    onceCounted(scene, () => {
      const { remove } = scene.sandbox.faults.add({ operation: 'UpdateItem', fault: { error: OUTAGE } });
      scene.sandbox.clock.after({ hours: 3 }, remove);
    });
    const first = await handOver(scene, [stopOfInstance(one)], { approved: true });
    await scene.lambda.advance({ hours: 5 });
    expect(await changeOf(scene, first.plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('it could not be checked again'),
    });
    const second = await handOver(scene, [stopOfInstance(two)], { approved: true });
    await scene.lambda.advance({ hours: 4 });
    expect(await outcomesOf(scene, second.plan)).toEqual(['kept']);
  });

  it('is given back when AWS refuses the stop', async () => {
    const { first, second } = await twoInstances(({ sandbox }) =>
      sandbox.faults.add({ operation: 'StopInstances', fault: { error: REFUSAL }, times: 1 }),
    );
    expect([first?.outcome, second?.outcome]).toEqual(['failed', 'watching']);
  });
});

describe('nothing is created for what will not be touched', () => {
  it('because the cap of the day is full', async () => {
    const scene = await openScene({ policy: CAP_OF_ONE });
    await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    await scene.lambda.advance({ minutes: 30 });
    const late = await handOver(scene, [stopOf(idleDatabase(scene, 'crm-qa'))], { approved: true });
    await scene.lambda.advance({ minutes: 30 });
    expect(await changeOf(scene, late.plan)).toMatchObject({
      outcome: 'skipped',
      because: "the day's cap of 1 idle-database actions is reached",
    });
    expect(mutations(scene)).toEqual(BOTH);
  });

  it('because of a veto after the approval', async () => {
    const scene = await openScene();
    const outage = scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: { error: OUTAGE } });
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    await scene.lambda.settle();
    await say(scene, plan, { say: 'veto' });
    outage.remove();
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'vetoed',
      because: `vetoed by ${PERSON} after the approval`,
    });
    expect(mutations(scene)).toEqual([]);
  });
});

it('a change that fails keeps what is known of it', async () => {
  const scene = await openScene();
  scene.region.rds.failingSnapshots.add('crm-qa');
  const databases = ['orders-qa', 'crm-qa'].map((name) => idleDatabase(scene, name));
  scene.sandbox.faults.add({
    operation: 'StopDBInstance',
    fault: { error: { ...REFUSAL, code: 'InvalidDBInstanceState' } },
  });
  const { plan } = await handOver(
    scene,
    databases.map((one) => stopOf(one)),
    { approved: true },
  );
  await scene.lambda.advance({ hours: 4 });
  for (const number of [1, 2]) {
    expect(await changeOf(scene, plan, number)).toMatchObject({ outcome: 'failed', snapshot: expect.any(String) });
  }
});

/** Lets something happen just after a place in the cap was taken. */
function onceCounted({ sandbox }: Scene, happen: () => void): void {
  const calls = sandbox.calls as WritableCallLog;
  const add = calls.add.bind(calls);
  calls.add = (call) => {
    add(call);
    if (call.operation !== 'UpdateItem' || !JSON.stringify(call.input).includes('CAP#')) return;
    calls.add = add;
    happen();
  };
}

describe('a start that AWS grants and cannot keep, for lack of capacity', () => {
  async function startWithout(capacity: { for: { minutes: number } | { days: number } }) {
    const scene = await openScene();
    const instance = idleInstance(scene, 'batch-1', { State: { Code: 80, Name: 'stopped' } });
    const { failingStarts } = scene.region.ec2;
    failingStarts.set(instance.InstanceId, 'Server.InsufficientInstanceCapacity');
    scene.sandbox.clock.after(capacity.for, () => failingStarts.clear());
    const start = takingBack(stopOfInstance(instance));
    const { plan, execution } = await handOver(scene, [start], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 8 });
    return { scene, instance, execution, change: await changeOf(scene, plan) };
  }

  it('is asked for again', async () => {
    const { scene, instance, change } = await startWithout({ for: { minutes: 30 } });
    expect(change).toMatchObject({ outcome: 'kept', because: 'it runs again' });
    expect(instance.State.Name).toBe('running');
    expect(scene.sandbox.calls.count('StartInstances')).toBeGreaterThan(1);
  });

  it('fails when there is none for hours, and says why', async () => {
    const { execution, change } = await startWithout({ for: { days: 1 } });
    expect(change).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('InsufficientInstanceCapacity'),
    });
    expect(execution.status).toBe('FAILED');
  });
});
