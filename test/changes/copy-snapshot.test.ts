import { describe, expect, it } from 'vitest';
import type { CopySnapshot } from '../../shared/core/retention/action.ts';
import {
  awsKey,
  copying,
  databaseOf,
  encrypted,
  forget,
  held,
  NAME,
  OPERATION,
  ownKey,
  scopeOf,
  snapshotIn,
  TAKEN,
} from './snapshot-subjects.ts';
import { type Form, refused, stage, verbsOf } from './subjects.ts';

/** What RDS calls a copy while it is made. */
const ON_ITS_WAY = { instance: 'creating', cluster: 'copying' } as const;

const ABROAD = { account: '222222222222', region: 'eu-central-1' };

/** A copy to another account and region, of what is under a key of its own. */
async function set(form: Form, more: Partial<CopySnapshot> = {}) {
  const here = await stage();
  const { identity } = databaseOf(here, form);
  const source = held(here, form, encrypted(here, form));
  const abroad = here.sandbox.estate.account(ABROAD.account).region(ABROAD.region);
  const action = copying(here, form, {
    database: identity,
    scope: ABROAD,
    shareWith: ABROAD.account,
    kmsKey: ownKey(ABROAD),
    ...more,
  });
  const verbs = verbsOf(here, action);
  return {
    ...here,
    here,
    source,
    abroad,
    action,
    verbs,
    copy: () => snapshotIn(abroad, form, NAME.copy),
    copied: () => here.done(OPERATION[form].copy),
  };
}

