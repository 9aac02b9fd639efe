import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import {
  aBurstable,
  aLargeDatabase,
  anInstance,
  growStorage,
  leadOn,
  moveInstance,
  rebootInstance,
  refused,
  type Stage,
  type Subject,
  setCredits,
  stage,
  verbsOf,
} from './subjects.ts';

async function set(make: (here: Stage) => Subject, toAction: (here: Stage, subject: Subject) => Action) {
  const here = await stage();
  const subject = make(here);
  const action = toAction(here, subject);
  return { ...here, here, subject, action, verbs: verbsOf(here, action) };
}

describe('a reboot', () => {
  const rebooting = () =>
    set(
      (here) => anInstance(here),
      (here, { identity }) => rebootInstance(here, identity),
    );

  it('is asked for and is done: the instance runs all the while', async () => {
    const { action, verbs, subject, done } = await rebooting();
    expect(await verbs.apply(action)).toBe('asked');
    expect([await verbs.settled(action), subject.state()]).toEqual([{ state: 'done' }, 'running']);
    expect(done('RebootInstances')).toBe(1);
  });

  it('ends what a reboot can end', async () => {
    const { action, verbs, subject, home, sandbox } = await rebooting();
    const since = sandbox.clock.now();
    home.ec2.impairments.set(subject.identity.id, [
      { check: 'instance', since, until: 'reboot' },
      { check: 'system', since, until: 'start' },
    ]);
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 5 });
    expect(home.ec2.impairments.get(subject.identity.id)).toMatchObject([{ check: 'system' }]);
  });

  it('of which the reply was lost may have been heard, which it says', async () => {
    const { action, verbs, done, sandbox } = await rebooting();
    sandbox.faults.add({ operation: 'RebootInstances', fault: 'replyLost' });
    expect(await verbs.apply(action)).toBe('unheard');
    expect(sandbox.calls.byOperation('RebootInstances')).toHaveLength(1);
    expect(done('RebootInstances')).toBeLessThanOrEqual(1);
  });

  it('that AWS refuses for now was not made', async () => {
    const { action, verbs, done, sandbox } = await rebooting();
    sandbox.faults.add({ operation: 'RebootInstances', fault: 'throttle', times: 1 });
    await expect(verbs.apply(action)).rejects.toMatchObject({ name: 'RefusedError', retryable: true });
    expect(done('RebootInstances')).toBe(0);
  });

  it('whose instance cannot be looked at was not asked for', async () => {
    const { action, verbs, sandbox } = await rebooting();
    sandbox.faults.add({ operation: 'DescribeInstances', fault: 'serverError' });
    await expect(verbs.apply(action)).rejects.toThrow();
    expect(sandbox.calls.byOperation('RebootInstances')).toHaveLength(0);
  });

  it.each([
    ['is stopped', ({ subject }: Awaited<ReturnType<typeof rebooting>>) => subject.become('stopped'), 'it is stopped'],
    ['is gone', ({ subject }: Awaited<ReturnType<typeof rebooting>>) => subject.vanish(), 'it is gone'],
    [
      'was started anew since',
      ({ home, subject, sandbox }: Awaited<ReturnType<typeof rebooting>>) => {
        sandbox.clock.advance({ minutes: 5 });
        home.ec2.instances.get(subject.identity.id)!.LaunchTime = sandbox.clock.now();
      },
      'started anew',
    ],
  ])('is not asked for when the instance %s', async (_, happen, why) => {
    const all = await rebooting();
    happen(all);
    await expect(all.verbs.apply(all.action)).rejects.toThrow(why);
    expect(all.done('RebootInstances')).toBe(0);
  });

  it('is not taken back', async () => {
    const { action, verbs } = await rebooting();
    await expect(verbs.undo(action)).rejects.toThrow('cannot be taken back');
  });
});

describe('a move to another host', () => {
  const moving = () =>
    set(
      (here) => anInstance(here),
      (here, { identity }) => moveInstance(here, identity),
    );

  it('is a stop and a start, each once, and is known by the launch time', async () => {
    const { here, action, verbs, subject, done, home, sandbox } = await moving();
    const since = sandbox.clock.now();
    home.ec2.impairments.set(subject.identity.id, [{ check: 'system', since, until: 'start' }]);
    expect(await verbs.apply(action)).toBe('asked');
    expect(await verbs.apply(action)).toBe('there');
    expect(await leadOn(here, verbs, { action, towards: 'settled' })).toEqual({ state: 'done' });
    expect([subject.state(), done('StopInstances'), done('StartInstances')]).toEqual(['running', 1, 1]);
    expect(home.ec2.impairments.has(subject.identity.id)).toBe(false);
    expect([await verbs.apply(action), await verbs.settled(action), done('StopInstances')]).toEqual([
      'there',
      { state: 'done' },
      1,
    ]);
  });

  it('for which AWS has no capacity has failed, and comes up when it has', async () => {
    const { here, action, verbs, subject, home } = await moving();
    await verbs.apply(action);
    home.ec2.noCapacity.add('m7g.large');
    expect(await leadOn(here, verbs, { action, towards: 'settled' })).toMatchObject({ state: 'failed', refused: true });
    await expect(verbs.undo(action)).rejects.toMatchObject({ retryable: true });
    home.ec2.noCapacity.clear();
    expect(await verbs.undo(action)).toBe('asked');
    expect(await leadOn(here, verbs, { action, towards: 'undone' })).toEqual({ state: 'done' });
    expect(subject.state()).toBe('running');
  });

  it('whose start is granted and comes to nothing has failed, with the reason', async () => {
    const { here, action, verbs, subject, home } = await moving();
    home.ec2.failingStarts.set(subject.identity.id, 'Client.InternalError');
    await verbs.apply(action);
    expect(await leadOn(here, verbs, { action, towards: 'settled' })).toEqual({
      state: 'failed',
      because: expect.stringContaining('Client.InternalError'),
    });
  });

  it.each([
    ['its type is another', { InstanceType: 'm7g.xlarge' as const }, 'its type is m7g.xlarge'],
    ['it ends', { State: { Name: 'shutting-down' as const } }, 'it is shutting-down'],
  ])('is not begun when %s', async (_, now, why) => {
    const { action, verbs, subject, home, done } = await moving();
    Object.assign(home.ec2.instances.get(subject.identity.id)!, now);
    await expect(verbs.apply(action)).rejects.toThrow(why);
    expect(done('StopInstances')).toBe(0);
  });

  it('was done by somebody else when it was started anew since', async () => {
    const { action, verbs, subject, home, done, sandbox } = await moving();
    sandbox.clock.advance({ minutes: 5 });
    home.ec2.instances.get(subject.identity.id)!.LaunchTime = sandbox.clock.now();
    expect([await verbs.apply(action), done('StopInstances')]).toEqual(['there', 0]);
  });
});

