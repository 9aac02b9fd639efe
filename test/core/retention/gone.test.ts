import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { ACCOUNT, carts, daysAgo, inBrief, manual, orders, own, planOf, reasons, VAULT } from './specimen.ts';

/** Nothing but one of the newest is kept of a database that is gone. */
const none = { daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const pruned = { tiers: none, keepAtLeast: 1, ofDeleted: 'prune' };

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const ages = [400, 430, 460];
const copies = (spoiled: Partial<Snapshot> = {}): Snapshot[] =>
  ages.map((days) => own(orders, daysAgo(days), { scope: FRANKFURT, ...spoiled }));

describe('a database that is not listed', () => {
  it('is gone when its home was looked at: its copies go, wherever they are', () => {
    const plan = planOf({ databases: [], snapshots: copies() }, pruned);
    expect(inBrief(plan)).toEqual(
      copies()
        .slice(1)
        .reverse()
        .map(({ name }) => `delete ${name}`),
    );
  });

  it('may live on when its region has left the policy: all of its copies stay, and that is said', () => {
    const there = { ...carts, scope: FRANKFURT };
    const plan = planOf({ databases: [there], scopes: [FRANKFURT], snapshots: copies() }, pruned);
    expect(plan.act.filter(({ action }) => action.kind === 'delete-snapshot')).toEqual([]);
    expect(reasons(plan)).toContain(
      'its database is in 123456789012/ap-northeast-2, which is not in `scopes`: nobody knows whether it is gone, and its snapshots stay',
    );
  });

  it('may be looked after by another deployment, which keeps its copies in the same account: one line for all of them', () => {
    const theirs = { account: '222222222222', region: 'us-east-1' };
    const vault = { account: VAULT, region: 'us-east-1' };
    const snapshots = ['a', 'b', 'c'].flatMap((name) => {
      const database = { ...orders, name, scope: theirs, identity: { arn: `arn:aws:rds:::${name}`, id: `db-${name}` } };
      return ages.map((days) => own(database, daysAgo(days), { scope: vault }));
    });
    const plan = planOf({ databases: [], snapshots }, pruned);
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual([expect.stringMatching(/222222222222\/us-east-1.*; so do those of 2 more$/)]);
  });

  it('has nobody who knows its home when a copy from elsewhere has no such tag', () => {
    const snapshots = copies({ source: 'arn:aws:rds:us-east-1:123456789012:snapshot:x' }).map((one) => {
      const { 'lamplighter:home': _, ...tags } = one.tags;
      return { ...one, tags };
    });
    const plan = planOf({ databases: [], snapshots }, pruned);
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual([expect.stringContaining('no tag says where its database is')]);
  });

  it('was where its snapshots lie when they have no such tag and are no copies', () => {
    const changes = ages.map((days) =>
      manual(orders, daysAgo(days), {
        name: `lamplighter-change-${days}`,
        // What a database inherits when it is restored from a copy, its snapshots have, too.
        tags: {
          'lamplighter:change': 'x/1',
          'lamplighter:expires': '2026-01-01',
          'lamplighter:home': `${VAULT}/us-east-1`,
        },
      }),
    );
    expect(inBrief(planOf({ databases: [], snapshots: changes }, pruned))).toHaveLength(2);
  });
});

describe('what is kept of a database that is gone', () => {
  const left = (snapshots: Snapshot[], policy: object) =>
    snapshots.length - planOf({ databases: [], snapshots }, { ...pruned, ...policy }).act.length;
  const years = [0, 1, 2, 3, 4].map((ago) => own(orders, new Date(Date.UTC(2026 - ago, 0, 2))));
  const gold = { name: 'gold', tags: ['tier=gold'], tiers: { yearly: 4 } };

  it.each<[string, object, number]>([
    ['the longest tiers of the classes that it may have had: its tags are gone', { classes: [gold] }, 4],
    ['the highest floor of these', { classes: [{ ...gold, keepAtLeast: 5 }] }, 5],
    ['not those of a class of another engine', { classes: [{ ...gold, engines: ['mysql'] }] }, 1],
    ['nor of another name', { classes: [{ ...gold, names: ['carts'] }] }, 1],
    [
      'the usual ones when these are longer',
      { tiers: { ...none, yearly: 3 }, classes: [{ ...gold, tiers: { yearly: 1 } }] },
      3,
    ],
    ['everything when it belongs to no class, and those are left alone', { others: 'leave' }, 5],
  ])('is %s', (_, policy, count) => {
    expect(left(years, policy)).toBe(count);
  });

  it('is everything when one of its snapshots has the opt-out tag', () => {
    const [first, ...others] = years as [Snapshot, ...Snapshot[]];
    const optedOut = { ...first, tags: { ...first.tags, 'lamplighter:no-snapshots': '' } };
    expect(left([optedOut, ...others], {})).toBe(5);
  });

  it('is by the tiers of the destination where it was copied to', () => {
    const dr = { name: 'dr', region: FRANKFURT.region, tiers: ['monthly'] };
    const there = years.map((one) => own(orders, one.takenAt as Date, { scope: FRANKFURT }));
    const policy = { tiers: { ...none, yearly: 3 }, copyTo: [dr] };
    expect([left(years, policy), left(there, policy)]).toEqual([3, 1]);
  });
});
