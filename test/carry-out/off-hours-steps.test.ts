import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../sandbox/durable/limits.ts';
import { nameOfPart, type Proposal, SCHEDULED_AT_ONCE } from '../../shared/core/plan.ts';
import { changeOf, handOver, mutations, outcomesOf, type Scene, say } from '../support/carry-out.ts';
import { many } from '../support/plan-specimen.ts';
import {
  databaseOf,
  instanceOf,
  MORNING,
  OFF_HOURS,
  openScheduledScene,
  startOf,
  stopDatabase,
  stopInstance,
  tag,
} from '../support/scheduled.ts';

/** What was asked of AWS, in its order, in words such as `StartInstances`. */
const verbsIn = (scene: Scene): string[] => mutations(scene).map((one) => one.split(' ')[0] ?? '');

const at = (step: number) => ({ step });

/** Two databases and two instances that were stopped at night; the databases start first. */
async function morning(options: Parameters<typeof openScheduledScene>[0] = {}) {
  const scene = await openScheduledScene(options);
  const databases = ['orders-qa', 'crm-qa'].map((name) => databaseOf(scene, name));
  const instances = ['web-1', 'web-2'].map((name) => instanceOf(scene, name));
  const stops = [...databases.map((one) => stopDatabase(one)), ...instances.map((one) => stopInstance(one))];
  await handOver(scene, stops, OFF_HOURS);
  await scene.lambda.advanceTo(MORNING);
  scene.sandbox.calls.clear();
  const starts = stops.map((stop, index) => startOf(stop, at(index < 2 ? 1 : 2)));
  return { scene, databases, instances, starts };
}

