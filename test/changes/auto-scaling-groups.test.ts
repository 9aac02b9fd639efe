import { describe, expect, it } from 'vitest';
import { scaleGroup } from '../../sandbox/services/auto-scaling/members.ts';
import type { GroupCapacity } from '../../shared/core/off-hours/action.ts';
import { aGroup, NOTHING, startGroup, stopGroup, THREE } from './scheduled-subjects.ts';
import { refused, stage, verbsOf } from './subjects.ts';

async function set(make: typeof stopGroup, capacity: GroupCapacity = THREE) {
  const here = await stage();
  const subject = aGroup(here, capacity);
  const action = make(subject.identity);
  const sizes = () => {
    const { MinSize: min, DesiredCapacity: desired, MaxSize: max } = here.home.autoscaling.groups.get('web')!;
    return { min, desired, max };
  };
  return { ...here, subject, action, sizes, verbs: verbsOf(here, action) };
}

const stopping = (capacity?: GroupCapacity) => set(stopGroup, capacity);
const starting = (capacity: GroupCapacity = NOTHING) => set(startGroup, capacity);

describe('stopping an Auto Scaling group', () => {
  it('sets it to nothing, waits until its instances are gone, and takes that back', async () => {
    const { sandbox, home, action, sizes, verbs } = await stopping();
    expect(await verbs.apply(action)).toBe('asked');
    expect(sizes()).toEqual(NOTHING);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: '3 instances left, Terminating' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
    expect([...home.ec2.instances.values()].map(({ State }) => State.Name)).toEqual(Array(3).fill('terminated'));

    expect(await verbs.undo(action)).toBe('asked');
    expect(sizes()).toEqual(THREE);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: '0 of 3 in service' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
  });

  it('no scaling policy brings an instance back meanwhile', async () => {
    const { sandbox, home, action, sizes, verbs } = await stopping();
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    scaleGroup(home, 'web', 4);
    expect(sizes()).toEqual(NOTHING);
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('instances that wait for a lifecycle hook are waited for', async () => {
    const { sandbox, home, action, verbs } = await stopping();
    home.autoscaling.drains.set('web', 10 * 60_000);
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 9 });
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: '3 instances left, Terminating:Wait' });
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('leaves alone what somebody has put on standby, and what waits in a warm pool', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    const [first, second] = subject.stored.Instances!;
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    subject.stored.Instances = [
      { ...first!, LifecycleState: 'Standby' },
      { ...second!, LifecycleState: 'Warmed:Stopped' },
    ];
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('has nothing to do when it stands at nothing', async () => {
    const { action, verbs, done } = await stopping({ min: 0, desired: 0, max: 6 });
    expect(await verbs.apply(action)).toBe('there');
    expect(done('UpdateAutoScalingGroup')).toBe(0);
  });

  it('does not touch one whose size has changed since, for that size would be lost', async () => {
    const { subject, action, sizes, verbs } = await stopping();
    subject.become('2-4-6');
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      untimely: true,
      message: 'changed since: it is 4 within 2 to 6, not 3 within 2 to 6',
    });
    expect(sizes()).toEqual({ ...THREE, desired: 4 });
  });

  it.each([
    [
      'Terminate is suspended',
      { SuspendedProcesses: [{ ProcessName: 'Terminate' }] },
      'its process Terminate is suspended',
    ],
    ['it is being deleted', { Status: 'Delete in progress' }, 'it is being deleted'],
  ])('does not touch it while %s', async (_, spoiled, message) => {
    const { subject, action, sizes, verbs } = await stopping();
    Object.assign(subject.stored, spoiled);
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    expect(sizes()).toEqual(THREE);
  });

  it('does not touch it when instances are protected from scale-in: they would stay', async () => {
    const { subject, action, verbs, done } = await stopping();
    for (const one of subject.stored.Instances!.slice(1)) one.ProtectedFromScaleIn = true;
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: '2 of its instances are protected from scale-in',
    });
    expect(done('UpdateAutoScalingGroup')).toBe(0);
  });

  it('says what holds instances that stay behind', async () => {
    const { subject, action, verbs } = await stopping();
    for (const one of subject.stored.Instances!) one.ProtectedFromScaleIn = true;
    subject.stored.DesiredCapacity = 0;
    expect(await verbs.settled(action)).toEqual({
      state: 'failed',
      because: '3 of its instances are protected from scale-in',
    });
  });

  it('does not touch another one that carries its name', async () => {
    const { subject, action, sizes, verbs } = await stopping();
    subject.replace();
    const message = 'another group carries its name';
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    await expect(verbs.undo(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: message });
    expect(sizes()).toEqual(THREE);
  });

  it('says when it is gone', async () => {
    const { subject, action, verbs } = await stopping();
    subject.vanish();
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
    ['throttle', refused('Throttling', true)],
    ['accessDenied', refused('AccessDenied', false)],
    [
      { error: { code: 'ScalingActivityInProgress', message: 'Busy.' } },
      refused('ScalingActivityInProgressFault', true),
    ],
    [{ error: { code: 'ResourceContention', message: 'Busy.' } }, refused('ResourceContentionFault', true)],
  ] as const)('is told what AWS says: %j', async (fault, wanted) => {
    const { sandbox, action, verbs } = await stopping();
    sandbox.faults.add({ operation: 'UpdateAutoScalingGroup', fault });
    await expect(verbs.apply(action)).rejects.toMatchObject(wanted);
  });
});

