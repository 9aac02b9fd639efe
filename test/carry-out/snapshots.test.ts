import { describe, expect, it } from 'vitest';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { CopySnapshot } from '../../shared/core/retention/action.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import { changeOf, flip, handOver, idleCluster, outcomesOf, type Scene, say, told } from '../support/carry-out.ts';
import {
  AWAY,
  awayKey,
  awayOf,
  copyOf,
  database,
  deleteOf,
  HOME,
  openSnapshotScene,
  ownSnapshot,
  snapshotCalls,
  snapshotNamed,
  takeOf,
} from '../support/snapshots.ts';

const OLD = '2026-10-12T03:00:00Z';
const NEW = '2026-11-21T03:00:00Z';

const FUNCTION = { function: 'snapshot-databases' } as const;
const PRUNE = { function: 'prune-snapshots' } as const;

/** A database with a snapshot that has expired and a newer one. */
async function expiredOne(snapshots: object = {}, name = 'orders') {
  const scene = await openSnapshotScene(snapshots);
  const orders = database(scene, name);
  const old = ownSnapshot(scene, orders, OLD);
  ownSnapshot(scene, orders, NEW);
  return { scene, orders, old, proposal: deleteOf(orders, old) };
}

/** A copy of a cluster's snapshot to the other account. */
function clusterCopy(scene: Scene) {
  const cluster = idleCluster(scene, 'shop');
  const tags = { 'lamplighter:database': cluster.DbClusterResourceId ?? '', 'lamplighter:taken': NEW };
  const source = scene.region.rds.addClusterSnapshot(cluster, {
    DBClusterSnapshotIdentifier: 'lamplighter-shop-1',
    StorageEncrypted: false,
    TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  const takenAt = new Date(NEW).toISOString();
  const orders = database(scene, 'orders');
  const { kmsKey: _, ...action } = copyOf(orders, ownSnapshot(scene, orders, NEW), {
    form: 'cluster',
    databaseId: cluster.DbClusterResourceId ?? '',
    source: { arn: source.DBClusterSnapshotArn, scope: HOME, takenAt },
    tags,
  }).action as CopySnapshot;
  return { source, proposal: proposalOf({ action, databaseName: 'shop', mode: 'auto', because: 'due' }) };
}

describe('a snapshot in mode auto', () => {
  it('is taken at once, without a grace, and awaited until it is available', async () => {
    const scene = await openSnapshotScene();
    const orders = database(scene, 'orders');
    const { plan, execution } = await handOver(scene, [takeOf(orders)], FUNCTION);
    await scene.lambda.advance({ minutes: 1 });
    expect(snapshotCalls(scene)).toEqual(['CreateDBSnapshot ap-northeast-2 lamplighter-orders-new']);
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'watching',
      because: 'it was asked for and is awaited',
    });
    await scene.lambda.finish();
    expect(execution.status).toBe('SUCCEEDED');
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: 'it is taken',
      approvedBy: 'policy',
      made: { sizeGiB: orders.AllocatedStorage, takenAt: '2026-11-22T21:30:00.000Z' },
    });
    expect(snapshotNamed(scene, 'lamplighter-orders-new')?.TagList).toContainEqual({
      Key: 'lamplighter:taken',
      Value: '2026-11-22T21:30:00.000Z',
    });
  });

  it('is left to the next night to tell, when it went well', async () => {
    const scene = await openSnapshotScene();
    const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'))], FUNCTION);
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect(told(scene)).toEqual([]);
  });

  it('saves nothing, and nobody watches it afterwards', async () => {
    const scene = await openSnapshotScene();
    const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'))], FUNCTION);
    await scene.lambda.advance({ hours: 1 });
    expect(scene.lambda.executions.all().map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(await changeOf(scene, plan)).not.toHaveProperty('standsUntil');
  });

  it.each([
    ['a freeze', { freeze: [{ from: '2026-11-01', to: '2026-12-01', why: 'sale' }] }],
    ['nothing', {}],
  ])('is not hindered by %s', async (_, policy) => {
    const scene = await openSnapshotScene({}, { policy });
    const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'))], FUNCTION);
    flip(scene, 'pause', 'on');
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('is not taken while everything is halted', async () => {
    const scene = await openSnapshotScene();
    flip(scene, 'halt', 'on');
    const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'))], FUNCTION);
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['skipped']);
    expect(snapshotCalls(scene)).toEqual([]);
  });

  it.each(['report', 'approve'] as const)('is not taken once the policy says %s', async (mode) => {
    const scene = await openSnapshotScene({ mode });
    const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'))], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: `the rule take-snapshots is in mode ${mode} by now`,
    });
  });
});

