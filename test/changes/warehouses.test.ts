import { describe, expect, it } from 'vitest';
import { aWarehouse, pauseWarehouse, resumeWarehouse } from './scheduled-subjects.ts';
import { refused, stage, verbsOf } from './subjects.ts';

async function set(make: typeof pauseWarehouse, status: string) {
  const here = await stage();
  const subject = aWarehouse(here, status);
  const action = make(subject.identity);
  return { ...here, subject, action, verbs: verbsOf(here, action) };
}

const pausing = (status = 'available') => set(pauseWarehouse, status);
const resuming = (status = 'paused') => set(resumeWarehouse, status);

describe('pausing a Redshift cluster', () => {
  it('pauses it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await pausing();
    expect(await verbs.apply(action)).toBe('asked');
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'pausing' });
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('NotAsExpected', true));
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    expect(await verbs.undo(action)).toBe('asked');
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'resuming' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('available');
  });

  it.each(['pausing', 'paused'])('has nothing to do when it is %s', async (status) => {
    const { subject, action, verbs } = await pausing(status);
    expect(await verbs.apply(action)).toBe('there');
    expect(subject.state()).toBe(status);
  });

  it.each([
    ['modifying', true],
    ['resizing', true],
    ['available, resize-cleanup', true],
    ['storage-full', false],
    ['deleting', false],
  ])('does not touch it when it is %s', async (status, retryable) => {
    const { subject, action, verbs } = await pausing(status);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', retryable),
      message: `it is ${status}, not available`,
    });
    expect(subject.state()).toBe(status);
  });

  it('does not touch another one that carries its name', async () => {
    const { subject, action, verbs } = await pausing();
    subject.replace();
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'another cluster carries its name',
    });
    expect(subject.state()).toBe('available');
  });

  it('says when it is gone', async () => {
    const { subject, action, verbs } = await pausing();
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is gone',
    });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('is refused for good without automated snapshots', async () => {
    const { subject, action, verbs } = await pausing();
    subject.stored.AutomatedSnapshotRetentionPeriod = 0;
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('UnsupportedOperationFault', false));
    expect(subject.state()).toBe('available');
  });

  it('what its status does not say passes: a snapshot that has to be there first', async () => {
    const { sandbox, action, verbs } = await pausing();
    const error = { code: 'InvalidClusterState', message: 'There is no recent snapshot.' };
    sandbox.faults.add({ operation: 'PauseCluster', times: 1, fault: { error } });
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('InvalidClusterStateFault', true));
    expect(await verbs.apply(action)).toBe('asked');
  });
});

describe('resuming a Redshift cluster', () => {
  it('resumes it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await resuming();
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'resuming' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
    await verbs.undo(action);
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('paused');
  });

  it.each(['resuming', 'available'])('has nothing to do when it is %s', async (status) => {
    const { action, verbs } = await resuming(status);
    expect(await verbs.apply(action)).toBe('there');
  });

  it('without capacity is worth trying again', async () => {
    const { home, subject, action, verbs } = await resuming();
    home.redshift.noCapacity.add('dw');
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('InsufficientClusterCapacityFault', true));
    expect(subject.state()).toBe('paused');
    home.redshift.noCapacity.clear();
    expect(await verbs.apply(action)).toBe('asked');
  });

  it('has not settled when it is paused again', async () => {
    const { action, verbs } = await resuming();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is paused' });
  });
});