describe('starting an Auto Scaling group', () => {
  it('gives it its size back, waits until it is in service, and takes that back', async () => {
    const { sandbox, action, sizes, verbs } = await starting();
    expect(await verbs.apply(action)).toBe('asked');
    expect(sizes()).toEqual(THREE);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(sizes()).toEqual(NOTHING);
  });

  it('is done with what a scaling policy makes of it', async () => {
    const { sandbox, home, action, verbs } = await starting();
    await verbs.apply(action);
    scaleGroup(home, 'web', 2);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('counts what instances weigh', async () => {
    const { sandbox, subject, action, verbs } = await starting();
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    subject.stored.Instances = [{ ...subject.stored.Instances![0]!, WeightedCapacity: '3' }];
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('leaves one that somebody has started at the size that they gave it', async () => {
    const { subject, action, sizes, verbs } = await starting();
    subject.become('0-1-1');
    expect(await verbs.apply(action)).toBe('there');
    expect(sizes()).toEqual({ min: 0, desired: 1, max: 1 });
  });

  it('says why AWS does not launch, and that capacity may come; Auto Scaling goes on trying', async () => {
    const { sandbox, home, action, verbs } = await starting();
    home.ec2.noCapacity.add('m7g.large');
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({
      state: 'failed',
      because: expect.stringMatching(/^0 of 3 in service: We currently do not have sufficient m7g.large capacity/),
      retryable: true,
    });
    home.ec2.noCapacity.clear();
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
  });

  it('says what will not pass by itself', async () => {
    const { home, action, verbs } = await starting();
    home.autoscaling.failingLaunches.set('web', 'Client.InvalidKMSKey.InvalidState: The KMS key is disabled.');
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({
      state: 'failed',
      because:
        '0 of 3 in service: Client.InvalidKMSKey.InvalidState: The KMS key is disabled. Launching EC2 instance failed.',
    });
  });

  it('does not touch it while Launch is suspended', async () => {
    const { subject, action, verbs } = await starting();
    subject.stored.SuspendedProcesses = [{ ProcessName: 'Launch' }];
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'its process Launch is suspended',
    });
  });

  it('does not touch another one that carries its name', async () => {
    const { subject, action, sizes, verbs } = await starting();
    subject.replace();
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(sizes()).toEqual(NOTHING);
  });

  it('has not settled when somebody has set it to nothing', async () => {
    const { action, verbs } = await starting();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is set to 0 by now' });
  });
});
