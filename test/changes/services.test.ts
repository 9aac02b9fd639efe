import { describe, expect, it } from 'vitest';
import { scaleService } from '../../sandbox/services/application-auto-scaling/policy.ts';
import type { ServiceCapacity } from '../../shared/core/off-hours/action.ts';
import { aService, SERVICE_ID, startService, stopService, TASKS } from './scheduled-subjects.ts';
import { refused, stage, verbsOf } from './subjects.ts';

const ALL = { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true, ScheduledScalingSuspended: true };
const NONE = { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false };

async function set(make: typeof stopService, desired: number, capacity?: ServiceCapacity) {
  const here = await stage();
  const subject = aService(here, desired);
  const action = make(subject.identity, capacity);
  return { ...here, subject, action, verbs: verbsOf(here, action) };
}

const stopping = (expect?: ServiceCapacity) => set(stopService, 3, expect);
const starting = (restore?: ServiceCapacity) => set(startService, 0, restore);

describe('stopping an ECS service', () => {
  it('suspends its scaling, sets it to no tasks, waits until they are gone, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    expect(await verbs.apply(action)).toBe('asked');
    expect(subject.target).toMatchObject({ MinCapacity: 2, MaxCapacity: 6, SuspendedState: ALL });
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: '3 tasks left' });
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    expect(await verbs.undo(action)).toBe('asked');
    expect(subject.target.SuspendedState).toEqual(NONE);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: '0 of 3 tasks run' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
  });

  it('suspends the scaling before it takes the tasks away', async () => {
    const { sandbox, action, verbs } = await stopping();
    await verbs.apply(action);
    const changes = sandbox.calls.all().filter(({ operation }) => !operation.startsWith('Describe'));
    expect(changes.map(({ operation }) => operation)).toEqual(['RegisterScalableTarget', 'UpdateService']);
  });

  it('no scaling policy brings a task back meanwhile', async () => {
    const { sandbox, home, action, subject, verbs } = await stopping();
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 2 });
    scaleService(home, SERVICE_ID, 4);
    expect(subject.state()).toBe('0');
  });

  it('leaves suspended what was so before', async () => {
    const { sandbox, subject, action, verbs } = await stopping({
      ...TASKS,
      scaling: { min: 2, max: 6, suspended: ['in'] },
    });
    subject.target.SuspendedState = { ...NONE, DynamicScalingInSuspended: true };
    await verbs.apply(action);
    expect(subject.target.SuspendedState).toEqual(ALL);
    sandbox.clock.advance({ minutes: 2 });
    await verbs.undo(action);
    expect(subject.target.SuspendedState).toEqual({ ...NONE, DynamicScalingInSuspended: true });
  });

  it('goes on where it was broken off after the scaling', async () => {
    const { subject, action, verbs } = await stopping();
    subject.target.SuspendedState = ALL;
    expect(await verbs.apply(action)).toBe('asked');
    expect(subject.state()).toBe('0');
  });

  it('one that nothing scales is set to no tasks alone', async () => {
    const { home, action, verbs, done } = await stopping({ desired: 3 });
    home.applicationAutoScaling.targets.clear();
    await verbs.apply(action);
    expect([done('RegisterScalableTarget'), done('UpdateService')]).toEqual([0, 1]);
  });

  it('leaves its scaling as it was when AWS refuses', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    const error = { code: 'InvalidParameterException', message: 'No.' };
    sandbox.faults.add({ operation: 'UpdateService', fault: { error } });
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('InvalidParameterException', false));
    expect([subject.state(), subject.target.SuspendedState]).toEqual(['3', NONE]);
  });

  it('has nothing to do when it has no tasks', async () => {
    const { subject, action, verbs, done } = await stopping();
    subject.become('0');
    expect(await verbs.apply(action)).toBe('there');
    expect(done('UpdateService')).toBe(0);
  });

  it.each([
    ['its tasks', (one: ReturnType<typeof aService>) => one.become('4'), '4 within 2 to 6'],
    [
      'its bounds',
      ({ target }: ReturnType<typeof aService>) => Object.assign(target, { MaxCapacity: 9 }),
      '3 within 2 to 9',
    ],
  ])('does not touch one of which %s have changed since', async (_, change, now) => {
    const { subject, action, verbs, done } = await stopping();
    change(subject);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      untimely: true,
      message: `changed since: it is ${now}, not 3 within 2 to 6`,
    });
    expect([done('RegisterScalableTarget'), done('UpdateService')]).toEqual([0, 0]);
  });

  it.each([
    ['a daemon', { schedulingStrategy: 'DAEMON' }, 'it is a daemon: it has one task on every instance'],
    ['of another controller', { deploymentController: { type: 'EXTERNAL' } }, 'another controller deploys it'],
    ['of CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'CodeDeploy deploys it'],
    ['being deleted', { status: 'DRAINING' }, 'it is being deleted'],
    ['deleted', { status: 'INACTIVE' }, 'it is gone'],
  ])('does not touch one that is %s', async (_, spoiled, message) => {
    const { subject, action, verbs } = await stopping();
    Object.assign(subject.stored, spoiled);
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    expect(subject.state()).toBe('3');
  });

  it('does not touch another one that carries its name', async () => {
    const { subject, action, verbs } = await stopping();
    subject.replace();
    const message = 'another service carries its name';
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    await expect(verbs.undo(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    expect(subject.state()).toBe('3');
  });

  it.each([
    ['the service', ({ home }: Awaited<ReturnType<typeof stopping>>) => home.ecs.services.clear()],
    ['its cluster', ({ home }: Awaited<ReturnType<typeof stopping>>) => home.ecs.clusters.clear()],
  ])('says when %s is gone', async (_, remove) => {
    const here = await stopping();
    const { action, verbs } = here;
    remove(here);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is gone',
    });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('has not settled when somebody has set it to something', async () => {
    const { action, verbs } = await stopping();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is set to 3 by now' });
  });

  it.each([
    ['UpdateService', 'throttle', refused('ThrottlingException', true)],
    ['UpdateService', 'accessDenied', refused('AccessDeniedException', false)],
    ['RegisterScalableTarget', 'accessDenied', refused('AccessDeniedException', false)],
    [
      'RegisterScalableTarget',
      { error: { code: 'ConcurrentUpdateException', message: 'Busy.' } },
      refused('ConcurrentUpdateException', true),
    ],
  ] as const)('is told what AWS says to %s: %j', async (operation, fault, wanted) => {
    const { sandbox, action, verbs } = await stopping();
    sandbox.faults.add({ operation, fault });
    await expect(verbs.apply(action)).rejects.toMatchObject(wanted);
  });
});

describe('starting an ECS service', () => {
  it('resumes its scaling, gives it its tasks back, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await starting();
    expect(await verbs.apply(action)).toBe('asked');
    expect([subject.state(), subject.target.SuspendedState]).toEqual(['3', NONE]);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    expect([subject.state(), subject.target.SuspendedState]).toEqual(['0', ALL]);
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
  });

  it('resumes the scaling of one that somebody has started, and leaves the number of its tasks', async () => {
    const { subject, action, verbs, done } = await starting();
    Object.assign(subject.stored, { desiredCount: 1, runningCount: 1 });
    await verbs.apply(action);
    expect([subject.state(), subject.target.SuspendedState]).toEqual(['1', NONE]);
    expect(done('UpdateService')).toBe(0);
    expect(await verbs.apply(action)).toBe('there');
  });

  it('does not resume what somebody has suspended otherwise', async () => {
    const { subject, action, verbs } = await starting();
    subject.target.SuspendedState = { ...NONE, DynamicScalingOutSuspended: true };
    await verbs.apply(action);
    expect(subject.target.SuspendedState).toEqual({ ...NONE, DynamicScalingOutSuspended: true });
  });

  it('says that there is no capacity, and that it may come; ECS goes on trying', async () => {
    const { sandbox, home, action, verbs } = await starting();
    home.ecs.noCapacity.add('web');
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({
      state: 'failed',
      because: expect.stringMatching(/^0 of 3 tasks run: was unable to place a task. Reason: Capacity is unavailable/),
      retryable: true,
    });
    home.ecs.noCapacity.clear();
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it.each([
    ['is unable to consistently start tasks successfully.', 'failed'],
    ['failed to launch a task with (error ECS was unable to assume the role).', 'failed'],
    ['was unable to place a task because no container instance met all of its requirements.', 'pending'],
  ])('says what ECS says: %s', async (event, state) => {
    const { home, action, verbs } = await starting();
    home.ecs.failingTasks.set('web', event);
    await verbs.apply(action);
    const says = `0 of 3 tasks run: ${event}`;
    expect(await verbs.settled(action)).toEqual(state === 'failed' ? { state, because: says } : { state, seen: says });
  });

  it('has not settled when somebody has set it to nothing', async () => {
    const { action, verbs } = await starting();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is set to 0 by now' });
  });
});
