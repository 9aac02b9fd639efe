import { describe, expect, it } from 'vitest';
import type { BillLine } from '../../sandbox/estate/billing.ts';
import { dayNumber } from '../../sandbox/estate/days.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION } from '../../sandbox/fleet/shop-estate.ts';
import { onDemandIn } from '../../shared/aws/ledger/costs.ts';
import { fullRun, type Outcome, type Stage, stageForTest } from '../support/right-size.ts';
import { UNCAPPED } from './truth.ts';

const NOW = new Date('2026-11-22T06:30:00Z');
const HUB = '123456789012';
const REGION = 'ap-northeast-2';

/** Idle in production: reports-2023 (m5.2xlarge), load-test-runner-3 (c6i.4xlarge) and reviews-old (Aurora MySQL, db.r6g). */
async function shop({ spend = {} }: { spend?: object } = {}): Promise<Stage> {
  const policy = {
    scopes: [{ account: PRODUCTION, regions: [REGION] }],
    defaults: { savings: 'net' },
    rules: { 'idle-database': UNCAPPED, 'idle-instance': UNCAPPED },
    spend,
  };
  const stage = await stageForTest({ now: NOW, policy });
  seedShop(stage.sandbox);
  stage.sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
  return stage;
}

const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const RDS = 'Amazon Relational Database Service';

/** So much a month, every day alike. */
const billed = (usageType: string, monthly: number, line: Partial<BillLine> = {}): BillLine => ({
  account: PRODUCTION,
  service: usageType.includes('db.') ? RDS : EC2,
  usageType,
  region: REGION,
  arrives: 'fee',
  unblended: () => (monthly * 24) / 730,
  ...line,
});

const nets = ([outcome]: Outcome[]) =>
  Object.fromEntries(
    (outcome?.act ?? []).map(({ resource, saving }) => [
      resource.name,
      saving.known ? [Math.round(saving.value.monthly.amount), saving.value.basis] : saving.why,
    ]),
  );

const calls = ({ sandbox }: Stage) => sandbox.calls.count('GetCostAndUsage');

describe('net savings', () => {
  it('are what commitments leave on demand in each pool; what they leave too little of is a finding', async () => {
    const stage = await shop();
    stage.sandbox.estate.billing.add(
      billed('APN2-BoxUsage:m5.large', 400),
      billed('APN2-BoxUsage:m5.large', 5000, { recordType: 'SavingsPlanCoveredUsage' }),
      billed('APN2-BoxUsage:c6i.large', 900, { recordType: 'DiscountedUsage' }),
      billed('APN2-InstanceUsage:db.r6g.large', 300, { databaseEngine: 'Aurora MySQL' }),
    );
    const [outcome] = await fullRun(stage);
    expect(nets([outcome as Outcome])).toEqual({
      'reports-2023': [400, 'pool estimate'], // of $675
      'reviews-old': [300, 'pool estimate'], // of $467
    });
    const findings = outcome?.findings?.map(({ resource, saving }) => [
      resource.name,
      saving?.known && saving.value.monthly.amount,
    ]);
    expect(findings).toEqual([['load-test-runner-3', 0]]); // all c6i is reserved
    const [message] = stage.sent();
    expect(message?.text).toContain('(basis: pool estimate: what commitments leave on demand');
    expect(message?.text).toContain('saves $400.00 a month (pool estimate, $675.25 at list price)');
  });

  it('are read once a day, for two paid pages, and counted', async () => {
    const stage = await shop();
    stage.sandbox.estate.billing.add(billed('APN2-BoxUsage:m5.large', 400));
    await fullRun(stage);
    expect(calls(stage)).toBe(2);
    await fullRun(stage, new Date('2026-11-22T18:30:00Z'));
    expect(calls(stage)).toBe(2);
    await fullRun(stage, new Date('2026-11-23T06:30:00Z'));
    expect(calls(stage)).toBe(4);
  });

  it('are of the last settled week', async () => {
    const stage = await shop();
    const [first, last] = ['2026-11-13', '2026-11-19'].map(dayNumber) as [number, number];
    const unblended = (day: number) => (day >= first && day <= last ? (400 * 24) / 730 : 1000);
    stage.sandbox.estate.billing.add(billed('APN2-BoxUsage:m5.large', 0, { unblended }));
    expect(nets(await fullRun(stage))).toEqual({ 'reports-2023': [400, 'pool estimate'] });
  });

  it.each<[string, (stage: Stage) => unknown, RegExp]>([
    [
      'is denied',
      ({ sandbox }) => sandbox.faults.add({ operation: 'GetCostAndUsage', fault: 'accessDenied' }),
      /may not read Cost Explorer/,
    ],
    [
      'fails',
      ({ sandbox }) => sandbox.faults.add({ operation: 'GetCostAndUsage', fault: 'serverError' }),
      /Cost Explorer of 123456789012: /,
    ],
    [
      'knows nothing of the account',
      ({ sandbox }) => sandbox.estate.billing.add(billed('BoxUsage:m5.large', 9, { account: HUB })),
      /shows nothing of the account 111111111111/,
    ],
    ['has no data', () => undefined, /DataUnavailableException/],
    [
      'is used up for the month',
      async ({ sandbox, hub }) => {
        sandbox.estate.billing.add(billed('APN2-BoxUsage:m5.large', 400));
        const ledger = onDemandIn({ client: hub.dynamodb, table: hub.table });
        for (let call = 0; call < 138; call += 1) await ledger.countPaidCall(HUB, '2026-11', 200);
      },
      /the 138 paid calls to Cost Explorer that 2026-11 has for this are used up/,
    ],
  ])('are unknown when Cost Explorer %s: list prices, never called net', async (_, spoil, why) => {
    const stage = await shop();
    await spoil(stage);
    const [outcome] = await fullRun(stage);
    expect(outcome?.act).toHaveLength(3);
    for (const { saving } of outcome?.act ?? []) {
      expect(saving).toMatchObject({
        known: true,
        value: { basis: 'list', netUnknown: expect.stringMatching(why) as string },
      });
    }
    expect(stage.sent()[0]?.text).toMatch(why);
  });

  it('are asked of the payer that the policy names', async () => {
    const stage = await shop({ spend: { payer: PRODUCTION } });
    stage.sandbox.estate.billing.add(billed('APN2-BoxUsage:m5.large', 400));
    await fullRun(stage);
    expect(stage.sandbox.calls.byOperation('GetCostAndUsage').map(({ account }) => account)).toEqual([
      PRODUCTION,
      PRODUCTION,
    ]);
  });
});
