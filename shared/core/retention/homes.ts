import type { Scope } from '../identity.ts';
import type { Policy } from '../policy.ts';
import { localDates } from '../time.ts';
import { awaitedBy, type CopyNeed, lackingAt } from './copies.ts';
import type { Away } from './coverage.ts';
import type { HomeFacts } from './due.ts';
import { type BackedUpDatabase, keyOf, type RetentionFacts, type UnreadableSnapshots } from './facts.ts';
import { wantedPeriods } from './periods.ts';
import { type Held, type Moment, type Shelf, shelfIn } from './shelf.ts';
import { type Sources, sourcesAmong } from './sources.ts';
import { type Destination, type SnapshotPolicy, type Terms, termsOf } from './terms.ts';

/** A database that the policy looks after, with everything that is known of its snapshots. */
export interface Home extends HomeFacts {
  readonly away: readonly Lacking[];
  /** All of its shelves, by scope. */
  readonly shelves: ReadonlyMap<string, Shelf>;
  /** What is on its way, anywhere. */
  readonly coming: readonly Held[];
  /** The data at home that a destination waits for. */
  readonly awaited: readonly Held[];
}

/** A destination of one database, and what it has not. */
export interface Lacking extends Away {
  readonly needs: readonly CopyNeed[];
}

/** A database that is left alone. */
export interface LeftAlone {
  readonly database: BackedUpDatabase;
  readonly because: string;
  /** True when something about it could not be read. */
  readonly unknown?: true;
}

export type Shelves = ReadonlyMap<string, ReadonlyMap<string, Shelf>>;

export function momentAt(now: Date, timezone: string): Moment {
  const dayOf = localDates(timezone);
  return { now, today: dayOf(now), dayOf };
}

/** The scopes whose snapshots have to be read besides those of the databases: the destinations of the policy. */
export function destinationScopes(databases: readonly BackedUpDatabase[], { snapshots }: Policy): Scope[] {
  const scopes = databases.flatMap((database) => {
    const terms = termsOf(database, snapshots);
    return typeof terms === 'object' ? terms.destinations.map(({ account, region }) => ({ account, region })) : [];
  });
  return [...new Map(scopes.map((one) => [keyOf(one), one])).values()];
}

/** Sorts the databases into those that the policy looks after and those that it leaves alone, with the reason. */
export function homesOf(
  { databases, unreadable }: RetentionFacts,
  policy: SnapshotPolicy,
  { shelves, moment }: { shelves: Shelves; moment: Moment },
): { homes: Home[]; alone: LeftAlone[] } {
  const homes: Home[] = [];
  const alone: LeftAlone[] = [];
  const estate = { policy, unreadable, sourcesOf: sourcesAmong(databases) };
  for (const database of databases) {
    if (database.memberOf) continue; // its cluster is looked after
    const terms = termsOrWhyNot(database, estate);
    if ('because' in terms) alone.push({ database, ...terms });
    else homes.push(homeOf({ database, terms }, { own: shelves.get(database.identity.id), unreadable, moment }));
  }
  return { homes, alone };
}

interface Estate {
  readonly policy: SnapshotPolicy;
  readonly unreadable: readonly UnreadableSnapshots[];
  readonly sourcesOf: (database: BackedUpDatabase) => Sources;
}

type WhyNot = Pick<LeftAlone, 'because' | 'unknown'>;

/** What the policy wants for a database, or why it gets no snapshots of its own. */
function termsOrWhyNot(database: BackedUpDatabase, estate: Estate): Terms | WhyNot {
  const terms = wanted(database, estate.policy);
  if (typeof terms === 'string') return { because: terms };
  const unread = whyUnread(database.scope, estate.unreadable);
  if (unread) return { because: `its snapshots could not be read: ${unread}`, unknown: true };
  return coveredBySource(database, estate) ?? terms;
}

const wanted = (database: BackedUpDatabase, policy: SnapshotPolicy): Terms | string =>
  database.status === 'deleting' ? 'it is being deleted' : termsOf(database, policy);

/** A source has the same data: where one is looked after, its snapshots will do. Where nobody knows, that is said. */
function coveredBySource(database: BackedUpDatabase, { policy, unreadable, sourcesOf }: Estate): WhyNot | undefined {
  const { listed, beyond } = sourcesOf(database);
  const source = listed.findLast((one) => typeof wanted(one, policy) === 'object');
  const what = database.replicaOf
    ? `it is a read replica of ${database.replicaOf}`
    : `it follows the primary of the global cluster ${database.global?.id}`;
  const unread = [source?.scope, beyond].find((scope) => scope && whyUnread(scope, unreadable) !== undefined);
  if (unread) {
    const because = `${what}, and whether that has snapshots is unknown: ${keyOf(unread)} could not be read`;
    return { because, unknown: true };
  }
  return source && { because: `${what}, which is looked after` };
}

function homeOf(
  { database, terms }: Pick<Home, 'database' | 'terms'>,
  {
    own,
    unreadable,
    moment,
  }: { own: ReadonlyMap<string, Shelf> | undefined; unreadable: readonly UnreadableSnapshots[]; moment: Moment },
): Home {
  const shelves = own ?? new Map<string, Shelf>();
  const shelf = shelfIn(shelves, database.scope);
  const periods = wantedPeriods(terms.tiers, moment.today);
  const away = terms.destinations.map((destination: Destination): Lacking => {
    const there = shelfIn(shelves, destination);
    const unknown = whyUnread(destination, unreadable);
    const needs = unknown === undefined ? lackingAt(destination, { home: shelf, there }, periods) : [];
    return { destination, there, needs, ...(unknown === undefined ? {} : { unknown }) };
  });
  return {
    database,
    terms,
    periods,
    shelf,
    shelves,
    away,
    coming: [...shelves.values()].flatMap(({ held }) => held.filter(({ state }) => state === 'coming')),
    awaited: away.flatMap(({ needs, there }) => awaitedBy(needs, there)),
  };
}

const whyUnread = (scope: Scope, unreadable: readonly UnreadableSnapshots[]): string | undefined =>
  unreadable.find((one) => keyOf(one) === keyOf(scope))?.why;
