import { describe, expect, it } from 'vitest';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import type { Scene } from '../support/carry-out.ts';
import { flip, say } from '../support/carry-out.ts';
import {
  addDatabase,
  changePolicy,
  nextNight,
  openNights,
  ownIn,
  planIn,
  SEOUL,
  toldOf,
} from '../support/snapshot-databases.ts';

const TIERS = { tiers: { daily: 0, weekly: 1, monthly: 0, yearly: 0 }, keepAtLeast: 1 };

/** A database with one snapshot of its own too many, and a third that it keeps. */
async function withExpired(snapshots: object): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots: { ...TIERS, ...snapshots } } });
  addDatabase(scene, 'orders');
  for (const days of [40, 30, 1]) addExpired(scene, days);
  await scene.lambda.advance({ days: 1 });
  return scene;
}

/** One of Lamplighter's own of so many days ago. */
function addExpired({ region, sandbox }: Scene, days: number): void {
  const orders = region.rds.instances.get('orders')!;
  const at = new Date(sandbox.clock.now().getTime() - days * 86_400_000);
  region.rds.addSnapshot(orders, {
    DBSnapshotIdentifier: `lamplighter-orders-${days}`,
    SnapshotCreateTime: at,
    OriginalSnapshotCreateTime: at,
    TagList: [{ Key: 'lamplighter:database', Value: orders.DbiResourceId! }],
  });
}

/** The same with a quota that is used up, and a database with nothing. */
async function withoutRoom(snapshots: object): Promise<Scene> {
  const scene = await withExpired({ prune: 'auto', ...snapshots });
  addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
  scene.region.rds.snapshotQuota = 3;
  return scene;
}

const BRIEF_GRACE = { pruneGrace: '2h' };
const USED = 'due for weekly 2026-W48, but 3 of 3 manual instance snapshots in 111111111111/ap-northeast-2 are used';

const ofBare = ({ left }: Awaited<ReturnType<typeof nextNight>>) =>
  left.filter(({ databaseName }) => databaseName === 'bare').map(({ because }) => because);

const changed = ({ sandbox }: Scene): string[] =>
  sandbox.calls.all().flatMap(({ operation }) => (/^(Create|Delete)DBSnapshot$/.test(operation) ? [operation] : []));

/** How old those were that a night deletes. */
const deletesIn = ({ act }: Awaited<ReturnType<typeof nextNight>>): string[] =>
  act.flatMap(({ action, resource: { name } }) => (action === 'delete-snapshot' ? [name.replace(/^.*-/, '')] : []));

const names = ({ region }: Scene): string[] =>
  [...region.rds.snapshots.keys()].filter((name) => !name.startsWith('rds:')).sort();