describe('unlimited CPU credits', () => {
  const setting = () =>
    set(
      (here) => aBurstable(here),
      (_, { identity }) => setCredits(identity),
    );

  it('are set once, and go back to standard', async () => {
    const { action, verbs, subject, done } = await setting();
    expect([await verbs.apply(action), subject.state()]).toEqual(['asked', 'unlimited']);
    expect([await verbs.apply(action), await verbs.settled(action)]).toEqual(['there', { state: 'done' }]);
    expect(done('ModifyInstanceCreditSpecification')).toBe(1);
    expect([await verbs.undo(action), subject.state()]).toEqual(['asked', 'standard']);
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
  });

  it('that EC2 lists as not set were refused, in an answer that is a success', async () => {
    const { action, verbs, subject, home } = await setting();
    home.ec2.instances.get(subject.identity.id)!.State = { Name: 'pending' };
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('IncorrectInstanceState', false));
  });

  it('are not set of what is gone', async () => {
    const { action, verbs, subject, done } = await setting();
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toThrow('it is gone');
    expect(done('ModifyInstanceCreditSpecification')).toBe(0);
  });
});

describe('larger storage', () => {
  const GP3 = { StorageType: 'gp3', AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 500 };
  const growing = (sizeGiB?: number, more: Readonly<Record<string, unknown>> = {}) =>
    set(
      (here) => aLargeDatabase(here, { ...GP3, ...more }),
      (_, { identity }) => growStorage(identity, sizeGiB),
    );
  const stored = ({ home }: Stage) => {
    const { AllocatedStorage, Iops, StorageThroughput, DBInstanceStatus } = home.rds.instances.get('orders')!;
    return [AllocatedStorage, Iops, StorageThroughput, DBInstanceStatus];
  };

  it('is there when RDS optimizes it, keeps its performance, and is asked for once', async () => {
    const { here, action, verbs, done, sandbox } = await growing();
    expect([await verbs.apply(action), await verbs.apply(action)]).toEqual(['asked', 'there']);
    expect(await verbs.settled(action)).toMatchObject({ state: 'pending' });
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.settled(action), stored(here)]).toEqual([
      { state: 'done' },
      [600, 12_000, 500, 'storage-optimization'],
    ]);
    expect([await verbs.apply(action), done('ModifyDBInstance')]).toEqual(['there', 1]);
  });

  it('that RDS rounds up to a tenth is as wanted', async () => {
    const { here, action, verbs, sandbox } = await growing(520);
    await verbs.apply(action);
    expect(await verbs.apply(action)).toBe('there');
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.settled(action), stored(here)[0]]).toEqual([{ state: 'done' }, 550]);
  });

  it('helps a database whose storage is full', async () => {
    const { here, action, verbs, subject, sandbox } = await growing();
    subject.become('storage-full');
    expect(await verbs.apply(action)).toBe('asked');
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.settled(action), stored(here)[0]]).toEqual([{ state: 'done' }, 600]);
  });

  it.each([
    ['it has grown itself', { AllocatedStorage: 550 }, 'it has 550, gp3, 12000, 500'],
    ['it is optimized', { DBInstanceStatus: 'storage-optimization' }, 'it is storage-optimization'],
    ['something else is pending', { PendingModifiedValues: { MultiAZ: true } }, 'a modification of MultiAZ is pending'],
  ])('is not asked for when %s', async (_, now, why) => {
    const { action, verbs, home, done } = await growing();
    Object.assign(home.rds.instances.get('orders')!, now);
    await expect(verbs.apply(action)).rejects.toThrow(why);
    expect(done('ModifyDBInstance')).toBe(0);
  });

  it('that changed less than six hours ago is not the time for it', async () => {
    const { action, verbs, home, sandbox } = await growing();
    home.rds.storageModified.set('orders', sandbox.clock.now().getTime());
    await expect(verbs.apply(action)).rejects.toMatchObject({ untimely: true });
  });

  it('never shrinks: it is neither taken back nor asked for smaller', async () => {
    const { action, verbs, done, here, subject } = await growing();
    await expect(verbs.undo(action)).rejects.toThrow('storage never shrinks');
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
    const smaller = growStorage(subject.identity, 400);
    await expect(verbsOf(here, smaller).apply(smaller)).rejects.toThrow('storage never shrinks');
    expect(done('ModifyDBInstance')).toBe(0);
  });
});
