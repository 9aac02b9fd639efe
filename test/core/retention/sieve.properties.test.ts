import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { Scope } from '../../../shared/core/identity.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import {
  type BackedUpDatabase,
  keyOf,
  type RetentionFacts,
  type Snapshot,
} from '../../../shared/core/retention/facts.ts';
import { MARKS } from '../../../shared/core/retention/marks.ts';
import { calendars, planSnapshots } from '../../../shared/core/retention/plan.ts';
import { protectionLines } from '../../../shared/core/retention/protections.ts';
import { sieves } from '../../../shared/core/retention/sieve.ts';
import { automated, carts, daysAgo, facts, HOME, manual, NOW, orders, own, VAULT } from './specimen.ts';

const AWAY = { account: HOME.account, region: 'eu-central-1' };
const ABROAD = { account: VAULT, region: 'eu-central-1' };
const PLACES: readonly Scope[] = [HOME, AWAY, ABROAD];

const gone: BackedUpDatabase = { ...orders, name: 'gone', identity: { ...orders.identity, id: 'db-GONE' } };

const TAKERS = {
  automated,
  manual,
  own,
  awsBackup: (database, at, more) => manual(database, at, { ...more, type: 'awsbackup' }),
  shared: (database, at, more) => manual(database, at, { ...more, type: 'shared' }),
  inherited: (database, at, more) => own(database, at, { ...more, name: `copy-of-${more?.name}` }),
  handover: (database, at, more) => own(database, at, { ...more, tags: { [MARKS.handover]: 'yes' } }),
  change: (database, at, more) =>
    manual(database, at, { ...more, tags: { [MARKS.change]: 'resize', [MARKS.expires]: '2026-11-10' } }),
} as const satisfies Record<string, typeof manual>;

const rarely = <T>(often: T, ...rest: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constantFrom(...rest) });

const anySnapshot = fc.record({
  by: fc.constantFrom(...(Object.keys(TAKERS) as (keyof typeof TAKERS)[])),
  database: rarely(orders, carts, gone),
  scope: fc.constantFrom(...PLACES),
  /** So few that some have the same. */
  hoursAgo: fc.integer({ min: 0, max: 45 * 4 }).map((quarter) => quarter * 6),
  status: rarely('available', 'creating', 'copying', 'failed', 'incompatible-restore'),
  proof: rarely<'good' | 'bad' | undefined>(undefined, 'good', 'bad'),
  isTimeless: rarely(false, true),
  key: fc.constantFrom(...['1', '1', '2', '3', undefined]),
  /** A copy of the one with this number. */
  copyOf: rarely<number | undefined>(undefined, 0, 1, 2),
});

type AnySnapshot = typeof anySnapshot extends fc.Arbitrary<infer T> ? T : never;

const snapshotOf = (any: AnySnapshot, nth: number): Snapshot => {
  const { by, database, scope, hoursAgo, status, proof, isTimeless, key, copyOf } = any;
  const name = by === 'automated' ? `rds:${nth}` : by === 'manual' ? `release-${nth}` : `lamplighter-${nth}`;
  const { takenAt, ...made } = TAKERS[by](database, daysAgo(hoursAgo / 24), {
    name,
    scope,
    status,
    ...(proof ? { proof: { at: NOW, result: proof } } : {}),
    ...(key
      ? { key: { arn: `arn:aws:kms:${scope.region}:${scope.account}:key/${key}`, manager: known('customer') } }
      : {}),
    ...(copyOf === undefined
      ? {}
      : { source: `arn:aws:rds:${HOME.region}:${HOME.account}:snapshot:lamplighter-${copyOf}` }),
  });
  return { ...made, ...(takenAt && !isTimeless ? { takenAt } : {}) };
};

const few = fc.integer({ min: 0, max: 6 });
const anyWorld = fc.record({
  snapshots: fc.array(anySnapshot, { maxLength: 60, size: 'max' }).map((all) => all.map(snapshotOf)),
  retentionDays: fc.constantFrom(0, 1, 7, 35),
  ofDeleted: fc.constantFrom('keep', 'prune'),
  tiers: fc.record({ daily: fc.integer({ min: 0, max: 40 }), weekly: few, monthly: few, yearly: few }),
  copyTiers: fc.subarray(['daily', 'weekly', 'monthly', 'yearly'], { minLength: 1 }),
  others: fc.constantFrom('include', 'leave'),
  timezone: fc.constantFrom('Asia/Seoul', 'America/New_York', 'Pacific/Apia'),
  fill: fc.option(fc.constant({ from: '2026-10-20', to: '2026-11-18' }), { nil: undefined }),
});

