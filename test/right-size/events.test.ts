import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { forgetCalls, openStage, type Stage, wake } from '../support/right-size.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const POLICY = { scopes: [{ account: STAGING, regions: ['ap-northeast-2', 'us-east-1'] }] };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ now: NOW, policy: POLICY });
  seedShop(stage.sandbox);
});
afterAll(() => stage.close());
beforeEach(() => forgetCalls(stage));

const RANGE = { from: '2026-11-01', to: '2026-11-15' };
const ALLOWED_KEYS = 'unknown key; allowed: time, from, to, scopes, rules, resource, mode, format, check';
const A_TIME = 'a time in ISO 8601 such as "2026-11-22T06:30:00Z"';
const A_DATE = 'a date such as "2026-11-22"';
const RULES = RULE_IDS.join(', ');
const ALLOWED_SCOPES = `${STAGING} (ap-northeast-2, us-east-1)`;

describe('an event that is not valid', () => {
  it.each<[string, unknown, string[]]>([
    ['has a key that nobody knows', { tiem: '2026-11-22T06:30:00Z' }, [`tiem: ${ALLOWED_KEYS}`]],
    ['has two keys that nobody knows', { a: 1, b: 2 }, [`a: ${ALLOWED_KEYS}`, `b: ${ALLOWED_KEYS}`]],
    ['is no object', 'now', ['event: an object such as {"time": "2026-11-22T06:30:00Z"}, or {}']],
    ['has a number for a time', { time: 1_763_793_000 }, [`time: ${A_TIME}`]],
    ['has a date for a time', { time: '2026-11-22' }, [`time: ${A_TIME}`]],
    ['has a time without a zone', { time: '2026-11-22T06:30:00' }, [`time: ${A_TIME}`]],
    ['has a time for a date', { ...RANGE, from: '2026-11-01T00:00:00Z' }, [`from: ${A_DATE}`]],
    ['has a day that does not exist', { ...RANGE, to: '2026-11-31' }, [`to: ${A_DATE}`]],
    ['has a from without a to', { from: '2026-11-01' }, ['to: `from` and `to` go together']],
    ['has a to without a from', { to: '2026-11-01' }, ['from: `from` and `to` go together']],
    [
      'ends before it begins',
      { from: '2026-11-15', to: '2026-11-01' },
      ['to: a day after `from`: the range is half-open'],
    ],
    [
      'ends where it begins',
      { from: '2026-11-15', to: '2026-11-15' },
      ['to: a day after `from`: the range is half-open'],
    ],
    ['asks for 93 days', { from: '2026-08-01', to: '2026-11-02' }, ['to: at most 92 days after `from`']],
    [
      'asks for days to come',
      { from: '2026-11-20', to: '2026-11-24' },
      ['to: not after today: a day is judged once it has begun'],
    ],
    [
      'asks for days of which CloudWatch has forgotten the windows',
      { from: '2025-09-01', to: '2025-09-10' },
      [
        "from: too early: with the rules' windows it needs metrics from before the 455 days that CloudWatch keeps; 2025-09-29 is the first day",
      ],
    ],
    ['has a time beside a range', { ...RANGE, time: NOW.toISOString() }, ['time: not together with `from` and `to`']],
    [
      'has a resource beside a range',
      { ...RANGE, resource: 'orders-qa' },
      ['resource: not together with `from` and `to`'],
    ],
    [
      'names an account as a number',
      { scopes: [{ account: 222222222222 }] },
      ['scopes.0.account: an account id in quotes, 12 digits'],
    ],
    [
      'names half an account',
      { scopes: [{ account: '2222' }] },
      ['scopes.0.account: an account id in quotes, 12 digits'],
    ],
    [
      'has a key in a scope that nobody knows',
      { scopes: [{ account: STAGING, region: 'us-east-1' }] },
      ['scopes.0.region: unknown key; allowed: account, regions'],
    ],
    ['has an account for a scope', { scopes: [STAGING] }, ['scopes.0: an object {account, regions?}']],
    [
      'has one region for a list of them',
      { scopes: [{ account: STAGING, regions: 'us-east-1' }] },
      ['scopes.0.regions: a list of AWS regions'],
    ],
    ['has one rule for a list of them', { rules: 'idle-database' }, [`rules: a list of rules: ${RULES}`]],
    ['has no scopes in its scopes', { scopes: [] }, ['scopes: at least one {account, regions?}']],
    [
      'names an account that is not in the policy',
      { scopes: [{ account: STAGING }, { account: PRODUCTION }] },
      [`scopes.1: not among the policy's scopes; allowed: ${ALLOWED_SCOPES}`],
    ],
    [
      'names a region that is not in the policy',
      { scopes: [{ account: STAGING, regions: ['eu-west-1'] }] },
      [`scopes.0: not among the policy's scopes; allowed: ${ALLOWED_SCOPES}`],
    ],
    ['names a rule that does not exist', { rules: ['idle-bucket'] }, [`rules.0: a rule: ${RULES}`]],
    ['has no rules in its rules', { rules: [] }, [`rules: at least one rule: ${RULES}`]],
    ['names no resource', { resource: '' }, ['resource: an ARN, an id or a name']],
    ['wants to act', { mode: 'auto' }, ['mode: report (right-size itself changes nothing)']],
    ['wants another format', { format: 'xml' }, ['format: json or table']],
  ])('because it %s is refused by the field, with what is allowed', async (_, event, problems) => {
    await expect(wake(stage, event)).rejects.toMatchObject({
      name: 'InvalidEventError',
      problems,
      message: expect.stringMatching(/^right-size was woken by an event that is not valid: /) as string,
    });
    const calls = new Set(stage.sandbox.calls.all().map(({ operation }) => operation));
    expect(
      [...calls].filter((operation) => operation !== 'GetItem'),
      'the policy is all that was read',
    ).toEqual([]);
  });

  it('names a region that does not exist, and is told every one that does', async () => {
    const event = { scopes: [{ account: STAGING, regions: ['seoul'] }] };
    await expect(wake(stage, event)).rejects.toThrow(
      /scopes\.0\.regions\.0: an AWS region: .*ap-northeast-2.*us-east-1/,
    );
  });

  it('has several things wrong, and is told all of them at once', async () => {
    await expect(wake(stage, { time: 'now', mode: 'auto', format: 'xml' })).rejects.toMatchObject({
      problems: [`time: ${A_TIME}`, 'mode: report (right-size itself changes nothing)', 'format: json or table'],
    });
  });
});

it('takes a time with an offset as the moment it is', async () => {
  const outcomes = await wake(stage, { time: '2026-11-23T06:30:00+09:00' });
  expect(outcomes).toMatchObject([{ time: NOW.toISOString() }]);
});

it('takes no event at all as an empty one', async () => {
  expect(await wake(stage, null)).toMatchObject([{ time: NOW.toISOString() }]);
});
