import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { BackedUpDatabase, Snapshot } from '../../../shared/core/retention/facts.ts';
import { planSnapshots } from '../../../shared/core/retention/plan.ts';
import {
  automated,
  carts,
  daysAgo,
  facts,
  inBrief,
  manual,
  NOW,
  nightly,
  orders,
  own,
  planOf,
  policyWith,
  reasons,
} from './specimen.ts';

/** 03:10 in Seoul on a day of November. */
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day - 1, 18, 10));
const night = (day: number): string => `rds:orders-2026-11-${String(day - 1).padStart(2, '0')}-18-10`;

/** What serves every period before this week, as far as AWS's backups reach. */
const before = [
  own(orders, at(9)),
  own(orders, at(2)),
  own(orders, at(1)),
  own(orders, new Date('2026-01-01T00:00:00Z')),
];

describe('a database that nobody looked after yet', () => {
  it('gets one snapshot for the week, the month and the year: a copy of the newest backup', () => {
    const plan = planOf({ snapshots: nightly(orders) });
    expect(inBrief(plan)).toEqual([`retention ${night(18)} to ap-northeast-2`]);
    expect(plan.act[0]?.because).toBe('due for yearly 2026, monthly 2026-11, weekly 2026-W47');
  });

  it('is created where there is nothing to copy', () => {
    const plan = planOf({ databases: [{ ...orders, retentionDays: 0 }] });
    expect(inBrief(plan)).toEqual(['create db-ORDERS']);
    expect(plan.act[0]?.because).toContain('daily 2026-11-18');
  });

  it.each<[string, BackedUpDatabase]>([
    ['an Aurora cluster', carts],
    ['a DocumentDB cluster', { ...carts, engine: 'docdb' }],
    ['a Neptune cluster', { ...carts, engine: 'neptune' }],
    ['RDS Custom, which copies nothing at home', { ...orders, engine: 'custom-sqlserver-ee' }],
  ])('is created for %s', (_, database) => {
    expect(inBrief(planOf({ databases: [database], snapshots: nightly(database) }))).toEqual([
      `create ${database.identity.id}`,
    ]);
  });

  it('is asked for under a name that the same tick gives again, and no other', () => {
    const nameAt = (now: Date) => planOf({ databases: [carts] }, {}, { now }).act[0]?.action.name;
    expect(nameAt(NOW)).toBe(nameAt(new Date(NOW)));
    expect(nameAt(NOW)).not.toBe(nameAt(new Date(NOW.getTime() + 3_600_000)));
    const long = { ...carts, name: `a${'-b'.repeat(31)}` };
    expect(planOf({ databases: [long] }).act[0]?.action.name).toMatch(/^lamplighter(-[a-z0-9]+)+$/);
    expect(planOf({ databases: [long] }).act[0]?.action.name.length).toBeLessThanOrEqual(63);
  });
});

describe('a database with a snapshot for every period', () => {
  const served = [...nightly(orders), own(orders, at(16)), ...before];

  it('needs nothing', () => {
    const plan = planOf({ snapshots: served });
    expect(plan.act).toEqual([]);
    expect(plan.leave).toEqual([]);
  });

  it.each<[string, (snapshots: Snapshot[]) => Snapshot[]]>([
    ['is gone', (all) => all.filter(({ takenAt }) => takenAt?.getTime() !== at(16).getTime())],
    [
      'has failed',
      (all) =>
        all.map((one) =>
          one.takenAt?.getTime() === at(16).getTime() && one.type === 'manual' ? { ...one, status: 'failed' } : one,
        ),
    ],
    [
      'cannot be restored',
      (all) =>
        all.map((one) =>
          one.takenAt?.getTime() === at(16).getTime() && one.type === 'manual'
            ? { ...one, proof: { at: NOW, result: 'bad' as const } }
            : one,
        ),
    ],
    [
      "is another tool's",
      (all) => all.map((one) => (one.takenAt?.getTime() === at(16).getTime() ? { ...one, tags: {} } : one)),
    ],
    [
      'is of another database of the same name',
      (all) =>
        all.map((one) =>
          one.takenAt?.getTime() === at(16).getTime() && one.type === 'manual' ? { ...one, of: 'db-OLD' } : one,
        ),
    ],
  ])("gets the week's again when it %s", (_, spoil) => {
    expect(inBrief(planOf({ snapshots: spoil(served) })).filter((one) => !one.startsWith('delete'))).toEqual([
      `retention ${night(18)} to ap-northeast-2`,
    ]);
  });

  it.each(['creating', 'copying', 'pending'])('waits for one that is %s', (status) => {
    const coming = served.map((one) => (one.name === own(orders, at(16)).name ? { ...one, status } : one));
    expect(planOf({ snapshots: coming }).act).toEqual([]);
  });

  it('goes by the time of the data, not by the name or the time of the copy', () => {
    const renamed = served.map((one) => ({ ...one, databaseName: 'orders-before-the-rename' }));
    expect(planOf({ snapshots: renamed }).act).toEqual([]);
  });
});

