import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holidaysFor } from '../../scripts/policy/holidays.ts';
import { changesBetween, main, PolicyFileError, parsePolicyFile } from '../../scripts/policy.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { type LocalDynamo, startDynamo } from '../ledger/local-table.ts';

const NOW = new Date('2026-11-22T20:00:00.000Z');

/** What the command prints about a file that is not valid; nothing when it is. */
function problems(text: string): string {
  try {
    parsePolicyFile(text, 'policy.yml', NOW);
    return '';
  } catch (error) {
    if (error instanceof PolicyFileError) return error.message;
    throw error;
  }
}

describe('a policy file', () => {
  it('that is valid is the policy, with every default', () => {
    const text = 'rules:\n  idle-database: { window: 90d }\n';
    expect(parsePolicyFile(text, 'policy.yml', NOW)).toEqual({
      policy: parsePolicy({ rules: { 'idle-database': { window: '90d' } } }),
    });
  });

  it('that is empty, or nothing but comments, is the default', () => {
    expect(parsePolicyFile('', 'policy.yml', NOW).policy).toEqual(parsePolicy({}));
    expect(parsePolicyFile('# later\n', 'policy.yml', NOW).policy).toEqual(parsePolicy({}));
  });

  it('hears of every mistake at once, in its order, by place', () => {
    const text = [
      'timezone: Asia/Seul',
      'defaults:',
      '  mode: "false"',
      'scopes:',
      "  - account: '123456789012'",
      '    regions: [ap-northeast-2, ap-north-9]',
      '  - regions: [eu-west-1]',
      'rules:',
      '  idle-databse:',
      '    mode: report',
      '  idle-database: { window: 900d, cap: { count: 0 } }',
    ].join('\n');
    const lines = problems(text).split('\n');
    expect(lines[3]).toMatch(/^policy\.yml:7:5 scopes\[1\]\.account: an account id in quotes, 12 digits$/);
    expect(lines.map((line) => line.replace(/: an AWS region: .*/, ': an AWS region'))).toEqual([
      'policy.yml:1:1 timezone: an IANA time zone such as Asia/Seoul',
      'policy.yml:3:3 defaults.mode: off, report, approve, or auto',
      'policy.yml:6:31 scopes[0].regions[1]: an AWS region',
      'policy.yml:7:5 scopes[1].account: an account id in quotes, 12 digits',
      `policy.yml:9:3 rules.idle-databse: unknown key; allowed: ${RULE_IDS.join(', ')}`,
      'policy.yml:11:20 rules.idle-database.window: from 7d to 455d (CloudWatch keeps daily statistics for 455 days)',
      'policy.yml:11:41 rules.idle-database.cap.count: a whole number from 1 to 100',
    ]);
  });

  it.each([
    ['a list instead of a policy', '- a\n', 'policy.yml:1:1 policy: a section with the keys timezone'],
    ['a date where a time zone belongs', 'timezone: 2026-11-20\n', 'policy.yml:1:1 timezone: an IANA time zone'],
    [
      'an account that lost its quotes',
      'scopes: [{ account: 123456789012, regions: [eu-west-1] }]',
      'policy.yml:1:12 scopes[0].account',
    ],
    [
      'a mistake behind an anchor',
      'rules: { idle-database: &a { iops: -1 }, idle-instance: *a }',
      'policy.yml:1:30 rules.idle-database.iops',
    ],
    ['a bracket that never closes', 'scopes: [{\n', 'policy.yml:2:1 YAML: '],
    ['a key twice', 'timezone: UTC\ntimezone: UTC\n', 'policy.yml:2:1 YAML: Map keys must be unique'],
    ['a tag that asks for a date', 'timezone: !!timestamp 2026-11-20\n', 'policy.yml:1:11 YAML: Unresolved tag'],
    ['an alias of nothing', 'rules: *nobody\n', 'policy.yml:1:8 YAML: there is no anchor &nobody before it'],
    ['two documents', 'timezone: UTC\n---\ntimezone: UTC\n', 'policy.yml:2:1 YAML: Source contains multiple documents'],
  ])('is refused for %s', (_, text, problem) => {
    expect(problems(text)).toContain(problem);
  });

  it('is checked for calendars that nobody could follow, by place', () => {
    const text = [
      'calendars:',
      "  a: { on: 'Mon-Fri 08:00-21:00', holidays: [KR, DE-XX] }",
      "  b: { on: '2026-11-20 08:00-21:00' }",
      "  c: { on: 'Mon 08:00-09:00', off: [{ from: 2026-01-01, to: 2029-01-01, why: rebuilding }] }",
      "  d: { on: 'Mon-Fri 08:00-21:00', timezone: Europe/Berlin, holidays: [DE-BE, US-NY] }",
      'schedules: { office: { calendar: d } }',
    ].join('\n');
    expect(problems(text).split('\n')).toEqual([
      'policy.yml:2:50 calendars.a.holidays[1]: a country such as KR or a region such as DE-BE or US-NY, by its codes in ISO 3166',
      'policy.yml:3:8 calendars.b.on: at least one hour in the next 400 days',
      'policy.yml:4:8 calendars.c.on: at least one hour in the next 400 days',
    ]);
  });

  it('is refused for a schedule of a calendar that does not exist', () => {
    expect(problems("calendars: { a: { on: 'Mon 08:00-09:00' } }\nschedules: { office: { calendar: b } }")).toBe(
      'policy.yml:2:24 schedules.office.calendar: a calendar of the policy: a',
    );
  });

  it('comes with the holidays that its calendars ask for', () => {
    const text = "calendars: { a: { on: 'Mon-Fri 08:00-21:00', holidays: [KR, US-NY] } }";
    const { holidays } = parsePolicyFile(text, 'policy.yml', NOW);
    expect(holidays?.years).toEqual({ first: 2024, last: 2034 });
    expect(Object.keys(holidays?.places ?? {})).toEqual(['KR', 'US-NY']);
    expect(holidays?.places.KR).toMatchObject({ '2026-12-25': 'Christmas Day' });
  });

  it('takes a date for text', () => {
    const text = 'defaults: { protectTag: 2026-11-20 }';
    expect(parsePolicyFile(text, 'policy.yml', NOW).policy.defaults.protectTag).toBe('2026-11-20');
  });
});

