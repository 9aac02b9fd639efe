import { describe, expect, it } from 'vitest';
import { addGlobalCluster, joinGlobalCluster } from '../../sandbox/services/rds/global-clusters.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import type { Scene } from '../support/carry-out.ts';
import { told } from '../support/carry-out.ts';
import {
  ACCOUNT,
  addDatabase,
  doneIn,
  missNights,
  nextNight,
  openNights,
  ownIn,
  planIn,
  SEOUL,
  TOKYO,
  toldOf,
} from '../support/snapshot-databases.ts';

/** Weekly and monthly only: the automated backup is the daily one. */
const TIERS = { tiers: { daily: 7, weekly: 3, monthly: 2, yearly: 0 } };

/** A database with a night's backup, before the first tick: Wednesday, 25 November, in Seoul. */
async function withOrders(snapshots: object = TIERS): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots } });
  addDatabase(scene, 'orders');
  await scene.lambda.advance({ days: 1 });
  return scene;
}

describe('a first night', () => {
  it('copies the automated backup, which then serves week and month, and says the truth about the database', async () => {
    const scene = await withOrders();
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([`copy-snapshot of orders in ${SEOUL}`]);
    expect(ownIn(scene)).toEqual(['orders 2026-11-23 available']);
    expect(night).toMatchObject({
      account: ACCOUNT,
      said: 'sent',
      plans: [expect.stringMatching(/^snapshot-databases-2026-11-24-1630-111111111111-[0-9a-f]{6}$/)],
      coverage: [{ name: 'orders', newest: { type: 'automated', ageHours: 22 } }],
      quotas: [{ form: 'cluster' }, { form: 'instance', used: 0, takes: 1, allowed: 100, alert: false }],
    });
    const [message] = toldOf(scene, 'snapshots');
    expect(message).toMatchObject({
      subject: '[Lamplighter] 111111111111: snapshots: 1 to take',
      attributes: { kind: 'snapshots', severity: 'info', account: ACCOUNT, rule: '["take-snapshots"]' },
      facts: { kind: 'snapshots', plans: [{ plan: night.plans[0], actions: 1 }], coverage: [{ name: 'orders' }] },
    });
    expect(message?.text).toContain('because due for monthly 2026-11, weekly 2026-W48');
    expect(message?.text).toContain('- orders (postgres) in ap-northeast-2: automated snapshot, 22 h old');
    expect(message?.text).toContain(`npm run answer -- veto ${night.plans[0]}`);
    expect(told(scene)).toHaveLength(1); // that it went well the next night says
  });

  it('is over with one snapshot: the nights of the same week take no other, and say nothing new', async () => {
    const scene = await withOrders();
    await nextNight(scene);
    const later = [await nextNight(scene), await nextNight(scene)];
    expect(later.map(doneIn)).toEqual([[], []]);
    expect(later.map(({ said }) => said)).toEqual(['sent', 'nothing']); // what was taken, and that nothing is due: once
    const { text } = toldOf(scene, 'snapshots').at(-1)!;
    expect(text).toMatch(
      /Since the run before: 1 copied\.\nWhat was made is available: of databases of 100 GiB; the slowest was that of orders, within \d+ minutes\./,
    );
    expect(ownIn(scene)).toHaveLength(1);
  });

  it('puts databases with nothing first, and takes a snapshot of them at once', async () => {
    const scene = await withOrders();
    addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    const night = await nextNight(scene);
    expect(night.coverage.map(({ name }) => name)).toEqual(['bare', 'orders']);
    expect(doneIn(night)).toEqual([`create-snapshot of bare in ${SEOUL}`, `copy-snapshot of orders in ${SEOUL}`]);
    expect(ownIn(scene)).toContain('bare 2026-11-24 available');
    const [message] = toldOf(scene, 'snapshots');
    expect(message?.subject).toBe('[Lamplighter] 111111111111: snapshots: 1 database without any snapshot, 2 to take');
    expect(message?.text).toContain('Without any good snapshot or backup:\n- bare (postgres) in ap-northeast-2');
    expect(message?.attributes.severity).toBe('warning');
  });

  it('only says what it would do while the mode is report, and not again before it is time to remind', async () => {
    const scene = await withOrders({ ...TIERS, mode: 'report' });
    const nights = [await nextNight(scene), await nextNight(scene), await nextNight(scene)];
    expect(nights.map(doneIn)).toEqual(Array(3).fill([`copy-snapshot of orders in ${SEOUL}`]));
    expect(nights.map(({ said }) => said)).toEqual(['sent', 'nothing', 'nothing']);
    expect(ownIn(scene)).toEqual([]);
    for (let night = 0; night < 4; night += 1) expect((await nextNight(scene)).said).toBe('nothing');
    expect((await nextNight(scene)).said).toBe('sent');
  });

  it('waits for an approval where the policy says so, and says how to give it', async () => {
    const scene = await withOrders({ ...TIERS, mode: 'approve' });
    const night = await nextNight(scene);
    expect(ownIn(scene)).toEqual([]);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain(`To approve: npm run answer -- approve ${night.plans[0]}`);
    expect(scene.lambda.executions.all().map(({ status }) => status)).toEqual(['RUNNING']);
    expect(toldOf(scene, 'snapshots')[0]?.text).toContain(
      'it waits for an approval until the plan of the next night takes its place, and until 2026-11-28 01:30 Asia/Seoul at the latest',
    );
    const second = await nextNight(scene);
    const ledger = answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table });
    expect(await ledger.supersededBy(await planIn(scene, night.plans[0] ?? ''))).toBe(second.plans[0]);
  });

  it('takes nothing where the policy is off, and still tells what protects what', async () => {
    const scene = await withOrders({ ...TIERS, mode: 'off' });
    const night = await nextNight(scene);
    expect(night).toMatchObject({ plans: [], act: [], coverage: [{ name: 'orders' }], said: 'sent' });
  });
});

