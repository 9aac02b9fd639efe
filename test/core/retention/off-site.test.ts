import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { BackedUpDatabase, Snapshot } from '../../../shared/core/retention/facts.ts';
import { destinationScopes } from '../../../shared/core/retention/homes.ts';
import { calendars } from '../../../shared/core/retention/plan.ts';
import {
  ACCOUNT,
  automated,
  carts,
  daysAgo,
  facts,
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

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const dr = { name: 'dr', region: 'eu-central-1', kmsKey: 'alias/dr' };
const vault = { name: 'vault', account: VAULT, region: 'eu-central-1', kmsKey: 'alias/vault' };
const tiers = { daily: 0, weekly: 2, monthly: 0, yearly: 0 };
const terms = (...copyTo: object[]) => ({ tiers, keepAtLeast: 1, rpo: '90d', copyTo });

const customers = { arn: 'arn:aws:kms:ap-northeast-2:123456789012:key/1', manager: known('customer' as const) };
const managed = { arn: 'arn:aws:kms:ap-northeast-2:123456789012:key/2', manager: known('aws' as const) };

const monday = (weeksAgo: number): Date => new Date(Date.UTC(2026, 10, 16 - 7 * weeksAgo, 3));
const week = own(orders, monday(0), { key: customers });
const lastWeek = own(orders, monday(1), { key: customers });

const copied = (of: Snapshot, spoiled: Partial<Snapshot> = {}): Snapshot =>
  own(orders, of.takenAt as Date, { scope: FRANKFURT, source: of.arn, ...spoiled });

describe('a copy to another region', () => {
  it('is made in one step, under the key of the destination', () => {
    expect(planOf({ snapshots: [week] }, terms(dr)).act).toEqual([
      {
        action: {
          kind: 'copy-snapshot',
          purpose: 'off-site',
          form: 'instance',
          scope: FRANKFURT,
          name: expect.stringMatching(/^lamplighter-orders-2026-11-16-0300-[0-9a-f]{6}$/),
          databaseId: 'db-ORDERS',
          source: { arn: week.arn, scope: HOME, takenAt: '2026-11-16T03:00:00.000Z' },
          tags: {
            'lamplighter:database': 'db-ORDERS',
            'lamplighter:home': '123456789012/ap-northeast-2',
            'lamplighter:taken': '2026-11-16T03:00:00.000Z',
          },
          withinHours: 24,
          kmsKey: 'alias/dr',
        },
        databaseName: 'orders',
        mode: 'auto',
        because: 'weekly 2026-W47 to dr',
      },
    ]);
  });

  it('begins with the longest tier and the newest data, and goes on night by night', () => {
    const weeks = [0, 1, 2, 3, 4].map((weeksAgo) => own(orders, monday(weeksAgo)));
    const more = { ...terms({ ...dr, tiers: ['weekly', 'monthly'] }), tiers: { ...tiers, weekly: 5, monthly: 2 } };
    const to = (...there: number[]) =>
      inBrief(planOf({ snapshots: [...weeks, ...there.map((one) => copied(weeks[one] as Snapshot))] }, more)).map(
        (line) => weeks.findIndex(({ name }) => line === `off-site ${name} to eu-central-1`),
      );
    expect(to()).toEqual([2, 4, 0]); // the first of November, the first of October, this week
    expect(to(2, 4, 0)).toEqual([1, 3]);
    expect(to(2, 4, 0, 1, 3)).toEqual([]);
  });

  it('leaves places to other databases: three at a time', () => {
    const weeks = [0, 1, 2, 3, 4].map((weeksAgo) => own(orders, monday(weeksAgo)));
    const coming = [0, 1].map((one) => copied(weeks[one] as Snapshot, { status: 'copying' }));
    const more = { ...terms(dr), tiers: { ...tiers, weekly: 5 } };
    expect(inBrief(planOf({ snapshots: [...weeks, ...coming] }, more))).toEqual([
      `off-site ${weeks[2]?.name} to eu-central-1`,
    ]);
  });

  it('is not begun again while it is on its way', () => {
    expect(planOf({ snapshots: [week, copied(week, { status: 'copying' })] }, terms(dr)).act).toEqual([]);
  });

  it('is made again when it has failed', () => {
    expect(inBrief(planOf({ snapshots: [week, copied(week, { status: 'failed' })] }, terms(dr)))).toEqual([
      `delete ${copied(week).name}`,
      `off-site ${week.name} to eu-central-1`,
    ]);
  });

  it('is made of what is available only', () => {
    expect(planOf({ snapshots: [{ ...week, status: 'creating' }] }, terms(dr)).act).toEqual([]);
  });

  it('keeps the source until it is available', () => {
    const expired = own(orders, monday(5));
    const floor = [week, lastWeek, copied(week), copied(lastWeek)];
    expect(inBrief(planOf({ snapshots: [expired, ...floor] }, terms(dr)))).toEqual([`delete ${expired.name}`]);
    const reading = copied(expired, { status: 'copying' });
    expect(planOf({ snapshots: [expired, ...floor, reading] }, terms(dr)).act).toEqual([]);
  });

  it('is kept there for as long as at home, and no longer', () => {
    const there = [monday(0), monday(1), monday(5)].map((time) => own(orders, time, { scope: FRANKFURT }));
    expect(inBrief(planOf({ snapshots: [week, lastWeek, ...there] }, terms(dr)))).toEqual([`delete ${there[2]?.name}`]);
  });

  it('is made of the tiers that the destination wants', () => {
    expect(planOf({ snapshots: [week] }, terms({ ...dr, tiers: ['monthly'] })).act).toEqual([]);
  });

  it('of a day is made of the automated backup itself', () => {
    const daily = { ...terms({ ...dr, tiers: ['daily'] }), tiers: { ...tiers, daily: 2 } };
    const [tonight, lastNight] = nightly(orders);
    expect(inBrief(planOf({ snapshots: [...nightly(orders), week] }, daily))).toEqual(
      [tonight, lastNight].map((one) => `off-site ${one?.name} to eu-central-1`),
    );
  });

  it('is not made to where the database is at home', () => {
    expect(planOf({ snapshots: [week] }, terms({ ...dr, region: HOME.region })).act).toEqual([]);
  });
});

describe('the key of a copy', () => {
  const copy = (snapshot: Snapshot, database: BackedUpDatabase, destination: object) =>
    planOf({ databases: [database], snapshots: [snapshot] }, terms(destination));

  it('is needed for what is encrypted', () => {
    const plan = copy(week, orders, { ...dr, kmsKey: undefined });
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual(['weekly 2026-W47 to dr: it is encrypted, and `dr` has no kmsKey']);
  });

  it('encrypts what is not, of an instance; for a cluster it would be an error', () => {
    expect(copy(own(orders, monday(0)), orders, dr).act[0]?.action).toMatchObject({ kmsKey: 'alias/dr' });
    expect(copy(own(carts, monday(0)), carts, dr).act[0]?.action).not.toHaveProperty('kmsKey');
  });
});

describe('a copy to another account', () => {
  const shareKey = { shareKey: 'alias/share' };
  const under = (key: Snapshot['key'], spoiled: Partial<Snapshot> = {}) =>
    own(orders, monday(0), { ...(key ? { key } : {}), ...spoiled });
  const handover = (spoiled: Partial<Snapshot> = {}) =>
    own(orders, monday(0), {
      name: 'lamplighter-orders-handover',
      key: customers,
      ...spoiled,
      tags: { 'lamplighter:handover': 'yes' },
    });
  const there = own(orders, monday(0), { scope: { account: VAULT, region: 'eu-central-1' } });

  it.each<[string, Snapshot['key']]>([
    ['a key of the customer', customers],
    ['no key', undefined],
  ])('is made in one step when it is under %s', (_, key) => {
    const [copy] = planOf({ snapshots: [under(key)] }, terms(vault)).act;
    expect(copy?.action).toMatchObject({
      purpose: 'off-site',
      scope: { account: VAULT, region: 'eu-central-1' },
      kmsKey: 'alias/vault',
      shareWith: VAULT,
    });
  });

  it.each<[string, Snapshot['key'], string]>([
    ["AWS's key", managed, 'it is under a key that AWS manages, which cannot be shared'],
    [
      'a key of which nobody knows whose it is',
      { ...customers, manager: unknown('AccessDenied') },
      'who manages its key is unknown: AccessDenied',
    ],
  ])('is made in two steps when it is under %s', (_, key, why) => {
    const [first, ...rest] = planOf({ snapshots: [under(key)] }, { ...terms(vault), ...shareKey }).act;
    expect(rest).toEqual([]);
    expect(first?.because).toBe(`weekly 2026-W47 to vault in two steps: ${why}`);
    expect(first?.action).toMatchObject({
      purpose: 'handover',
      scope: HOME,
      kmsKey: 'alias/share',
      tags: { 'lamplighter:handover': 'yes', 'lamplighter:taken': '2026-11-16T03:00:00.000Z' },
    });
  });

  it('waits for its handover', () => {
    const plan = planOf(
      { snapshots: [under(managed), handover({ status: 'copying' })] },
      { ...terms(vault), ...shareKey },
    );
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual(['weekly 2026-W47 to vault: its handover at home is not available yet']);
  });

  it('is made of the handover, which goes when it is there', () => {
    const held = [under(managed), handover()];
    expect(inBrief(planOf({ snapshots: held }, { ...terms(vault), ...shareKey }))).toEqual([
      'off-site lamplighter-orders-handover to eu-central-1',
    ]);
    const copying = { ...there, status: 'copying' };
    expect(planOf({ snapshots: [...held, copying] }, { ...terms(vault), ...shareKey }).act).toEqual([]);
    expect(inBrief(planOf({ snapshots: [...held, there] }, { ...terms(vault), ...shareKey }))).toEqual([
      'delete lamplighter-orders-handover',
    ]);
  });

  it('shares one handover between two destinations', () => {
    const second = { ...vault, name: 'second', region: 'eu-west-1' };
    const copyTo = { ...terms(vault, second), ...shareKey };
    expect(inBrief(planOf({ snapshots: [under(managed)] }, copyTo))).toHaveLength(1);
    expect(inBrief(planOf({ snapshots: [under(managed), handover(), there] }, copyTo))).toEqual([
      'off-site lamplighter-orders-handover to eu-west-1',
    ]);
  });

  it('is not made without a key to share', () => {
    expect(reasons(planOf({ snapshots: [under(managed)] }, terms(vault)))).toEqual([
      'weekly 2026-W47 to vault: it is under a key that AWS manages, which cannot be shared; name a `snapshots.shareKey`',
    ]);
  });

  it('of an automated backup takes two steps', () => {
    const daily = { ...terms({ ...vault, tiers: ['daily'] }), tiers: { ...tiers, daily: 1 } };
    const snapshots = [automated(orders, new Date('2026-11-17T18:10:00Z')), week];
    expect(inBrief(planOf({ snapshots }, daily))).toEqual(['handover rds:orders-2026-11-17-18-10 to ap-northeast-2']);
  });

  it.each<[string, Partial<Snapshot>, object, string]>([
    [
      'into another partition',
      {},
      { ...vault, region: 'cn-north-1' },
      'cn-north-1 is in another AWS partition than ap-northeast-2',
    ],
    ['of RDS Custom', { engine: 'custom-oracle-ee' }, vault, 'RDS Custom copies to no other account'],
  ])('is not made %s', (_, spoiled, destination, because) => {
    expect(reasons(planOf({ snapshots: [under(customers, spoiled)] }, terms(destination)))).toEqual([
      expect.stringContaining(because),
    ]);
  });
});

describe('copies in two steps', () => {
  it('go on while new days need their handovers', () => {
    const night = (ago: number) => new Date(Date.UTC(2026, 10, 17 - ago, 18, 10));
    const nights = [0, 1].map((ago) => automated(orders, night(ago), { key: managed }));
    const handed = own(orders, night(1), {
      name: 'lamplighter-handed',
      key: customers,
      tags: { 'lamplighter:handover': 'yes' },
    });
    const daily = {
      ...terms({ ...vault, tiers: ['daily'] }),
      tiers: { ...tiers, weekly: 0, daily: 2 },
      shareKey: 'alias/share',
    };
    expect(inBrief(planOf({ snapshots: [...nights, handed] }, daily))).toEqual([
      `handover ${nights[0]?.name} to ap-northeast-2`,
      'off-site lamplighter-handed to eu-central-1',
    ]);
  });
});

describe('a Multi-AZ DB cluster', () => {
  const ledger: BackedUpDatabase = { ...carts, name: 'ledger', engine: 'postgres' };
  const snapshots = [own(ledger, monday(0)), own(ledger, monday(5))];
  const plan = planOf({ databases: [ledger], snapshots }, terms(dr, vault));

  it('is not copied: RDS refuses it, and that is said once', () => {
    expect(plan.leave).toEqual([
      {
        databaseName: 'ledger',
        scope: HOME,
        because: 'no copy to dr, vault: RDS copies no snapshots of Multi-AZ DB clusters',
      },
    ]);
    expect(plan.coverage[0]?.copies).toMatchObject([{ lacking: 0 }, { lacking: 0 }]);
  });

  it('keeps no snapshot for the sake of a copy that never comes', () => {
    expect(inBrief(plan)).toEqual([`delete ${snapshots[1]?.name}`]);
  });

  it.each(['mysql', 'postgres'])('%s, and no other cluster, loses what was missed: nothing can fill it', (engine) => {
    const range = { from: '2026-11-09', to: '2026-11-16' };
    const fillOf = (database: BackedUpDatabase) => {
      const spoiled = { databases: [database], snapshots: [...nightly(database), own(database, monday(0))] };
      const states = calendars(facts(spoiled), policyWith(terms()), { now: NOW, range }).get(database.identity.id);
      return [states?.map(({ state }) => state), inBrief(planOf(spoiled, terms(), { fill: range })).length];
    };
    expect(fillOf({ ...ledger, engine })).toEqual([['missing'], 0]);
    expect(fillOf(carts)).toEqual([['fillable'], 1]);
  });
});

describe('the option group', () => {
  const tde = own(orders, monday(0), { engine: 'oracle-ee', optionGroup: 'tde' });
  const copyTo = (destination: object, snapshot = tde) => planOf({ snapshots: [snapshot] }, terms(destination));

  it('is the one that the policy names', () => {
    const named = { ...dr, optionGroups: [{ source: 'tde', target: 'tde-dr' }] };
    expect(copyTo(named).act[0]?.action).toMatchObject({ optionGroup: 'tde-dr' });
  });

  it('is copied along to another account', () => {
    expect(copyTo(vault).act[0]?.action).toMatchObject({ copyOptionGroup: true });
  });

  it('is missed where the engine cannot be without it, and that is said', () => {
    expect(reasons(copyTo(dr))).toEqual([
      "weekly 2026-W47 to dr: it needs its option group tde: name one in `dr`'s optionGroups",
    ]);
  });

  it('is the default one elsewhere', () => {
    const [copy] = copyTo(dr, { ...tde, engine: 'mysql' }).act;
    expect(copy?.action).not.toHaveProperty('optionGroup');
  });
});

describe('copies in progress', () => {
  const many = (count: number, of: BackedUpDatabase): { databases: BackedUpDatabase[]; snapshots: Snapshot[] } => {
    const databases = Array.from({ length: count }, (_, index) => {
      const id = `${of.name}-${String(index).padStart(2, '0')}`;
      return { ...of, name: id, identity: { arn: `arn:aws:rds:::${id}`, id } };
    });
    return { databases, snapshots: databases.map((one) => own(one, monday(0))) };
  };

  it.each([
    ['instances', orders, 20],
    ['clusters', carts, 5],
  ])('are as many as AWS allows: %s', (_, of, limit) => {
    const plan = planOf(many(25, of), terms(dr));
    expect(plan.act).toHaveLength(limit);
    expect(reasons(plan)).toHaveLength(25 - limit);
    expect(reasons(plan)[0]).toContain('20 copies are in progress to 123456789012/eu-central-1');
  });

  it('count whoever began them, and by destination', () => {
    const { databases, snapshots } = many(25, orders);
    const others = Array.from({ length: 19 }, (_, index) =>
      own(orders, NOW, {
        name: `mine-${index}`,
        tags: {},
        scope: FRANKFURT,
        status: 'creating',
        source: 'arn:aws:rds:us-east-1:1:snapshot:x',
      }),
    );
    const paris = { ...dr, name: 'paris', region: 'eu-west-3' };
    const plan = planOf({ databases, snapshots: [...snapshots, ...others] }, terms(dr, paris));
    const to = (region: string) => plan.act.filter(({ action }) => action.scope.region === region).length;
    expect([to('eu-central-1'), to('eu-west-3')]).toEqual([1, 20]);
  });

  it('go to databases without any copy first', () => {
    const { databases, snapshots } = many(21, orders);
    const first = databases[0] as BackedUpDatabase;
    const plan = planOf(
      { databases, snapshots: [...snapshots, own(first, monday(4), { scope: FRANKFURT })] },
      terms(dr),
    );
    expect(plan.leave.map(({ databaseName }) => databaseName)).toEqual(['orders-00']);
  });
});

describe('a copy that hangs', () => {
  const late = { 'lamplighter:due': daysAgo(0.1).toISOString() };
  const inTime = { 'lamplighter:due': daysAgo(-0.1).toISOString() };
  const onItsWay = (tags: Snapshot['tags'], of = week) =>
    copied(of, { status: 'copying', name: 'lamplighter-late', tags });
  const again = `off-site ${week.name} to eu-central-1`;

  it('says when it should have been there, by what the policy allows', () => {
    const [copy] = planOf({ snapshots: [week] }, { ...terms(dr), copyWithin: '36h' }).act;
    expect(copy?.action).toMatchObject({ withinHours: 36 });
  });

  it('is waited for until then', () => {
    expect(planOf({ snapshots: [week, onItsWay(inTime)] }, terms(dr)).act).toEqual([]);
  });

  it('is made again under another name, and what is left of it is deleted', () => {
    const [first] = planOf({ snapshots: [week] }, terms(dr)).act;
    const name = first?.action.name ?? '';
    const plan = planOf({ snapshots: [week, { ...onItsWay(late), name }] }, terms(dr));
    expect(inBrief(plan)).toEqual([`delete ${name}`, again]);
    expect(plan.act[0]).toMatchObject({
      because: `it hangs: it is copying, and was to be there by ${late['lamplighter:due']}`,
      action: { expect: { status: 'copying' } },
    });
    expect(plan.act[1]?.action.name).not.toBe(name);
    expect(plan.act[1]?.because).toBe(
      `weekly 2026-W47 to dr; ${name} should have been there by ${late['lamplighter:due']} and hangs`,
    );
  });

  it('is not counted as on its way, nor as a snapshot that is there', () => {
    const [coverage] = planOf({ snapshots: [week, onItsWay(late)] }, terms(dr)).coverage;
    expect(coverage?.copies).toMatchObject([{ coming: 0, lacking: 1 }]);
  });

  it('keeps its source: the destination still lacks it', () => {
    const old = own(orders, monday(1), { key: customers });
    const plan = planOf({ snapshots: [week, old, onItsWay(late, old)] }, { ...terms(dr), keepAtLeast: 1 });
    expect(inBrief(plan)).not.toContain(`delete ${old.name}`);
  });

  it.each([
    ['nobody knows since when', {}],
    ['it is another tool’s', { ...late, 'lamplighter:database': 'db-OTHER' }],
  ])('is not one of which %s', (_, tags) => {
    const theirs = { ...onItsWay(late), name: 'lamplighter-late', tags };
    expect(inBrief(planOf({ snapshots: [week, theirs] }, terms(dr)))).not.toContain('delete lamplighter-late');
  });

  it('blocks nobody for ever: of twenty that hang, twenty are made again', () => {
    const databases = Array.from({ length: 20 }, (_, index) => {
      const id = `orders-${String(index).padStart(2, '0')}`;
      return { ...orders, name: id, identity: { arn: `arn:aws:rds:::${id}`, id } };
    });
    const snapshots = databases.flatMap((one) => {
      const source = own(one, monday(0), { key: customers });
      const hangs = { scope: FRANKFURT, source: source.arn, status: 'copying', name: `lamplighter-${one.name}-late` };
      return [source, own(one, monday(0), { ...hangs, tags: late })];
    });
    const copies = (tick: object) =>
      inBrief(planOf({ databases, snapshots }, terms(dr), tick)).filter((one) => one.startsWith('off-site'));
    expect(copies({})).toHaveLength(20);
    expect(copies({ now: daysAgo(0.2) })).toHaveLength(0);
  });

  it('at home, for another account or for a tier, is made again as well', () => {
    const handover = own(orders, monday(0), {
      name: 'lamplighter-h',
      status: 'copying',
      tags: { ...late, 'lamplighter:handover': 'yes' },
    });
    const two = { ...terms(vault), shareKey: 'alias/share' };
    const [first, second] = planOf({ snapshots: [own(orders, monday(0), { key: managed }), handover] }, two).act;
    expect([first?.action.name, second?.action]).toMatchObject(['lamplighter-h', { purpose: 'handover' }]);
    const tonight = nightly(orders);
    const kept = own(orders, tonight[0]?.takenAt as Date, { name: 'lamplighter-k', status: 'creating', tags: late });
    expect(inBrief(planOf({ snapshots: [...tonight, kept] }, terms()))).toEqual([
      'delete lamplighter-k',
      `retention ${tonight[0]?.name} to ap-northeast-2`,
    ]);
  });
});

describe('a destination that could not be read', () => {
  const unreadable = [{ ...FRANKFURT, why: 'AccessDenied' }];

  it('gets nothing, and nothing is deleted that it may need', () => {
    const plan = planOf({ snapshots: [week, lastWeek, own(orders, monday(5))], unreadable }, terms(dr));
    expect(plan.act).toEqual([]);
    expect(plan.leave).toEqual([
      expect.objectContaining({
        because: 'nothing of it is deleted: dr could not be read, so nobody knows what it has',
        unknown: true,
      }),
    ]);
    expect(plan.coverage[0]?.copies).toEqual([
      { destination: 'dr (123456789012/eu-central-1)', coming: 0, unknown: 'AccessDenied' },
    ]);
  });
});

describe('the scopes to read', () => {
  it('are the destinations of what is looked after', () => {
    const policy = policyWith({ ...terms(dr, vault), classes: [{ name: 'cheap', names: ['carts'], copyTo: ['dr'] }] });
    expect(destinationScopes([orders, carts], policy)).toEqual([FRANKFURT, { account: VAULT, region: 'eu-central-1' }]);
    expect(destinationScopes([carts], policy)).toEqual([FRANKFURT]);
    expect(destinationScopes([{ ...orders, tags: { 'lamplighter:no-snapshots': '' } }], policy)).toEqual([]);
  });
});
