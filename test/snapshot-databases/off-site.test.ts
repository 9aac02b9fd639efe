import { describe, expect, it } from 'vitest';
import type { Scene } from '../support/carry-out.ts';
import {
  ACCOUNT,
  addDatabase,
  doneIn,
  nextNight,
  openNights,
  ownIn,
  SEOUL,
  TOKYO,
  toldOf,
} from '../support/snapshot-databases.ts';

const VAULT = '999988887777';
const TIERS = { tiers: { daily: 0, weekly: 2, monthly: 0, yearly: 0 } };

async function withOrders(snapshots: object, more: Record<string, unknown> = {}): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots: { ...TIERS, ...snapshots } } });
  addDatabase(scene, 'orders', more);
  await scene.lambda.advance({ days: 1 });
  return scene;
}

const keyIn = (account: string, region: string): string =>
  `arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555`;
const inTokyo = { name: 'dr', region: TOKYO, kmsKey: keyIn(ACCOUNT, TOKYO) };
const inVault = { name: 'vault', account: VAULT, region: SEOUL, kmsKey: keyIn(VAULT, SEOUL) };

describe('off-site', () => {
  it('a copy goes to another region in the night after the snapshot is there', async () => {
    const scene = await withOrders({ copyTo: [inTokyo] });
    const nights = [await nextNight(scene), await nextNight(scene), await nextNight(scene)];
    expect(nights.map(doneIn)).toEqual([
      [`copy-snapshot of orders in ${SEOUL}`],
      [`copy-snapshot of orders in ${TOKYO}`],
      [],
    ]);
    expect(ownIn(scene, TOKYO)).toEqual(['orders 2026-11-23 available']);
    expect(nights[2]?.coverage[0]?.copies).toMatchObject([
      { destination: `dr (${ACCOUNT}/${TOKYO})`, newest: { type: 'manual' }, lacking: 0 },
    ]);
  });

  it('to another account it goes in one step when it is under a key of its own', async () => {
    const scene = await withOrders({ copyTo: [inVault] }, { KmsKeyId: keyIn(ACCOUNT, SEOUL) });
    openVault(scene);
    const nights = [await nextNight(scene), await nextNight(scene), await nextNight(scene)];
    expect(nights.map((night) => night.act.map(({ what }) => what))).toEqual([
      ['copy the automated snapshot'],
      [`copy the snapshot from ${SEOUL} of the account ${ACCOUNT}`],
      [],
    ]);
    expect(ownIn(scene, SEOUL, VAULT)).toEqual(['orders 2026-11-23 available']);
  });

  it('in two steps when it is under a key that AWS manages: a handover comes first, and goes when it is not needed any more', async () => {
    const snapshots = { copyTo: [inVault], shareKey: keyIn(ACCOUNT, SEOUL), keepAtLeast: 1, prune: 'approve' };
    const scene = await withOrders(snapshots);
    openVault(scene);
    const nights = [];
    for (let night = 0; night < 4; night += 1) nights.push(await nextNight(scene));
    expect(nights.map((night) => night.act.map(({ what }) => what))).toEqual([
      ['copy the automated snapshot'],
      ['copy the snapshot, so that another account can read it'],
      [`copy the snapshot from ${SEOUL} of the account ${ACCOUNT}`],
      ['delete the snapshot'],
    ]);
    expect(nights[3]?.act[0]?.because).toBe('every destination has its copy');
    expect(ownIn(scene, SEOUL, VAULT)).toEqual(['orders 2026-11-23 available']);
  });

  it('a copy that hangs is told, and made again in a later night; what is left of it is deleted when AWS lets it', async () => {
    const scene = await withOrders({ copyTo: [inTokyo], copyWithin: '12h', prune: 'auto', pruneGrace: '1h' });
    const { rds } = scene.sandbox.estate.account(ACCOUNT).region(TOKYO);
    rds.snapshotDurations.set('orders', Number.POSITIVE_INFINITY);
    await nextNight(scene);
    await nextNight(scene);
    const [hung] = [...rds.snapshots.values()];
    rds.snapshotDurations.clear();
    delete hung!.Copied; // nobody queues behind it
    const night = await nextNight(scene);
    expect(toldOf(scene, 'changes').map(({ text }) => text)).toContainEqual(
      expect.stringContaining('it is still creating after 12 hours and could not be called off'),
    );
    expect(doneIn(night)).toEqual([`delete-snapshot of orders in ${TOKYO}`, `copy-snapshot of orders in ${TOKYO}`]);
    expect(ownIn(scene, TOKYO)).toEqual(['orders 2026-11-23 available', 'orders 2026-11-23 creating']);
    hung!.Status = 'failed'; // RDS has given it up
    await nextNight(scene);
    await nextNight(scene);
    expect(ownIn(scene, TOKYO)).toEqual(['orders 2026-11-23 available']);
  });

  it('a copy that is refused every night is told at once and once; the nights count it, until it went well', async () => {
    const scene = await withOrders({ copyTo: [inTokyo] });
    const { kms } = scene.sandbox.estate.account(ACCOUNT).region(TOKYO);
    kms.inaccessible.add(inTokyo.kmsKey);
    await nextNight(scene);
    for (let night = 0; night < 3; night += 1) await nextNight(scene);
    expect(toldOf(scene, 'changes').map(({ attributes }) => attributes.severity)).toEqual(['critical']);
    kms.inaccessible.delete(inTokyo.kmsKey);
    await nextNight(scene);
    await nextNight(scene);
    const since = toldOf(scene, 'snapshots').map(({ text, attributes }) => [
      attributes.severity,
      /Since the run before: .*/.exec(text)?.[0],
      /- failed: 1 database \(orders\): .*key/.test(text),
    ]);
    expect(since).toEqual([
      ['info', undefined, false],
      ['info', 'Since the run before: 1 copied.', false],
      ...Array(3).fill(['warning', 'Since the run before: nothing was done.', true]),
      ['info', 'Since the run before: 1 copied.', false],
    ]);
  });

  it('what has no key at its destination is not copied, and said', async () => {
    const scene = await withOrders({ copyTo: [{ name: 'dr', region: TOKYO }] });
    await nextNight(scene);
    expect((await nextNight(scene)).left.map(({ because }) => because)).toEqual([
      'weekly 2026-W48 to dr: it is encrypted, and `dr` has no kmsKey',
    ]);
  });

  it('a destination that cannot be read is said, counts as unknown, and nothing of the database is deleted', async () => {
    const scene = await withOrders({ copyTo: [inTokyo], keepAtLeast: 1 });
    scene.sandbox.faults.add({
      service: 'rds',
      operation: 'DescribeDBSnapshots',
      region: TOKYO,
      fault: 'accessDenied',
    });
    const night = await nextNight(scene);
    expect(night.unreadable).toEqual([expect.objectContaining({ account: ACCOUNT, region: TOKYO })]);
    expect(night.coverage[0]?.copies).toMatchObject([{ unknown: 'may not read the snapshots: AccessDenied' }]);
    expect(night.left).toContainEqual(
      expect.objectContaining({
        unknown: true,
        because: expect.stringContaining('nothing of it is deleted') as string,
      }),
    );
  });
});

function openVault({ sandbox }: Scene): void {
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(VAULT).role(role, { externalId: 'lamplighter' });
}