describe('the calendar is the policy’s', () => {
  it.each([
    ['Asia/Seoul', '2026-11-23'],
    ['America/Los_Angeles', '2026-11-22'],
  ])('Sunday 15:30 UTC is a day of its own in %s', (timezone, day) => {
    const policy = parsePolicy({ timezone, snapshots: { mode: 'auto' } });
    const { act } = planSnapshots(facts({ databases: [carts] }), policy, { now: new Date('2026-11-22T15:30:00Z') });
    expect(act[0]?.because).toContain(day === '2026-11-23' ? '2026-W48' : '2026-W47');
  });
});

describe('the daily tier', () => {
  const week = { tiers: { daily: 7, weekly: 0, monthly: 0, yearly: 0 } };
  const fortnight = { tiers: { daily: 14, weekly: 0, monthly: 0, yearly: 0 } };
  const short = { ...orders, retentionDays: 7 };

  it('is what AWS does by itself while that reaches as far', () => {
    expect(planOf({ databases: [short], snapshots: nightly(short) }, week).act).toEqual([]);
    expect(
      planOf({ databases: [{ ...carts, retentionDays: 7 }], snapshots: nightly({ ...carts, retentionDays: 7 }) }, week)
        .act,
    ).toEqual([]);
  });

  it('copies a backup before it goes, with a night to spare', () => {
    expect(inBrief(planOf({ databases: [short], snapshots: nightly(short) }, fortnight))).toEqual(
      [12, 13].map((day) => `retention ${night(day)} to ap-northeast-2`),
    );
  });

  it('is created every night for a cluster whose backups do not reach as far', () => {
    const cluster = { ...carts, retentionDays: 7 };
    expect(inBrief(planOf({ databases: [cluster], snapshots: nightly(cluster) }, fortnight))).toEqual([
      'create cluster-CARTS',
    ]);
  });

  it('waits for the backup of the night', () => {
    const yesterday = nightly(short).slice(1);
    expect(planOf({ databases: [short], snapshots: yesterday }, week).act).toEqual([]);
  });
});

describe('a night that was missed', () => {
  it('is made up for by the next one', () => {
    expect(inBrief(planOf({ snapshots: [...before, ...nightly(orders)] }))).toEqual([
      `retention ${night(18)} to ap-northeast-2`,
    ]);
  });

  it('is made up for from what AWS still has, when all of its period was missed', () => {
    const plan = planOf({
      snapshots: [own(orders, at(2)), ...before.slice(1), own(orders, at(16)), ...nightly(orders)],
    });
    expect(inBrief(plan)).toEqual([`retention ${night(9)} to ap-northeast-2`]);
    expect(plan.act[0]?.because).toBe('weekly 2026-W46 has none, and AWS still has its backup');
  });

  it('is not made up for from before Lamplighter looked after the database, unless somebody asks', () => {
    const adopted = [own(orders, at(16)), ...nightly(orders)];
    expect(inBrief(planOf({ snapshots: adopted }))).toEqual([]);
    const fill = { from: '2026-10-01', to: '2026-11-18' };
    expect(inBrief(planOf({ snapshots: adopted }, {}, { fill }))).toEqual([
      `retention ${night(5)} to ap-northeast-2`,
      `retention ${night(9)} to ap-northeast-2`,
    ]);
    expect(inBrief(planOf({ snapshots: adopted }, {}, { fill: { from: '2026-11-09', to: '2026-11-10' } }))).toEqual([
      `retention ${night(9)} to ap-northeast-2`,
    ]);
  });

  it('leaves a night to the backup that is not there yet, then takes one itself', () => {
    const monday = new Date('2026-11-15T16:00:00Z'); // 01:00 in Seoul, before the backup
    const until = (now: Date) => [
      ...before,
      ...nightly(orders).filter((one) => (one.takenAt as Date) < now && (one.takenAt as Date) < at(16)),
    ];
    const waits = planOf({ snapshots: until(monday) }, {}, { now: monday });
    expect(waits.act).toEqual([]);
    expect(reasons(waits)).toEqual(['weekly 2026-W47: waits for the automated backup of the night']);
    const wednesday = planOf({ snapshots: until(NOW) });
    expect(inBrief(wednesday)).toEqual(['create db-ORDERS']);
  });
});

