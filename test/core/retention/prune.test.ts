import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { money } from '../../../shared/core/money.ts';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { HOME, inBrief, manual, NOW, nightly, orders, own, planOf, reasons, VAULT } from './specimen.ts';

/** Two weeks, one snapshot each; nothing else is kept. */
const tiers = { daily: 0, weekly: 2, monthly: 0, yearly: 0 };
const terms = { tiers, keepAtLeast: 1, rpo: '90d' };

const monday = (weeksAgo: number): Date => new Date(Date.UTC(2026, 10, 16 - 7 * weeksAgo, 3));
const kept = [own(orders, monday(0)), own(orders, monday(1))];
const old = own(orders, monday(5));

const plan = (spoiled: Partial<Snapshot>, more: Snapshot[] = []) =>
  planOf({ snapshots: [...kept, { ...old, ...spoiled }, ...more] }, terms);

describe('a snapshot that no tier needs any more', () => {
  it('is deleted, as what it is', () => {
    const { act } = plan({});
    expect(act).toEqual([
      {
        action: {
          kind: 'delete-snapshot',
          form: 'instance',
          scope: HOME,
          name: old.name,
          snapshot: old.arn,
          expect: {
            databaseId: 'db-ORDERS',
            takenAt: '2026-10-12T03:00:00.000Z',
            status: 'available',
            tags: {
              'lamplighter:database': 'db-ORDERS',
              'lamplighter:home': '123456789012/ap-northeast-2',
              'lamplighter:taken': '2026-10-12T03:00:00.000Z',
            },
            instead: [],
            keepAtLeast: 1,
            newest: [kept[0]?.arn],
          },
        },
        databaseName: 'orders',
        mode: 'auto',
        because: 'no tier needs it any more',
      },
    ]);
  });

  it.each<[string, Partial<Snapshot>]>([
    ['it has no tag of ours', { tags: {} }],
    ['its tag names another database: it inherited it from a restore', { tags: { 'lamplighter:database': 'db-OLD' } }],
    ['its name is not one of ours', { name: 'orders-before-release' }],
    ['AWS took it', { type: 'automated' }],
    ['AWS Backup took it', { type: 'awsbackup' }],
    ['another account shares it', { type: 'shared' }],
    ['everybody shares it', { type: 'public' }],
    ['it is being made', { status: 'creating' }],
    ['it is being modified', { status: 'modifying' }],
    ['nobody knows its status', { status: 'incompatible-restore' }],
    ['its restore failed: somebody has to look', { proof: { at: NOW, result: 'bad' } }],
    ['nobody knows when it was taken', { takenAt: undefined as never, tags: { 'lamplighter:database': 'db-ORDERS' } }],
    ['it is held', { tags: { ...old.tags, 'lamplighter:hold': 'case 17' } }],
    ['it is held until the end of the year', { tags: { ...old.tags, 'lamplighter:hold': '2026-12-31' } }],
    ['it is held until a day that is none', { tags: { ...old.tags, 'lamplighter:hold': '2026-02-30' } }],
  ])('stays when %s', (_, spoiled) => {
    expect(plan(spoiled).act).toEqual([]);
  });

  it('is deleted although it has the protect tag: that is of the database, which hands its tags down', () => {
    const tags = { ...old.tags, 'lamplighter:protect': 'never stop this database' };
    expect(inBrief(plan({ tags }))).toEqual([`delete ${old.name}`]);
  });

  it('is deleted when its hold is over', () => {
    const tags = { ...old.tags, 'lamplighter:hold': '2026-11-17' };
    expect(inBrief(plan({ tags }))).toEqual([`delete ${old.name}`]);
  });

  it('is deleted at once when it has failed, although its week is young', () => {
    const failed = own(orders, new Date('2026-11-17T03:00:00Z'), { status: 'failed' });
    const { act } = planOf({ snapshots: [...kept, failed] }, terms);
    expect(act.map(({ because }) => because)).toEqual(['it has failed and holds nothing']);
  });

  it.each(['creating', 'copying', 'pending'])('stays while a copy of it is %s, wherever that is', (status) => {
    const copy = own(orders, monday(5), { scope: { account: VAULT, region: 'eu-central-1' }, status, source: old.arn });
    const { act, kept: why } = plan({}, [copy]);
    expect(act).toEqual([]);
    expect(why.find(({ snapshot }) => snapshot === old.arn)?.because).toBe(
      `${copy.name} in eu-central-1 is still copied from it`,
    );
  });

  it('stays while somebody else copies it', () => {
    const copy = manual(orders, NOW, {
      name: 'mine',
      scope: { ...HOME, region: 'us-east-1' },
      status: 'copying',
      source: old.arn,
    });
    expect(plan({}, [copy]).act).toEqual([]);
  });
});

