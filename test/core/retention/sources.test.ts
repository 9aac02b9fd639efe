import { describe, expect, it } from 'vitest';
import type { BackedUpDatabase } from '../../../shared/core/retention/facts.ts';
import { ACCOUNT, carts, HOME, inBrief, orders, planOf } from './specimen.ts';

const TOKYO = { account: ACCOUNT, region: 'ap-northeast-1' };
const optOut = { tags: { 'lamplighter:no-snapshots': '' } };

/** A read replica in the same region, which AWS names by name, and one of it in another region, by ARN. */
const replica: BackedUpDatabase = {
  ...orders,
  name: 'orders-replica',
  identity: { arn: `${orders.identity.arn}-replica`, id: 'db-REPLICA' },
  retentionDays: 0,
  replicaOf: 'orders',
};
const distant: BackedUpDatabase = {
  ...replica,
  name: 'orders-tokyo',
  identity: { arn: 'arn:aws:rds:ap-northeast-1:123456789012:db:orders-tokyo', id: 'db-DISTANT' },
  scope: TOKYO,
  replicaOf: replica.identity.arn,
};
const primary: BackedUpDatabase = { ...carts, scope: TOKYO, global: { id: 'world', role: 'primary' } };
const secondary: BackedUpDatabase = {
  ...carts,
  name: 'carts-seoul',
  identity: { arn: 'arn:aws:rds:ap-northeast-2:123456789012:cluster:carts-seoul', id: 'cluster-SEOUL' },
  global: { id: 'world', role: 'secondary', primary: primary.identity.arn },
};

const plan = (databases: BackedUpDatabase[], more: object = {}) =>
  planOf({ databases, ...more }, { tiers: { daily: 1, weekly: 0, monthly: 0, yearly: 0 } });
const left = ({ leave }: ReturnType<typeof plan>): string[] =>
  leave.map(({ databaseName, because }) => `${databaseName}: ${because}`);

describe('a database that follows another one', () => {
  it.each<[string, BackedUpDatabase[], string]>([
    ['a read replica', [orders, replica], 'orders-replica: it is a read replica of orders, which is looked after'],
    [
      'the replica of a replica in another region',
      [orders, replica, distant],
      `orders-tokyo: it is a read replica of ${replica.identity.arn}, which is looked after`,
    ],
    [
      'the secondary of a global cluster',
      [primary, secondary],
      'carts-seoul: it follows the primary of the global cluster world, which is looked after',
    ],
  ])('gets no snapshots beside its source: %s', (_, databases, because) => {
    const planned = plan(databases);
    expect(left(planned)).toContain(because);
    expect(planned.coverage.map(({ name }) => name)).toEqual([databases[0]?.name]);
  });

  it.each<[string, BackedUpDatabase[], BackedUpDatabase]>([
    ['a read replica whose source has opted out', [{ ...orders, ...optOut }, replica], replica],
    ['a read replica whose source is being deleted', [{ ...orders, status: 'deleting' }, replica], replica],
    ['a read replica whose source is not there', [replica], replica],
    ['a read replica whose source is in a region that nobody looks at', [distant], distant],
    ['a secondary whose primary has opted out', [{ ...primary, ...optOut }, secondary], secondary],
    ['a secondary whose primary is in a region that nobody looks at', [secondary], secondary],
    [
      'a secondary of which AWS names no primary',
      [primary, { ...secondary, global: { id: 'world', role: 'secondary' } }],
      secondary,
    ],
  ])('is a database of its own where that is not looked after: %s', (_, databases, own) => {
    const planned = plan(databases);
    expect(inBrief(planned)).toContain(`create ${own.identity.id}`);
    expect(planned.coverage.find(({ name }) => name === own.name)).toMatchObject({
      rpoBreach: 'it has no good snapshot',
    });
  });

  it('follows the nearest that is looked after: a replica whose own source has opted out', () => {
    const planned = plan([{ ...orders, ...optOut }, replica, distant]);
    expect(inBrief(planned)).toEqual(['create db-REPLICA']);
    expect(left(planned)).toContain(
      `orders-tokyo: it is a read replica of ${replica.identity.arn}, which is looked after`,
    );
  });

  it.each<[string, BackedUpDatabase[], BackedUpDatabase]>([
    ['listed, its snapshots not', [orders, { ...replica, scope: TOKYO, replicaOf: orders.identity.arn }], replica],
    ['not even listed', [{ ...distant, replicaOf: orders.identity.arn }], distant],
  ])('is unknown where its source could not be read: %s', (_, databases, { name }) => {
    const planned = plan(databases, { unreadable: [{ ...HOME, why: 'AccessDenied' }] });
    expect(planned.act).toEqual([]);
    expect(planned.leave).toContainEqual({
      databaseName: name,
      scope: TOKYO,
      because: expect.stringContaining('whether that has snapshots is unknown: 123456789012/ap-northeast-2') as string,
      unknown: true,
    });
  });

  it('round in a circle is looked after all the same', () => {
    expect(plan([{ ...orders, replicaOf: 'orders' }]).coverage).toHaveLength(1);
    expect(plan([{ ...orders, replicaOf: 'orders-replica' }, replica]).coverage).toHaveLength(2);
  });
});
