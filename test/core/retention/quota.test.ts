import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { ACCOUNT, HOME, inBrief, manual, nightly, orders, own, planOf, reasons } from './specimen.ts';

const others = (count: number, spoiled: Partial<Snapshot> = {}): Snapshot[] =>
  Array.from({ length: count }, (_, index) =>
    manual(orders, new Date(2025, 0, 1), { name: `other-${index}`, of: 'db-X', ...spoiled }),
  );

const quota = (allowed: number) => ({ quotas: [{ ...HOME, form: 'instance' as const, allowed: known(allowed) }] });
const dr = { name: 'dr', region: 'eu-central-1' };

/** Four that no tier needs and the floor does not hold: the first one may go. */
const expired = [2015, 2016, 2017, 2018].map((year) => own(orders, new Date(Date.UTC(year, 5, 1))));

describe('the quota of manual snapshots', () => {
  it('is kept, and what does not fit is said', () => {
    const plan = planOf({ snapshots: [...nightly(orders), ...others(50)], ...quota(50) });
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual([
      'due for yearly 2026, monthly 2026-11, weekly 2026-W47, but 50 of 50 manual instance snapshots in 123456789012/ap-northeast-2 are used',
    ]);
    expect(plan.quotas).toEqual([
      {
        ...HOME,
        form: 'instance',
        used: 50,
        allowed: 50,
        assumed: false,
        deletes: 0,
        takes: 0,
        leftOut: 1,
        alert: true,
      },
    ]);
  });

  it('does not count what AWS does not count', () => {
    const snapshots = [...nightly(orders), ...others(30, { type: 'awsbackup' }), ...others(30, { type: 'shared' })];
    expect(planOf({ snapshots, ...quota(1) }).act).toHaveLength(1);
  });

  it('is its own for instances and for clusters', () => {
    const snapshots = [...nightly(orders), ...others(50, { form: 'cluster' })];
    expect(planOf({ snapshots, ...quota(50) }).act).toHaveLength(1);
  });

  it('is made room in by pruning first', () => {
    const plan = planOf({ snapshots: [...nightly(orders), ...others(46), ...expired], ...quota(50) });
    expect(inBrief(plan)).toEqual([`delete ${expired[0]?.name}`, expect.stringContaining('retention rds:orders')]);
    expect(plan.act[1]?.after).toBe(expired[0]?.arn);
    expect(plan.quotas[0]).toMatchObject({ used: 50, deletes: 1, takes: 1, leftOut: 2 });
  });

  it('is not hoped for where pruning waits for a person', () => {
    const plan = planOf(
      { snapshots: [...nightly(orders), ...others(46), ...expired], ...quota(50) },
      { prune: 'approve' },
    );
    expect(inBrief(plan)).toEqual([`delete ${expired[0]?.name}`]);
    expect(plan.quotas[0]).toMatchObject({ deletes: 1, takes: 0, leftOut: 3 });
  });

  it('that is exceeded already has no room before it is met again', () => {
    expect(inBrief(planOf({ snapshots: [...nightly(orders), ...others(47), ...expired], ...quota(50) }))).toHaveLength(
      1,
    );
  });

  it('is at least what AWS gives everybody when it is unknown', () => {
    const quotas = [{ ...HOME, form: 'instance' as const, allowed: unknown('AccessDenied') }];
    const used = (count: number) => planOf({ snapshots: [...nightly(orders), ...others(count)], quotas });
    expect(used(99).act).toHaveLength(1);
    expect(used(100).act).toHaveLength(0);
    expect(used(99).quotas[0]).toMatchObject({ allowed: 100, assumed: true });
  });

  it.each([
    [38, false],
    [39, true], // the plan takes the fortieth
    [40, true],
  ])('is told of from the policy’s share on: %i of 50', (count, alert) => {
    expect(planOf({ snapshots: [...nightly(orders), ...others(count)], ...quota(50) }).quotas[0]?.alert).toBe(alert);
  });

  it('counts in the destination, too', () => {
    const scope = { account: ACCOUNT, region: 'eu-central-1' };
    const week = own(orders, new Date('2026-11-16T03:00:00Z'));
    const full = others(100, { scope });
    const plan = planOf(
      { snapshots: [...nightly(orders), week, ...full] },
      { copyTo: [dr], tiers: { monthly: 0, yearly: 0 } },
    );
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual([
      'weekly 2026-W47 to dr: 100 of 100 manual instance snapshots in 123456789012/eu-central-1 are used',
    ]);
  });

  it('goes first to databases that have nothing, then to the longest tiers', () => {
    const bare = { ...orders, name: 'bare', identity: { arn: 'arn:z', id: 'db-BARE' }, retentionDays: 0 };
    const weekly = { ...orders, name: 'weekly', identity: { arn: 'arn:a', id: 'db-WEEKLY' } };
    const years = [
      new Date('2026-01-01T00:00:00Z'),
      new Date('2026-11-02T00:00:00Z'),
      new Date('2026-11-09T00:00:00Z'),
    ];
    const snapshots = [
      ...nightly(orders),
      ...nightly(weekly),
      ...years.map((time) => own(weekly, time)),
      ...others(96),
    ];
    const plan = planOf({ databases: [weekly, orders, bare], snapshots });
    expect(plan.act.map(({ databaseName }) => databaseName)).toEqual(['bare']);
    const roomy = planOf({ databases: [weekly, orders, bare], snapshots: snapshots.slice(0, -1) });
    expect(roomy.act.map(({ databaseName }) => databaseName)).toEqual(['bare', 'orders']);
  });
});