describe('what has expired', () => {
  it('is deleted after an approval, the oldest first, by a plan of its own; the cost is said as an upper bound', async () => {
    const scene = await withExpired({ prune: 'approve' });
    const night = await nextNight(scene);
    const [prune = '', take = ''] = night.plans;
    expect([prune, take]).toEqual([
      expect.stringMatching(/^prune-snapshots-/),
      expect.stringMatching(/^snapshot-databases-/),
    ]);
    expect(night.act.filter(({ plan }) => plan === prune).map(({ resource }) => resource.name)).toEqual([
      'lamplighter-orders-40',
      'lamplighter-orders-30',
    ]);
    const [message] = toldOf(scene, 'snapshots');
    expect(message?.subject).toMatch(/2 to delete$/);
    expect(message?.text).toMatch(
      /snapshots cost at most \$\d+\.\d\d a month; what has expired at most \$\d+\.\d\d of it\. Basis: list price/,
    );
    expect(names(scene)).toContain('lamplighter-orders-40');

    await say(scene, await planIn(scene, prune), { say: 'approve' });
    await scene.lambda.advance({ hours: 4 });
    expect(names(scene)).not.toContain('lamplighter-orders-40');
    expect(names(scene)).not.toContain('lamplighter-orders-30');
    expect(names(scene)).toContain('lamplighter-orders-1');
  });

  it('is not planned twice: what expires later is a plan beside those that are open, each with its own grace', async () => {
    const scene = await withExpired({ prune: 'auto', pruneGrace: '3d' });
    const first = await nextNight(scene);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain('when the grace of 3d is over');
    addExpired(scene, 20);
    const second = await nextNight(scene);
    expect(second).toMatchObject({ open: [{ id: first.plans[0], actions: 2, until: '2026-11-28T16:30:00.000Z' }] });
    expect(deletesIn(second)).toEqual(['20', '1']);
    expect(toldOf(scene, 'snapshots')[1]?.text).toContain(
      `- ${first.plans[0]}: 2 deletes to be done, until 2026-11-29`,
    );
    const left = [];
    for (let night = 0; night < 4; night += 1) {
      await nextNight(scene);
      left.push(names(scene).filter((name) => /-(20|30|40)$/.test(name)).length);
    }
    expect(left).toEqual([3, 1, 0, 0]);
  });

  it('is vetoed plan by plan: a no to the deletes of one night is none to those of another', async () => {
    const scene = await withExpired({ prune: 'auto', pruneGrace: '3d' });
    const first = await nextNight(scene);
    addExpired(scene, 20);
    await nextNight(scene);
    await say(scene, await planIn(scene, first.plans[0] ?? ''), { say: 'veto' });
    for (let night = 0; night < 3; night += 1) await nextNight(scene);
    expect(names(scene)).toEqual(expect.arrayContaining(['lamplighter-orders-30', 'lamplighter-orders-40']));
    expect(names(scene)).not.toContain('lamplighter-orders-20');
  });

  it('keeps up: what waits is said, with how much more it is than before', async () => {
    const scene = await withExpired({ prune: 'approve', pruneAtMost: 1 });
    await nextNight(scene);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain(
      'waiting for a later plan: 1 snapshot; the oldest data are of',
    );
    for (const days of [18, 19, 20]) addExpired(scene, days);
    const night = await nextNight(scene);
    expect(night).toMatchObject({ backlog: { waiting: 4 } });
    const { text, attributes } = toldOf(scene, 'snapshots')[1]!;
    expect(text).toContain('waiting for a later plan: 4 snapshots, 3 more than at the run before');
    expect(text).toContain('More expires than `snapshots.pruneAtMost` (1) lets go: raise it, or leave it out.');
    expect(attributes.severity).toBe('warning');
  });

  it('is planned anew when nobody approved it in time', async () => {
    const scene = await withExpired({ prune: 'approve' });
    const nights = [];
    for (let night = 0; night < 4; night += 1) nights.push(deletesIn(await nextNight(scene)));
    // On the second night the week has one of its own.
    expect(nights).toEqual([['40', '30'], ['1'], [], ['40', '30']]);
  });

  it('is planned anew under a policy that has changed: the older plan would not be carried out any more', async () => {
    const scene = await withExpired({ prune: 'approve' });
    await nextNight(scene);
    await changePolicy(scene, { ...TIERS, prune: 'approve', rpo: '30h' });
    expect((await nextNight(scene)).plans).toContainEqual(expect.stringMatching(/^prune-snapshots-/));
  });

  it('stays when a person has said no to it, or a tag holds it', async () => {
    const scene = await withExpired({ prune: 'approve' });
    const [old] = [...scene.region.rds.snapshots.values()];
    await answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table }).recordVeto('111111111111', {
      resource: old!.DBSnapshotArn,
      until: new Date('2027-06-01T00:00:00Z'),
      by: 'kim',
      why: 'an audit',
    });
    scene.region.rds.snapshots.get('lamplighter-orders-30')!.TagList!.push({ Key: 'lamplighter:hold', Value: '' });
    const night = await nextNight(scene);
    expect(night.plans).toEqual([expect.stringMatching(/^snapshot-databases-/)]);
    expect(night.left.map(({ because }) => because)).toContain(
      'lamplighter-orders-40 stays, vetoed by kim until 2027-06-01: an audit',
    );
  });

  it('is not deleted while pruning is off', async () => {
    const scene = await withExpired({ prune: 'off' });
    await nextNight(scene);
    expect(names(scene)).toContain('lamplighter-orders-40');
    expect(ownIn(scene, SEOUL)).toContain('orders 2026-10-13 available');
  });
});

describe('the room that deletes make', () => {
  it('is waited for by what needs it, for as long as a short grace: nothing is asked of AWS before it is there', async () => {
    const scene = await withoutRoom(BRIEF_GRACE);
    const night = await nextNight(scene);
    expect(night.act.find(({ action }) => action === 'create-snapshot')).toMatchObject({
      after: expect.stringMatching(/:lamplighter-orders-40$/),
    });
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain(
      'due for weekly 2026-W48; it waits until lamplighter-orders-40 is deleted, whose place it takes',
    );
    expect(changed(scene)).toEqual(['DeleteDBSnapshot', 'DeleteDBSnapshot', 'CreateDBSnapshot']);
    expect(ownIn(scene)).toContain('bare 2026-11-24 available');
  });

  it('does not exist during a longer grace: what needs it is left out, and is taken in a night after the deletes', async () => {
    const scene = await withoutRoom({});
    expect(ofBare(await nextNight(scene))).toEqual([`${USED}; room for 2 comes when the grace of 1d is over`]);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain('room for 2 comes when the grace of 1d is over');
    expect(changed(scene)).toEqual([]);
    for (let night = 0; night < 2; night += 1) await nextNight(scene);
    expect(ownIn(scene)).toContainEqual(expect.stringMatching(/^bare .* available$/));
  });

  it('is not hoped for from deletes that an earlier plan has not done', async () => {
    const scene = await withoutRoom(BRIEF_GRACE);
    flip(scene, 'pause', 'on');
    await nextNight(scene);
    const second = await nextNight(scene);
    expect(second.open).toHaveLength(1);
    expect(ofBare(second)).toEqual([USED]);
  });

  it('is not hoped for from what a person has said no to', async () => {
    const scene = await withoutRoom(BRIEF_GRACE);
    for (const { DBSnapshotArn: resource } of scene.region.rds.snapshots.values()) {
      const veto = { resource, until: new Date('2027-06-01T00:00:00Z'), by: 'kim', why: 'an audit' };
      await answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table }).recordVeto('111111111111', veto);
    }
    expect(ofBare(await nextNight(scene))).toEqual([USED]);
  });
});
