import { describe, expect, it } from 'vitest';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { forgetCalls, proposedIn, type Stage, stageForTest, wake } from '../support/right-size.ts';
import { UNCAPPED } from './truth.ts';

const REGIONS = ['ap-northeast-2', 'us-east-1'];
const POLICY = {
  scopes: [PRODUCTION, STAGING].map((account) => ({ account, regions: REGIONS })),
  rules: { 'idle-database': { ...UNCAPPED, mode: 'off' }, 'idle-instance': UNCAPPED },
};
const NOW = new Date('2026-11-22T21:30:00Z');

async function shop(): Promise<Stage> {
  const stage = await stageForTest({ now: NOW, policy: POLICY });
  seedShop(stage.sandbox);
  forgetCalls(stage);
  return stage;
}

const narrowed = (stage: Stage, event: object) => wake<Plan[]>(stage, { time: NOW.toISOString(), ...event });

describe('an event that is narrowed', () => {
  it.each([
    ['to an account', { scopes: [{ account: STAGING }] }],
    ['to a region', { scopes: [{ account: PRODUCTION, regions: ['us-east-1'] }] }],
    ['to a rule', { rules: ['idle-database'] }],
  ])('%s leaves no trace: prices are remembered, nothing is recorded or announced', async (_, event) => {
    const stage = await shop();
    await narrowed(stage, event);
    const calls = stage.sandbox.calls.all();
    const writes = calls.filter(({ operation }) =>
      /^(Put|Update|Delete|BatchWrite|TransactWrite)Items?$/.test(operation),
    );
    expect(writes.filter(({ input }) => !JSON.stringify(input).includes('"PRICE#'))).toEqual([]);
    expect(calls.filter(({ service }) => service === 'sns')).toEqual([]);
  });

  it('to an account looks at all of its regions, and at no other account', async () => {
    const stage = await shop();
    const plans = await narrowed(stage, { scopes: [{ account: STAGING }] });
    expect(plans.map(({ account }) => account)).toEqual([STAGING]);
    expect(proposedIn(plans)).toEqual(['investor-demo']);
    expect(stage.sandbox.calls.count('AssumeRole')).toBe(1);
    const regions = stage.sandbox.calls.byOperation('DescribeInstances').map(({ region }) => region);
    expect(regions.sort()).toEqual(REGIONS);
  });

  it('to a region looks nowhere else', async () => {
    const stage = await shop();
    await narrowed(stage, { scopes: [{ account: PRODUCTION, regions: ['us-east-1'] }] });
    expect(stage.sandbox.calls.byOperation('DescribeInstances').map(({ region }) => region)).toEqual(['us-east-1']);
  });

  it('to a rule tries it even when the policy has switched it off, and no other', async () => {
    const stage = await shop();
    const plans = await narrowed(stage, { rules: ['idle-database'] });
    expect(proposedIn(plans)).toEqual(['reviews-old', 'orders-qa']);
    expect(plans.flatMap(({ act }) => act.map(({ mode }) => mode))).toEqual(['off', 'off']);
    expect(stage.sandbox.calls.count('DescribeInstances')).toBe(0);
  });

  it('answers with every verdict, those that leave something alone included', async () => {
    const stage = await shop();
    const [plan] = await narrowed(stage, {
      rules: ['idle-database'],
      scopes: [{ account: STAGING, regions: ['ap-northeast-2'] }],
    });
    expect(plan?.leave.map(({ resource, because }) => [resource.name, because])).toEqual([
      ['catalog-dev', 'already stopped'],
      ['payments-qa', 'in use: up to 1 connection in 35 days'],
    ]);
  });

  it('does not keep the full run of the same time from being announced', async () => {
    const stage = await shop();
    await narrowed(stage, { scopes: [{ account: STAGING }] });
    await wake(stage, { time: NOW.toISOString() });
    expect(stage.sent()).toHaveLength(2);
  });

  it('comes as a table, for people, with what could not be read', async () => {
    const stage = await shop();
    stage.sandbox.faults.add({ service: 'rds', region: 'us-east-1', fault: 'accessDenied' });
    const table = await wake<string>(stage, { time: NOW.toISOString(), rules: ['idle-database'], format: 'table' });
    expect(table.split('\n')[0]).toMatch(/^account +region +resource +rule +verdict +saves +because/);
    expect(table).toMatch(/222222222222 +ap-northeast-2 +orders-qa +idle-database +act +\$401\.57 +no connection/);
    expect(table).toMatch(/222222222222 +ap-northeast-2 +catalog-dev +idle-database +leave +already stopped/);
    expect(table).toContain(
      `${STAGING} databases in us-east-1: unknown, may not list databases in us-east-1: AccessDenied`,
    );
  });
});
