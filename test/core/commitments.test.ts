import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/right-size/decide.ts';
import { afterCommitments, type OnDemand, onDemandOf } from '../../shared/core/commitments.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { DatabaseFacts, Facts, InstanceFacts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { computeUsage } from '../../shared/core/usage-type.ts';
import { context, idleDatabase, idleInstance, numbered, withEvidence } from '../support/facts-specimen.ts';
import { ACCOUNT, many, proposal } from '../support/plan-specimen.ts';
import { accountOf } from './any-fleet.ts';

const HERE = 'ap-northeast-2';
const M5 = `${ACCOUNT} ${HERE} m5`;
const R6G = `${ACCOUNT} ${HERE} db.r6g`;
const POSTGRES = `${HERE} db.r6g PostgreSQL`;

const bill = (monthly: OnDemand['monthly'], currency = 'USD'): Evidence<OnDemand> =>
  known({ currency, monthly, accounts: [ACCOUNT] });

const worth = (amount: number) => known({ monthly: money('USD', amount), basis: 'list' as const, stillBilled: [] });

const stopInstance = (amount: number, facts: InstanceFacts = idleInstance) => ({
  facts,
  proposal: {
    ...proposal(),
    action: {
      kind: 'stop-instance',
      instance: facts.identity,
      expect: { state: 'running', instanceType: facts.instanceType },
    },
    saving: worth(amount),
  } as Proposal,
});

const stopDatabase = (amount: number, facts: DatabaseFacts = idleDatabase) => ({
  facts,
  proposal: { ...proposal(), saving: worth(amount) },
});

const resize = (to: string, amount: number) => ({
  facts: withEvidence(idleInstance, {
    offered: known([{ name: 'm5.large', hourlyPrice: known(money('USD', 0.1)) }] as never),
  }),
  proposal: {
    ...proposal(),
    action: { kind: 'resize-instance', instance: idleInstance.identity, from: 'm5.large', to },
    saving: worth(amount),
  } as Proposal,
});

const savingOf = (claimant: { facts: Facts; proposal: Proposal }, onDemand?: Evidence<OnDemand>) =>
  afterCommitments([claimant], onDemand, Number.NEGATIVE_INFINITY).worth[0]?.proposal.saving;

const estimate = (amount: number, list: number, stillBilled: readonly string[] = []) => ({
  monthly: money('USD', amount),
  basis: 'pool estimate',
  list: money('USD', list),
  stillBilled,
});
const net = (amount: number, list: number) => known(estimate(amount, list));

describe('the usage types of bills', () => {
  it.each([
    ['BoxUsage:m5.large', 'us-east-1', 'm5'],
    ['APN2-BoxUsage:m5.2xlarge', 'ap-northeast-2', 'm5'],
    ['EU-DedicatedUsage:c6gn.xlarge', 'eu-west-1', 'c6gn'],
    ['USW2-BoxUsage:u-6tb1.metal', 'us-west-2', 'u-6tb1'],
    ['APS4-InstanceUsage:db.r6g.large', 'ap-southeast-3', 'db.r6g'],
    ['EUC1-Multi-AZUsage:db.m5.4xlarge', 'eu-central-1', 'db.m5'],
    ['InstanceUsageIOOptimized:db.r7g.large', 'us-east-1', 'db.r7g'],
  ])('%s is of %s %s', (usageType, region, family) => {
    expect(computeUsage(usageType)).toEqual({ region, family });
  });

  it.each([
    'APN2-SpotUsage:m5.large',
    'HostUsage:m5',
    'HeavyUsage:m5.large',
    'APN2-EBS:VolumeUsage.gp3',
    'XXX9-BoxUsage:m5.large',
    'APN2-CPUCredits:t3',
    'APN2-RDS:GP3-Storage',
  ])('%s is of no pool', (usageType) => {
    expect(computeUsage(usageType)).toBeUndefined();
  });

  it('are added up to a month of their pool, from however many days there were', () => {
    const byAccount = [
      { keys: ['APN2-BoxUsage:m5.large', ACCOUNT], amount: 7 },
      { keys: ['APN2-BoxUsage:m5.xlarge', ACCOUNT], amount: 14 },
      { keys: ['APN2-EBS:VolumeUsage.gp3', '999999999999'], amount: 99 },
    ];
    const byEngine = [{ keys: ['APN2-InstanceUsage:db.r6g.large', 'PostgreSQL'], amount: 7 }];
    const onDemand = onDemandOf({ currency: 'USD', days: 7, byAccount, byEngine });
    expect(onDemand.monthly[M5]).toBeCloseTo((3 * 730) / 24);
    expect(onDemand.monthly[POSTGRES]).toBeCloseTo(730 / 24);
    expect(onDemand.accounts).toEqual([ACCOUNT, '999999999999']);
  });
});

