import fc from 'fast-check';
import { describe, it } from 'vitest';
import { known } from '../../../shared/core/evidence.ts';
import type { Policy } from '../../../shared/core/policy.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import {
  type BackedUpDatabase,
  type Form,
  keyOf,
  type Snapshot,
  type SnapshotKey,
} from '../../../shared/core/retention/facts.ts';
import { MARKS, purposeOf } from '../../../shared/core/retention/marks.ts';
import { contains, type Period, wantedPeriods } from '../../../shared/core/retention/periods.ts';
import type { RetentionPlan } from '../../../shared/core/retention/plan.ts';
import { addDays } from '../../../shared/core/spend/day.ts';
import type { Day } from '../../../shared/core/spend/series.ts';
import { DAY_MS, localDates } from '../../../shared/core/time.ts';
import { carts, HOME, manual, orders, own, VAULT } from './specimen.ts';
import { type Night, World } from './world.ts';

const YEARS = 10;
const FIRST_NIGHT = Date.UTC(2026, 2, 1, 1);
const HOUR_MS = 3_600_000;
const RPO_HOURS = 50;

/** Zones with summer time at midnight, at half an hour, south of the equator, across the date line, and without any. */
const anyZone = fc.constantFrom(
  'Asia/Seoul',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
);

const anyTiers = fc.record({
  daily: fc.integer({ min: 0, max: 10 }),
  weekly: fc.integer({ min: 0, max: 6 }),
  monthly: fc.integer({ min: 0, max: 6 }),
  yearly: fc.integer({ min: 0, max: 3 }),
});

/** Mostly everything works. */
const anyNight: fc.Arbitrary<Night> = fc.record({
  run: fc.oneof(
    { weight: 8, arbitrary: fc.constant('works' as const) },
    { weight: 3, arbitrary: fc.constantFrom('misses' as const, 'fails' as const, 'slow' as const) },
  ),
  backup: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  status: fc.oneof(
    { weight: 12, arbitrary: fc.constant('available' as const) },
    { weight: 1, arbitrary: fc.constantFrom('stopped' as const, 'modifying' as const) },
  ),
});

/** So many databases, each under a name of its own. */
const anyDatabases = (least: number, most: number): fc.Arbitrary<BackedUpDatabase[]> =>
  fc
    .array(fc.record({ base: fc.constantFrom(orders, carts), retentionDays: fc.constantFrom(0, 1, 7, 14, 35) }), {
      minLength: least,
      maxLength: most,
    })
    .map((all) =>
      all.map(({ base, retentionDays }, index) => ({
        ...base,
        name: `${base.name}-${index}`,
        identity: { arn: `${base.identity.arn}-${index}`, id: `${base.identity.id}-${index}` },
        retentionDays: base.form === 'cluster' ? Math.max(1, retentionDays) : retentionDays,
      })),
    );

const DR = { name: 'dr', region: 'eu-central-1', kmsKey: 'alias/dr', tiers: ['daily', 'monthly', 'yearly'] };
const AWS_KEY: SnapshotKey = { arn: 'arn:aws:kms:ap-northeast-2:123456789012:key/1', manager: known('aws') };

const anyLife = fc.record({
  databases: anyDatabases(1, 2),
  tiers: anyTiers,
  keepAtLeast: fc.integer({ min: 1, max: 5 }),
  /** One after the other, each for as long as the others. */
  zones: fc.array(anyZone, { minLength: 1, maxLength: 3 }),
  /** Of deletes: what needs their room waits for it, or is left out. */
  pruneGrace: fc.constantFrom('1h', '1d', '7d'),
  pruneAtMost: fc.constant<number | undefined>(undefined),
  /** Nowhere, another region, another account; there a key that AWS manages takes two steps. */
  copyTo: fc.constantFrom<readonly object[]>([], [DR], [DR, { ...DR, name: 'vault', account: VAULT }]),
  /** Repeated over the years with a length that fits no week. */
  nights: fc.array(anyNight, { minLength: 11, maxLength: 41 }),
  /** How many hours before or after the backup the function wakes. */
  wakes: fc.integer({ min: -3, max: 12 }),
});

