import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { planSnapshots, type RetentionTick } from '../../../shared/core/retention/plan.ts';
import { ACCOUNT, facts, HOME, inBrief, manual, NOW, nightly, orders, own, planOf, reasons } from './specimen.ts';

const others = (count: number, spoiled: Partial<Snapshot> = {}): Snapshot[] =>
  Array.from({ length: count }, (_, index) =>
    manual(orders, new Date(2025, 0, 1), { name: `other-${index}`, of: 'db-X', ...spoiled }),
  );

const quota = (allowed: number) => ({ quotas: [{ ...HOME, form: 'instance' as const, allowed: known(allowed) }] });
const dr = { name: 'dr', region: 'eu-central-1' };

/** Four that no tier needs and the floor does not hold: the first one may go. */
const expired = [2015, 2016, 2017, 2018].map((year) => own(orders, new Date(Date.UTC(year, 5, 1))));

const both = { mode: 'auto', prune: 'auto', pruneGrace: '2h' };
const briefGrace = { snapshots: both };

/** A quota that is used up, where one snapshot has expired and three want to be taken. */
const full = ({ policy = {}, used = 50, ...tick }: { policy?: object; used?: number } & Partial<RetentionTick> = {}) =>
  planSnapshots(
    facts({ snapshots: [...nightly(orders), ...others(used - 4), ...expired], ...quota(50) }),
    parsePolicy({ timezone: 'Asia/Seoul', snapshots: { mode: 'auto', prune: 'auto' }, ...policy }),
    { now: NOW, ...tick },
  );

describe('the room that deletes make', () => {
  it('is waited for when it comes within two hours: the delete is first, and its place is said', () => {
    const plan = full({ policy: briefGrace });
    expect(inBrief(plan)).toEqual([`delete ${expired[0]?.name}`, expect.stringContaining('retention rds:orders')]);
    expect(plan.act[1]?.action).toMatchObject({ after: expired[0]?.arn });
    expect(plan.quotas[0]).toMatchObject({ used: 50, deletes: 1, takes: 1, leftOut: 2 });
  });

  it('is not waited for by what has room anyway', () => {
    const plan = full({ policy: briefGrace, used: 49 });
    expect(plan.act.map(({ action }) => 'after' in action && action.after)).toEqual([false, false, expired[0]?.arn]);
  });

  it.each<[string, object, string]>([
    ['their grace is longer', {}, 'when the grace of 1d is over'],
    ['they wait for a person', { snapshots: { ...both, prune: 'approve' } }, 'once somebody approves the deletes'],
    [
      'they wait for a person, as does what would be taken',
      { snapshots: { ...both, mode: 'approve' } },
      'once somebody approves the deletes',
    ],
    [
      'they are only reported',
      { snapshots: { ...both, prune: 'report' } },
      'when the policy lets snapshots be deleted (`snapshots.prune`)',
    ],
    [
      'they are frozen',
      { ...briefGrace, freeze: [{ from: '2026-11-15', to: '2026-12-01', why: 'sale' }] },
      'after the freeze, from 2026-12-01 on',
    ],
  ])('is none yet where %s: what would need it is left out, and that is said', (_, policy, when) => {
    const plan = full({ policy });
    expect(inBrief(plan)).toEqual([`delete ${expired[0]?.name}`]);
    expect(plan.quotas[0]).toMatchObject({ deletes: 1, takes: 0, leftOut: 3 });
    expect(reasons(plan)).toHaveLength(3);
    for (const because of reasons(plan)) {
      expect(because).toContain(`are used; room for 1 comes ${when}`);
    }
  });

  it('is none of what has been vetoed', () => {
    const earlier = { vetoed: new Map([[expired[0]?.arn ?? '', 'vetoed']]), open: [] };
    const plan = full({ policy: briefGrace, earlier });
    expect(plan.quotas[0]).toMatchObject({ deletes: 0, takes: 0 });
    expect(reasons(plan).at(-1)).toMatch(/are used$/);
  });

  it('is none for copies either', () => {
    const scope = { account: ACCOUNT, region: 'eu-central-1' };
    const week = own(orders, new Date('2026-11-16T03:00:00Z'));
    const there = expired.map((one) => own(orders, one.takenAt as Date, { scope }));
    const snapshots = [...nightly(orders), week, ...there, ...others(96, { scope })];
    const copies = { mode: 'auto', prune: 'auto', copyTo: [dr], tiers: { monthly: 0, yearly: 0 } };
    const act = (more: object) =>
      planSnapshots(facts({ snapshots }), parsePolicy({ snapshots: { ...copies, ...more } }), { now: NOW }).act;
    expect(act({}).map(({ action }) => action.kind)).toEqual(['delete-snapshot']);
    expect(act({ pruneGrace: '1h' }).at(-1)?.action).toMatchObject({ purpose: 'off-site', after: there[0]?.arn });
  });
});

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

  it('that is exceeded already has no room before it is met again', () => {
    expect(inBrief(full({ policy: briefGrace, used: 51 }))).toHaveLength(1);
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
