import { describe, expect, it } from 'vitest';
import type { CreateSnapshot } from '../../shared/core/retention/action.ts';
import { creation, databaseOf, forget, held, NAME, OPERATION, snapshotIn } from './snapshot-subjects.ts';
import { type Form, refused, type Stage, stage, verbsOf } from './subjects.ts';

const AT = '2026-11-22T03:10:00.000Z';

async function set(form: Form) {
  const here = await stage();
  const subject = databaseOf(here, form);
  const action = creation(here, form, subject.identity);
  const verbs = verbsOf(here, action);
  return {
    ...here,
    subject,
    action,
    verbs,
    apply: (wanted: CreateSnapshot = action) => verbs.apply(wanted, undefined, AT),
    snapshot: () => snapshotIn(here.home, form, NAME.taken),
    created: () => here.done(OPERATION[form].create),
  };
}

describe.each(['instance', 'cluster'] as const)('a snapshot of a database: %s', (form) => {
  it('is not asked for before what it takes the place of is gone', async () => {
    const { action, apply, created, home } = await set(form);
    const leaves = held({ home } as Stage, form) as { DBSnapshotArn?: string; DBClusterSnapshotArn?: string };
    const waits = { ...action, after: leaves.DBSnapshotArn ?? leaves.DBClusterSnapshotArn ?? '' };
    const message = 'it waits until lamplighter-old is deleted, whose place it takes';
    await expect(apply(waits)).rejects.toMatchObject({ retryable: true, untimely: true, message });
    expect(created()).toBe(0);
    forget(home, form, NAME.source);
    expect(await apply(waits)).toBe('asked');
  });

  it('is taken with its tags, and the time at which it was asked for', async () => {
    const { action, apply, snapshot, subject, verbs, sandbox } = await set(form);
    expect(await apply()).toBe('asked');
    expect(snapshot()?.TagList).toEqual([
      { Key: 'lamplighter:database', Value: subject.identity.id },
      { Key: 'lamplighter:taken', Value: AT },
    ]);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'creating' });
    sandbox.clock.advance({ hours: 1 });
    const { AllocatedStorage: sizeGiB, SnapshotCreateTime } = snapshot()!;
    // A cluster's time is the one that its copies can know, too. Of Aurora nobody knows the size.
    const made = form === 'cluster' ? { takenAt: AT } : { sizeGiB, takenAt: SnapshotCreateTime?.toISOString() };
    expect(await verbs.settled(action)).toEqual({ state: 'done', made });
  });

  it('is taken once, however often asked, and whatever the time says by then', async () => {
    const { apply, action, verbs, created } = await set(form);
    await apply();
    expect(await verbs.apply(action, undefined, '2026-11-22T05:00:00.000Z')).toBe('there');
    expect(created()).toBe(1);
  });

  it('is left to the next plan when the database is gone, or another has its name', async () => {
    const gone = await set(form);
    gone.subject.vanish();
    await expect(gone.apply()).rejects.toMatchObject({ untimely: true, message: 'of the database: it is gone' });
    const other = await set(form);
    other.subject.replace();
    await expect(other.apply()).rejects.toMatchObject({
      untimely: true,
      message: 'of the database: another database carries its name',
    });
    expect([gone.created(), other.created()]).toEqual([0, 0]);
  });

  it.each([
    ['backing-up', true],
    ['stopped', false],
  ])('waits for what passes, and not for what stays: %s', async (status, retryable) => {
    const { apply, subject, created } = await set(form);
    subject.become(status);
    await expect(apply()).rejects.toMatchObject({ ...refused('NotAsExpected', retryable), untimely: true });
    expect(created()).toBe(0);
  });

  it('does not take a name for its own that has other tags', async () => {
    const { apply, action, verbs, created } = await set(form);
    await apply();
    const other = { ...action, tags: { 'lamplighter:database': 'db-OTHER' } };
    const message = 'a snapshot lamplighter-new exists already, with other tags';
    await expect(apply(other)).rejects.toMatchObject({ ...refused('NotAsExpected', false), untimely: false, message });
    expect(await verbs.settled(other)).toEqual({ state: 'failed', because: message });
    expect(created()).toBe(1);
  });

  it('whose reply is lost is found by the next try', async () => {
    const { apply, sandbox, verbs, action } = await set(form);
    sandbox.faults.add({ operation: OPERATION[form].create, fault: 'replyLost', times: 1 });
    await expect(apply()).rejects.toThrow();
    expect(await apply()).toBe('there');
    expect(await verbs.settled(action)).toMatchObject({ state: 'pending' });
  });

  it('for which there is no room waits for it, and is nobody to look at', async () => {
    const { apply, home } = await set(form);
    home.rds.snapshotQuota = 0;
    const quota = { ...refused('SnapshotQuotaExceededFault', true), untimely: true };
    await expect(apply()).rejects.toMatchObject(quota);
  });

  it('may hang, fail, and be deleted by somebody', async () => {
    const { apply, home, sandbox, verbs, action, snapshot } = await set(form);
    home.rds.snapshotDurations.set(NAME.taken, Number.POSITIVE_INFINITY);
    await apply();
    sandbox.clock.advance({ days: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'creating' });
    snapshot()!.Status = 'failed';
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is failed: AWS does not say why' });
    home.rds.snapshots.clear();
    home.rds.clusterSnapshots.clear();
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('is not taken back', async () => {
    const { action, verbs } = await set(form);
    await expect(verbs.undo(action)).rejects.toMatchObject({ name: 'RefusedError' });
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
  });
});