describe('what cannot be had', () => {
  it.each<[string, Partial<BackedUpDatabase>, string]>([
    [
      'it is being modified',
      { status: 'modifying' },
      'it is modifying: RDS takes no snapshot now, the next run tries again',
    ],
    [
      'it is backing up',
      { status: 'backing-up' },
      'it is backing-up: RDS takes no snapshot now, the next run tries again',
    ],
    [
      'it is stopped',
      { status: 'stopped', stoppedSince: at(12) },
      'it is stopped since 2026-11-12: RDS takes no snapshot, and nothing changes; the newest snapshot is of 2026-11-11',
    ],
  ])('is said: %s', (_, spoiled, because) => {
    const plan = planOf({ databases: [{ ...carts, ...spoiled }], snapshots: [automated(carts, at(11))] });
    expect(plan.act).toEqual([]);
    expect(reasons(plan)).toEqual([expect.stringContaining(because)]);
  });

  it('a backup is still copied while the database is being modified', () => {
    const database = { ...orders, status: 'modifying' };
    expect(inBrief(planOf({ databases: [database], snapshots: nightly(database) }))).toEqual([
      `retention ${night(18)} to ap-northeast-2`,
    ]);
  });

  it('an instance that optimizes its storage can be snapshotted, a cluster cannot', () => {
    const optimizing = { status: 'storage-optimization', retentionDays: 0 };
    expect(planOf({ databases: [{ ...orders, ...optimizing }] }).act).toHaveLength(1);
    expect(planOf({ databases: [{ ...carts, ...optimizing }] }).act).toHaveLength(0);
  });
});

describe('the recovery point objective', () => {
  const held = [own(orders, at(16)), own(orders, at(1)), own(orders, new Date('2026-01-01T00:00:00Z'))];
  const breachOf = (database: Partial<BackedUpDatabase>, snapshots: Snapshot[], rpo = '26h') =>
    planOf({ databases: [{ ...orders, ...database }], snapshots }, { rpo }).coverage[0]?.rpoBreach;

  it('is met by any good snapshot that is young enough, whoever took it', () => {
    expect(breachOf({}, nightly(orders))).toBeUndefined();
    expect(breachOf({}, [manual(orders, daysAgo(1))])).toBeUndefined();
    expect(breachOf({}, [manual(orders, daysAgo(1), { type: 'awsbackup' })])).toBeUndefined();
  });

  it.each<[string, Snapshot[]]>([
    ['it is too old', [manual(orders, daysAgo(1.1))]],
    ['it has failed', [manual(orders, daysAgo(0.1), { status: 'failed' })]],
    ['it is not available yet', [manual(orders, daysAgo(0.1), { status: 'creating' })]],
    ['it is somebody else’s, shared with the account', [manual(orders, daysAgo(0.1), { type: 'shared' })]],
    ['there is none', []],
  ])('is not met when %s', (_, snapshots) => {
    expect(breachOf({}, snapshots)).toBeDefined();
  });

  it('is healed by a snapshot, though every period has one', () => {
    const plan = planOf({ snapshots: held });
    expect(inBrief(plan)).toEqual(['create db-ORDERS']);
    expect(plan.act[0]?.because).toBe(
      'the newest snapshot is 49 hours older than what was last written; 26 are allowed',
    );
  });

  it('is not healed twice while one is coming', () => {
    expect(planOf({ snapshots: [...held, manual(orders, daysAgo(0.1), { status: 'creating' })] }).act).toEqual([]);
  });

  it('counts to the time at which a stopped database was stopped', () => {
    expect(breachOf({ status: 'stopped', stoppedSince: at(12) }, [own(orders, at(11))])).toBeUndefined();
    expect(breachOf({ status: 'stopped', stoppedSince: at(14) }, [own(orders, at(11))])).toContain('72 hours');
  });

  it('does not ask a new database for what it cannot have yet', () => {
    expect(breachOf({ createdAt: daysAgo(0.5) }, [])).toBeUndefined();
  });
});

