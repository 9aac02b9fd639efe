import {
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  type CopyDBSnapshotMessage,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { defaultRdsKey, keyArn } from '../../sandbox/estate/kms-state.ts';
import type { SnapshotSpec } from '../../sandbox/estate/rds-snapshot.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest();
const AWAY = 'eu-west-1';
const MEMBER = '222222222222';
const TAGS = [
  { Key: 'env', Value: 'prod' },
  { Key: 'aws:cloudformation:stack-name', Value: 'shop' },
];

/** A manual snapshot of `orders` at home, ten days old. */
function original(spec: Partial<SnapshotSpec> = {}) {
  const { rds } = stage.home;
  const database = rds.instances.get('orders') ?? rds.addInstance({ DBInstanceIdentifier: 'orders' });
  const taken = new Date('2026-10-23T18:05:00Z');
  return rds.addSnapshot(database, {
    DBSnapshotIdentifier: 'one',
    SnapshotCreateTime: taken,
    OriginalSnapshotCreateTime: taken,
    TagList: TAGS,
    ...spec,
  });
}

const away = () => stage.sandbox.estate.hub.region(AWAY);

function copy(more: Partial<CopyDBSnapshotMessage> = {}) {
  const source = stage.home.rds.snapshots.get('one')?.DBSnapshotArn;
  return clientsOf(stage.sandbox, { region: AWAY }).rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: source,
      TargetDBSnapshotIdentifier: 'one-away',
      KmsKeyId: 'alias/backups',
      ...more,
    }),
  );
}

const copyAtHome = (more: Partial<CopyDBSnapshotMessage> = {}) =>
  stage.clients.rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: 'one',
      TargetDBSnapshotIdentifier: 'one-again',
      ...more,
    }),
  );