type Life = typeof anyLife extends fc.Arbitrary<infer T> ? T : never;
type LifeOf = Life & { readonly database: BackedUpDatabase };

/** Snapshots of other tools and of people, some of which nearly look like ours. */
const others = (database: BackedUpDatabase): Snapshot[] => {
  const at = new Date(FIRST_NIGHT - 100 * DAY_MS);
  return [
    manual(database, at),
    manual(database, at, { name: 'lamplighter-by-hand' }),
    own(database, at, { name: 'theirs' }),
    own(database, at, { name: 'lamplighter-inherited', tags: { [MARKS.database]: 'db-RESTORED-FROM' } }),
    own(database, at, { name: 'lamplighter-awsbackup', type: 'awsbackup' }),
    own(database, at, { name: 'lamplighter-shared', type: 'shared', scope: { ...database.scope, account: VAULT } }),
    own(database, at, { name: 'lamplighter-held', tags: { 'lamplighter:hold': 'case 17' } }),
  ].map((one) => ({ ...one, name: `${one.name}-${database.name}`, arn: `${one.arn}-${database.name}` }));
};

const policyOf = ({ tiers, keepAtLeast, copyTo, pruneGrace, pruneAtMost }: Life, timezone: string): Policy =>
  parsePolicy({
    timezone,
    snapshots: {
      mode: 'auto',
      prune: 'auto',
      pruneGrace,
      pruneAtMost,
      tiers,
      keepAtLeast,
      copyTo,
      shareKey: 'alias/share',
      rpo: `${RPO_HOURS}h`,
    },
  });

const ours = (snapshots: readonly Snapshot[]) => snapshots.filter((one) => purposeOf(one) !== undefined);
const timeOf = (one: Snapshot): number => (one.takenAt as Date).getTime();
const atHome = (snapshots: readonly Snapshot[]) => snapshots.filter(({ scope }) => keyOf(scope) === keyOf(HOME));
const manuals = (snapshots: readonly Snapshot[], form: Form) =>
  atHome(snapshots).filter((one) => one.type === 'manual' && one.form === form).length;

/** Ours that are good and there to stay, place by place. */
const goodOnes = (snapshots: readonly Snapshot[]): ReadonlyMap<string, Snapshot[]> =>
  Map.groupBy(
    snapshots.filter((one) => purposeOf(one) === 'retention' && one.status === 'available'),
    ({ scope }) => keyOf(scope),
  );
const nameOf = ({ tier, from }: Period) => `${tier} ${from}`;

/** One run of the function in a life. */
interface Seen {
  readonly before: readonly Snapshot[];
  readonly after: readonly Snapshot[];
  readonly plan: RetentionPlan;
  /** What would be done if it ran again at once. */
  readonly again: () => RetentionPlan;
  readonly timezone: string;
  readonly now: Date;
  readonly today: Day;
  readonly dayOf: (one: Snapshot) => Day;
  readonly happens: Night;
  /** Copies whose source went away under them. */
  readonly lost: readonly Snapshot[];
  /** Manual snapshots of each form at home at once, on the way from before to after. */
  readonly most: Readonly<Record<Form, number>>;
}

/** What is wrong after a run, in words; nothing when the promise is kept. */
type Promised = (seen: Seen) => string | undefined;

interface Living {
  readonly years?: number;
  readonly allowed?: number;
  /** So often somebody deletes a snapshot by hand: every so many nights. */
  readonly loses?: number;
  /** What is promised of all databases together. */
  readonly together?: readonly Promised[];
}

