import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { databaseIdOf, homeOf, purposeOf, retentionTags } from '../../../shared/core/retention/marks.ts';
import { ACCOUNT, daysAgo, HOME, inBrief, nightly, orders, own, planOf, VAULT } from './specimen.ts';

const at = daysAgo(1);
const source = own(orders, at);
/** A copy in another account, of which AWS says something else than of its source. */
const copy = own(orders, at, {
  scope: { account: VAULT, region: 'eu-central-1' },
  source: source.arn,
  of: 'db-AWSOWN',
});

describe('a copy whose database AWS calls something else', () => {
  it('is ours, of the database that its tag names', () => {
    expect(purposeOf(copy)).toBe('retention');
    expect(databaseIdOf(copy)).toBe('db-ORDERS');
    expect(homeOf(copy)).toBe('123456789012/ap-northeast-2');
  });

  it('is not made again, and counts where it is', () => {
    const dr = { name: 'dr', account: VAULT, region: 'eu-central-1', kmsKey: 'alias/dr' };
    const policy = { tiers: { daily: 0, weekly: 1, monthly: 0, yearly: 0 }, copyTo: [dr] };
    const plan = planOf({ snapshots: [...nightly(orders), source, copy] }, policy);
    expect(plan.act).toEqual([]);
    expect(plan.coverage[0]?.copies).toMatchObject([{ newest: { arn: copy.arn }, lacking: 0 }]);
  });

  it('expires there, as every other', () => {
    const old = [40, 41].map((days) => ({ ...copy, ...times(days), arn: `${copy.arn}-${days}` }));
    const policy = { tiers: { daily: 0, weekly: 0, monthly: 0, yearly: 0 }, keepAtLeast: 1, rpo: '90d' };
    const plan = planOf({ snapshots: [copy, ...old] }, policy);
    expect(inBrief(plan)).toHaveLength(2);
    expect(plan.act[0]?.action).toMatchObject({ expect: { databaseId: 'db-ORDERS' } });
  });

  it.each<[string, Partial<Snapshot>]>([
    ['it has no tag', { tags: {} }],
    ['it has another name', { name: 'orders-copy' }],
    ['it was made there', { source: undefined as never }],
    ['it was copied within its region', { source: source.arn, scope: HOME }],
    ['its source is no ARN', { source: 'orders' }],
    [
      'it is of a snapshot before a change, which has the tags of a database that was restored',
      { tags: { ...copy.tags, 'lamplighter:change': 'x/1' } },
    ],
  ])('is somebody else’s when %s', (_, spoiled) => {
    expect(purposeOf({ ...copy, ...spoiled })).not.toBe('retention');
    expect(databaseIdOf({ ...copy, ...spoiled })).toBe('db-AWSOWN');
  });
});

const times = (days: number) => {
  const takenAt = daysAgo(days);
  return { takenAt, tags: retentionTags(orders, takenAt) };
};

describe('the home of a database', () => {
  it('is on everything that is taken of it', () => {
    const created = planOf({ databases: [{ ...orders, retentionDays: 0 }] }).act[0]?.action;
    const copied = planOf({ snapshots: nightly(orders) }).act[0]?.action;
    for (const action of [created, copied])
      expect(action).toMatchObject({ tags: { 'lamplighter:home': `${ACCOUNT}/ap-northeast-2` } });
  });
});