describe('the steps of a schedule', () => {
  it('begin when the one before has ended, although another execution carries it out', async () => {
    const { scene, databases, instances, starts } = await morning();
    const { plan, executions } = await handOver(scene, starts, OFF_HOURS);
    expect(executions.map(({ name }) => name)).toEqual([1, 2].map((part) => nameOfPart({ plan: plan.id, part })));
    const seen: string[][] = [];
    scene.sandbox.clock.after({ minutes: 5 }, () => void seen.push(instances.map(({ State }) => State?.Name ?? '')));
    await scene.lambda.runUntil(() => verbsIn(scene).includes('StartInstances'));
    expect(databases.map((one) => one.DBInstanceStatus)).toEqual(['available', 'available']);
    await scene.lambda.advance({ minutes: 5 });
    expect(seen).toEqual([['stopped', 'stopped']]);
    expect(verbsIn(scene)).toEqual(['StartDBInstance', 'StartDBInstance', 'StartInstances', 'StartInstances']);
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(await changeOf(scene, plan, 3)).not.toHaveProperty('warning');
    expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('go on when something of the one before has failed', async () => {
    const { scene, starts } = await morning();
    scene.region.rds.noCapacity.add('db.r6g.large');
    const { plan } = await handOver(scene, starts, OFF_HOURS);
    await scene.lambda.advance({ minutes: 15 });
    expect(await outcomesOf(scene, plan)).toEqual(['failed', 'failed', 'kept', 'kept']);
    expect(await changeOf(scene, plan, 3)).not.toHaveProperty('warning');
  });

  it('go on after half an hour, and say that they came before their turn', async () => {
    const { scene, instances, starts } = await morning({ durations: { databaseStart: 3 * 3_600_000 } });
    const { plan } = await handOver(scene, starts, OFF_HOURS);
    await scene.lambda.advance({ minutes: 28 });
    expect(instances.map(({ State }) => State?.Name)).toEqual(['stopped', 'stopped']);
    await scene.lambda.advance({ minutes: 5 });
    expect(instances.map(({ State }) => State?.Name)).toEqual(['running', 'running']);
    const warning =
      'it came before its turn: after half an hour orders-qa and 1 more of the steps before it had not ended';
    expect(await changeOf(scene, plan, 3)).toMatchObject({ outcome: 'kept', warning });
    expect(await changeOf(scene, plan, 1)).toMatchObject({ outcome: 'watching' });
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it('go on when the execution of the one before was never heard of', async () => {
    const { scene, instances, starts } = await morning();
    const { executions } = await handOver(scene, starts, OFF_HOURS);
    scene.lambda.stop(executions[0]?.arn ?? '');
    await scene.lambda.advance({ minutes: 35 });
    expect(instances.map(({ State }) => State?.Name)).toEqual(['running', 'running']);
  });

  it('go on once the ledger answers again', async () => {
    const { scene, starts } = await morning();
    const { plan } = await handOver(scene, starts, OFF_HOURS);
    await scene.lambda.advance({ minutes: 1 });
    const OUTAGE = { error: { code: 'Outage', message: 'out of reach', status: 400 } };
    const { remove } = scene.sandbox.faults.add({ operation: 'BatchGetItem', fault: OUTAGE });
    scene.sandbox.clock.after({ minutes: 10 }, remove);
    await scene.lambda.advance({ minutes: 20 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it('wait for what was approved, and not for what was not', async () => {
    const approve = { mode: 'approve' } as const;
    const { scene, starts } = await morning();
    const asked = starts.map((start) => ({ ...start, ...approve }));
    const { plan } = await handOver(scene, asked, OFF_HOURS);
    await scene.lambda.advance({ hours: 1 });
    expect(verbsIn(scene)).toEqual([]);
    await say(scene, plan, { say: 'approve', actions: [1, 3, 4] });
    await wakeAll(scene);
    await scene.lambda.runUntil(() => verbsIn(scene).includes('StartInstances'));
    expect((await outcomesOf(scene, plan)).slice(0, 2)).toEqual(['kept', 'expired']);
    await scene.lambda.advance({ minutes: 5 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'expired', 'kept', 'kept']);
  });

  it('are each schedule’s own, and stops do not wait for starts', async () => {
    const { scene, starts } = await morning({ durations: { databaseStart: 3 * 3_600_000 } });
    const lab = instanceOf(scene, 'lab-1', { Tags: [{ Key: 'Name', Value: 'lab-1' }, tag('lab')] });
    const other: Proposal = startOf(stopInstance(lab), {
      schedule: { name: 'lab', until: MORNING.toISOString() },
      step: 3,
    });
    const { plan } = await handOver(scene, [...starts, other], OFF_HOURS);
    await scene.lambda.advance({ minutes: 2 });
    expect(await changeOf(scene, plan, 5)).toMatchObject({ because: 'already started by somebody else' });
    expect(await outcomesOf(scene, plan)).toEqual(['watching', 'watching', undefined, undefined, 'skipped']);
  });
});

it.each([2, 5, 9, 14])('waits for its turn also after a death at checkpoint %i', async (nth) => {
  const { scene, databases, starts } = await morning();
  const { plan, executions } = await handOver(scene, starts, OFF_HOURS);
  scene.lambda.killPoints.killAt(scene.lambda.killPoints.count + nth, 'after');
  await scene.lambda.runUntil(() => verbsIn(scene).includes('StartInstances'));
  expect(databases.map((one) => one.DBInstanceStatus)).toEqual(['available', 'available']);
  await scene.lambda.finish();
  expect(executions.reduce((sum, { crashes }) => sum + crashes, 0)).toBe(1);
  expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept', 'kept', 'kept']);
  expect(verbsIn(scene)).toEqual(['StartDBInstance', 'StartDBInstance', 'StartInstances', 'StartInstances']);
});

describe('a part has room', () => {
  /** Every action takes the same operations, so a fifth of a part tells of the whole. */
  const fifth = (scene: Scene) => many(SCHEDULED_AT_ONCE / 5, (number) => instanceOf(scene, `batch-${number}`));
  const room = LIMITS.operations / 5;

  it('for starts that AWS grants, and that come to nothing', async () => {
    const scene = await openScheduledScene();
    const instances = fifth(scene);
    for (const one of instances) {
      one.State = { Name: 'stopped', Code: 80 };
      scene.region.ec2.failingStarts.set(one.InstanceId, 'Server.InsufficientInstanceCapacity');
    }
    await scene.lambda.advanceTo(MORNING);
    const starts = instances.map((one) => startOf(stopInstance(one)));
    const { plan, execution } = await handOver(scene, starts, OFF_HOURS);
    await scene.lambda.finish();
    expect([execution.status, new Set(await outcomesOf(scene, plan))]).toEqual(['SUCCEEDED', new Set(['failed'])]);
    expect(execution.metered).toBeLessThan(0.9 * room);
  });

  it('for stops that do not settle in a day', async () => {
    const scene = await openScheduledScene({ durations: { instanceStop: 10 * 86_400_000 } });
    const stops = fifth(scene).map((one) => stopInstance(one));
    const { plan, execution } = await handOver(scene, stops, OFF_HOURS);
    await scene.lambda.finish();
    expect([execution.status, new Set(await outcomesOf(scene, plan))]).toEqual(['SUCCEEDED', new Set(['failed'])]);
    expect(execution.metered).toBeLessThan(0.9 * room);
  });
});

/** The function answer wakes every part. */
async function wakeAll({ lambda }: Scene): Promise<void> {
  for (const callback of lambda.callbacks.waiting()) lambda.callbacks.succeed(callback, '"answered"');
}

it('carries 500 instances out in one plan, within two minutes', { timeout: 300_000 }, async () => {
  const scene = await openScheduledScene();
  const instances = Array.from({ length: 500 }, (_, index) => instanceOf(scene, `batch-${index}`));
  const begun = scene.sandbox.clock.now().getTime();
  const stops = instances.map((one) => stopInstance(one));
  const { plan, executions } = await handOver(scene, stops, { ...OFF_HOURS, apart: { seconds: 1 } });
  expect(executions).toHaveLength(500 / SCHEDULED_AT_ONCE);
  await scene.lambda.advanceTo(new Date(begun + 2 * 60_000));
  expect(new Set(instances.map(({ State }) => State?.Name))).toEqual(new Set(['stopped']));
  expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  expect(new Set(await outcomesOf(scene, plan))).toEqual(new Set(['kept']));
  expect(mutations(scene)).toHaveLength(500);
});
