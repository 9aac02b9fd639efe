import { describe, expect, it } from 'vitest';
import { known } from '../../../shared/core/evidence.ts';
import { money } from '../../../shared/core/money.ts';
import { sealPlan } from '../../../shared/core/plan.ts';
import { type Breach, followBreaches } from '../../../shared/core/retention/breach.ts';
import { breachMessage } from '../../../shared/core/retention/breach-message.ts';
import { costOf } from '../../../shared/core/retention/cost.ts';
import type { Coverage } from '../../../shared/core/retention/coverage.ts';
import { hasSomethingToSay, type Night, openUntil, saidOf } from '../../../shared/core/retention/night.ts';
import { nightMessage } from '../../../shared/core/retention/night-message.ts';
import { proposalOf } from '../../../shared/core/retention/proposal.ts';
import { ACCOUNT, HOME, NOW, orders, own, planOf, policyWith } from './specimen.ts';

const DAY_MS = 86_400_000;
const policy = policyWith();
const plan = planOf({ databases: [{ ...orders, retentionDays: 0 }] });

const sealed = (name: string, spoiled: object = {}) =>
  sealPlan(
    {
      function: name,
      account: ACCOUNT,
      time: NOW,
      act: plan.act.map((one) => proposalOf({ ...one, ...spoiled })),
      deferred: [],
      leave: [],
      unreadable: [],
    },
    policy,
  );

/** A night in which one database has nothing, and a snapshot of it is taken. */
const night: Night = {
  account: ACCOUNT,
  time: NOW.toISOString(),
  take: sealed('snapshot-databases'),
  coverage: plan.coverage,
  open: [],
  left: [],
  kept: [],
  quotas: plan.quotas,
  cost: plan.cost,
  protections: [],
  unlisted: [],
  unreadable: [],
};

const { rpoBreach: _breach, ...unbroken } = plan.coverage[0] as Coverage;
const without: Coverage = {
  ...unbroken,
  newest: { arn: 'a', type: 'manual', takenAt: NOW.toISOString(), ageHours: 3 },
};

describe('the message of a night', () => {
  it('says what has nothing, what is done and why, and how to stop it', () => {
    const { subject, text, attributes } = nightMessage(night, policy, {});
    expect(subject).toBe('[Lamplighter] 123456789012: snapshots: 1 database without any snapshot, 1 to take');
    expect(text).toContain('Without any good snapshot or backup:\n- orders (postgres) in ap-northeast-2');
    expect(text).toMatch(
      /1\. orders: take a snapshot as lamplighter-orders-2026-11-17-2000-[0-9a-f]{6} in ap-northeast-2, because due for yearly 2026/,
    );
    expect(text).toContain(`npm run answer -- veto ${night.take?.id}`);
    expect(attributes).toMatchObject({ kind: 'snapshots', severity: 'warning', rule: ['take-snapshots'] });
  });

  it.each([
    [
      'what other services lack',
      {
        protections: [
          { arn: 'x', name: 'sessions', scope: HOME, service: 'DynamoDB', has: [], state: 'nothing', unknown: [] },
        ],
      },
      '- sessions (DynamoDB) in ap-northeast-2: NOTHING',
    ],
    [
      'what could not be listed',
      { unlisted: [{ ...HOME, service: 'Redshift', why: 'AccessDenied' }] },
      '- Redshift in ap-northeast-2: unknown, AccessDenied',
    ],
    [
      'what could not be read',
      { unreadable: [{ ...HOME, why: 'AccessDenied' }] },
      '- 123456789012/ap-northeast-2: AccessDenied',
    ],
    [
      'plans of deletes that are open',
      { open: [{ id: 'prune-snapshots-1', until: '2026-11-20T00:00:00.000Z', actions: 3 }] },
      '- prune-snapshots-1: 3 deletes to be done, until 2026-11-20 09:00 Asia/Seoul at the latest',
    ],
    [
      'what is left out',
      { left: [{ databaseName: 'orders', scope: HOME, because: 'it is stopped' }] },
      '- orders in ap-northeast-2: it is stopped',
    ],
  ] as [string, Partial<Night>, string][])('says %s', (_, spoiled, words) => {
    expect(nightMessage({ ...night, ...spoiled }, policy, {}).text).toContain(words);
  });

  it('says what its snapshots cost at most, and what is not in it', () => {
    const price = [{ region: HOME.region, engine: 'postgres', perGiBMonth: known(money('USD', 0.1)) }];
    const held = costOf([own(orders, NOW), own(orders, NOW, { engine: 'oracle-ee' })], price);
    const { text } = nightMessage({ ...night, cost: { held, pruned: costOf([own(orders, NOW)], price) } }, policy, {});
    expect(text).toContain(
      "Lamplighter's snapshots cost at most $10.00, 1 of unknown cost not counted a month; what has expired at most $10.00 of it",
    );
  });

  it('fits into what SNS takes, whatever is in it, and says what is not', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ ...plan.coverage[0]!, name: `database-${index}` }));
    const left = many.map(({ name, scope }) => ({ databaseName: name, scope, because: 'x'.repeat(200) }));
    const message = nightMessage({ ...night, coverage: many, left }, policy, {});
    const facts = message.facts as { coverage: unknown[]; omitted: { coverage: number; left: number } };
    expect(JSON.stringify(JSON.stringify(message.facts)).length + message.text.length).toBeLessThan(250 * 1024);
    expect(facts.coverage.length + facts.omitted.coverage).toBe(3000);
    expect(facts.omitted.left).toBe(3000);
    expect(message.subject.length).toBeLessThan(100);
  });
});