describe('the net saving', () => {
  it.each<[string, Parameters<typeof savingOf>[0], OnDemand['monthly'], number]>([
    ['is the whole of it while enough is left on demand', stopInstance(86), { [M5]: 90 }, 86],
    ['is what is left on demand', stopInstance(86), { [M5]: 20 }, 20],
    ['is nothing where all is covered', stopInstance(86), {}, 0],
    [
      'of a database is what both its account and its engine have left',
      stopDatabase(86),
      { [R6G]: 90, [POSTGRES]: 30 },
      30,
    ],
    ['of a resize within a family is as much', resize('m5.medium', 40), { [M5]: 10 }, 10],
    ['of a resize into another family has to vacate all of the old: $73', resize('t3.medium', 40), { [M5]: 70 }, 37],
    ['of such a resize may be a loss', resize('t3.medium', 40), {}, -33],
  ])('%s', (_, claimant, monthly, expected) => {
    const list = claimant.proposal.saving.known ? claimant.proposal.saving.value.monthly.amount : 0;
    expect(savingOf(claimant, bill(monthly))).toEqual(net(expected, list));
  });

  it('of a resize of what a schedule has off vacates what was billed while it is on', () => {
    const claimant = resize('t3.medium', 16);
    const { saving } = claimant.proposal;
    const shared = { ...claimant.proposal, saving: saving.known ? known({ ...saving.value, share: 0.4 }) : saving };
    // 0.4 x $73 leave the pool, of which $20 are on demand: $9.20 of the commitment lie idle.
    expect(savingOf({ ...claimant, proposal: shared }, bill({ [M5]: 20 }))).toMatchObject({
      value: { monthly: money('USD', 6.8), list: money('USD', 16), share: 0.4 },
    });
  });

  it('is not said where nobody asked', () => {
    expect(savingOf(stopInstance(86))).toEqual(worth(86));
  });

  it.each<[string, Parameters<typeof savingOf>[0], Evidence<OnDemand>, string]>([
    ['Cost Explorer is denied', stopInstance(86), unknown('denied'), 'denied'],
    ['the bill is in another currency', stopInstance(86), bill({ [M5]: 90 }, 'CNY'), 'the bill is in CNY'],
    [
      'the account is on another bill',
      stopInstance(86, { ...idleInstance, scope: { account: '9', region: HERE } }),
      bill({}),
      'Cost Explorer shows nothing of the account 9',
    ],
    [
      'bills do not name the engine',
      stopDatabase(86, { ...idleDatabase, engine: 'db2-se' }),
      bill({}),
      'bills do not name the engine db2-se',
    ],
  ])('is unknown when %s, and the saving is at list price', (_, claimant, onDemand, netUnknown) => {
    expect(savingOf(claimant, onDemand)).toEqual(
      known({ monthly: money('USD', 86), basis: 'list', netUnknown, stillBilled: [] }),
    );
  });

  it('of what no commitment covers is the list price', () => {
    const volume = stopInstance(86);
    const deletes = {
      ...volume,
      proposal: {
        ...volume.proposal,
        action: { kind: 'snapshot-and-delete-volume', volume: { arn: 'v', id: 'v' } } as const,
      },
    };
    expect(savingOf(deletes, bill({}))).toEqual(worth(86));
  });

  it('is given out in order, and what is too small takes nothing', () => {
    const claims = [60, 50, 30].map((amount, n) => stopInstance(amount, numbered(idleInstance, n)));
    const { worth: proposed, small } = afterCommitments(claims, bill({ [M5]: 95 }), 40);
    expect(proposed.map(({ proposal: { saving } }) => saving)).toEqual([net(60, 60)]);
    expect(small.map(({ proposal: { saving } }) => saving)).toEqual([net(35, 50), net(30, 30)]);
  });

  it('never adds up to more than the pool has, whatever is claimed', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 20 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 100 }), (all, left, least) => {
        const claims = all.map((amount, n) => stopInstance(amount, numbered(idleInstance, n)));
        const { worth: proposed, small } = afterCommitments(claims, bill({ [M5]: left }), least);
        const nets = proposed.map(({ proposal: { saving } }) =>
          saving.known ? saving.value.monthly.amount : Number.NaN,
        );
        expect(proposed.length + small.length).toBe(claims.length);
        expect(nets.every((amount) => amount >= least)).toBe(true);
        expect(nets.reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(left + 1e-6);
      }),
    );
  });
});

describe('the plan', () => {
  const fleet = accountOf(many(3, (n) => numbered(idleInstance, n)));
  const under = (onDemand: Evidence<OnDemand>) => ({ ...context(), rules: ['idle-instance'] as const, onDemand });

  it('has a finding in place of an action that saves too little after commitments', () => {
    const plan = decide(fleet, under(bill({ [M5]: 90 })));
    expect(plan.act.map(({ saving }) => saving)).toEqual([known(estimate(86.14, 86.14, ['100 GiB of gp3 volumes']))]);
    expect(plan.findings?.map(({ kind, note, step }) => [kind, note, step])).toEqual([
      [
        'suggestion',
        'commitments cover its kind: to stop the instance would leave $82.28 a month of them idle',
        'wait: it is proposed once it saves $5.00 a month after commitments',
      ],
    ]);
    // Findings are as few as actions: each has been checked as one.
    expect(plan.leave.map(({ because }) => because)).toEqual([
      'commitments cover its kind: to stop the instance would leave $82.28 a month of them idle',
    ]);
    expect(plan.deferred).toEqual([]);
  });

  it('proposes at list price, and says why, where the bill is unknown', () => {
    const { act, deferred, findings } = decide(fleet, under(unknown('denied')));
    expect([act.length, deferred.length, findings]).toEqual([1, 2, undefined]);
    expect(act[0]?.saving).toMatchObject({ value: { basis: 'list', netUnknown: 'denied' } });
  });
});
