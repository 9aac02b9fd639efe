import { describe, expect, it } from 'vitest';
import { sharingsIn } from '../../shared/aws/ledger/sharings.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { changeOf, duringGate, flip, handOver, outcomesOf, type Scene, say } from '../support/carry-out.ts';
import {
  AWAY,
  awayKey,
  awayOf,
  copyOf,
  database,
  HOME,
  openSnapshotScene,
  ownSnapshot,
  takeOf,
} from '../support/snapshots.ts';

const FUNCTION = { function: 'snapshot-databases' };
const DAY = { days: 1 };

/** A snapshot that is about to be copied to another account, which has to read it for that. */
async function copying(more: Parameters<typeof copyOf>[2] = {}) {
  const scene = await openSnapshotScene();
  const orders = database(scene, 'orders');
  const source = ownSnapshot(scene, orders, '2026-11-21T03:00:00Z');
  const begin = () => handOver(scene, [copyOf(orders, source, more)], FUNCTION);
  return { scene, orders, source, begin };
}

/** What the ledger knows to be shared. */
const sharings = ({ hub }: Scene) => sharingsIn({ client: hub.dynamodb, table: hub.table }).sharings(HOME.account);

const fault = (scene: Scene, operation: string, what: Parameters<Scene['sandbox']['faults']['add']>[0]['fault']) =>
  scene.sandbox.faults.add({ service: 'rds', operation, fault: what });

/** A later night with something else to do. */
async function laterPlan(scene: Scene): Promise<Plan> {
  const { plan } = await handOver(scene, [takeOf(database(scene, 'billing'))], FUNCTION);
  await scene.lambda.finish();
  return plan;
}

