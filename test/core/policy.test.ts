import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modeOf, type Policy, parsePolicy, policyHash } from '../../shared/core/policy.ts';
import { METRIC_RETENTION_DAYS } from '../../shared/core/policy-fields.ts';
import { REGIONS } from '../../shared/core/regions.ts';
import { inWords, problemsOf } from './policy-problems.ts';

const WINDOW = 'from 7d to 455d (CloudWatch keeps daily statistics for 455 days)';
const REGION = `an AWS region: ${REGIONS.join(', ')}`;
const KEYS =
  'timezone, scopes, concurrency, defaults, approvers, freeze, dependents, sales, sizing, rules, spend, snapshots, calendars, schedules, remediation';
const RULES =
  'idle-database, idle-instance, unattached-volume, oversized-instance, oversized-database, volume-type, ' +
  'database-volume-type, undersized-instance, undersized-database, long-stopped-instance, orphan-snapshot';
const DEFAULT_KEYS =
  'mode, protectTag, ownerTag, minMonthlySaving, savings, remindAfter, approveWithin, grace, watch, stopFor, keepSnapshots, databaseUndo, parallel';
const SECTION = `a section with the keys ${KEYS}`;

describe('the defaults', () => {
  it('are report only, careful and complete', () => {
    expect(parsePolicy({})).toEqual({
      timezone: 'UTC',
      scopes: [],
      concurrency: 4,
      defaults: {
        mode: 'report',
        protectTag: 'lamplighter:protect',
        ownerTag: 'owner',
        minMonthlySaving: 5,
        savings: 'net',
        remindAfter: '7d',
        approveWithin: '3d',
        grace: '7d',
        watch: '2h',
        stopFor: '30d',
        keepSnapshots: '90d',
        databaseUndo: 'ask',
        parallel: 4,
      },
      approvers: [],
      freeze: [],
      dependents: [],
      sales: [],
      sizing: { instanceTypes: ['*'], databaseClasses: ['*'], architecture: 'same', burstable: 'allowed' },
      rules: {
        'idle-database': {
          window: '35d',
          monitoringConnections: 0,
          iops: 5,
          notice: '3d',
          cap: { count: 10, share: '5%', perDay: 10 },
        },
        'idle-instance': {
          window: '28d',
          cpuPercent: 5,
          networkBytesPerDay: '5MB',
          notice: '3d',
          cap: { count: 10, share: '5%', perDay: 10 },
        },
        'oversized-instance': { cap: { count: 10, share: '5%', perDay: 10 } },
        'undersized-instance': {},
        'oversized-database': { cap: { count: 10, share: '5%', perDay: 10 } },
        'undersized-database': {},
        'unattached-volume': { window: '32d', notice: '32d', cap: { count: 10, share: '5%', perDay: 10 } },
        'volume-type': { window: '28d', cap: { count: 10, share: '5%', perDay: 10 } },
        'database-volume-type': { cap: { count: 10, share: '5%', perDay: 10 } },
        'long-stopped-instance': { window: '30d' },
        'orphan-snapshot': { window: '30d' },
      },
      spend: {
        metric: 'unblended',
        without: ['Credit', 'Refund', 'Tax', 'Support', 'Upfront', 'SavingsPlanUpfrontFee'],
        settleAfter: '48h',
        minImpact: 25,
        minShare: '10%',
        growBy: '50%',
        warning: 100,
        critical: 1000,
        paidCallsPerMonth: 200,
        planned: [],
      },
      snapshots: {
        prune: 'approve',
        pruneGrace: '1d',
        tiers: { daily: 14, weekly: 8, monthly: 12, yearly: 3 },
        keepAtLeast: 3,
        rpo: '26h',
        optOutTag: 'lamplighter:no-snapshots',
        holdTag: 'lamplighter:hold',
        others: 'include',
        ofDeleted: 'keep',
        copyWithin: '24h',
        quotaAlert: '80%',
        copyTo: [],
        classes: [],
      },
      calendars: {},
      schedules: {},
      remediation: {
        modes: {
          'database-storage-low': 'report',
          'database-saturated': 'report',
          'replica-lag': 'report',
          'instance-unwell': 'report',
          'credits-exhausted': 'report',
          'idle-alarm': 'report',
          'host-evidence': 'report',
        },
        runbooks: [],
        eventAge: '10m',
        cooldown: '1h',
        atMostPerHour: 5,
        flapping: { changes: 5, within: '1h' },
        verifyWithin: '30m',
        growAtMost: { share: '50%', sizeGiB: 1000, times: 3 },
        rebootInFreeze: 'never',
      },
    } satisfies Policy);
  });

  it.each([undefined, null])('are what an empty file (%s) means', (empty) => {
    expect(parsePolicy(empty)).toEqual(parsePolicy({}));
  });

  it('fill in what a section leaves out', () => {
    const { rules } = parsePolicy({ rules: { 'idle-instance': { cap: { count: 3 } } } });
    expect(rules['idle-instance']).toMatchObject({ window: '28d', cap: { count: 3, share: '5%' } });
    expect(rules['idle-database'].window).toBe('35d');
  });
});