describe('a copy from another region', () => {
  it('is creating for as long as it takes, and keeps whose it is and when it was taken', async () => {
    const snapshot = original();
    const { DBSnapshot } = await copy();
    expect(DBSnapshot).toMatchObject({ Status: 'creating', PercentProgress: 0, SnapshotType: 'manual', TagList: [] });
    stage.sandbox.clock.advance({ minutes: 20 });
    expect(away().rds.snapshots.get('one-away')).toMatchObject({ Status: 'creating', PercentProgress: 50 });
    stage.sandbox.clock.advance({ minutes: 20 });
    const { rds } = clientsOf(stage.sandbox, { region: AWAY });
    const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ DbiResourceId: snapshot.DbiResourceId }));
    expect(DBSnapshots).toMatchObject([
      {
        DBSnapshotIdentifier: 'one-away',
        DBSnapshotArn: `arn:aws:rds:${AWAY}:123456789012:snapshot:one-away`,
        DBInstanceIdentifier: 'orders',
        Status: 'available',
        PercentProgress: 100,
        SourceRegion: 'ap-northeast-2',
        SourceDBSnapshotIdentifier: snapshot.DBSnapshotArn,
        SnapshotCreateTime: new Date('2026-11-02T00:00:00Z'),
        OriginalSnapshotCreateTime: snapshot.OriginalSnapshotCreateTime,
        KmsKeyId: keyArn({ account: '123456789012', region: AWAY }, 'alias/backups'),
        FullSnapshotSizeInBytes: snapshot.FullSnapshotSizeInBytes,
      },
    ]);
  });

  it.each<[string, string, string | RegExp, Partial<CopyDBSnapshotMessage>]>([
    ['no key is named', 'InvalidParameterValue', /^Must specify new KMS key/, { KmsKeyId: '' }],
    [
      'the key is one of the other region',
      'KMSKeyNotAccessibleFault',
      /does not exist, is not enabled/,
      { KmsKeyId: defaultRdsKey({ account: '123456789012', region: 'ap-northeast-2' }) },
    ],
    ['the name is taken', 'DBSnapshotAlreadyExistsFault', /taken/, { TargetDBSnapshotIdentifier: 'Taken' }],
    ['the name is none', 'InvalidParameterValue', /rds:x/, { TargetDBSnapshotIdentifier: 'rds:x' }],
    ['it is named without its region', 'DBSnapshotNotFoundFault', /one/, { SourceDBSnapshotIdentifier: 'one' }],
    [
      'its account is unknown',
      'DBSnapshotNotFoundFault',
      /:999999999999:/,
      { SourceDBSnapshotIdentifier: 'arn:aws:rds:ap-northeast-2:999999999999:snapshot:one' },
    ],
  ])('is refused when %s', async (_, name, message, more) => {
    original();
    away().rds.addSnapshot(away().rds.addInstance(), { DBSnapshotIdentifier: 'taken' });
    await expect(copy(more)).rejects.toMatchObject({ name, message: expect.stringMatching(message) as string });
  });

  it('is refused while its original is not available', async () => {
    original({ Status: 'creating' });
    await expect(copy()).rejects.toMatchObject({ name: 'InvalidDBSnapshotStateFault' });
  });

  it.each([
    ['the key of the copy', () => away(), 'alias/backups', /^The target KMS key \[alias\/backups\]/],
    ['the key of the original', () => stage.home, 'alias/aws/rds', /^The source snapshot KMS key/],
  ])('is refused when %s may not be used', async (_, region, key, message) => {
    original();
    const { place, kms } = region();
    kms.inaccessible.add(keyArn(place, key));
    await expect(copy()).rejects.toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
      message: expect.stringMatching(message) as string,
    });
  });

  it('needs no key when nothing is encrypted, and is encrypted when one is named', async () => {
    const database = stage.home.rds.addInstance({ DBInstanceIdentifier: 'open', StorageEncrypted: false });
    stage.home.rds.addSnapshot(database, { DBSnapshotIdentifier: 'one' });
    const plain = await copy({ KmsKeyId: '', TargetDBSnapshotIdentifier: 'plain' });
    expect([plain.DBSnapshot?.Encrypted, plain.DBSnapshot?.KmsKeyId]).toEqual([false, undefined]);
    const { DBSnapshot } = await copy({ TargetDBSnapshotIdentifier: 'locked' });
    expect([DBSnapshot?.Encrypted, DBSnapshot?.KmsKeyId]).toEqual([true, expect.stringContaining(`:${AWAY}:`)]);
  });

  it('leaves its option group behind, unless another is named; one that persists must be replaced', async () => {
    original({ OptionGroupName: 'audited' });
    expect((await copy()).DBSnapshot?.OptionGroupName).toBe('default:postgres-16');
    const named = await copy({ TargetDBSnapshotIdentifier: 'named', OptionGroupName: 'audited-away' });
    expect(named.DBSnapshot?.OptionGroupName).toBe('audited-away');
    away().rds.persistentOptionGroups.add('audited');
    await expect(copy({ TargetDBSnapshotIdentifier: 'late' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
  });
});

describe('a copy within the region', () => {
  it('keeps the key, says nothing of a source, and makes an automated snapshot a manual one', async () => {
    const snapshot = original();
    const automated = { DBSnapshotIdentifier: 'rds:orders-2026-10-23-18-05', SnapshotType: 'automated' };
    stage.home.rds.snapshots.set(automated.DBSnapshotIdentifier, { ...snapshot, ...automated });
    const { DBSnapshot } = await copyAtHome({ SourceDBSnapshotIdentifier: automated.DBSnapshotIdentifier });
    expect(DBSnapshot).toMatchObject({ SnapshotType: 'manual', KmsKeyId: snapshot.KmsKeyId });
    expect(DBSnapshot).not.toHaveProperty('SourceRegion');
    expect(DBSnapshot).not.toHaveProperty('SourceDBSnapshotIdentifier');
    stage.sandbox.clock.advance({ minutes: 6 });
    expect(stage.home.rds.snapshots.get('one-again')?.Status).toBe('available');
  });

  it.each([
    ['none', {}, []],
    ['those of the original, without those of AWS itself', { CopyTags: true }, TAGS.slice(0, 1)],
    [
      'its own and no others',
      { CopyTags: true, Tags: [{ Key: 'tier', Value: 'daily' }] },
      [{ Key: 'tier', Value: 'daily' }],
    ],
  ])('has tags as it is asked for: %s', async (_, more, tags) => {
    original();
    expect((await copyAtHome(more)).DBSnapshot?.TagList).toEqual(tags);
  });

  it('is a manual snapshot more', async () => {
    original();
    stage.home.rds.snapshotQuota = 1;
    await expect(copyAtHome()).rejects.toMatchObject({
      name: 'SnapshotQuotaExceededFault',
      message: 'Cannot create more than 1 manual snapshots',
    });
  });
});

describe('copies at the same time', () => {
  it('are made one after the other when they are of one database', async () => {
    original();
    await copy({ TargetDBSnapshotIdentifier: 'first' });
    stage.sandbox.clock.advance({ minutes: 10 });
    await copy({ TargetDBSnapshotIdentifier: 'second' });
    const shown = () => ['first', 'second'].map((id) => away().rds.snapshots.get(id)?.PercentProgress);
    stage.sandbox.clock.advance({ minutes: 20 });
    expect(shown()).toEqual([70, 0]);
    stage.sandbox.clock.advance({ minutes: 30 });
    expect(shown()).toEqual([100, 50]);
    stage.sandbox.clock.advance({ minutes: 20 });
    expect(shown()).toEqual([100, 100]);
  });

  it('are twenty from other regions, of instances and clusters together', async () => {
    original();
    const cluster = stage.home.rds.addCluster();
    const { DBClusterSnapshotArn } = stage.home.rds.addClusterSnapshot(cluster, {
      DBClusterSnapshotIdentifier: 'cart',
    });
    const { rds } = clientsOf(stage.sandbox, { region: AWAY });
    const target = { SourceDBClusterSnapshotIdentifier: DBClusterSnapshotArn, KmsKeyId: 'alias/backups' };
    await rds.send(new CopyDBClusterSnapshotCommand({ ...target, TargetDBClusterSnapshotIdentifier: 'cart' }));
    for (let count = 1; count < 20; count += 1) await copy({ TargetDBSnapshotIdentifier: `copy-${count}` });
    const refusal = {
      name: 'SnapshotQuotaExceededFault',
      message: 'Cannot copy more than 20 snapshots across regions',
    };
    await expect(copy()).rejects.toMatchObject(refusal);
    const again = new CopyDBClusterSnapshotCommand({ ...target, TargetDBClusterSnapshotIdentifier: 'again' });
    await expect(rds.send(again)).rejects.toMatchObject(refusal);
    away().rds.addSnapshot(away().rds.addInstance(), { DBSnapshotIdentifier: 'of-here' });
    const within = { SourceDBSnapshotIdentifier: 'of-here', TargetDBSnapshotIdentifier: 'stays' };
    await expect(rds.send(new CopyDBSnapshotCommand(within))).resolves.toBeDefined();
    stage.sandbox.clock.advance({ minutes: 40 });
    await expect(copy()).resolves.toBeDefined();
  });
});

describe('a copy that does not go well', () => {
  it('hangs for ever, and holds up what comes after it', async () => {
    original();
    away().rds.snapshotDurations.set('stuck', Number.POSITIVE_INFINITY);
    await copy({ TargetDBSnapshotIdentifier: 'stuck' });
    await copy({ TargetDBSnapshotIdentifier: 'behind' });
    stage.sandbox.clock.advance({ days: 30 });
    expect(['stuck', 'behind'].map((id) => away().rds.snapshots.get(id)?.Status)).toEqual(['creating', 'creating']);
  });

  it('fails when the estate wants it, by its own name or its database', async () => {
    original();
    away().rds.failingSnapshots.add('one-away');
    await copy();
    await copy({ TargetDBSnapshotIdentifier: 'good' });
    stage.sandbox.clock.advance({ hours: 2 });
    expect(['one-away', 'good'].map((id) => away().rds.snapshots.get(id)?.Status)).toEqual(['failed', 'available']);
    const { rds } = clientsOf(stage.sandbox, { region: AWAY });
    await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'one-away' }));
    expect([...away().rds.snapshots.keys()]).toEqual(['good']);
  });

  it('fails when its original is deleted before it is done', async () => {
    original();
    await copy();
    await stage.clients.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'one' }));
    stage.sandbox.clock.advance({ hours: 2 });
    expect(away().rds.snapshots.get('one-away')?.Status).toBe('failed');
  });

  it('is called off by deleting it, but only a cluster’s', async () => {
    original();
    const cluster = stage.home.rds.addCluster();
    stage.home.rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'cart' });
    await copyAtHome();
    const { DBClusterSnapshot } = await stage.clients.rds.send(
      new CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: 'cart',
        TargetDBClusterSnapshotIdentifier: 'cart-again',
      }),
    );
    expect(DBClusterSnapshot?.Status).toBe('copying');
    await stage.clients.rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: 'cart-again' }));
    expect([...stage.home.rds.clusterSnapshots.keys()]).toEqual(['cart']);
    const early = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'one-again' });
    await expect(stage.clients.rds.send(early)).rejects.toMatchObject({ name: 'InvalidDBSnapshotStateFault' });
  });
});

