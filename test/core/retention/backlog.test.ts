import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/core/plan.ts';
import type { EarlierDeletes } from '../../../shared/core/retention/expired.ts';
import type { BackedUpDatabase } from '../../../shared/core/retention/facts.ts';
import { proposalOf } from '../../../shared/core/retention/proposal.ts';
import { DAY_MS } from '../../../shared/core/time.ts';
import {
  ACCOUNT,
  daysAgo,
  HOME,
  inBrief,
  NOW,
  nightly,
  orders,
  own,
  planOf,
  policyWith,
  reasons,
  VAULT,
} from './specimen.ts';
import { World } from './world.ts';

/** Nothing is kept but the newest. */
const terms = { tiers: { daily: 0, weekly: 0, monthly: 0, yearly: 0 }, keepAtLeast: 1, rpo: '90d' };

const databaseOf = (name: string, account = ACCOUNT): BackedUpDatabase => ({
  ...orders,
  name,
  scope: { ...HOME, account },
  identity: { arn: `arn:aws:rds:${HOME.region}:${account}:db:${name}`, id: `db-${account}-${name}` },
});

/** So many that have expired, the oldest first, and one that stays. */
const expiredOf = (database: BackedUpDatabase, count: number, youngest = 20) =>
  Array.from({ length: count }, (_, index) => own(database, daysAgo(youngest + count - index))).concat(
    own(database, daysAgo(1)),
  );

const none: EarlierDeletes = { vetoed: new Map(), open: [] };

/** The deletes of a night, as the nights after it see them. */
const planned = (
  plan: ReturnType<typeof planOf>,
  time = daysAgo(1),
): EarlierDeletes['open'][number] & Partial<Plan> => ({
  account: ACCOUNT,
  time: time.toISOString(),
  act: plan.act.filter(({ action }) => action.kind === 'delete-snapshot').map(proposalOf),
});

describe('how many snapshots are deleted', () => {
  const snapshots = expiredOf(orders, 4);
  const most = (pruneAtMost: number, earlier = none) => planOf({ snapshots }, { ...terms, pruneAtMost }, { earlier });

  it('is no more than the policy says: the oldest data go first, the rest is said, a line for each database', () => {
    const plan = most(1);
    expect(inBrief(plan)).toEqual([`delete ${snapshots[0]?.name}`]);
    expect(reasons(plan)).toEqual([
      '3 of its snapshots have expired and wait: the plan is full (`snapshots.pruneAtMost`)',
    ]);
    expect(plan.backlogs).toEqual([{ account: ACCOUNT, waiting: 3, oldest: snapshots[1]?.takenAt?.toISOString() }]);
  });

  it('does not count what a person has said no to: that takes nobody’s place', () => {
    const vetoed = new Map(snapshots.slice(0, 2).map(({ arn }) => [arn, 'vetoed by kim']));
    const plan = most(1, { ...none, vetoed });
    expect(inBrief(plan)).toEqual([`delete ${snapshots[2]?.name}`]);
    expect(reasons(plan)).toEqual([
      `${snapshots[0]?.name} stays, vetoed by kim`,
      `${snapshots[1]?.name} stays, vetoed by kim`,
      expect.stringContaining('1 of its snapshots have expired and wait'),
    ]);
  });

  it('does not count what an earlier plan deletes that is still open, which is not planned twice', () => {
    const plan = most(2, { ...none, open: [planned(most(1))] });
    expect(inBrief(plan)).toEqual(snapshots.slice(1, 3).map(({ name }) => `delete ${name}`));
    expect(plan.backlogs).toMatchObject([{ waiting: 1 }]);
  });

  it('is so many on a day, however often it runs', () => {
    const first = most(1);
    expect(inBrief(most(1, { ...none, open: [planned(first, NOW)] }))).toEqual([]);
    expect(inBrief(most(3, { ...none, open: [planned(first, NOW)] }))).toHaveLength(2);
  });

  it('is for each account by itself', () => {
    const other = databaseOf('billing', VAULT);
    const all = [...expiredOf(orders, 4, 100), ...expiredOf(other, 4)];
    const plan = planOf({ databases: [orders, other], snapshots: all }, { ...terms, pruneAtMost: 2 });
    expect(plan.act.map(({ databaseName }) => databaseName)).toEqual(['orders', 'orders', 'billing', 'billing']);
    expect(plan.backlogs).toMatchObject([
      { account: ACCOUNT, waiting: 2 },
      { account: VAULT, waiting: 2 },
    ]);
  });

  it.each([
    ['at least 50', 1, [], 50],
    ['four for each database', 30, [], 120],
    ['and for each place that has its copies', 30, [{ name: 'dr', region: 'eu-central-1' }], 240],
  ])('is, without a number in the policy, %s', (_, databases, copyTo, expected) => {
    const fleet = Array.from({ length: databases }, (_, index) => databaseOf(`shop-${index}`));
    const all = fleet.flatMap((database) => expiredOf(database, 300 / databases + 1));
    const plan = planOf({ databases: fleet, snapshots: all }, { ...terms, copyTo });
    expect(plan.act.filter(({ action }) => action.kind === 'delete-snapshot')).toHaveLength(expected);
  });
});

describe('a fleet whose nights add as much as expires', () => {
  it.each(['1d', '7d'])('keeps what its tiers want, and no backlog, with a grace of %s', (pruneGrace) => {
    const fleet = Array.from({ length: 20 }, (_, index) => ({ ...databaseOf(`shop-${index}`), retentionDays: 7 }));
    const world = new World(fleet, { allowed: 5000, others: fleet.flatMap((one) => nightly(one, 1)) });
    const policy = policyWith({ pruneGrace });
    const happens = { run: 'works', backup: true, status: 'available' } as const;
    const counts: number[] = [];
    for (let night = 0; night < 45; night += 1) {
      const backup = new Date(NOW.getTime() + night * DAY_MS);
      const now = new Date(backup.getTime() + 2 * 3_600_000);
      world.backUp(backup, happens);
      world.prune(now, policy);
      const plan = world.plan(now, policy, happens);
      expect(plan.backlogs).toEqual([]);
      world.carryOut(plan, { now, policy, happens });
      counts.push(world.snapshots.filter(({ type }) => type === 'manual').length / fleet.length);
    }
    // 14 days less those that AWS has itself, weeks and months; besides, what has expired and is in its grace.
    expect(Math.max(...counts.slice(30))).toBeLessThan(9 + 8 + 12 + 3 + Number.parseInt(pruneGrace, 10) + 1);
  });
});
