import { describe, expect, it } from 'vitest';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import type { Scene } from '../support/carry-out.ts';
import { say } from '../support/carry-out.ts';
import {
  addDatabase,
  changePolicy,
  doneIn,
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
  const orders = addDatabase(scene, 'orders');
  const now = scene.sandbox.clock.now().getTime();
  for (const days of [40, 30, 1]) {
    const at = new Date(now - days * 86_400_000);
    scene.region.rds.addSnapshot(orders, {
      DBSnapshotIdentifier: `lamplighter-orders-${days}`,
      SnapshotCreateTime: at,
      OriginalSnapshotCreateTime: at,
      TagList: [{ Key: 'lamplighter:database', Value: orders.DbiResourceId! }],
    });
  }
  await scene.lambda.advance({ days: 1 });
  return scene;
}

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

  it('is not planned anew while its plan is open: the nights do not take its place', async () => {
    const scene = await withExpired({ prune: 'auto' });
    const first = await nextNight(scene);
    const second = await nextNight(scene);
    expect(second).toMatchObject({ open: { id: first.plans[0], actions: 2, until: '2026-12-02T16:30:00.000Z' } });
    expect(doneIn(second).filter((one) => one.startsWith('delete-'))).toEqual([]);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain('when the grace of 7d is over');
    for (let night = 0; night < 7; night += 1) await nextNight(scene);
    expect(names(scene)).not.toContain('lamplighter-orders-40');
  });

  it('is planned anew when nobody approved it in time', async () => {
    const scene = await withExpired({ prune: 'approve' });
    const nights = [];
    for (let night = 0; night < 4; night += 1) nights.push(await nextNight(scene));
    const prunes = nights.map(({ plans }) => plans.filter((id) => id.startsWith('prune-')).length);
    expect(prunes).toEqual([1, 0, 0, 1]);
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