/** Lives for years and looks at every run. */
function live(
  life: Life,
  promises: readonly ((life: LifeOf) => Promised)[],
  { years = YEARS, allowed = 1000, loses, together = [] }: Living = {},
): void {
  const { databases } = life;
  const world = new World(databases, { allowed, others: databases.flatMap(others), key: AWS_KEY });
  const promised = databases.map((database) => ({
    isIts: ({ of }: Snapshot) => of === database.identity.id,
    all: promises.map((promise) => promise({ ...life, database })),
  }));
  const calendars = life.zones.map((zone) => ({
    policy: policyOf(life, zone),
    dates: localDates(zone),
    timezone: zone,
  }));
  const nights = years * 365;
  let before: readonly Snapshot[] | undefined; // as it was left by the last run
  for (let night = 0; night < nights; night += 1) {
    const { policy, dates, timezone } = calendars[
      Math.floor((night * calendars.length) / nights)
    ] as (typeof calendars)[0];
    const happens = life.nights[night % life.nights.length] as Night;
    const backup = new Date(FIRST_NIGHT + night * DAY_MS);
    const now = new Date(backup.getTime() + life.wakes * HOUR_MS);
    if (life.wakes >= 0) world.backUp(backup, happens);
    if (loses && !before && night % loses === 0) world.lose(night);
    before ??= world.snapshots;
    world.prune(now, policy);
    if (happens.run !== 'misses') {
      const plan = world.plan(now, policy, happens);
      world.carryOut(plan, { now, policy, happens });
      const seen: Seen = {
        before,
        after: world.snapshots,
        plan,
        again: () => world.plan(now, policy, happens),
        timezone,
        now,
        today: dates(now),
        dayOf: (one) => dates(one.takenAt as Date),
        happens,
        lost: world.lost,
        most: world.most,
      };
      before = undefined;
      const ofOne = promised.flatMap(({ isIts, all }) => {
        const its = { ...seen, before: seen.before.filter(isIts), after: seen.after.filter(isIts) };
        return all.map((promise) => promise(its));
      });
      const broken = [...ofOne, ...together.map((promise) => promise(seen))].find((one) => one !== undefined);
      if (broken) throw new Error(`${broken} on ${now.toISOString()}`);
    }
    if (life.wakes < 0) world.backUp(backup, happens);
  }
}

const othersStay =
  ({ database }: LifeOf): Promised =>
  ({ after }) => {
    const arns = new Set(after.map(({ arn }) => arn));
    const gone = others(database).find(({ arn }) => !arns.has(arn));
    return gone && `${gone.name}, which is not ours, was deleted`;
  };

const theFloorHolds =
  ({ keepAtLeast }: Life): Promised =>
  ({ before, after }) => {
    const left = goodOnes(after);
    for (const [place, had] of goodOnes(before)) {
      const floor = [...new Set(had.map(timeOf))].sort((a, b) => b - a).slice(0, keepAtLeast);
      const has = new Set(left.get(place)?.map(timeOf));
      if (!floor.every((time) => has.has(time))) return `one of the newest ${keepAtLeast} in ${place} was deleted`;
    }
    return undefined;
  };

const noPeriodLosesItsLast =
  ({ tiers }: Life): Promised =>
  ({ before, after, today, dayOf }) => {
    const left = goodOnes(after);
    for (const [place, all] of goodOnes(before)) {
      const [had, has] = [all.map(dayOf), left.get(place)?.map(dayOf) ?? []];
      const lost = wantedPeriods(place === keyOf(HOME) ? tiers : { ...tiers, weekly: 0 }, today).find(
        (period) => had.some((day) => contains(period, day)) && !has.some((day) => contains(period, day)),
      );
      if (lost) return `${nameOf(lost)} lost its last snapshot in ${place}`;
    }
    return undefined;
  };

const MONTH_MS = 31 * DAY_MS;