describe('nights that were missed', () => {
  it('are caught up by the next one, from the backups that AWS still has, and are said', async () => {
    const scene = await withOrders();
    await nextNight(scene); // Wednesday of week 48
    await missNights(scene, 12); // all of week 49, too
    const night = await nextNight(scene); // Tuesday, 8 December: week 50
    const [first = '', second = ''] = doneIn(night);
    expect([first, second]).toEqual(Array(2).fill(`copy-snapshot of orders in ${SEOUL}`));
    expect(night.act.map(({ because }) => because)).toEqual([
      'due for monthly 2026-12, weekly 2026-W50',
      'weekly 2026-W49 has none, and AWS still has its backup',
    ]);
    expect(ownIn(scene)).toEqual([
      'orders 2026-11-23 available',
      'orders 2026-11-30 available', // Tuesday morning in Seoul: one of December as well
      'orders 2026-12-06 available',
    ]);
    expect(toldOf(scene, 'snapshots').at(-1)?.text).toContain('It had not run since 2026-11-25 01:30 Asia/Seoul');
  });

  it('of a database without backups of its own are gone, and the next one is taken', async () => {
    const scene = await openNights({ policy: { snapshots: TIERS } });
    addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    await nextNight(scene);
    await missNights(scene, 9);
    expect(doneIn(await nextNight(scene))).toEqual([`create-snapshot of bare in ${SEOUL}`]);
  });
});

describe('weeks and months', () => {
  it('turn: each gets one, a month shares the one of its week, and what no tier needs goes', async () => {
    const scene = await withOrders({
      tiers: { daily: 7, weekly: 2, monthly: 1, yearly: 0 },
      keepAtLeast: 1,
      prune: 'approve',
    });
    const done: string[] = [];
    for (let night = 0; night < 20; night += 1)
      done.push(...(await nextNight(scene)).act.map(({ because }) => because));
    expect(done.filter((because) => because.startsWith('due'))).toEqual([
      'due for monthly 2026-11, weekly 2026-W48',
      'due for weekly 2026-W49',
      'due for monthly 2026-12',
      'due for weekly 2026-W50',
    ]);
    expect(done).toContain('no tier needs it any more'); // of week 48: neither its week nor its month is kept
  });
});