describe('what concerns carrying out', () => {
  it.each<[string, unknown, string]>([
    [
      'an approver that is no ARN',
      { approvers: [{ accounts: '*', principals: ['kim'] }] },
      'approvers[0].principals[0]: an IAM ARN; * stands for any characters',
    ],
    [
      'an approver of no account',
      { approvers: [{ accounts: 'all', principals: ['arn:aws:iam::123456789012:role/sre'] }] },
      "approvers[0].accounts: '*' or a list of account ids in quotes",
    ],
    [
      'a freeze that ends before it begins',
      { freeze: [{ from: '2026-12-01', to: '2026-11-20', why: 'sale' }] },
      'freeze[0].to: after `from`: the range is half-open',
    ],
    [
      'a day that is none',
      { freeze: [{ from: '2026-02-30', to: '2026-03-01', why: 'sale' }] },
      'freeze[0].from: a date such as 2026-11-20',
    ],
    [
      'a freeze without a reason',
      { freeze: [{ from: '2026-11-20', to: '2026-12-01', why: '' }] },
      'freeze[0].why: the reason, in words',
    ],
    ['too long a wait', { defaults: { approveWithin: '15d' } }, 'defaults.approveWithin: from 1h to 14d'],
    ['a watch without a unit', { defaults: { watch: '2' } }, 'defaults.watch: hours or days such as "1h"'],
    [
      'dependents without alarms',
      { dependents: [{ resource: 'orders-*', alarms: [] }] },
      'dependents[0].alarms: at least one alarm name',
    ],
  ])('is refused by place: %s', (_, input, said) => {
    expect(inWords(input)).toEqual([said]);
  });
});