/** Nights that mostly work bring every copy to its place in a month, and none loses what it reads from. */
function everyCopyArrives({ tiers, copyTo, nights }: Life): Promised {
  let begun = { zone: '', at: 0 };
  return ({ after, timezone, today, dayOf, now, lost }) => {
    if (lost.length > 0) return `the source of ${lost[0]?.name} was deleted`;
    if (timezone !== begun.zone) begun = { zone: timezone, at: now.getTime() };
    if (now.getTime() - begun.at < MONTH_MS) return undefined;
    if (nights.filter(({ run }) => run === 'works').length < 0.6 * nights.length) return undefined;
    const good = goodOnes(after);
    const home = good.get(keyOf(HOME)) ?? [];
    const old = home.filter((one) => now.getTime() - timeOf(one) > MONTH_MS).map(dayOf);
    const due = wantedPeriods({ ...tiers, daily: 0, weekly: 0 }, today).filter((one) =>
      old.some((day) => contains(one, day)),
    );
    const places =
      copyTo.length === 0
        ? []
        : [`${HOME.account}/eu-central-1`, ...(copyTo.length > 1 ? [`${VAULT}/eu-central-1`] : [])];
    for (const place of places) {
      const there = after.filter((one) => keyOf(one.scope) === place && one.status !== 'failed').map(dayOf);
      const bare = due.find((one) => !there.some((day) => contains(one, day)));
      if (bare) return `${nameOf(bare)} has no copy in ${place}`;
    }
    return undefined;
  };
}

/** A move to another zone moves what was taken before into other periods: it begins anew. */
function everyPeriodHasOne({ tiers }: Life): Promised {
  let zone = '';
  const could = new Set<string>();
  return ({ after, timezone, today, dayOf, happens }) => {
    if (timezone !== zone) could.clear();
    zone = timezone;
    const held = atHome(ours(after)).flatMap((one) => (one.status === 'failed' ? [] : [dayOf(one)]));
    const periods = wantedPeriods({ ...tiers, daily: 0 }, today);
    if (happens.run !== 'fails' && happens.status === 'available') {
      const begun = periods.filter((one) => contains(one, today) && today >= addDays(one.from, 2));
      for (const period of begun) could.add(nameOf(period));
    }
    const bare = periods.find((one) => could.has(nameOf(one)) && !held.some((day) => contains(one, day)));
    return bare && `${nameOf(bare)} has no snapshot`;
  };
}

/** A day is AWS's while its backup is there; after that it is ours, where it could be copied or created: one missed night is made up for. */
function everyDayHasOne({ tiers, database }: LifeOf): Promised {
  let last = { zone: '', at: 0 };
  const seen = new Set<Day>();
  return ({ after, timezone, now, today, dayOf, happens }) => {
    const missed = now.getTime() - last.at > 2 * DAY_MS;
    const failed = happens.run === 'fails' || happens.status !== 'available';
    if (timezone !== last.zone || missed || failed) seen.clear();
    last = { zone: timezone, at: now.getTime() };
    if (failed) return undefined;
    const serving = atHome(after).filter(
      (one) => one.status !== 'failed' && (one.type === 'automated' || purposeOf(one)),
    );
    const held = new Set(serving.map(dayOf));
    for (const one of after) if (one.type === 'automated' && database.form === 'instance') seen.add(dayOf(one));
    if (database.retentionDays === 0 && tiers.daily > 0) seen.add(today);
    const days = wantedPeriods({ daily: tiers.daily, weekly: 0, monthly: 0, yearly: 0 }, today);
    const bare = days.find(({ from }) => seen.has(from) && !held.has(from));
    return bare && `${nameOf(bare)} has no snapshot any more`;
  };
}

const theObjectiveIsMet =
  ({ tiers }: Life): Promised =>
  ({ after, now, happens }) => {
    const wanted = tiers.daily + tiers.weekly + tiers.monthly + tiers.yearly > 0;
    if (!wanted || happens.run === 'fails' || happens.status !== 'available') return undefined;
    const times = atHome(after).flatMap((one) =>
      one.type === 'shared' || one.status === 'failed' ? [] : [timeOf(one)],
    );
    return now.getTime() - Math.max(...times) > RPO_HOURS * HOUR_MS ? 'the newest snapshot is too old' : undefined;
  };

