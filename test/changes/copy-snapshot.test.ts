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
import { type Form, leadOn, refused, stage, verbsOf } from './subjects.ts';

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
    source,
    abroad,
    action,
    verbs,
    copy: () => snapshotIn(abroad, form, NAME.copy),
    copied: () => here.done(OPERATION[form].copy),
  };
}

describe.each(['instance', 'cluster'] as const)('a copy of a snapshot: %s', (form) => {
  it('to another account reads the source for as long as it takes, and no longer', async () => {
    const { action, verbs, source, copy, copied, sandbox } = await set(form);
    expect(await verbs.apply(action)).toBe('asked');
    expect(source.RestorableBy).toEqual([ABROAD.account]);
    const seen = `copying; its source is shared with ${ABROAD.account}`;
    expect(await verbs.advance(action, { towards: 'settled', seen: '' })).toEqual({ state: 'pending', seen });
    expect(source.RestorableBy).toEqual([ABROAD.account]);
    sandbox.clock.advance({ hours: 12 });
    expect(await verbs.advance(action, { towards: 'settled', seen })).toMatchObject({
      state: 'done',
      made: { takenAt: TAKEN },
    });
    expect(source.RestorableBy).toEqual([]);
    expect(copy()).toMatchObject({ Status: 'available', KmsKeyId: ownKey(ABROAD) });
    expect(copy()?.TagList).toEqual(Object.entries(action.tags).map(([Key, Value]) => ({ Key, Value })));
    expect(copied()).toBe(1);
  });

  it('is made once, however often asked', async () => {
    const { action, verbs, copied } = await set(form);
    await verbs.apply(action);
    expect(await verbs.apply(action)).toBe('there');
    expect(copied()).toBe(1);
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

  it('says which key it may not use, and leaves the source to its account alone', async () => {
    const { action, verbs, abroad, source } = await set(form);
    abroad.kms.inaccessible.add(ownKey(ABROAD));
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('KMSKeyNotAccessibleFault', false),
      untimely: false,
      message: expect.stringContaining(ownKey(ABROAD)),
    });
    expect(source.RestorableBy).toEqual([]);
  });

  it('waits for room: of snapshots, and of copies at once', async () => {
    const full = await set(form);
    full.abroad.rds.snapshotQuota = 0;
    const busy = await set(form);
    busy.abroad.rds.copyQuota = 0;
    for (const { action, verbs, source } of [full, busy]) {
      const quota = { ...refused('SnapshotQuotaExceededFault', true), untimely: true };
      await expect(verbs.apply(action)).rejects.toMatchObject(quota);
      expect(source.RestorableBy).toEqual([]);
    }
  });

  it('that the other account does not see yet is asked for again, and stays shared until then', async () => {
    const { action, verbs, source, sandbox } = await set(form);
    const code = form === 'cluster' ? 'DBClusterSnapshotNotFoundFault' : 'DBSnapshotNotFound';
    const fault = { error: { code, message: 'not found', status: 404 } };
    sandbox.faults.add({ operation: OPERATION[form].copy, fault, times: 1 });
    await expect(verbs.apply(action)).rejects.toMatchObject({ name: 'RefusedError', retryable: true, untimely: true });
    expect(source.RestorableBy).toEqual([ABROAD.account]);
    expect(await verbs.apply(action)).toBe('asked');
  });

  it('fails when its source is deleted meanwhile, and says so', async () => {
    const { action, verbs, home, sandbox } = await set(form);
    await verbs.apply(action);
    forget(home, form, NAME.source);
    sandbox.clock.advance({ hours: 12 });
    expect(await verbs.advance(action, { towards: 'settled', seen: 'copying' })).toEqual({
      state: 'failed',
      because: 'the copy has failed: its source was deleted meanwhile',
    });
  });

  it('may hang and, after hours, fail: then nobody reads the source any more', async () => {
    const { action, verbs, abroad, source, copy, sandbox } = await set(form);
    abroad.rds.snapshotDurations.set(NAME.copy, Number.POSITIVE_INFINITY);
    await verbs.apply(action);
    sandbox.clock.advance({ days: 1 });
    expect(await leadOn({ sandbox } as never, verbs, { action, towards: 'settled' })).toMatchObject({
      state: 'pending',
    });
    copy()!.Status = 'failed';
    expect(await verbs.advance(action, { towards: 'settled', seen: 'copying' })).toEqual({
      state: 'failed',
      because: 'it is failed: AWS does not say why',
    });
    expect(source.RestorableBy).toEqual([]);
  });

  it('that AWS does not show yet goes on reading its source', async () => {
    const { action, verbs, abroad, source } = await set(form);
    await verbs.apply(action);
    forget(abroad, form, NAME.copy);
    const progress = await verbs.advance(action, { towards: 'settled', seen: 'nothing yet' });
    expect(progress).toEqual({ state: 'failed', because: 'it is gone' });
    expect(source.RestorableBy).toEqual([ABROAD.account]);
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
    expect(await verbs.advance(action, { towards: 'settled', seen: 'copying' })).toMatchObject({ state: 'done' });
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
    const source = { arn: snapshotArn(here, form), scope: home, takenAt: TAKEN };
    const abroad = { scope: ABROAD, shareWith: ABROAD.account, kmsKey: ownKey(ABROAD), name: 'lamplighter-abroad' };
    const second = copying(here, form, { database: identity, source, ...abroad });
    expect(await verbsOf(here, second).apply(second)).toBe('asked');
    here.sandbox.clock.advance({ hours: 12 });
    const going = { towards: 'settled', seen: 'copying' } as const;
    expect(await verbsOf(here, second).advance(second, going)).toMatchObject({ state: 'done' });
    expect(snapshotIn(here.home, form, NAME.copy)?.RestorableBy).toEqual([]);
  });

  it('is not taken back', async () => {
    const { action, verbs } = await set(form);
    await expect(verbs.undo(action)).rejects.toMatchObject({ name: 'RefusedError' });
    expect(await verbs.undone(action)).toMatchObject({ state: 'failed' });
  });
});

function snapshotArn(here: Parameters<typeof copying>[0], form: Form): string {
  const snapshot = snapshotIn(here.home, form, NAME.copy) as { DBSnapshotArn?: string; DBClusterSnapshotArn?: string };
  return snapshot.DBSnapshotArn ?? snapshot.DBClusterSnapshotArn ?? '';
}

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
