import type { Identity, Scope } from '../identity.ts';
import { localDates } from '../time.ts';
import type { Coverage } from './coverage.ts';
import { keyOf, type UnreadableSnapshots } from './facts.ts';

/** A database whose newest good snapshot is older than its recovery point objective, for as long as that lasts. */
export interface Breach {
  readonly database: Identity;
  readonly name: string;
  readonly scope: Scope;
  readonly because: string;
  /** When it was first seen, and last told of; ISO 8601. */
  readonly since: string;
  readonly saidAt: string;
}

export interface ToldBreach {
  readonly breach: Breach;
  readonly news: 'begun' | 'lasts' | 'over';
}

export interface Breaches {
  /** What lasts, as it is remembered until the next run. */
  readonly standing: readonly Breach[];
  readonly told: readonly ToldBreach[];
}

interface Seen {
  readonly coverage: readonly Coverage[];
  readonly unreadable: readonly UnreadableSnapshots[];
  readonly now: Date;
  readonly timezone: string;
}

/**
 * Follows the breaches from one run to the next: told when one begins, again on every day that it lasts, and when it is over.
 * A database of which nothing could be read stays in breach, and nothing is said of it: nobody knows.
 */
export function followBreaches(before: readonly Breach[], { coverage, unreadable, now, timezone }: Seen): Breaches {
  const time = now.toISOString();
  const dayOf = localDates(timezone);
  const known = new Map(before.map((one) => [one.database.id, one]));
  const unread = new Set(unreadable.map(keyOf));
  const told: ToldBreach[] = [];
  const standing: Breach[] = [];
  for (const { database, name, scope, rpoBreach: because } of coverage) {
    if (because === undefined) continue;
    const earlier = known.get(database.id);
    const isTold = !earlier || dayOf(new Date(earlier.saidAt)) !== dayOf(now);
    const breach: Breach = {
      database,
      name,
      scope,
      because,
      since: earlier?.since ?? time,
      saidAt: isTold ? time : (earlier?.saidAt ?? time),
    };
    standing.push(breach);
    if (isTold) told.push({ breach, news: earlier ? 'lasts' : 'begun' });
  }
  const seen = new Map(coverage.map((one) => [one.database.id, one]));
  for (const earlier of before) {
    const now = seen.get(earlier.database.id);
    if (now?.rpoBreach !== undefined) continue;
    if (!now && unread.has(keyOf(earlier.scope))) standing.push(earlier);
    else told.push({ breach: { ...earlier, because: now ? recovered(now) : GONE }, news: 'over' });
  }
  return { standing, told };
}

const GONE = 'it is gone, or the policy leaves it alone';

const recovered = ({ newest }: Coverage): string =>
  newest ? `the newest good snapshot is ${newest.ageHours} hours old` : 'it is younger than its objective';