describe.each(['instance', 'cluster'] as const)('a copy of a snapshot: %s', (form) => {
  it('to another account reads the source until somebody says that it need not any longer', async () => {
    const { action, verbs, source, copy, copied, sandbox } = await set(form);
    expect(await verbs.apply(action)).toBe('asked');
    expect(source.RestorableBy).toEqual([ABROAD.account]);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: ON_ITS_WAY[form] });
    sandbox.clock.advance({ hours: 12 });
    expect(await verbs.settled(action)).toMatchObject({ state: 'done', made: { takenAt: TAKEN } });
    expect(source.RestorableBy).toEqual([ABROAD.account]);
    await verbs.shareNoLonger(action);
    await verbs.shareNoLonger(action);
    expect(source.RestorableBy).toEqual([]);
    expect(copy()).toMatchObject({ Status: 'available', KmsKeyId: ownKey(ABROAD) });
    expect(copy()?.TagList).toEqual(Object.entries(action.tags).map(([Key, Value]) => ({ Key, Value })));
    expect(copied()).toBe(1);
  });

  it('is made once, however often and whenever asked', async () => {
    const { action, verbs, copied } = await set(form);
    await verbs.apply(action, undefined, '2026-11-22T20:00:00.000Z');
    expect(await verbs.apply(action, undefined, '2026-11-22T20:00:20.000Z')).toBe('there');
    expect(copied()).toBe(1);
  });

  it('says itself until when it is waited for', async () => {
    const { action, verbs, copy } = await set(form);
    await verbs.apply(action, undefined, '2026-11-22T20:00:00.000Z');
    expect(copy()?.TagList).toContainEqual({ Key: 'lamplighter:due', Value: '2026-11-23T20:00:00.000Z' });
  });

  it('asks for nothing before what it takes the place of is gone', async () => {
    const here = await stage();
    const database = databaseOf(here, form).identity;
    held(here, form);
    const after = arnOf(held(here, form, { name: 'lamplighter-leaves' }));
    const action = copying(here, form, { database, after });
    const verbs = verbsOf(here, action);
    const message = 'it waits until lamplighter-leaves is deleted, whose place it takes';
    await expect(verbs.apply(action)).rejects.toMatchObject({ retryable: true, untimely: true, message });
    expect(here.done(OPERATION[form].copy)).toBe(0);
    forget(here.home, form, 'lamplighter-leaves');
    expect(await verbs.apply(action)).toBe('asked');
  });

  it('of one that is gone, that is another by now, or not ready is left to the next plan', async () => {
    const gone = await set(form);
    forget(gone.home, form, NAME.source);
    const other = await set(form);
    held(other, form, { takenAt: '2026-11-21T03:00:00.000Z' });
    const failed = await set(form);
    failed.source.Status = 'failed';
    for (const [here, message] of [
      [gone, 'its source is gone'],
      [other, 'another snapshot carries the name of its source'],
      [failed, 'its source is failed'],
    ] as const) {
      await expect(here.verbs.apply(here.action)).rejects.toMatchObject({ untimely: true, retryable: false, message });
      expect(here.copied()).toBe(0);
    }
  });

  it('waits for a source that is on its way', async () => {
    const { action, verbs, source } = await set(form);
    source.Status = 'creating';
    await expect(verbs.apply(action)).rejects.toMatchObject({ untimely: true, retryable: true });
  });

  it('says which key it may not use', async () => {
    const { action, verbs, abroad } = await set(form);
    abroad.kms.inaccessible.add(ownKey(ABROAD));
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('KMSKeyNotAccessibleFault', false),
      untimely: false,
      message: expect.stringContaining(ownKey(ABROAD)),
    });
  });

  it('waits for room: of snapshots, and of copies at once', async () => {
    const full = await set(form);
    full.abroad.rds.snapshotQuota = 0;
    const busy = await set(form);
    busy.abroad.rds.copyQuota = 0;
    for (const { action, verbs } of [full, busy]) {
      const quota = { ...refused('SnapshotQuotaExceededFault', true), untimely: true };
      await expect(verbs.apply(action)).rejects.toMatchObject(quota);
    }
  });

  it('that the other account does not see yet is asked for again', async () => {
    const { action, verbs, sandbox } = await set(form);
    const code = form === 'cluster' ? 'DBClusterSnapshotNotFoundFault' : 'DBSnapshotNotFound';
    const fault = { error: { code, message: 'not found', status: 404 } };
    sandbox.faults.add({ operation: OPERATION[form].copy, fault, times: 1 });
    await expect(verbs.apply(action)).rejects.toMatchObject({ name: 'RefusedError', retryable: true, untimely: true });
    expect(await verbs.apply(action)).toBe('asked');
  });

  it('fails when its source is deleted meanwhile, and says so', async () => {
    const { action, verbs, home, sandbox } = await set(form);
    await verbs.apply(action);
    forget(home, form, NAME.source);
    sandbox.clock.advance({ hours: 12 });
    expect(await verbs.settled(action)).toEqual({
      state: 'failed',
      because: 'the copy has failed: its source was deleted meanwhile',
    });
    await verbs.shareNoLonger(action); // nobody reads what is gone
  });

  it('may, after hours, fail', async () => {
    const { action, verbs, copy } = await set(form);
    await verbs.apply(action);
    copy()!.Status = 'failed';
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is failed: AWS does not say why' });
  });

  it('does not take a name for its own that has other tags', async () => {
    const { action, verbs } = await set(form);
    await verbs.apply(action);
    const other = { ...action, tags: { 'lamplighter:database': 'db-OTHER' } };
    await expect(verbs.apply(other)).rejects.toMatchObject({
      untimely: false,
      message: 'a snapshot lamplighter-copy exists already, with other tags',
    });
  });

  it('to another region of the same account shares nothing', async () => {
    const here = await stage();
    const { identity } = databaseOf(here, form);
    const scope = { ...scopeOf(here.home.rds), region: 'us-west-2' };
    const source = held(here, form);
    const action = copying(here, form, { database: identity, scope, kmsKey: ownKey(scope) });
    const verbs = verbsOf(here, action);
    expect(await verbs.apply(action)).toBe('asked');
    expect(source.RestorableBy).toEqual([]);
    expect(here.done(OPERATION[form].share)).toBe(0);
    here.sandbox.clock.advance({ hours: 12 });
    expect(await verbs.settled(action)).toMatchObject({ state: 'done' });
    await verbs.shareNoLonger(action);
    expect(here.done(OPERATION[form].share)).toBe(0);
    expect(snapshotIn(here.sandbox.estate.hub.region('us-west-2'), form, NAME.copy)).toBeDefined();
  });

  it('of what AWS encrypts takes two steps: one here under a key that can be shared, and one there', async () => {
    const here = await stage();
    const { identity } = databaseOf(here, form);
    const key = awsKey(here);
    held(
      here,
      form,
      form === 'cluster' ? { StorageEncrypted: true, KmsKeyId: key } : { Encrypted: true, KmsKeyId: key },
    );
    const home = scopeOf(here.home.rds);
    const handover = copying(here, form, { database: identity, purpose: 'handover', kmsKey: ownKey(home) });
    await verbsOf(here, handover).apply(handover);
    here.sandbox.clock.advance({ hours: 12 });
    const source = { arn: arnOf(snapshotIn(here.home, form, NAME.copy) ?? {}), scope: home, takenAt: TAKEN };
    const abroad = { scope: ABROAD, shareWith: ABROAD.account, kmsKey: ownKey(ABROAD), name: 'lamplighter-abroad' };
    const second = copying(here, form, { database: identity, source, ...abroad });
    expect(await verbsOf(here, second).apply(second)).toBe('asked');
    here.sandbox.clock.advance({ hours: 12 });
    expect(await verbsOf(here, second).settled(second)).toMatchObject({ state: 'done' });
    await verbsOf(here, second).shareNoLonger(second);
    expect(snapshotIn(here.home, form, NAME.copy)?.RestorableBy).toEqual([]);
  });

  it('is not taken back', async () => {
    const { action, verbs } = await set(form);
    await expect(verbs.undo(action)).rejects.toMatchObject({ name: 'RefusedError' });
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
  });
});

