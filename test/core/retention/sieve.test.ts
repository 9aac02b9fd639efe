import { describe, expect, it } from 'vitest';
import { unknown } from '../../../shared/core/evidence.ts';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { type Sifted, sieves } from '../../../shared/core/retention/sieve.ts';
import { automated, carts, daysAgo, HOME, manual, NOW, nightly, orders, own, policyWith } from './specimen.ts';

function sift(snapshots: readonly Snapshot[], policy: object = {}): Sifted {
  const sieve = sieves({ databases: [orders, carts], policy: policyWith(policy), now: NOW })(HOME);
  for (const one of snapshots) sieve.add(one);
  return sieve.sifted();
}

const names = (snapshots: readonly Snapshot[]): string[] =>
  sift(snapshots)
    .snapshots.map(({ name }) => name)
    .sort();

const hundred = (one: (nth: number) => Snapshot): Snapshot[] => Array.from({ length: 100 }, (_, nth) => one(nth));

describe('a sieve', () => {
  it('keeps every one of Lamplighter’s own, and whatever is on its way', () => {
    const ours = hundred((nth) => own(orders, daysAgo(nth), { name: `lamplighter-${nth}` }));
    const coming = manual(orders, NOW, { name: 'copied', status: 'copying', of: 'db-NOBODY-KNOWS' });
    expect(names([...ours, coming])).toHaveLength(101);
  });

  it('keeps the newest good one of a hundred that people took, without their tags', () => {
    const theirs = hundred((nth) => manual(orders, daysAgo(nth), { name: `release-${nth}`, tags: { owner: 'shop' } }));
    const bad = manual(orders, NOW, { name: 'bad', status: 'failed' });
    const { snapshots } = sift([...theirs, bad]);
    expect(snapshots).toMatchObject([{ name: 'release-0', tags: {} }]);
  });

  it('keeps the newest of each type', () => {
    const backups = hundred((nth) => manual(orders, daysAgo(nth + 1), { name: `backup-${nth}`, type: 'awsbackup' }));
    const theirs = hundred((nth) => manual(orders, daysAgo(nth + 2), { name: `release-${nth}` }));
    expect(names([...backups, ...theirs])).toEqual(['backup-0', 'release-0']);
  });

  it('keeps the newest whose restore worked', () => {
    const proven = (nth: number) => (nth === 40 || nth === 60 ? { proof: { at: NOW, result: 'good' as const } } : {});
    const theirs = hundred((nth) => manual(orders, daysAgo(nth), { name: `release-${nth}`, ...proven(nth) }));
    expect(names(theirs)).toEqual(['release-0', 'release-40']);
  });

  it('keeps the newest under each key, for nobody knows yet which of them may be used', () => {
    const under = (nth: number) => ({ key: { arn: `arn:key/${Math.floor(nth / 40)}`, manager: unknown('unasked') } });
    const theirs = hundred((nth) => manual(orders, daysAgo(nth), { name: `release-${nth}`, ...under(nth) }));
    expect(names(theirs)).toEqual(['release-0', 'release-40', 'release-80']);
  });

  it('keeps the first automated one of each period that the policy wants, and the newest', () => {
    const hourly = hundred((nth) => automated(orders, daysAgo(nth / 24, new Date('2026-11-17T18:10:00Z'))));
    const tiers = { daily: 2, weekly: 1, monthly: 1, yearly: 0 };
    expect(
      sift(hourly, { tiers })
        .snapshots.map(({ takenAt }) => takenAt?.toISOString())
        .sort(),
    ).toEqual([
      '2026-11-13T15:10:00.000Z', // the first of the month that is left
      '2026-11-15T15:10:00.000Z', // the week: Monday in Seoul
      '2026-11-16T15:10:00.000Z',
      '2026-11-17T15:10:00.000Z',
      '2026-11-17T18:10:00.000Z',
    ]);
  });

  it.each<[string, Partial<Snapshot>]>([
    ['is of a database that is gone', { of: 'db-GONE' }],
    ['nobody knows of which database it is', { of: '' }],
    ['is somebody else’s and only shared', { type: 'shared' }],
    ['is public', { type: 'public' }],
    ['has failed', { status: 'failed' }],
    ['could not be restored', { proof: { at: NOW, result: 'bad' } }],
  ])('lets go what others took when it %s', (_, spoiled) => {
    expect(names([manual(orders, NOW)])).toHaveLength(1);
    expect(names([manual(orders, NOW, spoiled)])).toEqual([]);
  });

  it('keeps the newest only of a database that the policy leaves alone', () => {
    const { snapshots } = sift(nightly(orders), { others: 'leave' });
    expect(snapshots).toMatchObject([{ takenAt: new Date('2026-11-17T18:10:00Z') }]);
  });

  it('counts every manual one by its form, also those that it lets go', () => {
    const counted = [
      ...hundred((nth) => manual(orders, daysAgo(nth), { of: 'db-GONE' })),
      own(orders, NOW),
      manual(carts, NOW, { status: 'failed' }),
      ...nightly(orders),
      manual(orders, NOW, { type: 'awsbackup' }),
    ];
    expect(sift(counted).manual).toEqual([
      { ...HOME, form: 'instance', count: 101 },
      { ...HOME, form: 'cluster', count: 1 },
    ]);
  });

  it('does not mind in which order they come', () => {
    const all = [...nightly(orders), manual(orders, NOW), own(orders, daysAgo(3)), manual(carts, daysAgo(1))];
    expect(names(all.toReversed())).toEqual(names(all));
  });
});
