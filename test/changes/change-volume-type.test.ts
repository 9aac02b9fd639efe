import { describe, expect, it } from 'vitest';
import { aVolume, changeVolume, GP2, GP3, refused, stage, verbsOf } from './subjects.ts';

/** A gp2 volume of 2,000 GiB, which has 6,000 IOPS and 250 MiB/s, and is to be gp3 with as much. */
async function changing(type: 'gp2' | 'gp3' = 'gp2') {
  const here = await stage();
  const subject = aVolume(here, type);
  const stored = here.home.ec2.volumes.get(subject.identity.id);
  if (!stored) throw new Error('it was just added');
  const action = changeVolume(subject.identity);
  const verbs = verbsOf(here, action);
  const seen = () => [stored.VolumeType, stored.Iops, stored.Throughput];
  return { ...here, subject, stored, action, verbs, seen };
}

const AS_GP2 = ['gp2', 6000, undefined];
const AS_GP3 = ['gp3', 6000, 250];

describe('changing the type of a volume', () => {
  it('is done as soon as AWS optimizes it, with the performance that was asked for', async () => {
    const { sandbox, action, verbs, seen } = await changing();
    expect(await verbs.apply(action)).toBe('asked');
    expect([await verbs.settled(action), seen()]).toEqual([{ state: 'pending', seen: 'modifying, 0 %' }, AS_GP2]);
    sandbox.clock.advance({ minutes: 1 });
    expect([await verbs.settled(action), seen()]).toEqual([{ state: 'done' }, AS_GP3]);
    expect(await verbs.apply(action)).toBe('there');
    expect(sandbox.calls.byOperation('ModifyVolume').map(({ input }) => input)).toEqual([
      {
        VolumeId: action.kind === 'change-volume-type' && action.volume.id,
        VolumeType: 'gp3',
        Iops: 6000,
        Throughput: 250,
      },
    ]);
  });

  it('is taken back when the optimization is over; before that AWS takes no modification', async () => {
    const { sandbox, action, verbs, seen } = await changing();
    await verbs.apply(action);
    sandbox.clock.advance({ hours: 1 });
    await expect(verbs.undo(action)).rejects.toMatchObject({
      untimely: true,
      message: 'a modification to gp3 is optimizing: it can be modified again after that',
    });
    sandbox.clock.advance({ days: 1 });
    expect(await verbs.undo(action)).toBe('asked');
    sandbox.clock.advance({ minutes: 1 });
    expect([await verbs.undone(action), seen()]).toEqual([{ state: 'done' }, AS_GP2]);
  });

  it('is not for the fifth time in a rolling day', async () => {
    const { sandbox, home, subject, action, verbs, done } = await changing();
    const { id } = subject.identity;
    const earlier = [20, 15, 10, 5].map((hours) => ({
      VolumeId: id,
      ModificationState: 'completed' as const,
      StartTime: new Date(sandbox.clock.now().getTime() - hours * 3_600_000),
    }));
    home.ec2.modifications.set(id, earlier);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('VolumeModificationRateExceeded', false),
      untimely: true,
      message: expect.stringContaining('next modification'),
    });
    expect(done('ModifyVolume')).toBe(0);
    sandbox.clock.advance({ hours: 5 });
    expect(await verbs.apply(action)).toBe('asked');
  });

  it.each(['modifying', 'optimizing'] as const)('is not while somebody else is %s it', async (ModificationState) => {
    const { home, subject, action, verbs, done } = await changing();
    const { id } = subject.identity;
    home.ec2.modifications.set(id, [{ VolumeId: id, ModificationState, TargetVolumeType: 'io2', TargetSize: 2000 }]);
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), untimely: true });
    expect(done('ModifyVolume')).toBe(0);
  });

  it('is not begun when somebody has changed it since', async () => {
    const { stored, action, verbs, done } = await changing();
    Object.assign(stored, { VolumeType: 'io2', Iops: 9000 });
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is 2000 GiB of io2 with 9000 IOPS, not 2000 GiB of gp2',
    });
    expect(done('ModifyVolume')).toBe(0);
  });

  it.each(['creating', 'deleting', 'error'])('is not begun when it is %s', async (state) => {
    const { subject, action, verbs } = await changing();
    subject.become(state);
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: `it is ${state}` });
  });

  it('never grows a volume, which could not be taken back', async () => {
    const { subject, verbs, done } = await changing();
    const grow = changeVolume(subject.identity, { ...GP3, sizeGiB: 3000 });
    await expect(verbs.apply(grow)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(done('ModifyVolume')).toBe(0);
  });

  it('says when it is gone, and when AWS fails', async () => {
    const { sandbox, home, subject, action, verbs, seen } = await changing();
    home.ec2.failingModifications.add(subject.identity.id);
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    expect([await verbs.settled(action), seen()]).toEqual([
      { state: 'failed', because: 'The modification failed. Try again.' },
      AS_GP2,
    ]);
    expect(await verbs.undo(action)).toBe('there');
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'it is gone' });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('to gp2 asks for no performance of its own', async () => {
    const { sandbox, action, verbs, seen } = await changing('gp3');
    await verbs.undo(action);
    sandbox.clock.advance({ minutes: 1 });
    expect(seen()).toEqual(AS_GP2);
    const [call] = sandbox.calls.byOperation('ModifyVolume');
    expect(Object.keys(call?.input ?? {}).sort()).toEqual(['VolumeId', 'VolumeType']);
    expect(GP2).toEqual({ type: 'gp2', sizeGiB: 2000 });
  });
});