describe('a copy that hangs', () => {
  const late = {
    state: 'failed',
    because: expect.stringContaining('and was called off: the next plan makes it again'),
  };

  it.each(['copying', 'creating', 'pending'])(
    'of a cluster while it is %s is called off where AWS lets it',
    async (status) => {
      const { action, verbs, copy, source } = await set('cluster');
      await verbs.apply(action);
      copy()!.Status = status;
      const ended = await verbs.callOff(action);
      if (status === 'copying') {
        expect(ended).toEqual(late);
        expect(copy()).toBeUndefined();
        expect(await verbs.callOff(action)).toEqual({ state: 'failed', because: 'it is gone' });
      } else {
        expect(ended).toMatchObject({ state: 'failed', because: expect.stringMatching(LEFT) });
        expect(copy()).toBeDefined();
      }
      await verbs.shareNoLonger(action);
      expect(source.RestorableBy).toEqual([]);
    },
  );

  const LEFT =
    /^it is still \w+ after 24 hours and could not be called off \(AWS refused: .*InvalidDB(Cluster)?SnapshotState.*\): nobody waits for it any more, and the next plan makes another$/;

  it('of an instance is left and said where AWS does not delete what is not available', async () => {
    const { action, verbs, copy } = await set('instance');
    await verbs.apply(action);
    expect(await verbs.callOff(action)).toMatchObject({ state: 'failed', because: expect.stringMatching(LEFT) });
    expect(copy()).toMatchObject({ Status: 'creating' });
  });

  it('and comes in this moment is kept', async () => {
    const { action, verbs, sandbox, here } = await set('cluster');
    await verbs.apply(action);
    sandbox.clock.advance({ hours: 12 });
    expect(await verbs.callOff(action)).toMatchObject({ state: 'done', made: { takenAt: TAKEN } });
    expect(here.done('DeleteDBClusterSnapshot')).toBe(0);
  });

  it('is not called off when it is not ours', async () => {
    const { action, verbs, copy, here } = await set('cluster');
    await verbs.apply(action);
    copy()!.TagList = [];
    expect(await verbs.callOff(action)).toMatchObject({
      state: 'failed',
      because: expect.stringContaining('other tags'),
    });
    expect(here.done('DeleteDBClusterSnapshot')).toBe(0);
  });
});

const arnOf = (snapshot: object): string => {
  const { DBSnapshotArn, DBClusterSnapshotArn } = snapshot as { DBSnapshotArn?: string; DBClusterSnapshotArn?: string };
  return DBSnapshotArn ?? DBClusterSnapshotArn ?? '';
};

describe('an automated snapshot', () => {
  it('is copied to be kept, and not at all once it has gone', async () => {
    const here = await stage();
    const { identity } = databaseOf(here, 'instance');
    const name = 'rds:orders-2026-11-20-03-00';
    held(here, 'instance', { name, SnapshotType: 'automated', TagList: [] });
    const arn = here.home.rds.snapshots.get(name)?.DBSnapshotArn ?? '';
    const source = { arn, scope: scopeOf(here.home.rds), takenAt: TAKEN };
    const action = copying(here, 'instance', { database: identity, purpose: 'retention', source });
    const verbs = verbsOf(here, action);
    expect(await verbs.apply(action)).toBe('asked');
    here.home.rds.snapshots.clear();
    await expect(verbs.apply(action)).rejects.toMatchObject({ untimely: true, message: 'its source is gone' });
  });
});