describe('what concerns snapshots', () => {
  const dr = { name: 'dr', region: 'eu-central-1' };

  it('fills in what a destination leaves out, and nothing in a class: it has the terms of all', () => {
    const { snapshots } = parsePolicy({ snapshots: { copyTo: [dr], classes: [{ name: 'production' }] } });
    expect(snapshots.copyTo).toEqual([{ ...dr, tiers: ['weekly', 'monthly', 'yearly'], optionGroups: [] }]);
    expect(snapshots.classes).toEqual([{ name: 'production', tiers: {} }]);
  });

  it.each([
    'alias/snapshots',
    'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws:kms:eu-central-1:123456789012:alias/snapshots',
    'mrk-1234abcd12ab34cd56ef1234567890ab',
    '1234abcd-12ab-34cd-56ef-1234567890ab',
  ])('takes %s for a key', (kmsKey) => {
    expect(problemsOf({ snapshots: { shareKey: kmsKey, copyTo: [{ ...dr, kmsKey }] } })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a floor of none', { keepAtLeast: 0 }, 'snapshots.keepAtLeast: a whole number from 1 to 100'],
    ['half a year', { tiers: { yearly: 0.5 } }, 'snapshots.tiers.yearly: a whole number from 0 to 35'],
    [
      'an unknown tier',
      { tiers: { hourly: 3 } },
      'snapshots.tiers.hourly: unknown key; allowed: daily, weekly, monthly, yearly',
    ],
    ['an objective without a unit', { rpo: '26' }, 'snapshots.rpo: hours or days such as "1h"'],
    ['a mode of pruning that there is not', { prune: 'always' }, 'snapshots.prune: off, report, approve, or auto'],
    [
      'a key that is none',
      { copyTo: [{ ...dr, kmsKey: 'snapshots' }] },
      'snapshots.copyTo[0].kmsKey: a KMS key: its ARN, its id, or an alias such as alias/snapshots',
    ],
    ['a destination without a region', { copyTo: [{ name: 'dr' }] }, `snapshots.copyTo[0].region: ${REGION}`],
    ['a destination for nothing', { copyTo: [{ ...dr, tiers: [] }] }, 'snapshots.copyTo[0].tiers: at least one tier'],
    ['two destinations of one name', { copyTo: [dr, dr] }, 'snapshots.copyTo[1].name: each name once'],
    [
      'two classes of one name',
      { classes: [{ name: 'production' }, { name: 'production' }] },
      'snapshots.classes[1].name: each name once',
    ],
    [
      'a destination that nobody describes',
      { copyTo: [dr], classes: [{ name: 'production', copyTo: ['dr', 'vault'] }] },
      'snapshots.classes[0].copyTo[1]: a name of `snapshots.copyTo`: dr',
    ],
    [
      'a destination where there is none',
      { classes: [{ name: 'production', copyTo: ['dr'] }] },
      'snapshots.classes[0].copyTo[0]: `snapshots.copyTo` has no destination',
    ],
    [
      'a tag without a value',
      { classes: [{ name: 'production', tags: ['env'] }] },
      'snapshots.classes[0].tags[0]: a tag such as env=prod',
    ],
  ])('is refused by place: %s', (_, input, said) => {
    expect(inWords({ snapshots: input })).toEqual([said]);
  });
});

describe('the mode of a rule', () => {
  it('is its own, else the default', () => {
    const policy = parsePolicy({ defaults: { mode: 'off' }, rules: { 'idle-instance': { mode: 'report' } } });
    expect([modeOf(policy, 'idle-instance'), modeOf(policy, 'idle-database')]).toEqual(['report', 'off']);
  });

  it.each(['false', 'true', false, true, 'Off', 'manual', '', 0, null])('is never taken from %j', (mode) => {
    expect(inWords({ defaults: { mode }, rules: { 'idle-database': { mode } } })).toEqual([
      'defaults.mode: off, report, approve, or auto',
      'rules.idle-database.mode: off, report, approve, or auto',
    ]);
  });
});

describe('what is wrong', () => {
  it.each<[string, unknown, string[]]>([
    ['a list instead of a policy', [], [`policy: ${SECTION}`]],
    ['a text instead of a policy', 'mode: report', [`policy: ${SECTION}`]],
    ['a key that does not exist', { timezon: 'UTC' }, [`timezon: unknown key; allowed: ${KEYS}`]],
    [
      'two keys of one section that do not exist',
      { defaults: { gracious: '7d', approvers: [] } },
      ['gracious', 'approvers'].map((key) => `defaults.${key}: unknown key; allowed: ${DEFAULT_KEYS}`),
    ],
    [
      'a rule that does not exist',
      { rules: { 'idle-databases': {} } },
      [`rules.idle-databases: unknown key; allowed: ${RULES}`],
    ],
    [
      'a threshold of another rule',
      { rules: { 'idle-database': { cpuPercent: 5 } } },
      ['rules.idle-database.cpuPercent: unknown key; allowed: mode, window, monitoringConnections, iops, notice, cap'],
    ],
    ['a section without content', { rules: null }, [`rules: a section with the keys ${RULES}`]],
    ['a time zone that does not exist', { timezone: 'Asia/Soeul' }, ['timezone: an IANA time zone such as Asia/Seoul']],
    [
      'a window beyond what CloudWatch keeps',
      { rules: { 'idle-database': { window: '456d' }, 'idle-instance': { window: '6d' } } },
      [`rules.idle-database.window: ${WINDOW}`, `rules.idle-instance.window: ${WINDOW}`],
    ],
    [
      'a window without a unit',
      { rules: { 'idle-database': { window: 35 } } },
      ['rules.idle-database.window: a number of days such as "7d"'],
    ],
    [
      'a region that does not exist',
      { scopes: [{ account: '123456789012', regions: ['eu-west-1', 'eu-west-9'] }] },
      [`scopes[0].regions[1]: ${REGION}`],
    ],
    [
      'an account without its quotes',
      { scopes: [{ account: 123456789012, regions: ['eu-west-1'] }] },
      ['scopes[0].account: an account id in quotes, 12 digits'],
    ],
    [
      'an account that is too short',
      { scopes: [{ account: '12345678901', regions: ['eu-west-1'] }] },
      ['scopes[0].account: an account id in quotes, 12 digits'],
    ],
    [
      'no region',
      { scopes: [{ account: '123456789012', regions: [] }, { account: '123456789013' }] },
      ['scopes[0].regions: at least one AWS region', 'scopes[1].regions: a list of AWS regions'],
    ],
    [
      'an account listed twice',
      {
        scopes: [
          { account: '123456789012', regions: ['eu-west-1'] },
          { account: '123456789013', regions: ['eu-west-1'] },
          { account: '123456789012', regions: ['eu-west-2'] },
        ],
      },
      ['scopes[2].account: each account once; list all its regions there'],
    ],
    ['scopes that are no list', { scopes: {} }, ['scopes: a list of {account, regions}']],
    ['a scope that is no section', { scopes: [null] }, ['scopes[0]: a section with the keys account, regions']],
    [
      'no tag names',
      { defaults: { protectTag: '', ownerTag: 'x'.repeat(129) } },
      ['defaults.protectTag', 'defaults.ownerTag'].map((path) => `${path}: a tag name of 1 to 128 characters`),
    ],
    [
      'amounts out of range',
      {
        concurrency: 0,
        defaults: { minMonthlySaving: -1, remindAfter: '91d' },
        rules: {
          'idle-database': { iops: -0.1, monitoringConnections: 1.5, cap: { count: 101, share: '101%' } },
          'idle-instance': { cpuPercent: 0, networkBytesPerDay: '5 megabytes', cap: { count: 0, share: '0%' } },
        },
      },
      [
        'concurrency: a whole number from 1 to 32',
        'defaults.minMonthlySaving: a number, at least 0',
        'defaults.remindAfter: from 1d to 90d (a message that never returns is forgotten)',
        'rules.idle-database.monitoringConnections: a whole number from 0 to 1000',
        'rules.idle-database.iops: a number, at least 0',
        'rules.idle-database.cap.count: a whole number from 1 to 100',
        'rules.idle-database.cap.share: above 0% and up to 100%',
        'rules.idle-instance.cpuPercent: a percentage above 0 and up to 100',
        'rules.idle-instance.networkBytesPerDay: a size such as "5MB", in B, KB, MB, GB, KiB, MiB, GiB',
        'rules.idle-instance.cap.count: a whole number from 1 to 100',
        'rules.idle-instance.cap.share: above 0% and up to 100%',
      ],
    ],
    [
      'other types than numbers',
      {
        concurrency: '4',
        defaults: { minMonthlySaving: '5' },
        rules: { 'idle-database': { iops: null }, 'idle-instance': { cpuPercent: Number.NaN } },
      },
      [
        'concurrency: a whole number from 1 to 32',
        'defaults.minMonthlySaving: a number, at least 0',
        'rules.idle-database.iops: a number, at least 0',
        'rules.idle-instance.cpuPercent: a percentage above 0 and up to 100',
      ],
    ],
  ])('is said by place, with what is allowed: %s', (_, input, problems) => {
    expect(inWords(input)).toEqual(problems);
  });

  it('is said all at once, in an error that reads as a list', () => {
    const wrong = {
      timezone: 'Nowhere',
      scopes: [
        { account: '123456789012', regions: ['eu-west-9'] },
        { account: '123456789012', regions: ['eu-west-1'] },
      ],
      defaults: { mode: false },
      rules: { 'idle-databse': {}, 'idle-instance': { window: '999d' } },
    };
    expect(
      problemsOf(wrong)
        .map(({ path }) => path.join('.'))
        .sort(),
    ).toEqual([
      'defaults.mode',
      'rules.idle-databse',
      'rules.idle-instance.window',
      'scopes.0.regions.0',
      'scopes.1.account',
      'timezone',
    ]);
    expect(() => parsePolicy(wrong)).toThrow(/^the policy is not valid:\n {2}\S/);
    expect(() => parsePolicy(wrong)).toThrow(expect.objectContaining({ name: 'InvalidPolicyError' }));
  });

  it('is never repeated in the message: it may be a secret pasted by mistake', () => {
    const secret = 'AKIA-s3cr3t';
    const anywhere = {
      timezone: secret,
      scopes: [{ account: secret, regions: [secret] }, secret],
      concurrency: secret,
      defaults: {
        mode: secret,
        protectTag: secret.repeat(20),
        ownerTag: [secret],
        minMonthlySaving: secret,
        remindAfter: secret,
      },
      rules: {
        'idle-database': {
          mode: secret,
          window: secret,
          monitoringConnections: secret,
          iops: secret,
          cap: { count: secret, share: secret },
        },
        'idle-instance': {
          mode: secret,
          window: secret,
          cpuPercent: secret,
          networkBytesPerDay: secret,
          cap: secret,
        },
      },
    };
    expect(problemsOf(anywhere)).toHaveLength(21);
    expect(inWords(anywhere).join('\n')).not.toContain(secret);
  });
});

const percent = fc.integer({ min: 1, max: 100 }).map((number) => `${number}%`);
const days = (min: number) => fc.integer({ min, max: min === 1 ? 90 : METRIC_RETENTION_DAYS }).map((n) => `${n}d`);
const partial = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
const mode = fc.constantFrom('report', 'off');
const cap = partial({ count: fc.integer({ min: 1, max: 100 }), share: percent });
const tag = fc.string({ minLength: 1, maxLength: 128 });

const anyPolicy = partial({
  timezone: fc.constantFrom('UTC', 'Asia/Seoul', 'America/Los_Angeles'),
  scopes: fc.uniqueArray(fc.integer({ min: 0, max: 999_999_999_999 }), { maxLength: 4 }).map((accounts) =>
    accounts.map((account, index) => ({
      account: String(account).padStart(12, '0'),
      regions: REGIONS.slice(index, index + 2),
    })),
  ),
  concurrency: fc.integer({ min: 1, max: 32 }),
  defaults: partial({
    mode,
    protectTag: tag,
    ownerTag: tag,
    minMonthlySaving: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    remindAfter: days(1),
  }),
  rules: partial({
    'idle-database': partial({
      mode,
      window: days(7),
      monitoringConnections: fc.integer({ min: 0, max: 1000 }),
      iops: fc.integer({ min: 0, max: 1e6 }),
      cap,
    }),
    'idle-instance': partial({
      mode,
      window: days(7),
      cpuPercent: fc.integer({ min: 1, max: 100 }),
      networkBytesPerDay: fc.integer({ min: 0, max: 1e9 }).map((n) => `${n}KiB`),
      cap,
    }),
  }),
});

describe('a valid policy', () => {
  it('parses again to itself', () => {
    fc.assert(
      fc.property(anyPolicy, (input) => {
        const policy = parsePolicy(input);
        expect(parsePolicy(policy)).toEqual(policy);
        expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
      }),
    );
  });

  it('is told from another by its hash, and not by what it spells out', () => {
    const spelt = parsePolicy({ timezone: 'UTC', rules: { 'idle-instance': { cpuPercent: 5 } } });
    expect(policyHash(spelt)).toBe(policyHash(parsePolicy({})));
    expect(policyHash(parsePolicy({ timezone: 'Asia/Seoul' }))).not.toBe(policyHash(parsePolicy({})));
  });
});
