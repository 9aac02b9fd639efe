import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/core/change.ts';
import { sealPlan } from '../../../shared/core/plan.ts';
import {
  describeEnding,
  describeKept,
  describeMade,
  endingOf,
  endingsOf,
  isTrouble,
} from '../../../shared/core/retention/endings.ts';
import { proposalOf } from '../../../shared/core/retention/proposal.ts';
import { troubleMessage } from '../../../shared/core/retention/trouble-message.ts';
import { ACCOUNT, NOW, orders, planOf, policyWith } from './specimen.ts';

const KMS = 'AWS refused: the key alias/dr is not accessible (KMSKeyNotAccessibleFault)';

/** How the snapshot of a database ended that was asked for and is there after twelve minutes. */
function ended(name: string, spoiled: Partial<Change> = {}): Change {
  const database = { ...orders, name, identity: { arn: `arn:${name}`, id: `db-${name}` }, retentionDays: 0 };
  const [planned] = planOf({ databases: [database] }).act;
  return {
    id: `plan/${name}`,
    planId: 'plan',
    account: ACCOUNT,
    proposal: proposalOf(planned!),
    outcome: 'kept',
    because: 'it is taken',
    appliedAt: NOW.toISOString(),
    finishedAt: new Date(NOW.getTime() + 12 * 60_000).toISOString(),
    made: { sizeGiB: 100 },
    ...spoiled,
  };
}

const failed = (name: string, because = KMS) => ended(name, { outcome: 'failed', because });

describe('what ended alike', () => {
  it('is one, however many there are, with the databases that it is about', () => {
    const fleet = Array.from({ length: 37 }, (_, index) => failed(`shop-${index}`));
    const endings = endingsOf([failed('billing', 'it is failed'), ...fleet]);
    expect(endings.map(describeEnding)).toEqual([
      `37 databases (shop-0, shop-1, shop-2, shop-3, shop-4 and 32 more): ${KMS}`,
      '1 database (billing): it is failed',
    ]);
  });

  it('is the same whatever the snapshots and databases in its words are called', () => {
    const words = (one: Change) => `a snapshot ${one.proposal.resource.name} of ${one.proposal.resource.arn} exists`;
    const [a, b] = [failed('orders'), failed('billing')].map((one) => ({ ...one, because: words(one) }));
    expect(endingOf(a!)).toBe(endingOf(b!));
    expect(endingOf(a!)).not.toBe(endingOf({ ...a!, because: 'it is gone' }));
    expect(endingOf(a!)).not.toBe(endingOf({ ...a!, outcome: 'skipped' }));
  });

  it.each<[boolean, string, Partial<Change>]>([
    [false, 'went well', {}],
    [false, 'was passed over', { outcome: 'skipped' }],
    [false, 'was vetoed', { outcome: 'vetoed' }],
    [true, 'has failed', { outcome: 'failed' }],
    [true, 'went well but for something', { warning: 'it is still shared' }],
  ])('is a trouble (%s) when it %s', (expected, _, spoiled) =>
    expect(isTrouble(ended('orders', spoiled))).toBe(expected),
  );
});

describe('what went well', () => {
  const slow = ended('billing', { finishedAt: new Date(NOW.getTime() + 190 * 60_000).toISOString() });

  it('is counted by what was done, with the size of the databases and what took longest', () => {
    const all = [ended('orders'), slow, failed('carts')];
    expect(describeKept(all)).toBe('2 taken');
    expect(describeMade(all)).toEqual([
      'What was made is available: of databases of 200 GiB; the slowest was that of billing, within 190 minutes.',
    ]);
  });

  it('is nothing when nothing did', () => {
    expect(describeKept([failed('carts')])).toBe('');
    expect(describeMade([failed('carts')])).toEqual([]);
  });
});

describe('the message of what went wrong', () => {
  const draft = { function: 'snapshot-databases', account: ACCOUNT, time: NOW, act: [], deferred: [], leave: [] };
  const plan = sealPlan({ ...draft, unreadable: [] }, policyWith());

  it('is critical when something has failed, and says when it is told again', () => {
    const { subject, text, attributes } = troubleMessage(plan, [failed('orders'), failed('billing')], 7);
    expect(subject).toBe('[Lamplighter] 123456789012: snapshots of 2 databases: 2 failed, a person is needed');
    expect(text).toContain(`- 2 databases (orders, billing): ${KMS}`);
    expect(text).toContain('told like this again after 7 days');
    expect(attributes).toMatchObject({ kind: 'changes', severity: 'critical', rule: ['take-snapshots'] });
  });

  it('is a warning when it is all there', () => {
    const { subject, text, attributes } = troubleMessage(plan, [ended('orders', { warning: 'it is still shared' })], 7);
    expect(subject).toMatch(/snapshots of 1 database: 1 to look at$/);
    expect(text).toContain('- 1 database (orders): it is still shared');
    expect(attributes.severity).toBe('warning');
  });

  it('fits into what SNS takes, and says what is not in it', () => {
    const many = Array.from({ length: 2000 }, (_, index) => failed(`shop-${index}`, `${index} ${'x'.repeat(300)}`));
    const message = troubleMessage(plan, many, 7);
    const facts = message.facts as { changes: unknown[]; omitted: number };
    expect(JSON.stringify(JSON.stringify(message.facts)).length + message.text.length).toBeLessThan(250 * 1024);
    expect(facts.changes.length + facts.omitted).toBe(2000);
    expect(message.text).toContain('And 1975 more reasons');
  });
});
