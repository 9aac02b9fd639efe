import { expect, it } from 'vitest';
import { PRODUCTION } from '../../sandbox/fleet/shop-estate.ts';
import type { CheckReport } from '../../shared/runtime/check.ts';
import { billLine, paidCalls, spendStage, wakeSpend } from '../support/watch-spend.ts';

const POLICY = { scopes: [{ account: PRODUCTION, regions: ['ap-northeast-2'] }] };

async function stage(policy: object = POLICY) {
  const opened = await spendStage(policy);
  opened.sandbox.estate.billing.add(billLine({ usual: 60 }));
  opened.sandbox.estate.account(PRODUCTION).role('lamplighter-look', { externalId: 'lamplighter' });
  return opened;
}

const check = (opened: Awaited<ReturnType<typeof stage>>) => wakeSpend<CheckReport>(opened, { check: true });
const wrongIn = ({ findings }: CheckReport) =>
  findings
    .filter(({ state }) => state === 'missing' || state === 'failed')
    .map(({ what, account, matters }) => ({ what, account, matters }));

it('grants everything: Cost Explorer in the payer, CloudTrail in every scope, the ledger', async () => {
  const opened = await stage();
  const report = await check(opened);
  expect(wrongIn(report)).toEqual([]);
  const granted = report.findings.filter(({ state }) => state === 'ok');
  expect(granted).toContainEqual(
    expect.objectContaining({ what: 'ce:GetCostAndUsage', account: '123456789012', region: 'us-east-1' }),
  );
  expect(granted).toContainEqual(
    expect.objectContaining({ what: 'cloudtrail:LookupEvents', account: PRODUCTION, region: 'ap-northeast-2' }),
  );
  expect(granted.find(({ what }) => what === 'ledger')?.says).toBe(
    'answers for POLICY#, ANSWER#, ANOMALY#, COST#, RUN#, PLAN#, RESOURCE#',
  );
});

it('changes nothing, and costs one page', async () => {
  const opened = await stage();
  opened.sandbox.calls.clear();
  await check(opened);
  expect(paidCalls(opened)).toBe(1);
  const writes = opened.sandbox.calls
    .all()
    .filter(({ operation }) => /^(Put|Update|BatchWrite|Publish)/.test(operation));
  expect(writes).toEqual([]);
});

it('asks the payer that the policy names', async () => {
  const opened = await stage({ ...POLICY, spend: { payer: '222222222222' } });
  expect(wrongIn(await check(opened))).toEqual([
    { what: 'sts:AssumeRole lamplighter-look', account: '222222222222', matters: 'No spend is judged at all' },
  ]);
});

it.each([
  ['ce', 'ce:GetCostAndUsage', 'No spend is judged'],
  ['cloudtrail', 'cloudtrail:LookupEvents', 'An anomaly does not say who created or changed what'],
] as const)('says what is denied by %s, and why it matters', async (service, what, matters) => {
  const opened = await stage();
  opened.sandbox.faults.add({ service, fault: 'accessDenied' });
  expect(wrongIn(await check(opened))).toMatchObject([{ what, matters }]);
});