describe('a copy of a cluster’s snapshot', () => {
  const copyCart = (more: { KmsKeyId?: string }) =>
    clientsOf(stage.sandbox, { region: AWAY }).rds.send(
      new CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: stage.home.rds.clusterSnapshots.get('cart')?.DBClusterSnapshotArn,
        TargetDBClusterSnapshotIdentifier: 'cart-away',
        CopyTags: true,
        ...more,
      }),
    );
  const cart = (StorageEncrypted: boolean, Engine = 'aurora-mysql') => {
    const cluster = stage.home.rds.addCluster({ DBClusterIdentifier: 'cart', StorageEncrypted, Engine });
    return stage.home.rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'cart', TagList: TAGS });
  };

  it.each(['mysql', 'postgres'])('is not made of a Multi-AZ DB cluster of %s', async (engine) => {
    cart(true, engine);
    await expect(copyCart({ KmsKeyId: 'alias/backups' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    expect(away().rds.clusterSnapshots.size).toBe(0);
  });

  it.each(['aurora-mysql', 'docdb', 'neptune'])('is made of %s as well, and names its source', async (engine) => {
    const source = cart(true, engine);
    await copyCart({ KmsKeyId: 'alias/backups' });
    stage.sandbox.clock.advance({ hours: 1 });
    expect(away().rds.clusterSnapshots.get('cart-away')).toMatchObject({
      Status: 'available',
      Engine: engine,
      DBClusterIdentifier: 'cart',
      DbClusterResourceId: source.DbClusterResourceId,
      SourceDBClusterSnapshotArn: source.DBClusterSnapshotArn,
      TagList: TAGS.slice(0, 1),
    });
  });

  it('takes no key when the snapshot is not encrypted', async () => {
    cart(false);
    await expect(copyCart({ KmsKeyId: 'alias/backups' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await expect(copyCart({})).resolves.toMatchObject({ DBClusterSnapshot: { StorageEncrypted: false } });
  });
});

describe('a copy from another account', () => {
  const member = () =>
    clientsOf(stage.sandbox, { region: AWAY, credentials: stage.sandbox.estate.account(MEMBER).accessKey() }).rds;
  const take = (more: Partial<CopyDBSnapshotMessage> = {}) =>
    member().send(
      new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: stage.home.rds.snapshots.get('one')?.DBSnapshotArn,
        TargetDBSnapshotIdentifier: 'taken-over',
        KmsKeyId: 'alias/vault',
        CopyTags: true,
        ...more,
      }),
    );

  it('is made in another region in one step when it is shared, without the tags', async () => {
    const snapshot = original();
    await expect(take()).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
    snapshot.RestorableBy = [MEMBER];
    const { DBSnapshot } = await take();
    expect(DBSnapshot).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:${AWAY}:${MEMBER}:snapshot:taken-over`,
      SourceDBSnapshotIdentifier: snapshot.DBSnapshotArn,
      OriginalSnapshotCreateTime: snapshot.OriginalSnapshotCreateTime,
      TagList: [],
    });
    snapshot.RestorableBy = [];
    await expect(take({ TargetDBSnapshotIdentifier: 'no-more' })).rejects.toMatchObject({
      name: 'DBSnapshotNotFoundFault',
    });
  });

  it('must name a key when it is encrypted', async () => {
    original().RestorableBy = [MEMBER];
    await expect(take({ KmsKeyId: '' })).rejects.toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
      message: 'The target KMS key [None] does not exist, is not enabled or you do not have permissions to access it.',
    });
  });

  it.each(['docdb', 'neptune'])('stays in its region when it is of %s', async (Engine) => {
    const cluster = stage.home.rds.addCluster({ Engine });
    const source = stage.home.rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'cart' });
    source.RestorableBy = [MEMBER];
    const wanted = {
      SourceDBClusterSnapshotIdentifier: source.DBClusterSnapshotArn,
      TargetDBClusterSnapshotIdentifier: 'taken-over',
      KmsKeyId: 'alias/vault',
    };
    const across = member().send(new CopyDBClusterSnapshotCommand(wanted));
    await expect(across).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const { rds } = clientsOf(stage.sandbox, { credentials: stage.sandbox.estate.account(MEMBER).accessKey() });
    await expect(rds.send(new CopyDBClusterSnapshotCommand(wanted))).resolves.toBeDefined();
  });
});

describe('a region that is denied', () => {
  it('is that of one account only, and the others go on', async () => {
    original();
    stage.sandbox.faults.add({ service: 'rds', account: '123456789012', region: AWAY, fault: 'accessDenied' });
    await expect(copy()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await expect(copyAtHome()).resolves.toBeDefined();
    const theirs = clientsOf(stage.sandbox, {
      region: AWAY,
      credentials: stage.sandbox.estate.account(MEMBER).accessKey(),
    });
    await expect(theirs.rds.send(new DescribeDBSnapshotsCommand({}))).resolves.toMatchObject({ DBSnapshots: [] });
  });
});
