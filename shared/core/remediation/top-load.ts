import type { Evidence } from '../evidence.ts';
import { inShort } from './words.ts';

/** The database instance whose load Performance Insights counts. */
export interface CountedDatabase {
  readonly name: string;
  /** Its `DbiResourceId`: Performance Insights knows no names. */
  readonly resourceId: string;
  readonly engine: string;
}

/** What its sessions waited for, and which statements they were at, those with the most load first. */
export interface TopLoad {
  readonly of: string;
  readonly waits: Evidence<readonly Load[]>;
  readonly statements: Evidence<readonly Load[]>;
}

export interface Load {
  readonly what: string;
  /** Average active sessions. */
  readonly sessions: number;
}

/** So many are asked for, and shown. */
export const MOST_SHOWN = { waits: 5, statements: 3 } as const;

/** For people: the load of the hour before. */
export function loadLines({ of, waits, statements }: TopLoad): string[] {
  if (!waits.known && !statements.known && waits.why === statements.why)
    return [`top waits and statements of ${of}: unknown, ${waits.why}`];
  return [
    `top waits of ${of}, in average active sessions of the last hour: ${describeLoads(waits)}`,
    `top statements of ${of}, without their values: ${describeLoads(statements)}`,
  ];
}

const describeLoads = (loads: Evidence<readonly Load[]>): string =>
  loads.known
    ? loads.value.map(({ what, sessions }) => `${what} ${inShort(sessions)}`).join('; ') || 'none'
    : `unknown, ${loads.why}`;

/** Statements about these may have what nobody may see, also where an engine does not take the values out. */
const SECRETIVE = /password|passwd|identified|credential|secret|token|encrypt|decrypt|\bkey\s*[=(]/i;

/** Comments, texts, numbers: what a digest has a `?` for. One that is cut off has no end. */
const COMMENTS = /\/\*.*?(\*\/|$)|--[^\n]*/gs;
const TEXTS = /'(?:[^'\\]|\\.|'')*('|$)|\$(\w*)\$.*?(\$\2\$|$)/gs;
const NUMBERS = /(?<![\w$"`])\d[\w.]*/g;

/** What stands in double quotes is a name, but a text in these. */
const QUOTES_TEXTS = /mysql|mariadb/;
const QUOTED = /"(?:[^"\\]|\\.|"")*("|$)/gs;

const LONGEST = 80;

/**
 * The digest of a statement, as short as people may see it. Its values are taken out again: not every engine does so with all
 * that it runs. Of what may be about secrets only the first two words are shown.
 *   > SELECT * FROM orders WHERE id = ?
 *   > ALTER USER ... (digest 3F1A9C0B)
 */
export function describeDigest(
  { id, statement }: { readonly id: string; readonly statement: string },
  engine: string,
): string {
  const digest = `(digest ${id.slice(0, 8)})`;
  const bare = withoutValues(statement, engine).replace(/\s+/g, ' ').trim();
  if (SECRETIVE.test(statement)) return `${bare.split(' ').slice(0, 2).join(' ')} ... ${digest}`;
  if (bare === '') return digest;
  return bare.length > LONGEST ? `${bare.slice(0, LONGEST)}...` : bare;
}

function withoutValues(statement: string, engine: string): string {
  const bare = statement.replace(COMMENTS, ' ').replace(TEXTS, '?').replace(NUMBERS, '?');
  return QUOTES_TEXTS.test(engine) ? bare.replace(QUOTED, '?') : bare;
}