it('is not taken of a database that a person wants to be left alone', async () => {
  const scene = await openSnapshotScene();
  const orders = database(scene, 'orders');
  const until = new Date('2026-12-01T00:00:00Z');
  const veto = { resource: orders.DBInstanceArn, until, by: 'kim', why: 'migration' };
  await answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table }).recordVeto(HOME.account, veto);
  const { plan } = await handOver(scene, [takeOf(orders)], FUNCTION);
  await scene.lambda.finish();
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'skipped',
    because: 'vetoed by kim until 2026-12-01: migration',
  });
});

it('waits for an approval in mode approve', async () => {
  const scene = await openSnapshotScene({ mode: 'approve' });
  const { plan } = await handOver(scene, [takeOf(database(scene, 'orders'), 'approve')], FUNCTION);
  await scene.lambda.advance({ hours: 1 });
  expect(snapshotCalls(scene)).toEqual([]);
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.finish();
  expect(await outcomesOf(scene, plan)).toEqual(['kept']);
});

it.each([
  [1, 12, 12],
  [2, 15, 20], // between its parts
])('takes twenty at once, whatever `parallel` says: %i parts of %i each begin with %i', async (...numbers) => {
  const [parts, size, atOnce] = numbers;
  const scene = await openSnapshotScene({}, { policy: { defaults: { mode: 'approve', parallel: 1 } } });
  const many = Array.from({ length: parts * size }, (_, index) => takeOf(database(scene, `shop-${index}`)));
  const { plan } = await handOver(scene, many, FUNCTION);
  await scene.lambda.advance({ minutes: 1 });
  expect(snapshotCalls(scene)).toHaveLength(atOnce);
  await scene.lambda.finish();
  expect(new Set(await outcomesOf(scene, plan))).toEqual(new Set(['kept']));
});

describe('a copy to another account', () => {
  async function copying(more: Parameters<typeof copyOf>[2] = {}) {
    const scene = await openSnapshotScene();
    const orders = database(scene, 'orders');
    const source = ownSnapshot(scene, orders, NEW);
    return { scene, orders, source, proposal: copyOf(orders, source, more) };
  }

  it('shares the source, copies it there, and shares it no longer', async () => {
    const { scene, source, proposal } = await copying();
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({
      outcome: 'kept',
      because: 'it is copied',
      made: { takenAt: '2026-11-21T03:00:00.000Z' },
    });
    expect(snapshotCalls(scene)).toEqual([
      `ModifyDBSnapshotAttribute ap-northeast-2 ${source.DBSnapshotIdentifier}`,
      `CopyDBSnapshot eu-central-1 ${source.DBSnapshotIdentifier}-dr`,
      `ModifyDBSnapshotAttribute ap-northeast-2 ${source.DBSnapshotIdentifier}`,
    ]);
    expect(source.RestorableBy).toEqual([]);
  });

  it('fails at once when the key there may not be used, and names it', async () => {
    const { scene, source, proposal } = await copying();
    awayOf(scene).kms.inaccessible.add(awayKey);
    const { plan, execution } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'failed', because: expect.stringContaining(awayKey) });
    expect([execution.status, source.RestorableBy]).toEqual(['FAILED', []]);
  });

  it('to a place that the policy does not name any more is not made', async () => {
    const scene = await openSnapshotScene({ copyTo: [] });
    const orders = database(scene, 'orders');
    const proposal = copyOf(orders, ownSnapshot(scene, orders, NEW));
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'the policy no longer looks at 222222222222 in eu-central-1',
    });
    expect(snapshotCalls(scene)).toEqual([]);
  });

  it('that hangs is said after the time that it may take, and left where AWS does not call it off', async () => {
    const { scene, source, proposal } = await copying({ withinHours: 6 });
    awayOf(scene).rds.snapshotDurations.set('orders', Number.POSITIVE_INFINITY);
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.advance({ hours: 5, minutes: 50 });
    expect((await changeOf(scene, plan))?.outcome).toBe('watching');
    await scene.lambda.advance({ hours: 3 });
    const because = expect.stringMatching(
      /^it is still creating after 6 hours and could not be called off \(AWS refused: /,
    );
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'failed', because });
    expect(source.RestorableBy).toEqual([]);
    expect(told(scene).at(-1)).toMatchObject({ severity: 'critical', text: expect.stringContaining('still creating') });
  });

  it('that hangs is called off where AWS lets it, as of clusters: nothing of it is left', async () => {
    const scene = await openSnapshotScene();
    const { source, proposal } = clusterCopy(scene);
    awayOf(scene).rds.snapshotDurations.set('shop', Number.POSITIVE_INFINITY);
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.advance({ hours: 23 });
    expect([...awayOf(scene).rds.clusterSnapshots.values()]).toMatchObject([{ Status: 'copying' }]);
    await scene.lambda.finish();
    const because = 'it is still copying after 24 hours and was called off: the next plan makes it again';
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'failed', because });
    expect([awayOf(scene).rds.clusterSnapshots.size, source.RestorableBy]).toEqual([0, []]);
  });

  it('that may take days is waited for', async () => {
    const { scene, source, proposal } = await copying({ withinHours: 7 * 24 });
    awayOf(scene).rds.snapshotDurations.set('orders', { days: 6 });
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.advance({ days: 5 });
    expect(source.RestorableBy).toEqual([AWAY.account]);
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  });

  it('that hangs is left alone while everything is halted', async () => {
    const { scene, source, proposal } = await copying();
    awayOf(scene).rds.snapshotDurations.set('orders', Number.POSITIVE_INFINITY);
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.advance({ hours: 1 });
    flip(scene, 'halt', 'on');
    await scene.lambda.finish();
    const because = 'it is still creating: the switch halt is on: nothing is changed';
    const warning = expect.stringContaining('is still shared with 222222222222');
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'failed', because, warning });
    expect(source.RestorableBy).toEqual([AWAY.account]);
  });

  it('that fails after hours has failed, and nobody reads the source any more', async () => {
    const { scene, source, proposal } = await copying();
    awayOf(scene).rds.snapshotDurations.set('orders', { hours: 9 });
    awayOf(scene).rds.failingSnapshots.add('orders');
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: 'it is failed: AWS does not say why',
    });
    expect(source.RestorableBy).toEqual([]);
  });

  it('whose source is deleted meanwhile says so', async () => {
    const { scene, source, proposal } = await copying();
    awayOf(scene).rds.snapshotDurations.set('orders', { hours: 9 });
    const { plan } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.advance({ hours: 1 });
    scene.region.rds.snapshots.delete(source.DBSnapshotIdentifier);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: 'the copy has failed: its source was deleted meanwhile',
    });
  });

  it('of an automated snapshot that has gone is left to the next plan', async () => {
    const { scene, source, proposal } = await copying();
    scene.region.rds.snapshots.delete(source.DBSnapshotIdentifier);
    const { plan, execution } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: 'its source is gone' });
    expect(execution.status).toBe('SUCCEEDED');
  });
});

