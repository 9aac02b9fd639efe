import { expect, it } from 'vitest';
import type { Plan } from '../../shared/core/plan.ts';
import { changeOf, mutations, type Scene, say } from '../support/carry-out.ts';
import { changesOf, leftOf, MONDAY, memoryOf, openEstate, seoul, tick, ticks } from '../support/off-hours.ts';
import { begun, oversizedInstance } from '../support/resizing.ts';
import { fullRun, planIn, type Stage } from '../support/right-size.ts';
import { measuredWhileOn } from '../support/scheduled-metrics.ts';

/** right-size, off-hours and carry-out on one resource, each through its exported handler. */

const TUESDAY = '2026-11-24';

/** What right-size finds idle is stopped as soon as somebody approves, without a notice. */
const RULES = { rules: { 'idle-database': { mode: 'approve', notice: '0d' } } };

/** A database under the schedule of the office that nobody uses while that is open, at noon. */
async function idleInOffice() {
  const scene = await openEstate({ policy: RULES });
  const database = scene.region.rds.addInstance({
    DBInstanceIdentifier: 'orders-qa',
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    InstanceCreateTime: seoul('2026-01-01 00:00'),
    TagList: [{ Key: 'lamplighter:schedule', Value: 'office' }],
  });
  const metrics = { DatabaseConnections: 0, ReadIOPS: 0.2, WriteIOPS: 0.4 };
  measuredWhileOn(scene.region, { namespace: 'AWS/RDS', dimension: 'DBInstanceIdentifier', of: 'orders-qa', metrics });
  await tick(scene, seoul(`${MONDAY} 12:00`));
  return { scene, state: () => database.DBInstanceStatus };
}

/** What a tick of right-size records now. */
async function rightSize(scene: Scene): Promise<Plan> {
  const stage: Stage = { ...scene, sent: () => [], close: async () => {} };
  const settings = { CARRY_OUT_ARN: process.env.CARRY_OUT_ARN ?? '' };
  const [outcome] = await fullRun(stage, scene.sandbox.clock.now(), { settings });
  await scene.lambda.settle();
  return planIn(stage, outcome?.id ?? '');
}

it('what right-size has stopped stays stopped in the morning', async () => {
  const { scene, state } = await idleInOffice();
  const plan = await rightSize(scene);
  expect(plan.act).toMatchObject([{ rule: 'idle-database', mode: 'approve', resource: { name: 'orders-qa' } }]);
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.advance({ hours: 4 });
  expect([state(), (await changeOf(scene, plan))?.outcome]).toEqual(['stopped', 'kept']);
  await ticks(scene, MONDAY, '21:00', '21:05');
  const [morning] = await ticks(scene, TUESDAY, '08:00', '08:10');
  expect([state(), morning && leftOf(morning, 'orders-qa')]).toEqual([
    'stopped',
    'not started: off-hours did not stop it',
  ]);
  expect(mutations(scene).filter((one) => /^(Stop|Start)/.test(one))).toEqual(['StopDBInstance orders-qa']);
});

it('what off-hours has stopped is not proposed on account of that, and runs again in the morning', async () => {
  const { scene, state } = await idleInOffice();
  await ticks(scene, MONDAY, '21:00', '21:10');
  expect(state()).toBe('stopped');
  const atNight = await rightSize(scene);
  expect([atNight.act, atNight.findings, atNight.leave.map(({ because }) => because)]).toEqual([
    [],
    undefined,
    expect.arrayContaining(['already stopped']),
  ]);
  await ticks(scene, TUESDAY, '08:00', '08:30');
  expect(state()).toBe('available');
  expect((await rightSize(scene)).act).toMatchObject([{ resource: { name: 'orders-qa' } }]);
});

it('an approval at night finds it stopped, leaves it so, and keeps nobody from starting it', async () => {
  const { scene, state } = await idleInOffice();
  const plan = await rightSize(scene);
  await ticks(scene, MONDAY, '21:00', '21:10');
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.advance({ minutes: 30 });
  expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: 'already stopped' });
  await ticks(scene, TUESDAY, '08:00', '08:30');
  expect([state(), await memoryOf(scene, 'orders-qa')]).toMatchObject(['available', { stoppedByUs: false }]);
});

it('of two that are at it at once the first has it to the end, and the other nothing to do', async () => {
  const { scene, state } = await idleInOffice();
  const plan = await rightSize(scene);
  await scene.lambda.advanceTo(seoul(`${MONDAY} 20:59`));
  await say(scene, plan, { say: 'approve' }); // it takes a snapshot first
  await scene.lambda.advance({ seconds: 50 });
  await ticks(scene, MONDAY, '21:00', '21:05', '21:10', '21:30', '22:30');
  expect([state(), (await changeOf(scene, plan))?.outcome]).toEqual(['stopped', 'watching']);
  await ticks(scene, TUESDAY, '08:00', '08:30');
  expect([state(), (await changeOf(scene, plan))?.outcome]).toEqual(['stopped', 'kept']);
  expect(mutations(scene).filter((one) => /^(Stop|Start)/.test(one))).toEqual(['StopDBInstance orders-qa']);
});

it('a resize that is watched holds the evening up for as long, and the morning starts the new type', async () => {
  const scene = await openEstate();
  const subject = oversizedInstance(scene);
  const stored = scene.region.ec2.instances.get(subject.truth.id);
  stored?.Tags.push({ Key: 'lamplighter:schedule', Value: 'office' });
  await tick(scene, seoul(`${MONDAY} 12:00`));
  await scene.lambda.advanceTo(seoul(`${MONDAY} 20:00`));
  const plan = await begun(scene, subject);
  await ticks(scene, MONDAY, '21:00', '21:05', '21:10');
  const resized = subject.now();
  expect(subject.proposal.action).toMatchObject({ kind: 'resize-instance', to: resized.replace('running ', '') });
  const evening = (await changesOf(scene)).filter(({ planId }) => planId.startsWith('off-hours-'));
  expect(evening.map(({ outcome, because }) => [outcome, because])).toContainEqual([
    'skipped',
    `${plan.id} works on it`,
  ]);
  await ticks(scene, MONDAY, '22:30', '22:45');
  expect([subject.now(), (await changeOf(scene, plan))?.outcome]).toEqual([
    resized.replace('running', 'stopped'),
    'kept',
  ]);
  await ticks(scene, TUESDAY, '08:00', '08:10');
  expect(subject.now()).toBe(resized);
});