describe('who is looked after', () => {
  it.each<[string, Partial<BackedUpDatabase>, object, string]>([
    ['opted out', { tags: { 'lamplighter:no-snapshots': '' } }, {}, 'opted out by its tag lamplighter:no-snapshots'],
    ['being deleted', { status: 'deleting' }, {}, 'it is being deleted'],
    [
      'in no class',
      {},
      { others: 'leave', classes: [{ name: 'other', names: ['carts*'] }] },
      'it belongs to no class of `snapshots.classes`',
    ],
  ])('not what is %s, and that is said', (_, spoiled, snapshots, because) => {
    const plan = planOf({ databases: [{ ...orders, ...spoiled }], snapshots: nightly(orders) }, snapshots);
    expect(plan.act).toEqual([]);
    expect(plan.coverage).toEqual([]);
    expect(reasons(plan)).toEqual([because]);
  });

  it('not the members of a cluster: the cluster is', () => {
    const plan = planOf({ databases: [{ ...orders, memberOf: 'carts' }, carts] });
    expect(inBrief(plan)).toEqual(['create cluster-CARTS']);
    expect(plan.leave).toEqual([]);
  });

  it('what could not be read is unknown, not empty', () => {
    const plan = planOf({ unreadable: [{ ...orders.scope, why: 'AccessDenied' }] });
    expect(plan.act).toEqual([]);
    expect(plan.leave).toEqual([
      expect.objectContaining({ because: 'its snapshots could not be read: AccessDenied', unknown: true }),
    ]);
  });

  it.each<[string, object, string]>([
    ['its name', { names: ['ord*'] }, 'special'],
    ['its engine', { engines: ['postgres'] }, 'special'],
    ['its tag', { tags: ['env=pr*'] }, 'special'],
    ['all of them', { names: ['orders'], engines: ['postgres'], tags: ['env=prod'] }, 'special'],
    ['another tag', { names: ['orders'], tags: ['env=prod', 'team=a'] }, 'default'],
    ['the start of its name', { names: ['ord'] }, 'default'],
  ])('by the terms of its class, found by %s', (_, match, className) => {
    const classes = [{ name: 'special', ...match, rpo: '1h', tiers: { yearly: 0 } }];
    const [line] = planOf({ snapshots: nightly(orders) }, { classes }).coverage;
    expect(line).toMatchObject({ className, rpoHours: className === 'special' ? 1 : 26 });
    expect(line?.tiers.find(({ tier }) => tier === 'yearly')?.wanted).toBe(className === 'special' ? 0 : 3);
    expect(line?.tiers.find(({ tier }) => tier === 'weekly')?.wanted).toBe(8);
  });
});

describe('the modes', () => {
  it('are the policy’s default, and off takes nothing but still says how it stands', () => {
    const run = (snapshots: object) =>
      planSnapshots(facts({ snapshots: nightly(orders) }), parsePolicy({ timezone: 'Asia/Seoul', snapshots }), {
        now: NOW,
      });
    expect(run({}).act.map(({ mode }) => mode)).toEqual(['report']);
    expect(run({ mode: 'off' }).act).toEqual([]);
    expect(run({ mode: 'off' }).coverage).toHaveLength(1);
  });

  it.each([
    ['report', 'auto', 'report'],
    ['approve', 'auto', 'approve'],
    ['auto', 'approve', 'approve'],
    ['auto', 'auto', 'auto'],
  ])('taking by %s and pruning by %s prunes by %s', (mode, prune, pruned) => {
    const old = [1, 2, 3, 4].map((day) => own(orders, new Date(Date.UTC(2019, 0, day))));
    const { act } = planSnapshots(
      facts({ snapshots: [...nightly(orders), own(orders, at(16)), ...old] }),
      policyWith({ mode, prune }),
      { now: NOW },
    );
    expect(act.filter(({ action }) => action.kind === 'delete-snapshot').map((one) => one.mode)).toEqual([
      pruned,
      pruned,
    ]);
  });
});