describe('what was said', () => {
  it('is the same on another night, when the same would be done under other names', () => {
    const later = planOf(
      { databases: [{ ...orders, retentionDays: 0 }] },
      {},
      { now: new Date(NOW.getTime() + DAY_MS) },
    );
    const take = { ...sealed('snapshot-databases'), act: later.act.map(proposalOf) };
    expect(saidOf({ ...night, take })).toBe(saidOf(night));
  });

  it.each<[string, Partial<Night>]>([
    ['nothing is to do any more', { take: { ...sealed('snapshot-databases'), act: [] } }],
    ['the mode is another', { take: sealed('snapshot-databases', { mode: 'report' }) }],
    ['the database has a snapshot', { coverage: [without] }],
    ['a quota is scarce', { quotas: night.quotas.map((one) => ({ ...one, alert: true })) }],
    ['a place cannot be read', { unreadable: [{ ...HOME, why: 'x' }] }],
  ])('is another when %s', (_, spoiled) => expect(saidOf({ ...night, ...spoiled })).not.toBe(saidOf(night)));

  it('is nothing in an account in which there is nothing', () => {
    expect(hasSomethingToSay({ ...night, coverage: [], take: { ...sealed('snapshot-databases'), act: [] } })).toBe(
      false,
    );
    expect(hasSomethingToSay(night)).toBe(true);
  });
});

describe('a plan is open', () => {
  it.each([
    ['that waits for an approval, until that expires', 'snapshot-databases', 'approve', 3],
    ['of deletes with a grace, until that is over and it has had a day to act', 'prune-snapshots', 'auto', 2],
    ['of what is taken at once, for a day', 'fill-snapshots', 'auto', 1],
  ])('%s', (_, name, mode, days) => {
    expect(openUntil(sealed(name, { mode }), policy)).toEqual(new Date(NOW.getTime() + days * DAY_MS));
  });
});

describe('a breach', () => {
  const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
  const bad: Coverage = { ...without, rpoBreach: 'it is 30 hours old' };
  const seen = (coverage: readonly Coverage[], hours: number, unreadable: Night['unreadable'] = []) => ({
    coverage,
    unreadable,
    now: at(hours),
    timezone: 'Asia/Seoul',
  });
  const begun = followBreaches([], seen([bad], 0)).standing;
  const news = (before: readonly Breach[], now: Parameters<typeof followBreaches>[1]) =>
    followBreaches(before, now).told.map((one) => one.news);

  it.each<[string, readonly Breach[], Parameters<typeof followBreaches>[1], string[]]>([
    ['is told when it begins', [], seen([bad], 0), ['begun']],
    ['is not told again on the same day', begun, seen([bad], 1), []],
    ['is told again on the next', begun, seen([bad], 24), ['lasts']],
    ['is told when it is over', begun, seen([without], 1), ['over']],
    ['is over when the database is gone', begun, seen([], 1), ['over']],
    ['is not said to be over while nobody can look', begun, seen([], 24, [{ ...HOME, why: 'denied' }]), []],
  ])('%s', (_, before, now, expected) => expect(news(before, now)).toEqual(expected));

  it('lasts since it began', () => {
    const later = followBreaches(
      followBreaches(begun, seen([bad], 24)).standing,
      seen([], 48, [{ ...HOME, why: 'denied' }]),
    );
    expect(later.standing).toMatchObject([{ since: NOW.toISOString(), saidAt: at(24).toISOString() }]);
  });

  it.each<[string, Partial<Night>, string]>([
    ['a snapshot is taken now', {}, `a snapshot is taken now, by the plan ${night.take?.id}`],
    [
      'somebody has to approve it',
      { take: sealed('snapshot-databases', { mode: 'approve' }) },
      'npm run answer -- approve snapshot-databases-',
    ],
    [
      'nothing is done, and why',
      {
        take: { ...sealed('snapshot-databases'), act: [] },
        left: [{ databaseName: 'orders', scope: HOME, because: 'it is modifying' }],
      },
      '  it is modifying',
    ],
    [
      'taking is off',
      { take: { ...sealed('snapshot-databases'), act: [] } },
      'nothing is planned: `snapshots.mode` is off',
    ],
  ])('is told with what is done: %s', (_, spoiled, words) => {
    const { told } = followBreaches([], seen([{ ...bad, database: orders.identity }], 0));
    const message = breachMessage(told, { ...night, ...spoiled }, policy);
    expect(message.text).toContain(words);
    expect(message.attributes).toMatchObject({ kind: 'rpo', severity: 'critical', region: [HOME.region] });
  });
});
