import type { Evidence } from '../evidence.ts';
import type { Arn, Scope } from '../identity.ts';
import { type BackedUpDatabase, keyOf, type Snapshot } from './facts.ts';
import { databaseIdOf } from './marks.ts';
import { stateOf } from './shelf.ts';
import { sourcesAmong } from './sources.ts';

/** The services whose data Lamplighter does not snapshot, and only looks at. */
export const STORE_SERVICES = ['DynamoDB', 'ElastiCache', 'Redshift'] as const;
export type StoreService = (typeof STORE_SERVICES)[number];

/** What its own service keeps of a resource by itself. */
export interface OwnBackups {
  readonly by: 'point-in-time recovery' | 'automated snapshots';
  /** For how long, in days; 0 is not at all. */
  readonly days: number;
  /** The newest point that can be restored, as far as AWS says. */
  readonly newest?: Date;
}

/** A DynamoDB table, a replication group of ElastiCache, a cluster of Redshift. */
export interface Store {
  readonly arn: Arn;
  readonly name: string;
  readonly scope: Scope;
  readonly service: StoreService;
  readonly createdAt?: Date;
  readonly own: Evidence<OwnBackups>;
}

/** What one scope has besides databases and their snapshots. */
export interface ScopeProtections extends Scope {
  readonly stores: Readonly<Record<StoreService, Evidence<readonly Store[]>>>;
  /** When AWS Backup last backed a resource up. */
  readonly awsBackup: Evidence<ReadonlyMap<Arn, Date>>;
}

/** One way to get the data of a resource back. */
export interface Protection {
  readonly by: OwnBackups['by'] | 'AWS Backup' | 'manual snapshots';
  readonly days?: number;
  /** ISO 8601. */
  readonly newest?: string;
}

/** What protects one resource, whoever does it. */
export interface ProtectionLine {
  readonly arn: Arn;
  readonly name: string;
  readonly scope: Scope;
  readonly service: StoreService | 'RDS';
  readonly has: readonly Protection[];
  /** `nothing` only when everything could be read. */
  readonly state: 'protected' | 'nothing' | 'unknown';
  /** What could not be read, and why. */
  readonly unknown: readonly string[];
}

/** What could not even be listed: there may be resources of which nobody knows. */
export interface UnlistedStores extends Scope {
  readonly service: StoreService;
  readonly why: string;
}

export interface Protected {
  readonly databases: readonly BackedUpDatabase[];
  readonly snapshots: readonly Snapshot[];
  readonly scopes: readonly ScopeProtections[];
}

/**
 * What protects each database and each other store, those with nothing first. Members of clusters are not among them, nor is
 * what follows another database that is: that one has the data.
 */
export function protectionLines({ databases, snapshots, scopes }: Protected): ProtectionLine[] {
  const byDatabase = Map.groupBy(
    snapshots.filter((one) => one.type === 'manual' && stateOf(one) === 'good'),
    databaseIdOf,
  );
  const sourcesOf = sourcesAmong(databases);
  const byScope = new Map(scopes.map((one) => [keyOf(one), one.awsBackup]));
  const backupOf = (scope: Scope): ScopeProtections['awsBackup'] =>
    byScope.get(keyOf(scope)) ?? { known: false, why: 'it was not read' };
  const lines = [
    ...databases
      .filter((one) => !one.memberOf && sourcesOf(one).listed.length === 0)
      .map((one) => databaseLine(one, byDatabase.get(one.identity.id) ?? [], backupOf(one.scope))),
    ...scopes.flatMap(({ stores, awsBackup }) =>
      Object.values(stores).flatMap((listed) =>
        listed.known ? listed.value.map((store) => storeLine(store, awsBackup)) : [],
      ),
    ),
  ];
  return lines.sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.arn < b.arn ? -1 : 1));
}

export const unlistedStores = (scopes: readonly ScopeProtections[]): UnlistedStores[] =>
  scopes.flatMap(({ account, region, stores }) =>
    STORE_SERVICES.flatMap((service) => {
      const listed = stores[service];
      return listed.known ? [] : [{ account, region, service, why: listed.why }];
    }),
  );

const ORDER = { nothing: 0, unknown: 1, protected: 2 } as const satisfies Record<ProtectionLine['state'], number>;

function databaseLine(
  database: BackedUpDatabase,
  manual: readonly Snapshot[],
  awsBackup: ScopeProtections['awsBackup'],
): ProtectionLine {
  const { identity, name, scope, retentionDays, restorableUntil } = database;
  const newest = manual.flatMap(({ takenAt }) => takenAt ?? []).reduce<Date | undefined>(later, undefined);
  const own: OwnBackups = {
    by: 'point-in-time recovery',
    days: retentionDays,
    ...(restorableUntil ? { newest: restorableUntil } : {}),
  };
  const has: Protection[] = [
    ...protectionBy(own),
    ...(manual.length > 0 ? [{ by: 'manual snapshots' as const, ...at(newest) }] : []),
  ];
  // AWS Backup names Aurora's clusters by their resource ids.
  const arns = [identity.arn, identity.arn.replace(/[^:]+$/, identity.id.toLowerCase())];
  return lineOf({ arn: identity.arn, name, scope, service: 'RDS' }, [
    { has },
    backedUp(awsBackup, arns, database.createdAt),
  ]);
}

function storeLine({ own, createdAt, ...store }: Store, awsBackup: ScopeProtections['awsBackup']): ProtectionLine {
  const { arn, name, scope, service } = store;
  return lineOf({ arn, name, scope, service }, [
    own.known ? { has: protectionBy(own.value) } : { has: [], unknown: `its own backups: ${own.why}` },
    backedUp(awsBackup, [arn], createdAt),
  ]);
}

interface Found {
  readonly has: readonly Protection[];
  readonly unknown?: string;
}

/** What is older than the resource is of another one that had its name. */
function backedUp(awsBackup: ScopeProtections['awsBackup'], arns: readonly Arn[], createdAt: Date | undefined): Found {
  if (!awsBackup.known) return { has: [], unknown: `AWS Backup: ${awsBackup.why}` };
  const newest = arns.flatMap((arn) => awsBackup.value.get(arn) ?? []).reduce<Date | undefined>(later, undefined);
  if (!newest || (createdAt && newest < createdAt)) return { has: [] };
  return { has: [{ by: 'AWS Backup', ...at(newest) }] };
}

function lineOf(
  what: Pick<ProtectionLine, 'arn' | 'name' | 'scope' | 'service'>,
  found: readonly Found[],
): ProtectionLine {
  const has = found.flatMap((one) => one.has);
  const unknown = found.flatMap((one) => one.unknown ?? []);
  const without = unknown.length > 0 ? 'unknown' : 'nothing';
  return { ...what, has, state: has.length > 0 ? 'protected' : without, unknown };
}

const protectionBy = ({ by, days, newest }: OwnBackups): Protection[] =>
  days > 0 ? [{ by, days, ...at(newest) }] : [];

const at = (time: Date | undefined): { newest?: string } => (time ? { newest: time.toISOString() } : {});

const later = (a: Date | undefined, b: Date): Date => (a && a > b ? a : b);
