import { describe, expect, it } from 'vitest';
import { anInstance, aVolume, deleteVolume, refused, stage, verbsOf } from './subjects.ts';

const CHANGE = 'right-size-2026-11-22-2000-123456789012-3f9a1c/7';

/** A volume that nobody uses. */
async function deleting() {
  const here = await stage();
  const subject = aVolume(here);
  const { id } = subject.identity;
  const stored = here.home.ec2.volumes.get(id);
  if (!stored) throw new Error('it was just added');
  const action = deleteVolume(subject.identity);
  const verbs = verbsOf(here, action);
  const protect = () => verbs.protect(action, CHANGE, '2026-12-22');
  return { ...here, subject, stored, id, action, verbs, protect, snapshots: here.home.ec2.snapshots };
}

describe('a snapshot before the deletion of a volume', () => {
  it('is tagged with the change and its end, and is proven completed', async () => {
    const { sandbox, action, verbs, protect, snapshots } = await deleting();
    const name = await protect();
    expect(snapshots.get(name)?.Tags).toEqual([
      { Key: 'lamplighter:change', Value: CHANGE },
      { Key: 'lamplighter:expires', Value: '2026-12-22' },
    ]);
    expect(await verbs.protected(action, name)).toEqual({ state: 'pending', seen: 'pending, 0%' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.protected(action, name)).toEqual({ state: 'done' });
  });

  it('is begun once however often it is asked for', async () => {
    const { sandbox, action, verbs, protect, snapshots } = await deleting();
    sandbox.faults.add({ operation: 'CreateSnapshot', fault: 'replyLost', times: 1 });
    await protect().catch(() => {});
    const name = await protect();
    expect([await protect(), await verbs.protection(action, CHANGE), snapshots.size]).toEqual([name, name, 1]);
    expect(await verbs.protection(action, `${CHANGE}1`)).toBeUndefined();
  });

  it('is not made of a volume that is attached or gone', async () => {
    const { home, sandbox, subject, stored, protect, snapshots, ...here } = await deleting();
    const { identity } = anInstance({ ...here, home, sandbox });
    Object.assign(stored, { State: 'in-use', Attachments: [{ InstanceId: identity.id, State: 'attached' }] });
    await expect(protect()).rejects.toMatchObject({ message: `it is attached to ${identity.id}` });
    subject.vanish();
    await expect(protect()).rejects.toMatchObject({ message: 'it is gone' });
    expect(snapshots.size).toBe(0);
  });

  it('that fails, or is another volume’s, is no proof', async () => {
    const { home, sandbox, id, action, verbs, protect } = await deleting();
    home.ec2.failingSnapshots.add(id);
    const name = await protect();
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.protected(action, name)).toEqual({ state: 'failed', because: `the snapshot ${name} is error` });
    const { SnapshotId } = home.ec2.addSnapshot({ VolumeId: 'vol-0123456789abcdef0' });
    for (const [proof, because] of [
      [name, `the snapshot ${name} is error`],
      [SnapshotId, `the snapshot ${SnapshotId} is of another volume`],
      ['snap-0123456789abcdef0', 'the snapshot snap-0123456789abcdef0 is gone'],
    ] as const) {
      await expect(verbs.apply(action, proof)).rejects.toMatchObject({
        ...refused('NotAsExpected', false),
        message: because,
      });
    }
    expect(home.ec2.volumes.has(id)).toBe(true);
  });
});

describe('the deletion of a volume', () => {
  it('comes after the proof, and is for good', async () => {
    const { sandbox, home, id, action, verbs, protect, snapshots } = await deleting();
    const name = await protect();
    await expect(verbs.apply(action, name)).rejects.toMatchObject({ message: 'its snapshot is pending, 0%' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.apply(action, name)).toBe('asked');
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'deleting' });
    sandbox.clock.advance({ minutes: 1 });
    expect([await verbs.settled(action), home.ec2.volumes.has(id), snapshots.size]).toEqual([
      { state: 'done' },
      false,
      1,
    ]);
    expect(await verbs.apply(action, name)).toBe('there');
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
  });

  it('is never without a proof', async () => {
    const { action, verbs, done } = await deleting();
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'it has no snapshot' });
    expect(done('DeleteVolume')).toBe(0);
  });

  it('is not of one that was attached since', async () => {
    const { sandbox, stored, action, verbs, protect, done } = await deleting();
    const name = await protect();
    sandbox.clock.advance({ minutes: 10 });
    Object.assign(stored, { State: 'in-use', Attachments: [{ InstanceId: 'i-0123456789abcdef0' }] });
    await expect(verbs.apply(action, name)).rejects.toMatchObject({ message: 'it is attached to i-0123456789abcdef0' });
    expect(done('DeleteVolume')).toBe(0);
  });
});