describe('the floor', () => {
  const years = [2015, 2016, 2017, 2018, 2019].map((year) => own(orders, new Date(Date.UTC(year, 0, 1))));

  it.each([1, 2, 3, 5, 7])('of %i newest good ones is never deleted, however old', (keepAtLeast) => {
    const none = { tiers: { daily: 0, weekly: 0, monthly: 0, yearly: 0 }, keepAtLeast };
    const expected = years.slice(0, Math.max(0, years.length - keepAtLeast)).map(({ name }) => `delete ${name}`);
    expect(inBrief(planOf({ snapshots: years }, none))).toEqual(expected);
  });

  it('does not count what is not good, and not the same data twice', () => {
    const none = { tiers: { daily: 0, weekly: 0, monthly: 0, yearly: 0 }, keepAtLeast: 2 };
    const twin = own(orders, new Date(Date.UTC(2019, 0, 1)), { name: 'lamplighter-orders-twin' });
    const coming = own(orders, NOW, { status: 'creating' });
    const bad = own(orders, new Date(Date.UTC(2020, 0, 1)), { proof: { at: NOW, result: 'bad' } });
    expect(inBrief(planOf({ snapshots: [...years, twin, coming, bad] }, none))).toEqual(
      years.slice(0, 3).map(({ name }) => `delete ${name}`),
    );
  });

  it('does not count what is not ours: that may be gone tomorrow', () => {
    const others = [1, 2, 3].map((day) => manual(orders, new Date(Date.UTC(2026, 10, day))));
    expect(inBrief(planOf({ snapshots: [...others, ...kept, old] }, { ...terms, keepAtLeast: 3 }))).toEqual([]);
  });
});

describe('what serves', () => {
  it('is the first of its period; the others of the period go', () => {
    const tuesday = own(orders, new Date('2026-11-10T03:00:00Z'));
    expect(inBrief(planOf({ snapshots: [...kept, tuesday] }, terms))).toEqual([`delete ${tuesday.name}`]);
  });

  it('stays for the longest of its tiers', () => {
    const january = own(orders, new Date('2026-01-01T03:00:00Z'));
    const { act, kept: why } = planOf({ snapshots: [...kept, january] }, { ...terms, tiers: { ...tiers, yearly: 1 } });
    expect(act).toEqual([]);
    expect(why.find(({ snapshot }) => snapshot === january.arn)?.because).toBe('it serves yearly 2026');
  });

  it('goes with the oldest data first', () => {
    const more = [own(orders, monday(4)), own(orders, monday(6)), own(orders, monday(3))];
    expect(inBrief(plan({}, more))).toEqual([more[1], old, more[0], more[2]].map((one) => `delete ${one?.name}`));
  });
});

describe('a snapshot that protected a change', () => {
  const change = (expires: string | undefined) =>
    manual(orders, monday(5), {
      name: 'lamplighter-right-size-2026-10-12-3f9a1c-1',
      tags: {
        'lamplighter:change': 'right-size-2026-10-12-3f9a1c/1',
        ...(expires ? { 'lamplighter:expires': expires } : {}),
      },
    });

  it.each([
    ['the day after its last', '2026-11-17', 1],
    ['on its last day', '2026-11-18', 0],
    ['when it does not say until when', undefined, 0],
    ['when it says something else', 'soon', 0],
  ])('is deleted %s or not', (_, expires, deletes) => {
    expect(planOf({ snapshots: [...kept, change(expires)] }, terms).act).toHaveLength(deletes);
  });
});

describe('a database that is gone', () => {
  const snapshots = [...kept, old];

  it('keeps its snapshots, and that is said', () => {
    const result = planOf({ databases: [], snapshots }, terms);
    expect(result.act).toEqual([]);
    expect(reasons(result)).toEqual([
      'its database is gone; 3 of its snapshots are kept: `snapshots.ofDeleted` is keep',
    ]);
  });

  it('loses what no tier needs where the policy says so', () => {
    expect(inBrief(planOf({ databases: [], snapshots }, { ...terms, ofDeleted: 'prune' }))).toEqual([
      `delete ${old.name}`,
    ]);
  });

  it('may only be somewhere that could not be read', () => {
    const unreadable = [{ account: VAULT, region: 'us-east-1', why: 'AccessDenied' }];
    const result = planOf({ databases: [], snapshots, unreadable }, { ...terms, ofDeleted: 'prune' });
    expect(result.act).toEqual([]);
    expect(result.leave).toEqual([expect.objectContaining({ unknown: true })]);
  });

  it('is not mistaken for a new one of its name', () => {
    const again = { ...orders, identity: { ...orders.identity, id: 'db-AGAIN' } };
    const result = planOf(
      { databases: [again], snapshots: [...snapshots, ...nightly(again)] },
      { ...terms, ofDeleted: 'prune' },
    );
    expect(inBrief(result)).toEqual([`delete ${old.name}`, expect.stringContaining('retention rds:orders-2026-11-17')]);
  });
});

describe('what it costs', () => {
  it('is an upper bound, and what pruning saves too', () => {
    const { cost } = plan({});
    expect(cost.held).toMatchObject({ atMost: [money('USD', 30)], unknown: 0 });
    expect(cost.pruned).toMatchObject({ atMost: [money('USD', 10)], unknown: 0 });
    expect(cost.held.basis).toContain('upper bound');
  });

  it('is not guessed', () => {
    const prices = [{ region: HOME.region, engine: 'postgres', perGiBMonth: unknown('no such product') }];
    expect(planOf({ snapshots: kept, prices }, terms).cost.held).toMatchObject({ atMost: [], unknown: 2 });
    const sizeless = [own(orders, monday(0), { sizeGiB: undefined as never })];
    expect(planOf({ snapshots: sizeless }, terms).cost.held).toMatchObject({ atMost: [], unknown: 1 });
  });

  it('leaves out what is not ours', () => {
    const prices = [{ region: HOME.region, engine: 'postgres', perGiBMonth: known(money('USD', 1)) }];
    expect(planOf({ snapshots: [...nightly(orders), ...kept], prices }, terms).cost.held.atMost).toEqual([
      money('USD', 200),
    ]);
  });
});
