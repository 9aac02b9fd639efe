import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../shared/core/policy.ts';
import {
  copying,
  databaseOf,
  deletion,
  forget,
  held,
  NAME,
  OPERATION,
  ownKey,
  scopeOf,
  snapshotIn,
} from './snapshot-subjects.ts';
import { type Form, type Stage, stage, verbsOf } from './subjects.ts';

const LATER = '2026-11-21T03:00:00.000Z';
const NOW = new Date('2026-11-22T12:00:00Z');

/** One that has expired, and a newer one that stays. */
async function set(form: Form) {
  const here = await stage();
  const subject = databaseOf(here, form);
  const old = held(here, form);
  const newer = held(here, form, { name: 'lamplighter-newer', takenAt: LATER, tags: { 'lamplighter:taken': LATER } });
  const action = deletion(here, form, subject.identity);
  const verbs = verbsOf(here, action);
  return {
    ...here,
    subject,
    old,
    newer,
    action,
    verbs,
    recheck: (policy: object = {}) => verbs.recheck(action, { policy: parsePolicy(policy), now: NOW }),
    deleted: () => here.done(OPERATION[form].delete),
  };
}

const NAMELESS = {
  instance: { DbiResourceId: undefined },
  cluster: { DbClusterResourceId: undefined },
} as const;

type Set = Awaited<ReturnType<typeof set>>;

const tag = ({ old }: Set, Key: string, Value: string) => {
  old.TagList = [...old.TagList.filter((one) => one.Key !== Key), { Key, Value }];
};

const copyTo = (here: Stage) => ({
  snapshots: { copyTo: [{ name: 'dr', region: 'us-west-2', account: scopeOf(here.home.rds).account }] },
});

describe.each(['instance', 'cluster'] as const)('the end of a snapshot: %s', (form) => {
  it('comes once, however often asked', async () => {
    const { action, verbs, home, recheck, deleted } = await set(form);
    expect(await recheck()).toBeUndefined();
    expect(await verbs.apply(action)).toBe('asked');
    expect(snapshotIn(home, form, NAME.source)).toBeUndefined();
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
    expect(await verbs.apply(action)).toBe('there');
    expect(await recheck()).toBe('it is gone');
    expect(deleted()).toBe(1);
  });

  it.each<[string, (here: Set) => unknown]>([
    ["it is not one of Lamplighter's own", (here) => tag(here, 'lamplighter:database', 'db-OTHER')],
    [
      'somebody has changed its tag lamplighter:taken',
      (here) => tag(here, 'lamplighter:taken', '2026-11-20T03:00:01.000Z'),
    ],
    ['it is failed, not available', ({ old }) => Object.assign(old, { Status: 'failed' })],
  ])('does not come when %s', async (because, spoil) => {
    const here = await set(form);
    spoil(here);
    const found = await here.recheck();
    if (form === 'cluster' && because.includes('lamplighter:taken')) expect(found).toMatch('another snapshot');
    else expect(found).toBe(because);
    await expect(here.verbs.apply(here.action)).rejects.toMatchObject({ untimely: true, message: found });
    expect(here.deleted()).toBe(0);
  });

  it('does not come when another has its name by now', async () => {
    const here = await set(form);
    held(here, form, { takenAt: '2026-11-20T04:00:00.000Z' });
    expect(await here.recheck()).toBe('another snapshot carries its name by now');
    await expect(here.verbs.apply(here.action)).rejects.toMatchObject({ untimely: true });
    expect(here.deleted()).toBe(0);
  });

  it.each<[string, (here: Set) => unknown]>([
    ['held by its tag lamplighter:hold (court)', (here) => tag(here, 'lamplighter:hold', 'court')],
    ['held by its tag lamplighter:hold until 2026-12-31', (here) => tag(here, 'lamplighter:hold', '2026-12-31')],
    ['one of the newest 1', ({ home }) => forget(home, form, 'lamplighter-newer')],
    ['one of the newest 1', ({ newer }) => Object.assign(newer, { Status: 'failed' })],
  ])('is no longer due when it is %s', async (because, spoil) => {
    const here = await set(form);
    spoil(here);
    expect(await here.recheck()).toBe(because);
  });

  it('is due all the same when its database has handed the protect tag down to it', async () => {
    const here = await set(form);
    tag(here, 'lamplighter:protect', '');
    expect(await here.recheck()).toBeUndefined();
  });

  it('is not due while a copy is made of it, wherever the policy keeps copies', async () => {
    const here = await set(form);
    const action = copying(here, form, {
      database: here.subject.identity,
      scope: { ...scopeOf(here.home.rds), region: 'us-west-2' },
      kmsKey: ownKey({ ...scopeOf(here.home.rds), region: 'us-west-2' }),
    });
    await verbsOf(here, action).apply(action);
    expect(await here.recheck(copyTo(here))).toBe('lamplighter-copy in us-west-2 is still copied from it');
    here.sandbox.clock.advance({ hours: 12 });
    expect(await here.recheck(copyTo(here))).toBeUndefined();
  });

  it('is not due while what served in its place is gone', async () => {
    const here = await set(form);
    const instead = here.action.snapshot.replace(/[^:]+$/, 'lamplighter-first');
    const action = { ...here.action, expect: { ...here.action.expect, instead: [instead] } };
    const recheck = () => here.verbs.recheck(action, { policy: parsePolicy({}), now: NOW });
    expect(await recheck()).toBe('lamplighter-first, which served in its place, is gone');
    held(here, form, { name: 'lamplighter-first' });
    expect(await recheck()).toBeUndefined();
  });

  it('comes although AWS does not say of copies of which database they are', async () => {
    const here = await set(form);
    for (const one of [here.old, here.newer]) Object.assign(one, NAMELESS[form]);
    const newest = [here.action.snapshot.replace(/[^:]+$/, 'lamplighter-newer')];
    const action = { ...here.action, expect: { ...here.action.expect, newest } };
    expect(await here.verbs.recheck(action, { policy: parsePolicy({}), now: NOW })).toBeUndefined();
    expect(await here.verbs.apply(action)).toBe('asked');
  });

  it('is unknown, and so not due, while a place that may copy it cannot be read', async () => {
    const here = await set(form);
    const other = { ...copyTo(here).snapshots.copyTo[0], region: 'ap-south-2' };
    await expect(here.recheck({ snapshots: { copyTo: [other] } })).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  it('is not taken back', async () => {
    const { action, verbs } = await set(form);
    await expect(verbs.undo(action)).rejects.toMatchObject({ name: 'RefusedError' });
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
  });
});