describe('where something stands in the way', () => {
  it('a full quota is waited for, and what finds no room is left to the next plan', async () => {
    const scene = await openSnapshotScene();
    const [one, two, three] = ['a', 'b', 'c'].map((name) => database(scene, name));
    scene.region.rds.snapshotQuota = 1;
    const { plan, execution } = await handOver(scene, [takeOf(one!), takeOf(two!), takeOf(three!)], FUNCTION);
    await scene.lambda.advance({ minutes: 30 });
    scene.region.rds.snapshotQuota = 2;
    await scene.lambda.finish();
    const outcomes = await outcomesOf(scene, plan);
    expect([...outcomes].sort()).toEqual(['kept', 'kept', 'skipped']);
    const skipped = await changeOf(scene, plan, outcomes.indexOf('skipped') + 1);
    expect(skipped?.because).toContain('Cannot create more than 2 manual snapshots');
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('deletes of a plan beside it make the room', async () => {
    const { scene, orders, old, proposal } = await expiredOne();
    scene.region.rds.snapshotQuota = 2;
    const taking = await handOver(scene, [takeOf(orders)], FUNCTION);
    await scene.lambda.advance({ minutes: 1 });
    expect(snapshotCalls(scene)).toEqual([]);
    const pruning = await handOver(scene, [proposal], { ...PRUNE, approved: true });
    await scene.lambda.finish();
    expect(snapshotNamed(scene, old.DBSnapshotIdentifier)).toBeUndefined();
    expect([await outcomesOf(scene, taking.plan), await outcomesOf(scene, pruning.plan)]).toEqual([['kept'], ['kept']]);
  });

  it('a snapshot of the same name with other tags fails, and says so', async () => {
    const scene = await openSnapshotScene();
    const orders = database(scene, 'orders');
    scene.region.rds.addSnapshot(orders, { DBSnapshotIdentifier: 'lamplighter-orders-new' });
    const { plan } = await handOver(scene, [takeOf(orders)], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: 'a snapshot lamplighter-orders-new exists already, with other tags',
    });
  });

  it.each(['renamed', 'recreated'] as const)('a database that was %s since is left to the next plan', async (how) => {
    const scene = await openSnapshotScene();
    const orders = database(scene, 'orders');
    const proposal = takeOf(orders);
    scene.region.rds.instances.delete('orders');
    database(scene, how === 'renamed' ? 'orders-2' : 'orders');
    const { plan, execution } = await handOver(scene, [proposal], FUNCTION);
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: /^of the database: / });
    expect([execution.status, snapshotCalls(scene)]).toEqual(['SUCCEEDED', []]);
  });
});