describe('what is shared for a copy', () => {
  it('is in the ledger before it is shared, for as long as it is', async () => {
    const { scene, source, begin } = await copying();
    expect(await sharings(scene)).toEqual([]);
    const { plan } = await begin();
    await scene.lambda.advance({ minutes: 2 });
    expect(source.RestorableBy).toEqual([AWAY.account]);
    expect(await sharings(scene)).toMatchObject([{ change: `${plan.id}/1`, state: 'reads' }]);
    await scene.lambda.finish();
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('is not shared at all while the ledger cannot say so', async () => {
    const { scene, source, begin } = await copying();
    duringGate(scene, () =>
      scene.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', fault: 'accessDenied' }),
    );
    await begin();
    await scene.lambda.advance({ hours: 6 });
    expect([source.RestorableBy, scene.sandbox.calls.count('ModifyDBSnapshotAttribute')]).toEqual([[], 0]);
  });

  it.each<[string, (scene: Scene) => unknown, string]>([
    ['has come', () => undefined, 'kept'],
    [
      'has failed after hours',
      (scene) => awayOf(scene).rds.failingSnapshots.add('orders').add('lamplighter-orders-2026-11-21-dr'),
      'failed',
    ],
    ['was refused for its key', (scene) => awayOf(scene).kms.inaccessible.add(awayKey), 'failed'],
    ['has found no room in the end', (scene) => Object.assign(awayOf(scene).rds, { copyQuota: 0 }), 'skipped'],
    [
      'was never seen by the other account',
      (scene) =>
        fault(scene, 'CopyDBSnapshot', { error: { code: 'DBSnapshotNotFound', message: 'none', status: 404 } }),
      'skipped',
    ],
    ['could not be asked for', (scene) => fault(scene, 'CopyDBSnapshot', 'serverError'), 'failed'],
    ['hangs', (scene) => awayOf(scene).rds.snapshotDurations.set('orders', Number.POSITIVE_INFINITY), 'failed'],
  ])('is taken back when the copy %s', async (_, happens, outcome) => {
    const { scene, source, begin } = await copying();
    happens(scene);
    const { plan } = await begin();
    await scene.lambda.finish();
    expect(await changeOf(scene, plan)).toMatchObject({ outcome });
    expect((await changeOf(scene, plan))?.warning).toBeUndefined();
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('is taken back when the copy is gone before anybody has seen it', async () => {
    const { scene, source, begin } = await copying();
    await begin();
    await scene.lambda.runUntil(() => source.RestorableBy.length > 0 && awayOf(scene).rds.snapshots.size > 0);
    awayOf(scene).rds.snapshots.clear();
    await scene.lambda.finish();
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('is taken back when a veto comes between two tries', async () => {
    const { scene, source, begin } = await copying();
    awayOf(scene).rds.copyQuota = 0;
    const { plan } = await begin();
    await scene.lambda.advance({ minutes: 10 });
    expect(source.RestorableBy).toEqual([AWAY.account]);
    await say(scene, plan, { say: 'veto' });
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['vetoed']);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('stays while everything is halted, which is said, and a later plan takes it back', async () => {
    const { scene, source, begin } = await copying();
    awayOf(scene).rds.copyQuota = 0;
    const { plan } = await begin();
    await scene.lambda.advance({ minutes: 10 });
    flip(scene, 'halt', 'on');
    await scene.lambda.finish();
    const warning = `${source.DBSnapshotArn} is still shared with ${AWAY.account}: the switch halt is on: nothing is changed; a later plan takes that back`;
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', warning });
    expect(source.RestorableBy).toEqual([AWAY.account]);
    await scene.lambda.advance({ days: 3 });
    await laterPlan(scene);
    expect(source.RestorableBy).toEqual([AWAY.account]); // still halted
    flip(scene, 'halt', 'off');
    await laterPlan(scene);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('that AWS does not take back is said, and a later plan does', async () => {
    const { scene, source, begin } = await copying();
    const { plan } = await begin();
    await scene.lambda.advance({ minutes: 2 });
    const denied = fault(scene, 'ModifyDBSnapshotAttribute', 'accessDenied');
    await scene.lambda.finish();
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({
      outcome: 'kept',
      warning: expect.stringContaining('is still shared with 222222222222'),
    });
    denied.remove();
    await scene.lambda.advance({ days: 3 });
    await laterPlan(scene);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });
});

describe('what an execution has left shared that is dead', () => {
  /** It has been stopped for good while the copy was on its way, as far as `duration` lets that come. */
  async function stopped(hangs: boolean) {
    const world = await copying();
    const { scene, source } = world;
    if (hangs) awayOf(scene).rds.snapshotDurations.set('orders', Number.POSITIVE_INFINITY);
    const { execution } = await world.begin();
    await scene.lambda.advance({ minutes: 5 });
    scene.lambda.stop(execution.arn);
    expect(source.RestorableBy).toEqual([AWAY.account]);
    return world;
  }

  it('is taken back by a later plan, once nobody can be waiting for it', async () => {
    const { scene, source } = await stopped(false);
    await scene.lambda.advance(DAY);
    await laterPlan(scene);
    expect(source.RestorableBy).toEqual([AWAY.account]); // its time is not over: it might live
    await scene.lambda.advance(DAY);
    await laterPlan(scene);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('is said when it cannot be taken back either', async () => {
    const { scene, source } = await stopped(true);
    await scene.lambda.advance({ days: 3 });
    fault(scene, 'ModifyDBSnapshotAttribute', 'accessDenied');
    const { plan, execution } = await handOver(scene, [takeOf(database(scene, 'billing'))], FUNCTION);
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    expect(execution.status).toBe('FAILED');
    expect(JSON.stringify(execution.error)).toContain(`${source.DBSnapshotArn} is still shared with ${AWAY.account}`);
    expect(await sharings(scene)).toHaveLength(1);
  });
});

describe('a snapshot that two copies read for one account', () => {
  const PARIS = { account: AWAY.account, region: 'eu-west-3' };

  async function two() {
    const scene = await openSnapshotScene({
      copyTo: [
        { name: 'dr', ...AWAY, kmsKey: awayKey },
        { name: 'paris', ...PARIS, kmsKey: keyIn(PARIS) },
      ],
    });
    const orders = database(scene, 'orders');
    const source = ownSnapshot(scene, orders, '2026-11-21T03:00:00Z');
    const paris = scene.sandbox.estate.account(PARIS.account).region(PARIS.region);
    const act = [copyOf(orders, source), copyOf(orders, source, { scope: PARIS, kmsKey: keyIn(PARIS) })];
    return { scene, source, paris, begin: () => handOver(scene, act, FUNCTION) };
  }

  it('stays shared until the second one has ended', async () => {
    const { scene, source, paris, begin } = await two();
    paris.rds.snapshotDurations.set('orders', { hours: 9 });
    const { plan } = await begin();
    await scene.lambda.advance({ hours: 5 });
    expect((await changeOf(scene, plan, 1))?.outcome).toBe('kept');
    expect(source.RestorableBy).toEqual([AWAY.account]);
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });

  it('is not shared any more when both end at once', async () => {
    const { scene, source, begin } = await two();
    const { plan } = await begin();
    await scene.lambda.finish();
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
    expect([source.RestorableBy, await sharings(scene)]).toEqual([[], []]);
  });
});

const keyIn = ({ account, region }: { account: string; region: string }) =>
  `arn:aws:kms:${region}:${account}:key/shared`;