describe('every sort of database', () => {
  it('a cluster is snapshotted, not copied', async () => {
    const scene = await openNights({ policy: { snapshots: TIERS } });
    scene.region.rds.addCluster({
      DBClusterIdentifier: 'carts',
      BackupRetentionPeriod: 7,
      ClusterCreateTime: new Date('2025-01-01T00:00:00Z'),
    });
    addDatabase(scene, 'carts-1', { DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' });
    await scene.lambda.advance({ days: 1 });
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([`create-snapshot of carts in ${SEOUL}`]);
    expect(night.coverage.map(({ name }) => name)).toEqual(['carts']);
    expect(ownIn(scene)).toEqual(['carts 2026-11-24 available']);
  });

  it('a stopped one gets none, and the report says why and since when', async () => {
    const scene = await withOrders();
    await nextNight(scene);
    const { instances } = scene.region.rds;
    const orders = instances.get('orders')!;
    orders.DBInstanceStatus = 'stopped';
    orders.AutomaticRestartTime = new Date(scene.sandbox.clock.now().getTime() + 7 * 86_400_000);
    await missNights(scene, 5);
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([]);
    expect(night.left.map(({ because }) => because)).toContainEqual(
      expect.stringMatching(
        /it is stopped since 2026-11-25: RDS takes no snapshot, and nothing changes; the newest snapshot is of 2026-11-25$/,
      ),
    );
    expect(night.coverage[0]).not.toHaveProperty('rpoBreach');
  });

  it('one that is being modified is left for the next night', async () => {
    const scene = await openNights({ policy: { snapshots: TIERS } });
    const bare = addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    bare.DBInstanceStatus = 'modifying';
    const night = await nextNight(scene);
    expect(night.left.map(({ because }) => because)).toEqual([
      expect.stringMatching(/: it is modifying: RDS takes no snapshot now, the next run tries again$/),
    ]);
    bare.DBInstanceStatus = 'available';
    expect(doneIn(await nextNight(scene))).toEqual([`create-snapshot of bare in ${SEOUL}`]);
  });

  /** Its primary is in Tokyo, its secondary in Seoul. */
  async function withGlobalCluster(regions: string[]): Promise<Scene> {
    const scene = await openNights({ policy: { snapshots: TIERS, scopes: [{ account: ACCOUNT, regions }] } });
    const account = scene.sandbox.estate.account(ACCOUNT);
    const primary = account.region(TOKYO).rds.addCluster({ DBClusterIdentifier: 'world-tokyo' });
    const secondary = scene.region.rds.addCluster({ DBClusterIdentifier: 'world-seoul' });
    joinGlobalCluster(addGlobalCluster(account, 'world', primary), secondary);
    return scene;
  }

  it('the secondary of a global cluster follows its primary, where that is looked after', async () => {
    const scene = await withGlobalCluster([SEOUL, TOKYO]);
    const night = await nextNight(scene);
    expect(night.left).toContainEqual(
      expect.objectContaining({
        databaseName: 'world-seoul',
        because: 'it follows the primary of the global cluster world, which is looked after',
      }),
    );
    expect(night.coverage.map(({ name }) => name)).toEqual(['world-tokyo']);
    expect([ownIn(scene, TOKYO), ownIn(scene)]).toEqual([['world-tokyo 2026-11-23 available'], []]);
  });

  it('the secondary of a global cluster whose primary nobody looks after is looked after itself', async () => {
    const scene = await withGlobalCluster([SEOUL]);
    const night = await nextNight(scene);
    expect(night.coverage.map(({ name }) => name)).toEqual(['world-seoul']);
    expect(ownIn(scene)).toEqual(['world-seoul 2026-11-23 available']);
  });
});

describe('identity', () => {
  it("other tools' snapshots and AWS Backup's are seen, counted for the objective, and never touched", async () => {
    const scene = await openNights({ policy: { snapshots: { ...TIERS, keepAtLeast: 1 } } });
    const bare = addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    const { rds } = scene.region;
    rds.addSnapshot(bare, { DBSnapshotIdentifier: 'before-release' });
    rds.addSnapshot(bare, { DBSnapshotIdentifier: 'awsbackup:job-1', SnapshotType: 'awsbackup' });
    // Its name and tag are those of Lamplighter, and its tag names another database: a restore has inherited it.
    const inherited = {
      DBSnapshotIdentifier: 'lamplighter-bare-2026',
      TagList: [{ Key: 'lamplighter:database', Value: 'db-OTHER' }],
    };
    rds.addSnapshot(bare, inherited);
    const foreign = ['before-release', 'awsbackup:job-1', 'lamplighter-bare-2026'];
    const night = await nextNight(scene);
    expect(night.coverage[0]).not.toHaveProperty('rpoBreach');
    expect(night.quotas.find(({ form }) => form === 'instance')).toMatchObject({ used: 2 }); // AWS Backup's are not in it
    for (let more = 0; more < 10; more += 1) await nextNight(scene);
    expect([...rds.snapshots.keys()]).toEqual(expect.arrayContaining(foreign));
  });

  it('a renamed database keeps its snapshots, and takes no other of the same week', async () => {
    const scene = await withOrders();
    await nextNight(scene);
    const { instances } = scene.region.rds;
    const orders = instances.get('orders')!;
    instances.delete('orders');
    const arn = orders.DBInstanceArn.replace(/orders$/, 'shop-orders');
    instances.set('shop-orders', { ...orders, DBInstanceIdentifier: 'shop-orders', DBInstanceArn: arn });
    const night = await nextNight(scene);
    expect(night.coverage).toMatchObject([{ name: 'shop-orders', tiers: [{}, { tier: 'weekly', have: 1 }, {}, {}] }]);
    expect(doneIn(night)).toEqual([]);
  });

  it('a database that was deleted and made anew under its name is another one: it gets its own, the old ones stay', async () => {
    const scene = await withOrders({ ...TIERS, keepAtLeast: 1 });
    await nextNight(scene);
    scene.region.rds.instances.delete('orders');
    addDatabase(scene, 'orders', { InstanceCreateTime: scene.sandbox.clock.now(), BackupRetentionPeriod: 0 });
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([`create-snapshot of orders in ${SEOUL}`]);
    expect(night.left).toContainEqual(
      expect.objectContaining({
        because: 'its database is gone; 1 of its snapshots are kept: `snapshots.ofDeleted` is keep',
      }),
    );
    expect(ownIn(scene)).toHaveLength(2);
  });
});