type World = typeof anyWorld extends fc.Arbitrary<infer T> ? T : never;

const policyOf = ({ tiers, copyTiers, ofDeleted, others, timezone }: World) =>
  parsePolicy({
    timezone,
    snapshots: {
      mode: 'auto',
      prune: 'auto',
      tiers,
      ofDeleted,
      others,
      classes: [{ name: 'carts', names: ['carts'], tiers: { daily: 3 } }],
      keepAtLeast: 1,
      shareKey: 'alias/share',
      copyTo: [
        { name: 'dr', region: AWAY.region, kmsKey: 'alias/dr', tiers: copyTiers },
        { name: 'vault', ...ABROAD, kmsKey: 'alias/dr', tiers: copyTiers },
      ],
    },
  });

const inPlace =
  (place: Scope) =>
  ({ scope }: Snapshot): boolean =>
    keyOf(scope) === keyOf(place);

/** Whether its key may be used is only known afterwards: the second is disabled, of the third nobody knows. */
function withKeyState(snapshot: Snapshot): Snapshot {
  const { key } = snapshot;
  if (!key) return snapshot;
  const state = key.arn.endsWith('/3')
    ? unknown('AccessDenied')
    : known(key.arn.endsWith('/2') ? 'Disabled' : 'Enabled');
  return { ...snapshot, key: { ...key, state } };
}

/** The same facts from all snapshots, and from what is kept of them. */
function bothWays(world: World): { readonly all: RetentionFacts; readonly sifted: RetentionFacts } {
  const databases = [orders, carts].map((one) => ({ ...one, retentionDays: world.retentionDays }));
  const sieveFor = sieves({ databases, policy: policyOf(world), now: NOW });
  const kept = PLACES.map((place) => {
    const sieve = sieveFor(place);
    for (const one of world.snapshots.filter(inPlace(place))) sieve.add(one);
    return sieve.sifted();
  });
  const common = {
    databases,
    manual: kept.flatMap(({ manual }) => manual),
    quotas: PLACES.map((place) => ({ ...place, form: 'instance' as const, allowed: known(40) })),
  };
  return {
    all: facts({
      ...common,
      snapshots: PLACES.flatMap((place) => world.snapshots.filter(inPlace(place)).map(withKeyState)),
    }),
    sifted: facts({ ...common, snapshots: kept.flatMap(({ snapshots }) => snapshots.map(withKeyState)) }),
  };
}

/** It counts whatever is under a key, also what has failed or is of databases that are gone. */
const isNoKeyTrouble = ({ because }: { readonly because: string }): boolean => !because.includes(' are under arn:');

const sorted = (list: readonly object[]): string[] => list.map((one) => JSON.stringify(one)).sort();

describe('what a sieve keeps', () => {
  it('is planned as all of it would be', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { all, sifted } = bothWays(world);
        const [whole, less] = [all, sifted].map((one) => {
          const plan = planSnapshots(one, policyOf(world), { now: NOW, ...(world.fill ? { fill: world.fill } : {}) });
          return { ...plan, leave: sorted(plan.leave.filter(isNoKeyTrouble)), kept: sorted(plan.kept) };
        });
        expect(less).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('has the same calendar, and the same protections', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { all, sifted } = bothWays(world);
        const range = { from: '2026-09-01', to: '2026-11-19' };
        const [whole, less] = [all, sifted].map((one) => ({
          calendar: calendars(one, policyOf(world), { now: NOW, range }),
          protections: protectionLines({ ...one, scopes: [] }),
        }));
        expect(less).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('of others is never more than roles, however many snapshots there are', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { sifted } = bothWays(world);
        const others = sifted.snapshots.filter(
          ({ status, name, type }) => status === 'available' && (type !== 'manual' || name.startsWith('release-')),
        );
        const { daily, weekly, monthly, yearly } = world.tiers;
        const roles = 5 + daily + weekly + monthly + yearly;
        const keys = 4;
        expect(others.length).toBeLessThanOrEqual(PLACES.length * 2 * roles * keys);
      }),
    );
  });
});
