import type { Tag } from '@aws-sdk/client-rds';
import { DAY, HOUR } from '../sandbox/clock.ts';
import { keyArn } from '../sandbox/estate/kms-state.ts';
import type { RdsState } from '../sandbox/estate/rds-state.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { MARKS } from '../shared/core/retention/marks.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'ap-northeast-2';

/** The night from Tuesday to Wednesday in Seoul: week, month and year have begun. */
export const NOW = new Date('2026-11-17T16:30:00Z');

/** How many snapshots each database has, by who took them. */
export interface Shelf {
  /** As many as days are kept. */
  readonly automated: number;
  /** Lamplighter's, from this week's backwards. */
  readonly own: number;
  /** Of people and other tools; every fifth is the last one of a database that is gone. */
  readonly others: number;
  readonly awsBackup: number;
}

const ENGINES = ['postgres', 'mysql', 'mariadb', 'oracle-se2', 'sqlserver-se'] as const;

/** One in ten is a cluster of Aurora with one member. */
const isCluster = (nth: number): boolean => nth % 10 === 0;

/** Fills the region with databases and their snapshots, and with some that another account shares. How many snapshots the account owns. */
export function stockAccount(
  { estate }: Sandbox,
  { databases, shelf }: { readonly databases: number; readonly shelf: Shelf },
): number {
  const account = estate.account(ACCOUNT);
  account.role('lamplighter-look', { externalId: 'lamplighter' });
  const { rds } = account.region(REGION);
  rds.snapshotQuota = 50_000;
  for (let nth = 0; nth < databases; nth += 1) stock(rds, nth, shelf);
  share(estate.account('222233334444').region(REGION).rds);
  return rds.snapshots.size + rds.clusterSnapshots.size;
}

interface Spec {
  readonly name: string;
  readonly type: 'automated' | 'manual' | 'awsbackup';
  readonly at: Date;
  readonly tags?: Readonly<Record<string, string>>;
  /** The database that it was taken of is gone. */
  readonly gone?: true;
}

function stock(rds: RdsState, nth: number, shelf: Shelf): void {
  const name = `${isCluster(nth) ? 'carts' : 'orders'}-${nth}`;
  const planned = { name, nth, days: shelf.automated };
  const { id, take } = isCluster(nth) ? clusterOf(rds, planned) : instanceOf(rds, planned);
  for (const spec of specsOf({ name, id, nth }, shelf)) take(spec);
}

const TAGS = { env: 'production', owner: 'shop', 'cost-centre': 'cc-4711', terraform: 'modules/database' };
const BORN = new Date(NOW.getTime() - 1500 * DAY);
const asTagList = (tags: object): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value: String(Value) }));

interface Planned {
  readonly name: string;
  readonly nth: number;
  /** For which backups are kept. */
  readonly days: number;
}

interface Stocked {
  /** The immutable id. */
  readonly id: string;
  take(spec: Spec): void;
}

function instanceOf(rds: RdsState, { name, nth, days }: Planned): Stocked {
  const database = rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: ENGINES[nth % ENGINES.length] ?? 'postgres',
    BackupRetentionPeriod: days,
    InstanceCreateTime: BORN,
    TagList: asTagList(TAGS),
    ...(nth % 3 === 0 ? { KmsKeyId: keyArn(rds.place, 'alias/databases') } : {}),
  });
  return {
    id: database.DbiResourceId ?? '',
    take: (spec) => {
      const of = spec.gone
        ? { ...database, DBInstanceIdentifier: spec.name, DbiResourceId: `db-${spec.name}` }
        : database;
      rds.addSnapshot(of, {
        DBSnapshotIdentifier: spec.name,
        SnapshotType: spec.type,
        SnapshotCreateTime: spec.at,
        OriginalSnapshotCreateTime: spec.at,
        TagList: asTagList({ ...TAGS, ...spec.tags }),
      });
    },
  };
}

function clusterOf(rds: RdsState, { name, days }: Planned): Stocked {
  const cluster = rds.addCluster({
    DBClusterIdentifier: name,
    Engine: 'aurora-postgresql',
    BackupRetentionPeriod: days,
    ClusterCreateTime: BORN,
    TagList: asTagList(TAGS),
  });
  rds.addInstance({ DBInstanceIdentifier: `${name}-1`, DBClusterIdentifier: name, Engine: 'aurora-postgresql' });
  return {
    id: cluster.DbClusterResourceId ?? '',
    take: (spec) => {
      const of = spec.gone
        ? { ...cluster, DBClusterIdentifier: spec.name, DbClusterResourceId: `cluster-${spec.name}` }
        : cluster;
      rds.addClusterSnapshot(of, {
        DBClusterSnapshotIdentifier: spec.name,
        // AWS Backup's are manual ones to the operation that lists clusters'.
        SnapshotType: spec.type === 'awsbackup' ? 'manual' : spec.type,
        SnapshotCreateTime: spec.at,
        TagList: asTagList({ ...TAGS, ...spec.tags }),
      });
    },
  };
}

interface Named {
  readonly name: string;
  readonly id: string;
  readonly nth: number;
}

/** The backup of a night is made at three in the morning, an hour and a half after the tick. */
const night = (ago: number): Date => new Date(NOW.getTime() - ago * DAY + 90 * 60_000 - DAY);

function specsOf({ name, id, nth }: Named, { automated, own, others, awsBackup }: Shelf): Spec[] {
  const times = <T>(count: number, one: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => one(index));
  return [
    ...times(automated, (ago): Spec => {
      const at = night(ago);
      return { name: `rds:${name}-${stamp(at)}`, type: 'automated', at };
    }),
    // Of one in twenty the week's is still to be taken.
    ...SERVING.slice(nth % 20 === 7 ? 1 : 0)
      .slice(0, own)
      .map((at): Spec => {
        const tags = { [MARKS.database]: id, [MARKS.taken]: at.toISOString() };
        return { name: `lamplighter-${name}-${stamp(at)}-0a1b2c`, type: 'manual', at, tags };
      }),
    ...times(others, (month): Spec => {
      const gone = month % 5 === 1 ? { gone: true as const } : {};
      return { name: `final-${name}-${month}`, type: 'manual', at: night(month * 30 + 10), ...gone };
    }),
    ...times(awsBackup, (month): Spec => {
      const at = new Date(night(month * 30 + 3).getTime() + 5 * HOUR);
      return { name: `awsbackup-job-${name}-${month}`, type: 'awsbackup', at };
    }),
  ];
}

/** The nights that serve the weeks, months and years of the default tiers: Mondays, and first days in Seoul. */
const SERVING = [
  ...Array.from({ length: 8 }, (_, week) => night(week * 7 + 1)),
  ...Array.from({ length: 11 }, (_, month) => new Date(Date.UTC(2026, 10 - month, 0, 18))),
  ...[2025, 2024].map((year) => new Date(Date.UTC(year, 0, 0, 18))),
];

const stamp = (at: Date): string => at.toISOString().slice(0, 16).replace(/[T:]/g, '-');

const SHARED = 100;

function share(theirs: RdsState): void {
  const database = theirs.addInstance({ DBInstanceIdentifier: 'catalogue' });
  for (let nth = 0; nth < SHARED; nth += 1) {
    theirs.addSnapshot(database, { DBSnapshotIdentifier: `for-you-${nth}` }).RestorableBy.push(ACCOUNT);
  }
}