const itRests: Promised = ({ again, happens, now }) => {
  if (happens.run === 'fails' || now.getUTCDate() % 10 !== 1) return undefined; // now and then is enough
  const more = again().act.find(
    ({ action }) =>
      action.kind !== 'delete-snapshot' &&
      keyOf(action.scope) === keyOf(HOME) &&
      !('purpose' in action && action.purpose === 'handover'),
  );
  return more && `${more.because}, for the second time`;
};

const FORMS = ['instance', 'cluster'] as const satisfies readonly Form[];

const theQuotaHolds =
  (allowed: number): Promised =>
  ({ before, most, plan }) => {
    const over = FORMS.find((form) => most[form] > Math.max(allowed, manuals(before, form)));
    if (over) return `${most[over]} of ${allowed} are used`;
    const lines = plan.quotas.filter((line) => keyOf(line) === keyOf(HOME));
    const leftOut = lines.reduce((sum, line) => sum + line.leftOut, 0);
    const said = plan.leave.filter(({ because }) => because.includes(`of ${allowed} manual`)).length;
    return said === leftOut ? undefined : `${leftOut} are left out and ${said} are said`;
  };

const ALWAYS = [othersStay, theFloorHolds, noPeriodLosesItsLast];
const WITH_ROOM = [...ALWAYS, everyPeriodHasOne, everyDayHasOne, theObjectiveIsMet, everyCopyArrives];

const placesOf = ({ databases, copyTo }: Life): number => databases.length * (1 + copyTo.length);

/** A night's deletes at most wait, however long the grace is and however many nights were missed. */
const theBacklogStaysSmall =
  (life: Life): Promised =>
  ({ plan }) => {
    const waiting = plan.backlogs.reduce((sum, one) => sum + one.waiting, 0);
    return waiting > 4 * placesOf(life) ? `${waiting} have expired and wait` : undefined;
  };

/** Ten years are 3,650 plans: seconds of a free machine. */
const PATIENCE_MS = 600_000;

describe('over ten years of nights, misses, failures, summer times and moves to other time zones', () => {
  it(
    'nobody else loses a snapshot, the newest stay, every period that could be had is there, and it comes to rest',
    () => {
      fc.assert(
        fc.property(anyLife, (life) => live(life, WITH_ROOM, { together: [itRests] })),
        { numRuns: 3, endOnFailure: true },
      );
    },
    PATIENCE_MS,
  );

  it(
    'the quota is never exceeded by us, and what does not fit is said',
    () => {
      fc.assert(
        fc.property(anyLife, fc.integer({ min: 6, max: 16 }), (life, allowed) =>
          live(life, ALWAYS, { allowed, together: [theQuotaHolds(allowed)] }),
        ),
        { numRuns: 8, endOnFailure: true },
      );
    },
    PATIENCE_MS,
  );

  it(
    'what somebody deletes meanwhile takes nothing else with it: a delete that was planned before finds out',
    () => {
      fc.assert(
        fc.property(anyLife, fc.integer({ min: 2, max: 5 }), (life, loses) => live(life, ALWAYS, { years: 3, loses })),
        { numRuns: 5, endOnFailure: true },
      );
    },
    PATIENCE_MS,
  );

  it(
    'pruning keeps up with what every night adds, and the quota is never exceeded',
    () => {
      const anyFleet = fc
        .record({ life: anyLife, databases: anyDatabases(3, 6) })
        .map(({ life, databases }) => ({ ...life, databases, zones: life.zones.slice(0, 1) }))
        .map((life) => ({ ...life, pruneAtMost: 4 * placesOf(life) }));
      fc.assert(
        fc.property(anyFleet, fc.integer({ min: 60, max: 200 }), (life, allowed) =>
          live(life, ALWAYS, { years: 2, allowed, together: [theQuotaHolds(allowed), theBacklogStaysSmall(life)] }),
        ),
        { numRuns: 5, endOnFailure: true },
      );
    },
    PATIENCE_MS,
  );
});
