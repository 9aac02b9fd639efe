import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import {
  changeOf,
  duringGate,
  flip,
  handOver,
  mutations,
  PERSON,
  type Scene,
  say,
  told,
} from '../support/carry-out.ts';
import {
  databaseOf,
  decree,
  instanceOf,
  keepOn,
  leaveAlone,
  MORNING,
  OFF_HOURS,
  openScheduledScene,
  SCHEDULES,
  startOf,
  stopDatabase,
  stopInstance,
  tag,
} from '../support/scheduled.ts';

const LATER = new Date('2026-11-30T00:00:00Z');
const FREEZE = { freeze: [{ from: '2026-11-20', to: '2026-12-01', why: 'the sale' }] };

type Instance = ReturnType<typeof instanceOf>;
type Happening = (scene: Scene, instance: Instance, stop: Proposal) => unknown;

const retag = (instance: Instance, Key: string, Value: string) =>
  void instance.Tags.splice(0, instance.Tags.length, { Key: 'Name', Value: 'batch-1' }, tag(), { Key, Value });

/** A plan of one stop; what happens comes after it is made and before it is carried out. */
async function stopAfter(happen: Happening) {
  const scene = await openScheduledScene();
  const instance = instanceOf(scene, 'batch-1');
  const stop = stopInstance(instance);
  const started = await handOver(scene, [stop], OFF_HOURS);
  await happen(scene, instance, stop);
  await scene.lambda.advance({ hours: 3 });
  return { scene, instance, ...started, change: await changeOf(scene, started.plan) };
}

/** The same of the start on the next morning. */
async function startAfter(happen: Happening) {
  const scene = await openScheduledScene();
  const instance = instanceOf(scene, 'batch-1');
  const stop = stopInstance(instance);
  await handOver(scene, [stop], OFF_HOURS);
  await scene.lambda.advanceTo(MORNING);
  const started = await handOver(scene, [startOf(stop)], OFF_HOURS);
  await happen(scene, instance, stop);
  await scene.lambda.advance({ hours: 3 });
  return { scene, instance, ...started, change: await changeOf(scene, started.plan) };
}

const empty = (scene: Scene) =>
  decree(scene, { calendars: { office: { timezone: 'UTC', on: '2031-01-01 00:00-24:00' } } });

