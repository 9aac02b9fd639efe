import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { describeDigest, loadLines } from '../../../shared/core/remediation/top-load.ts';

const ID = '3F1A9C0B7D2E';
const shown = (statement: string, engine = 'postgres') => describeDigest({ id: ID, statement }, engine);

describe('the digest of a statement', () => {
  it.each([
    ['SELECT *\n  FROM "orders"\tWHERE id = $1', 'SELECT * FROM "orders" WHERE id = $1'],
    ['SELECT 1 FROM t2 WHERE a=1.5e3 AND b IN (7, 8)', 'SELECT ? FROM t2 WHERE a=? AND b IN (?, ?)'],
    ["SELECT * FROM people WHERE name = 'O''Neill'", 'SELECT * FROM people WHERE name = ?'],
    ["SELECT * FROM people WHERE name = 'cut o", 'SELECT * FROM people WHERE name = ?'],
    ["DO $tag$ it's in here $tag$ LANGUAGE x", 'DO ? LANGUAGE x'],
    ["/* user=kim */ SELECT a -- for 'kim'\nFROM b", 'SELECT a FROM b'],
    ['', `(digest ${ID.slice(0, 8)})`],
  ])('of %j has no values', (statement, expected) => {
    expect(shown(statement)).toBe(expected);
  });

  it('has texts in double quotes in MySQL, and names elsewhere', () => {
    expect(shown('SELECT "kim"', 'aurora-mysql')).toBe('SELECT ?');
    expect(shown('SELECT "kim"', 'aurora-postgresql')).toBe('SELECT "kim"');
  });

  it.each([
    "CREATE USER 'app'@'%' IDENTIFIED BY 'hunter2'",
    'ALTER ROLE app WITH PASSWORD hunter2',
    'SELECT PGP_SYM_ENCRYPT(a, hunter2)',
    'SET SESSION aws_secret_key = hunter2',
    'UPDATE t SET api.key = hunter2',
  ])('of %j is two words', (statement) => {
    expect(shown(statement)).toMatch(/^\S+ \S+ \.\.\. \(digest 3F1A9C0B\)$/);
    expect(shown(statement)).not.toContain('hunter2');
  });

  it('is short', () => {
    expect(shown(`SELECT ${'a, '.repeat(100)} b`)).toHaveLength(83);
  });

  it('never has what stood in single quotes', () => {
    const secret = fc.stringMatching(/^[a-z]{6,20}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom('postgres', 'mysql', 'oracle-ee'), (text, engine) => {
        expect(shown(`SELECT x FROM y WHERE z = '${text}' AND v = 1`, engine)).not.toContain(text);
      }),
    );
  });
});

describe('the load, for people', () => {
  const waits = known([
    { what: 'CPU', sessions: 7.25 },
    { what: 'IO:DataFileRead', sessions: 0.0412 },
  ]);

  it('is in average active sessions', () => {
    expect(loadLines({ of: 'orders', waits, statements: known([{ what: 'SELECT a', sessions: 3 }]) })).toEqual([
      'top waits of orders, in average active sessions of the last hour: CPU 7.25; IO:DataFileRead 0.0412',
      'top statements of orders, without their values: SELECT a 3',
    ]);
  });

  it('says what is unknown, and of what', () => {
    expect(loadLines({ of: 'orders', waits: known([]), statements: unknown('Throttling') })).toEqual([
      'top waits of orders, in average active sessions of the last hour: none',
      'top statements of orders, without their values: unknown, Throttling',
    ]);
    expect(loadLines({ of: 'orders', waits: unknown('denied'), statements: unknown('denied') })).toEqual([
      'top waits and statements of orders: unknown, denied',
    ]);
  });
});
