import { describe, expect, it } from 'vitest';
import { type Evidence, known, unknown } from '../../../shared/core/evidence.ts';
import { calendars } from '../../../shared/core/retention/plan.ts';
import { ACCOUNT, daysAgo, facts, NOW, nightly, orders, own, planOf, policyWith } from './specimen.ts';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const dr = { name: 'dr', region: 'eu-central-1' };
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day - 1, 18, 10));
const tiers = { daily: 2, weekly: 2, monthly: 1, yearly: 0 };

const week = own(orders, at(16));
const month = own(orders, at(1));

describe('the truth about a database', () => {
  it('is what it has, where, how old, and what is missing', () => {
    const proof = { at: daysAgo(3), result: 'good' as const };
    const copy = own(orders, at(1), { scope: FRANKFURT, proof });
    const coming = own(orders, at(16), { scope: FRANKFURT, status: 'copying' });
    const [line, ...others] = planOf(
      { snapshots: [...nightly(orders), week, month, copy, coming] },
      { tiers, copyTo: [dr] },
    ).coverage;
    expect(others).toEqual([]);
    expect(line).toEqual({
      database: orders.identity,
      name: 'orders',
      scope: orders.scope,
      engine: 'postgres',
      className: 'default',
      newest: { arn: nightly(orders)[0]?.arn, type: 'automated', takenAt: '2026-11-17T18:10:00.000Z', ageHours: 1 },
      tiers: [
        { tier: 'daily', wanted: 2, have: 2 },
        { tier: 'weekly', wanted: 2, have: 1 },
        { tier: 'monthly', wanted: 1, have: 1 },
        { tier: 'yearly', wanted: 0, have: 0 },
      ],
      copies: [
        {
          destination: 'dr (123456789012/eu-central-1)',
          newest: { arn: copy.arn, type: 'manual', takenAt: '2026-10-31T18:10:00.000Z', ageHours: 409 },
          coming: 1,
          lacking: 0,
        },
      ],
      proven: {
        arn: copy.arn,
        type: 'manual',
        takenAt: '2026-10-31T18:10:00.000Z',
        ageHours: 409,
        at: '2026-11-14T20:00:00.000Z',
      },
      rpoHours: 26,
    });
  });

  it('does not ask for periods from before the database was there', () => {
    const young = { ...orders, createdAt: at(17) };
    const [line] = planOf({ databases: [young], snapshots: nightly(young, 1) }, { tiers }).coverage;
    expect(line?.tiers.map(({ wanted }) => wanted)).toEqual([2, 1, 1, 0]);
  });

  it('does not call a snapshot proven whose restore failed', () => {
    const bad = { ...week, proof: { at: NOW, result: 'bad' as const } };
    expect(planOf({ snapshots: [bad] }).coverage[0]).not.toHaveProperty('proven');
  });

  it('is not told from what others share with the account', () => {
    const [line] = planOf({ snapshots: nightly(orders).map((one) => ({ ...one, type: 'shared' })) }).coverage;
    expect(line).not.toHaveProperty('newest');
    expect(line?.rpoBreach).toBe('it has no good snapshot');
  });
});

describe('a key that cannot be used', () => {
  const under = (state: Evidence<string>) => ({
    key: { arn: 'arn:aws:kms:ap-northeast-2:123456789012:key/1', manager: known('customer' as const), state },
  });
  const bare = { ...orders, retentionDays: 0 };
  const policy = { tiers: { daily: 0, weekly: 1, monthly: 0, yearly: 0 }, keepAtLeast: 1 };
  const planUnder = (state: Evidence<string>) => {
    const snapshots = [own(bare, at(17), under(state)), own(bare, at(3), under(state)), own(bare, at(2), under(state))];
    return planOf({ databases: [bare], snapshots }, policy);
  };

  it.each(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable', 'Deleted'])(
    'is %s: what is under it counts for nothing, is not deleted, and that is said',
    (state) => {
      const plan = planUnder(known(state));
      expect(plan.coverage[0]).not.toHaveProperty('newest');
      expect(plan.coverage[0]?.rpoBreach).toBe('it has no good snapshot');
      expect(plan.act.map(({ action }) => action.kind)).toEqual(['create-snapshot']);
      expect(plan.kept.map(({ because }) => because)).toEqual(
        Array(3).fill('its key cannot be used: somebody has to look'),
      );
      expect(plan.leave).toEqual([
        {
          databaseName: 'orders',
          scope: orders.scope,
          because: `its snapshots are under arn:aws:kms:ap-northeast-2:123456789012:key/1: that is ${state}, and nothing can be restored from them`,
        },
      ]);
    },
  );

  it('is not one of which nobody knows: what is under it counts, and that it is unknown is said once', () => {
    const plan = planUnder(unknown('AccessDeniedException'));
    expect(plan.coverage[0]).toHaveProperty('newest');
    expect(plan.act.map(({ action }) => action.kind)).toEqual(['delete-snapshot', 'delete-snapshot']);
    expect(plan.leave).toEqual([
      expect.objectContaining({
        because: expect.stringContaining('whether that can be used is unknown, AccessDeniedException') as string,
        unknown: true,
      }),
    ]);
  });

  it('is none while it is enabled', () => {
    expect(planUnder(known('Enabled')).leave).toEqual([]);
  });
});

describe('the calendar', () => {
  const range = { from: '2026-11-01', to: '2026-11-19' };
  const entriesOf = (spoiled: object) =>
    calendars(facts(spoiled), policyWith({ tiers: { daily: 3, weekly: 4, monthly: 2, yearly: 1 }, copyTo: [dr] }), {
      now: NOW,
      range,
    })
      .get('db-ORDERS')
      ?.map(({ period, state, copiedTo }) => [period, state, ...copiedTo].join(' '));

  it('says for every period of the range what serves it, and where a copy of it is', () => {
    const copy = own(orders, at(16), { scope: FRANKFURT });
    const coming = own(orders, at(9), { status: 'creating' });
    const nights = nightly(orders).filter((one) => one.name !== 'rds:orders-2026-11-16-18-10');
    expect(entriesOf({ snapshots: [...nights, week, coming, copy] })).toEqual([
      '2026 kept dr',
      '2026-11 kept dr',
      '2026-W47 kept dr',
      '2026-W46 coming',
      '2026-W45 fillable',
      '2026-W44 missing',
      '2026-11-18 automated',
      '2026-11-17 missing',
      '2026-11-16 kept dr',
    ]);
  });

  it('says what is still due', () => {
    expect(entriesOf({ snapshots: [] })?.slice(0, 3)).toEqual(['2026 due', '2026-11 due', '2026-W47 due']);
  });

  it('names what would fill a period, and filling takes exactly that', () => {
    const spoiled = { snapshots: [...nightly(orders), week] };
    const entries = calendars(facts(spoiled), policyWith({ tiers }), { now: NOW, range }).get('db-ORDERS') ?? [];
    const fillable = entries.filter(({ state }) => state === 'fillable').map(({ snapshot }) => snapshot);
    const filled = planOf(spoiled, { tiers }, { fill: range }).act.map(
      ({ action }) => action.kind === 'copy-snapshot' && action.source.arn,
    );
    expect(fillable).toHaveLength(1);
    expect(filled).toEqual(fillable);
  });
});