describe('the changes between two policies', () => {
  it('are the keys that differ, old and new', () => {
    const before = parsePolicy({ rules: { 'idle-database': { mode: 'off' } } });
    const scopes = [{ account: '123456789012', regions: ['eu-west-1'] }];
    const after = parsePolicy({ scopes, rules: { 'idle-database': { window: '90d', cap: { count: 3 } } } });
    expect(changesBetween(before, after)).toEqual([
      'scopes: [] -> [{"account":"123456789012","regions":["eu-west-1"]}]',
      'rules.idle-database.mode: "off" -> not set',
      'rules.idle-database.window: "35d" -> "90d"',
      'rules.idle-database.cap.count: 10 -> 3',
    ]);
  });

  it('are none between equal ones', () => expect(changesBetween(parsePolicy({}), parsePolicy(null))).toEqual([]));
});

describe('npm run policy', () => {
  const CALLER = 'arn:aws:sts::123456789012:assumed-role/deployer/kim';
  const directory = mkdtempSync(join(tmpdir(), 'policy-'));
  let dynamo: LocalDynamo;
  let table: LedgerTable;
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await dynamo.close();
  });
  beforeEach(async () => {
    table = await dynamo.table();
  });

  const CALENDARS = "calendars: { office: { on: 'Mon-Fri 08:00-21:00', holidays: KR } }";

  const file = (text: string): string => {
    const path = join(directory, 'policy.yml');
    writeFileSync(path, text);
    return path;
  };

  /** Runs the command; AWS is a local table, unless the test says that it must not be asked. */
  async function policy(
    args: readonly string[],
    env: Record<string, string> = { LEDGER_TABLE: table.table },
    now = NOW,
  ) {
    const printed = { out: '', err: '' };
    const code = await main(args, {
      env,
      out: (text) => (printed.out += `${text}\n`),
      err: (text) => (printed.err += `${text}\n`),
      now: () => now,
      connect: (name) => {
        const place = { ...table, table: name };
        return { ledger: dynamoLedger(place), policies: dynamoPolicyStore(place), caller: async () => CALLER };
      },
    });
    return { code, ...printed };
  }

  it('puts a policy in force and says what that changed', async () => {
    expect(await policy([file('rules: { idle-database: { window: 90d } }')])).toEqual({
      code: 0,
      out: `policy version 1 is in force, stored 2026-11-22T20:00:00.000Z by ${CALLER}\nchanges to the defaults:\n  rules.idle-database.window: "35d" -> "90d"\n`,
      err: '',
    });
    const { out } = await policy([file('rules: { idle-database: { window: 60d } }')]);
    expect(out).toContain('version 2');
    expect(out).toContain('changes to version 1:\n  rules.idle-database.window: "90d" -> "60d"\n');
    expect((await dynamoLedger(table).currentPolicy())?.policy.rules['idle-database'].window).toBe('60d');
  });

  it('stores nothing that is in force already', async () => {
    await policy([file('timezone: Asia/Seoul')]);
    expect((await policy([file('# the same\ntimezone: "Asia/Seoul"')])).out).toMatch(/^unchanged: policy version 1 /);
  });

  it('stores the holidays with it, and says which', async () => {
    const { out } = await policy([file(CALENDARS)]);
    expect(out).toMatch(/^ {2}holidays: known from 2024 to 2034\n {2}holidays\.KR: \d+ days\n/m);
    const stored = await dynamoLedger(table).currentPolicy();
    expect(stored?.holidays).toEqual(holidaysFor(parsePolicyFile(CALENDARS, 'policy.yml', NOW).policy, NOW));
    expect((await policy([file(CALENDARS)])).out).toMatch(/^unchanged: policy version 1 /);
    expect((await policy(['--show'])).out).toContain('# holidays of KR up to 2034-12-31\n');
  });

  it('stores the same policy again once it knows other holidays', async () => {
    await policy([file(CALENDARS)]);
    const { out } = await policy([file(CALENDARS)], undefined, new Date('2027-01-02T08:00:00Z'));
    expect(out).toMatch(/^policy version 2 .*\nchanges to version 1:\n {2}holidays: known from 2025 to 2035\n$/);
    expect((await dynamoLedger(table).currentPolicy())?.holidays?.years).toEqual({ first: 2025, last: 2035 });
  });

  it('stores nothing that is not valid', async () => {
    const path = file('timezone: Asia/Seul');
    const problem = `${path}:1:1 timezone: an IANA time zone such as Asia/Seoul\n`;
    expect(await policy([path])).toEqual({ code: 1, out: '', err: problem });
    expect(await dynamoLedger(table).currentPolicy()).toBeUndefined();
  });

  it('replaces a stored policy that is not valid any more', async () => {
    const by = { storedAt: NOW.toISOString(), storedBy: 'kim' };
    await putItem(table, { pk: 'POLICY#current', sk: 'POLICY', version: 4, policy: '{"old":1}', hash: 'old', ...by });
    const shown = await policy(['--show']);
    expect(shown).toMatchObject({ code: 1, out: '', err: expect.stringContaining('old: unknown key') });
    expect((await policy([file('')])).out).toMatch(
      /^policy version 5 .*\nit replaces one that was not valid any more\n/,
    );
  });

  it('only checks with --check, and asks nobody', async () => {
    const [good, bad] = [await policy([file(''), '--check'], {}), await policy([file('x: 1'), '--check'], {})];
    expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/policy\.yml: valid\n$/) });
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining(':1:1 x: unknown key') });
    expect(await dynamoLedger(table).currentPolicy()).toBeUndefined();
  });

  it('shows what is in force, as a file that says the same', async () => {
    expect((await policy(['--show'])).out).toBe(
      '# no policy was ever stored: everything is at its default, which is to report only\n',
    );
    await policy([file('timezone: Asia/Seoul\nrules: { idle-instance: { mode: off } }')]);
    const { out } = await policy(['--show', '--table', table.table], {});
    expect(out).toContain(`# policy version 1 is in force, stored 2026-11-22T20:00:00.000Z by ${CALLER}\n`);
    expect((await policy([file(out)])).out).toMatch(/^unchanged/);
  });

  it.each([
    ['no file', []],
    ['two files', ['a.yml', 'b.yml']],
    ['an unknown option', ['a.yml', '--force']],
    ['a file to show', ['a.yml', '--show']],
    ['two verbs', ['a.yml', '--show', '--check']],
  ])('explains itself when given %s', async (_, args) => {
    expect(await policy(args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('usage: npm run policy'),
    });
  });

  it('explains itself when no table is named', async () => {
    expect(await policy([file('')], {})).toMatchObject({ code: 2, err: expect.stringContaining('LEDGER_TABLE') });
  });

  it('names the file that it cannot read, and the table that does not answer', async () => {
    expect(await policy(['nowhere.yml'])).toMatchObject({ code: 1, err: 'nowhere.yml: cannot be read (ENOENT)\n' });
    const away = await policy(['--show', '--table', 'no-such-table']);
    expect(away).toMatchObject({ code: 1, err: expect.stringContaining('deploy first') });
  });
});
