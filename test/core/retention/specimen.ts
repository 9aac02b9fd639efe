import { known } from '../../../shared/core/evidence.ts';
import { money } from '../../../shared/core/money.ts';
import { type Policy, parsePolicy } from '../../../shared/core/policy.ts';
import {
  type BackedUpDatabase,
  keyOf,
  type ManualCount,
  type RetentionFacts,
  type Snapshot,
} from '../../../shared/core/retention/facts.ts';
import { retentionTags } from '../../../shared/core/retention/marks.ts';
import { planSnapshots, type RetentionPlan, type RetentionTick } from '../../../shared/core/retention/plan.ts';

export const ACCOUNT = '123456789012';
export const VAULT = '999988887777';
export const HOME = { account: ACCOUNT, region: 'ap-northeast-2' };

/** A Wednesday morning in Seoul, after the night's backup. */
export const NOW = new Date('2026-11-17T20:00:00Z');

/** An RDS instance about which everything is in order. */
export const orders: BackedUpDatabase = {
  identity: { arn: `arn:aws:rds:${HOME.region}:${ACCOUNT}:db:orders`, id: 'db-ORDERS' },
  name: 'orders',
  scope: HOME,
  tags: { env: 'prod' },
  form: 'instance',
  engine: 'postgres',
  status: 'available',
  createdAt: new Date('2024-03-01T00:00:00Z'),
  retentionDays: 14,
};

/** An Aurora cluster of the same kind. */
export const carts: BackedUpDatabase = {
  ...orders,
  identity: { arn: `arn:aws:rds:${HOME.region}:${ACCOUNT}:cluster:carts`, id: 'cluster-CARTS' },
  name: 'carts',
  form: 'cluster',
  engine: 'aurora-postgresql',
};

export const daysAgo = (days: number, from = NOW): Date => new Date(from.getTime() - days * 86_400_000);

const snapshotArn = ({ form, scope }: Pick<Snapshot, 'form' | 'scope'>, name: string): string =>
  `arn:aws:rds:${scope.region}:${scope.account}:${form === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${name}`;

/** A snapshot of `database` that somebody took by hand, and all that is said of it otherwise. */
export function manual(database: BackedUpDatabase, takenAt: Date, spoiled: Partial<Snapshot> = {}): Snapshot {
  const scope = spoiled.scope ?? database.scope;
  const name = spoiled.name ?? `before-release-${takenAt.toISOString().slice(0, 10)}`;
  return {
    arn: snapshotArn({ form: database.form, scope }, name),
    name,
    scope,
    form: database.form,
    type: 'manual',
    status: 'available',
    of: database.identity.id,
    databaseName: database.name,
    engine: database.engine,
    takenAt,
    sizeGiB: 100,
    tags: {},
    ...spoiled,
  };
}

/** One of Lamplighter's own. */
export const own = (database: BackedUpDatabase, takenAt: Date, spoiled: Partial<Snapshot> = {}): Snapshot =>
  manual(database, takenAt, {
    name: `lamplighter-${database.name}-${takenAt.toISOString().slice(0, 16).replace(/[T:]/g, '-')}`,
    ...spoiled,
    tags: { ...retentionTags(database, takenAt), ...spoiled.tags },
  });

export const automated = (database: BackedUpDatabase, takenAt: Date, spoiled: Partial<Snapshot> = {}): Snapshot =>
  manual(database, takenAt, {
    name: `rds:${database.name}-${takenAt.toISOString().slice(0, 16).replace(/[T:]/g, '-')}`,
    type: 'automated',
    ...spoiled,
  });

/** The automated backups of the last nights: 03:10 in Seoul, the one of this night first. */
export const nightly = (database: BackedUpDatabase, nights = database.retentionDays): Snapshot[] =>
  Array.from({ length: nights }, (_, night) => automated(database, daysAgo(night, new Date('2026-11-17T18:10:00Z'))));

export const facts = (spoiled: Partial<RetentionFacts> = {}): RetentionFacts => ({
  scopes: [HOME],
  databases: [orders],
  snapshots: [],
  manual: manualIn(spoiled.snapshots ?? []),
  quotas: [],
  prices: [{ region: HOME.region, engine: 'postgres', perGiBMonth: known(money('USD', 0.1)) }],
  unreadable: [],
  ...spoiled,
});

/** How many manual ones there are in each place. */
const manualIn = (snapshots: readonly Snapshot[]): ManualCount[] => {
  const manual = snapshots.filter(({ type }) => type === 'manual');
  const byPlace = Map.groupBy(manual, ({ scope, form }) => `${keyOf(scope)} ${form}`);
  return [...byPlace.values()].flatMap((same) =>
    same.slice(0, 1).map(({ scope, form }) => ({ ...scope, form, count: same.length })),
  );
};

/** A policy that does everything at once, in Seoul. */
export const policyWith = (snapshots: object = {}): Policy =>
  parsePolicy({ timezone: 'Asia/Seoul', snapshots: { mode: 'auto', prune: 'auto', ...snapshots } });

export const planOf = (
  spoiled: Partial<RetentionFacts>,
  snapshots: object = {},
  tick: Partial<RetentionTick> = {},
): RetentionPlan => planSnapshots(facts(spoiled), policyWith(snapshots), { now: NOW, ...tick });

/** What a plan does, a line each. */
export const inBrief = ({ act }: RetentionPlan): string[] =>
  act.map(({ action }) => {
    switch (action.kind) {
      case 'create-snapshot':
        return `create ${action.database.id}`;
      case 'copy-snapshot':
        return `${action.purpose} ${action.source.arn.split(':').slice(6).join(':')} to ${action.scope.region}`;
      case 'delete-snapshot':
        return `delete ${action.name}`;
      default:
        return action satisfies never;
    }
  });

export const reasons = ({ leave }: RetentionPlan): string[] => leave.map(({ because }) => because);
