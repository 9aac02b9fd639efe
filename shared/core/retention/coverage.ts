import type { Identity, Scope } from '../identity.ts';
import { lackingAt } from './copies.ts';
import { type HomeFacts, lackingAtHome, rpoBreach, wantedAtHome } from './due.ts';
import { keyOf } from './facts.ts';
import { type Period, TIERS, type Tier } from './periods.ts';
import type { Held, Moment, Shelf } from './shelf.ts';
import type { Destination } from './terms.ts';

/** A snapshot in a report. Times are ISO 8601. */
export interface Shown {
  readonly arn: string;
  readonly type: string;
  readonly takenAt: string;
  readonly ageHours: number;
}

export interface CopyCoverage {
  readonly destination: string;
  readonly newest?: Shown;
  readonly coming: number;
  /** How many of the snapshots at home it still lacks; absent where it could not be read. */
  readonly lacking?: number;
  readonly unknown?: string;
}

/** What protects one database. */
export interface Coverage {
  readonly database: Identity;
  readonly name: string;
  readonly scope: Scope;
  readonly engine: string;
  readonly className: string;
  /** The newest good snapshot at home, whoever took it. */
  readonly newest?: Shown;
  /** The periods in which the database existed. */
  readonly tiers: readonly { readonly tier: Tier; readonly wanted: number; readonly have: number }[];
  readonly copies: readonly CopyCoverage[];
  /** The newest data, anywhere, whose restore worked. */
  readonly proven?: Shown & { readonly at: string };
  readonly rpoHours: number;
  /** Why the recovery point objective is not met; absent when it is. */
  readonly rpoBreach?: string;
}

export interface Away {
  readonly destination: Destination;
  readonly there: Shelf;
  /** Why it could not be read, if it could not. */
  readonly unknown?: string;
}

/** The truth about one database: what it has, where, how old, and what is missing. */
export function coverageOf(home: HomeFacts, away: readonly Away[], moment: Moment): Coverage {
  const { database, shelf, terms } = home;
  const countIn = (periods: readonly Period[], tier: Tier) => periods.filter((one) => one.tier === tier).length;
  const good = shelf.held.filter(({ state }) => state === 'good');
  const newest = good.at(-1);
  const proven = [shelf, ...away.map(({ there }) => there)]
    .flatMap(({ held }) => held)
    .filter(({ snapshot }) => snapshot.proof?.result === 'good')
    .sort((a, b) => a.takenAt.getTime() - b.takenAt.getTime())
    .at(-1);
  const [wanted, lacking] = [wantedAtHome(home, moment), lackingAtHome(home, moment)];
  const breach = rpoBreach(good, home, moment);
  return {
    database: database.identity,
    name: database.name,
    scope: database.scope,
    engine: database.engine,
    className: terms.className,
    ...(newest ? { newest: shown(newest, moment) } : {}),
    tiers: TIERS.map((tier) => {
      const count = countIn(wanted, tier);
      return { tier, wanted: count, have: count - countIn(lacking, tier) };
    }),
    copies: away.map((one) => copiesAt(one, home, moment)),
    ...(proven?.snapshot.proof
      ? { proven: { ...shown(proven, moment), at: proven.snapshot.proof.at.toISOString() } }
      : {}),
    rpoHours: terms.rpoHours,
    ...(breach ? { rpoBreach: breach } : {}),
  };
}

function copiesAt({ destination, there, unknown }: Away, { shelf, periods }: HomeFacts, moment: Moment): CopyCoverage {
  const name = `${destination.name} (${keyOf(destination)})`;
  if (unknown !== undefined) return { destination: name, coming: 0, unknown };
  const newest = there.own.findLast(({ state }) => state === 'good');
  return {
    destination: name,
    ...(newest ? { newest: shown(newest, moment) } : {}),
    coming: there.own.filter(({ state }) => state === 'coming').length,
    lacking: lackingAt(destination, { home: shelf, there }, periods).length,
  };
}

const shown = ({ snapshot, takenAt }: Held, { now }: Moment): Shown => ({
  arn: snapshot.arn,
  type: snapshot.type,
  takenAt: takenAt.toISOString(),
  ageHours: Math.floor((now.getTime() - takenAt.getTime()) / 3_600_000),
});