describe('what happens between the plan and the stop', () => {
  it.each<[string, Happening, string]>([
    ['the tag is gone', (_, { Tags }) => void Tags.splice(1, 1), 'it is under no schedule any more'],
    ['another schedule', (_, { Tags }) => void Tags.splice(1, 1, tag('lab')), 'it is under the schedule lab by now'],
    ['a schedule that does not exist', (_, { Tags }) => void Tags.splice(1, 1, tag('moon')), 'names no schedule'],
    [
      'a tag that keeps it on',
      (_, one) => retag(one, 'lamplighter:keep-on-until', '2026-11-23T02-00'),
      'its schedule wants it on by now: override until 2026-11-23 02:00',
    ],
    ['a person’s answer to keep it on', (scene, _, stop) => keepOn(scene, stop, MORNING), 'wants it on by now'],
    ['a protect tag', (_, one) => retag(one, 'lamplighter:protect', ''), 'protected by its tag lamplighter:protect'],
    ['a veto of the resource', (scene, _, stop) => leaveAlone(scene, stop, LATER), `vetoed by ${PERSON}`],
    [
      'another type',
      (_, one) => void Object.assign(one, { InstanceType: 'm5.xlarge' }),
      'its type is m5.xlarge by now',
    ],
    ['a freeze', (scene) => decree(scene, FREEZE), 'frozen until 2026-12-01: the sale'],
    ['pause', (scene) => flip(scene, 'pause', 'on'), 'the switch pause is on'],
    ['halt', (scene) => flip(scene, 'halt', 'on'), 'the switch halt is on'],
    [
      'other hours',
      (scene) => decree(scene, { calendars: { office: { timezone: 'UTC', on: 'Sun-Mon 00:00-24:00' } } }),
      'its schedule wants it on by now: weekly window Sun-Mon',
    ],
    [
      'its schedule in mode approve',
      (scene) => decree(scene, { schedules: { office: { calendar: 'office', mode: 'approve' } } }),
      'the schedule office is in mode approve by now',
    ],
    ['no schedule of that name', (scene) => decree(scene, { schedules: {} }), 'names no schedule'],
    [
      'its region out of the scopes',
      (scene) => decree(scene, { scopes: [{ account: '111111111111', regions: ['eu-west-1'] }] }),
      'the policy no longer looks at',
    ],
    [
      'a group that has taken it in',
      (_, one) => retag(one, 'aws:autoscaling:groupName', 'web'),
      'owned by the Auto Scaling group web',
    ],
    ['its end', ({ region }, { InstanceId }) => void region.ec2.instances.delete(InstanceId), 'it is gone'],
    [
      'a person who stops it',
      (_, one) => void Object.assign(one, { State: { Name: 'stopped', Code: 80 } }),
      'already stopped by somebody else',
    ],
  ])('%s: skipped with the reason', async (_, happen, because) => {
    const { scene, change, execution } = await stopAfter(happen);
    expect(change).toMatchObject({ outcome: 'skipped', because: expect.stringContaining(because) });
    expect(change).not.toHaveProperty('appliedAt');
    expect([mutations(scene), execution.status, told(scene)]).toEqual([[], 'SUCCEEDED', []]);
  });

  it('a person’s veto of the plan', async () => {
    const scene = await openScheduledScene();
    const { plan } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'))], OFF_HOURS);
    await say(scene, plan, { say: 'veto', note: 'a long test' });
    await scene.lambda.advance({ minutes: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'vetoed',
      because: `vetoed by ${PERSON}: a long test`,
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('a person’s veto in the last moment, when everything has been looked at', async () => {
    const scene = await openScheduledScene();
    const fault = { error: { code: 'Outage', message: 'out of reach', status: 400 } };
    const { remove } = scene.sandbox.faults.add({ operation: 'DescribeInstances', fault });
    const { plan } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'))], OFF_HOURS);
    await scene.lambda.settle();
    await say(scene, plan, { say: 'veto' });
    remove();
    await scene.lambda.advance({ minutes: 5 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'vetoed',
      because: `vetoed by ${PERSON} just before it`,
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('a database that was deleted and made anew under its name is another one', async () => {
    const scene = await openScheduledScene();
    const { plan } = await handOver(scene, [stopDatabase(databaseOf(scene, 'orders-qa'))], OFF_HOURS);
    scene.region.rds.instances.delete('orders-qa');
    const other = databaseOf(scene, 'orders-qa');
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'it is gone, or another resource carries its name',
    });
    expect([other.DBInstanceStatus, mutations(scene)]).toEqual(['available', []]);
  });

  it('a person who stops it while the gate is asked: it is theirs', async () => {
    const { change, scene } = await stopAfter((scene, one) =>
      duringGate(scene, () => void Object.assign(one, { State: { Name: 'stopped', Code: 80 } })),
    );
    expect(change).toMatchObject({ outcome: 'skipped', because: 'already stopped by somebody else' });
    expect(mutations(scene)).toEqual([]);
  });

  it('what a person has approved is done in mode approve, and in no mode that asks nobody', async () => {
    for (const [mode, outcome] of [
      ['approve', 'kept'],
      ['auto', 'kept'],
      ['report', 'skipped'],
      ['off', 'skipped'],
    ] as const) {
      const policy = { schedules: { office: { calendar: 'office', mode: 'approve' } } };
      const scene = await openScheduledScene({ policy });
      const stop = stopInstance(instanceOf(scene, 'batch-1'), { mode: 'approve' });
      const { plan } = await handOver(scene, [stop], { ...OFF_HOURS, approved: true });
      await decree(scene, { schedules: { office: { calendar: 'office', mode } } });
      await scene.lambda.advance({ minutes: 5 });
      expect([mode, (await changeOf(scene, plan))?.outcome]).toEqual([mode, outcome]);
    }
  });
});

describe('what happens between the plan and the start', () => {
  it.each<[string, Happening, string]>([
    ['the tag is gone', (_, { Tags }) => void Tags.splice(1, 1), 'it is under no schedule any more'],
    ['no hours at all', empty, 'its schedule wants it off by now'],
    [
      'a day that has become a closed one',
      (scene) =>
        decree(scene, {
          calendars: {
            office: { timezone: 'UTC', on: 'Mon-Fri 06:00-20:00', off: [{ from: '2026-11-23', why: 'a strike' }] },
          },
        }),
      'its schedule wants it off by now: closed: a strike',
    ],
    [
      'a holiday of a policy that is stored meanwhile',
      (scene) =>
        decree(scene, { calendars: { office: { timezone: 'UTC', on: 'Mon-Fri 06:00-20:00', holidays: 'JP' } } }),
      'its schedule wants it off by now: holiday: ',
    ],
    ['a veto of the resource', (scene, _, stop) => leaveAlone(scene, stop, LATER), `vetoed by ${PERSON}`],
    ['halt', (scene) => flip(scene, 'halt', 'on'), 'the switch halt is on'],
    ['its end', ({ region }, { InstanceId }) => void region.ec2.instances.delete(InstanceId), 'it is gone'],
    [
      'a person who starts it',
      (_, one) => void Object.assign(one, { State: { Name: 'running', Code: 16 } }),
      'already started by somebody else',
    ],
  ])('%s: skipped with the reason', async (_, happen, because) => {
    const { scene, change, execution } = await startAfter(happen);
    expect(change).toMatchObject({ outcome: 'skipped', because: expect.stringContaining(because) });
    expect([mutations(scene).length, execution.status]).toEqual([1, 'SUCCEEDED']);
  });

  it.each<[string, Happening]>([
    ['a freeze', (scene) => decree(scene, FREEZE)],
    ['pause', (scene) => flip(scene, 'pause', 'on')],
    ['a protect tag', (_, one) => retag(one, 'lamplighter:protect', '')],
    [
      'its schedule in mode report',
      (scene) => decree(scene, { schedules: { office: { calendar: 'office', mode: 'report' } } }),
    ],
    [
      'its region out of the scopes',
      (scene) => decree(scene, { scopes: [{ account: '111111111111', regions: ['eu-west-1'] }] }),
    ],
  ])('%s keeps nothing from coming back', async (_, happen) => {
    const { instance, change } = await startAfter(happen);
    expect([instance.State?.Name, change?.outcome]).toEqual(['running', 'kept']);
  });
});

it('nothing is stopped while its schedules cannot be read', async () => {
  const scene = await openScheduledScene({ policy: { schedules: SCHEDULES.schedules } });
  scene.sandbox.faults.add({ operation: 'DescribeInstances', fault: 'accessDenied' });
  const { plan, execution } = await handOver(scene, [stopInstance(instanceOf(scene, 'batch-1'))], OFF_HOURS);
  await scene.lambda.finish();
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'skipped',
    because: expect.stringContaining('it could not be checked again'),
  });
  expect([mutations(scene), execution.status]).toEqual([[], 'SUCCEEDED']);
});