describe('the end of a snapshot', () => {
  it('comes with an approval, and is not booked', async () => {
    const { scene, old, proposal } = await expiredOne();
    const { plan, execution } = await handOver(scene, [proposal], { ...PRUNE, approved: true });
    await scene.lambda.advance({ hours: 1 });
    expect(snapshotNamed(scene, old.DBSnapshotIdentifier)).toBeUndefined();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept', because: 'it is deleted' });
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('comes in mode auto after the grace, which a veto ends', async () => {
    const { scene, orders, old } = await expiredOne({ prune: 'auto', pruneGrace: '2d' });
    const other = database(scene, 'billing');
    const kept = ownSnapshot(scene, other, OLD);
    ownSnapshot(scene, other, NEW);
    const act = [deleteOf(orders, old, 'auto'), deleteOf(other, kept, 'auto')];
    const { plan } = await handOver(scene, act, PRUNE);
    await scene.lambda.advance({ hours: 47 });
    expect(snapshotCalls(scene)).toEqual([]);
    await say(scene, plan, { say: 'veto', actions: [2] });
    await scene.lambda.advance({ hours: 2 }); // its grace is its own, and not the seven days of others
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'vetoed']);
    expect(await changeOf(scene, plan)).toMatchObject({ approvedBy: 'grace' });
  });

  it('does not come in a freeze, nor while everything is paused', async () => {
    const freeze = [{ from: '2026-11-01', to: '2026-12-01', why: 'sale' }];
    for (const happen of ['frozen', 'paused'] as const) {
      const policy = happen === 'frozen' ? { freeze } : {};
      const scene = await openSnapshotScene({}, { policy });
      const orders = database(scene, 'orders');
      const old = ownSnapshot(scene, orders, OLD);
      ownSnapshot(scene, orders, NEW);
      if (happen === 'paused') flip(scene, 'pause', 'on');
      const { plan } = await handOver(scene, [deleteOf(orders, old)], { ...PRUNE, approved: true });
      await scene.lambda.finish();
      expect(await outcomesOf(scene, plan)).toEqual(['skipped']);
      expect(snapshotNamed(scene, old.DBSnapshotIdentifier)).toBeDefined();
    }
  });

  it('does not come under another policy than the one that wanted it', async () => {
    const { scene, old, proposal } = await expiredOne();
    const { plan } = await handOver(scene, [proposal], PRUNE);
    await scene.lambda.advance({ minutes: 5 });
    const store = dynamoPolicyStore({ client: scene.hub.dynamodb, table: scene.hub.table });
    const more = { ...scene.policy, snapshots: { ...scene.policy.snapshots, keepAtLeast: 2 } };
    await store.store({ policy: parsePolicy(more) }, 'kim', scene.sandbox.clock.now());
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'the policy has changed since: the next plan decides again',
    });
    expect(snapshotNamed(scene, old.DBSnapshotIdentifier)).toBeDefined();
  });

  it('does not come for what is held, or copied, by now', async () => {
    const { scene, orders, old, proposal } = await expiredOne();
    const copy = await handOver(scene, [copyOf(orders, old)], FUNCTION);
    await scene.lambda.advance({ minutes: 2 });
    const early = await handOver(scene, [proposal], { ...PRUNE, approved: true });
    await scene.lambda.finish();
    expect(await changeOf(scene, early.plan)).toMatchObject({
      outcome: 'skipped',
      because: `${old.DBSnapshotIdentifier}-dr in eu-central-1 is still copied from it`,
    });
    expect(await outcomesOf(scene, copy.plan)).toEqual(['kept']);
    old.TagList.push({ Key: 'lamplighter:hold', Value: 'court' });
    const late = await handOver(scene, [proposal], { ...PRUNE, approved: true });
    await scene.lambda.finish();
    expect(await changeOf(scene, late.plan)).toMatchObject({ because: 'held by its tag lamplighter:hold (court)' });
  });

  it('comes no more often on a day than the policy says', async () => {
    const scene = await openSnapshotScene({ pruneAtMost: 2 });
    const act = ['a', 'b', 'c'].map((name) => {
      const one = database(scene, name);
      const old = ownSnapshot(scene, one, OLD);
      ownSnapshot(scene, one, NEW);
      return deleteOf(one, old);
    });
    const { plan } = await handOver(scene, act, { ...PRUNE, approved: true });
    await scene.lambda.finish();
    expect((await outcomesOf(scene, plan)).sort()).toEqual(['kept', 'kept', 'skipped']);
  });
});
