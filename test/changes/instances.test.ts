import { describe, expect, it } from 'vitest';
import { anInstance, refused, stage, startInstance, stopInstance, verbsOf } from './subjects.ts';

async function set(make: typeof stopInstance, state: 'running' | 'stopped') {
  const here = await stage();
  const subject = anInstance(here, state);
  const action = make(subject.identity);
  const stored = here.home.ec2.instances.get(subject.identity.id);
  if (!stored) throw new Error('it was just added');
  return { ...here, subject, stored, action, verbs: verbsOf(here, action) };
}

const stopping = () => set(stopInstance, 'running');
const starting = () => set(startInstance, 'stopped');

describe('stopping an instance', () => {
  it('stops it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'stopping' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'pending' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('running');
  });

  it('one a call', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    await verbs.apply(action);
    expect(sandbox.calls.byOperation('StopInstances')[0]?.input).toEqual({ InstanceIds: [subject.identity.id] });
  });

  it.each(['stopping', 'stopped'])('has nothing to do when it is %s', async (state) => {
    const { subject, action, verbs, done } = await stopping();
    subject.become(state);
    await verbs.apply(action);
    expect([subject.state(), done('StopInstances')]).toEqual([state, 0]);
  });

  it.each([
    ['pending', true],
    ['shutting-down', false],
    ['terminated', false],
  ])('does not touch it when it is %s', async (state, retryable) => {
    const { subject, action, verbs, done } = await stopping();
    subject.become(state);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', retryable),
      message: `it is ${state}, not running`,
    });
    expect(done('StopInstances')).toBe(0);
  });

  it('does not touch one that was resized meanwhile', async () => {
    const { stored, action, verbs, done } = await stopping();
    stored.InstanceType = 'm7g.xlarge';
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'its type is m7g.xlarge, not m7g.large',
    });
    expect(done('StopInstances')).toBe(0);
  });

  it('says when it is gone', async () => {
    const { subject, action, verbs } = await stopping();
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is gone',
    });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
    expect(await verbs.undone(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('has not settled when it runs again', async () => {
    const { action, verbs } = await stopping();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is running' });
  });

  it.each([
    ['stop protection', { DisableApiStop: true }, 'OperationNotPermitted'],
    [
      'another service that manages it',
      { Operator: { Managed: true, Principal: 'eks-auto-mode' } },
      'OperationNotPermitted',
    ],
    ['a root device on local disks', { RootDeviceType: 'instance-store' }, 'UnsupportedOperation'],
    ['a one-time Spot request', { InstanceLifecycle: 'spot' }, 'UnsupportedOperation'],
  ] as const)('is refused for good by %s', async (_, spoiled, code) => {
    const { stored, subject, action, verbs } = await stopping();
    Object.assign(stored, spoiled);
    await expect(verbs.apply(action)).rejects.toMatchObject(refused(code, false));
    expect(subject.state()).toBe('running');
  });

  it.each([
    ['throttle', refused('RequestLimitExceeded', true)],
    ['accessDenied', refused('UnauthorizedOperation', false)],
  ] as const)('is told what AWS says: %s', async (fault, wanted) => {
    const { sandbox, action, verbs } = await stopping();
    sandbox.faults.add({ operation: 'StopInstances', fault });
    await expect(verbs.apply(action)).rejects.toMatchObject(wanted);
  });

  it('an undo that comes too early is worth trying again', async () => {
    const { action, verbs } = await stopping();
    await verbs.apply(action);
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('NotAsExpected', true));
  });

  it('an undo does not mind another type: somebody resized it meanwhile', async () => {
    const { sandbox, stored, subject, action, verbs } = await stopping();
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    stored.InstanceType = 'm7g.medium';
    await verbs.undo(action);
    expect(subject.state()).toBe('pending');
  });

  it('an undo that AWS grants and cannot keep says why', async () => {
    const { sandbox, home, subject, action, verbs } = await stopping();
    home.ec2.failingStarts.set(subject.identity.id, 'Client.InvalidKMSKey.InvalidState');
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    await verbs.undo(action);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({
      state: 'failed',
      because: 'it is stopped: Client.InvalidKMSKey.InvalidState: the instance could not be started',
    });
  });
});

describe('starting an instance', () => {
  it('starts it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await starting();
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'pending' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'stopping' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('stopped');
  });

  it.each(['pending', 'running'])('has nothing to do when it is %s', async (state) => {
    const { subject, action, verbs, done } = await starting();
    subject.become(state);
    await verbs.apply(action);
    expect([subject.state(), done('StartInstances')]).toEqual([state, 0]);
  });

  it('does not touch one that was resized meanwhile', async () => {
    const { stored, subject, action, verbs } = await starting();
    stored.InstanceType = 'm7g.xlarge';
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(subject.state()).toBe('stopped');
  });

  it('without capacity is worth trying again', async () => {
    const { home, subject, action, verbs } = await starting();
    home.ec2.noCapacity.add('m7g.large');
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('InsufficientInstanceCapacity', true));
    expect(subject.state()).toBe('stopped');
    home.ec2.noCapacity.clear();
    await verbs.apply(action);
    expect(subject.state()).toBe('pending');
  });
});

it('the verbs of one kind refuse the action of another', async () => {
  const { action, subject, verbs } = await stopping();
  const other = startInstance(subject.identity);
  await expect(verbs.apply(other)).rejects.toThrow(TypeError);
  expect(action.kind).toBe('stop-instance');
});
