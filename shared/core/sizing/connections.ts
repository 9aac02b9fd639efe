import { type Evidence, known, unknown } from '../evidence.ts';
import type { DailySeries } from '../facts.ts';
import { type LookingBack, lastDays } from './look-back.ts';

/** How many connections an engine takes as it comes: by the memory of the class, and no more than `most`. */
export interface ConnectionLimit {
  /** Bytes of `DBInstanceClassMemory` for each connection; absent where memory does not matter. */
  readonly bytesEach?: number;
  readonly most: number;
}

/** The connections of a database: the highest count of each day, and what its engine makes of its memory. */
export interface ConnectionDemand {
  readonly peak: Evidence<DailySeries>;
  readonly limit: Evidence<ConnectionLimit>;
}

export interface ConnectionNeed {
  /** What the new class must allow. */
  readonly connections: number;
  /** How many there were at once. */
  readonly peak: number;
  readonly limit: ConnectionLimit;
}

/** So many of the connections that are allowed may be in use. */
const CONNECTION_SHARE = 0.8;

/**
 * The default of `max_connections`, or what the engine calls it. What a parameter group says instead is not known here.
 * Source: Amazon RDS User Guide, "Quotas and constraints", maximum number of database connections.
 */
export function connectionLimit(engine: string, version: string): Evidence<ConnectionLimit> {
  if (engine === 'mysql') return known({ bytesEach: 12_582_880, most: 16_000 });
  if (engine === 'mariadb') return known(isBefore(version, [10, 5]) ? OLD_MARIADB : MARIADB);
  if (engine === 'postgres') return known({ bytesEach: 9_531_392, most: 5000 });
  if (engine.startsWith('oracle-')) return known({ bytesEach: 9_868_951, most: 20_000 }); // `processes`
  if (engine.startsWith('sqlserver-')) return known({ most: 32_767 }); // `user connections`
  return unknown(`nobody says how many connections ${engine} allows in less memory`);
}

const OLD_MARIADB: ConnectionLimit = { bytesEach: 12_582_880, most: 16_000 };
const MARIADB: ConnectionLimit = { bytesEach: 25_165_760, most: 12_000 };

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

const MIB = 1024 ** 2;

/**
 * `DBInstanceClassMemory` is what RDS and the operating system leave of the class's memory. AWS does not say how much they
 * take; defaults that people have read off classes of 1 to 68 GiB come to 250 to 530 MiB, and never to more than this.
 */
const RESERVED_MIB = 256;
const RESERVED_SHARE = 0.03;

/** How many connections so much memory allows, rather too few than too many. */
export function connectionsIn(memoryMib: number, { bytesEach, most }: ConnectionLimit): number {
  if (!bytesEach) return most;
  const left = Math.max(0, memoryMib * (1 - RESERVED_SHARE) - RESERVED_MIB);
  return Math.min(most, Math.floor((left * MIB) / bytesEach));
}

/** What must be allowed, so that four fifths of it have been enough on every day of the look-back. */
export function connectionNeed({ peak, limit }: ConnectionDemand, looking: LookingBack): Evidence<ConnectionNeed> {
  if (!limit.known) return limit;
  const days = lastDays(peak, looking);
  if (!days.known) return unknown(`connections unknown: ${days.why}`);
  const most = Math.max(...days.value.values);
  return known({ connections: Math.ceil(most / CONNECTION_SHARE), peak: most, limit: limit.value });
}
