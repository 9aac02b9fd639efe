import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedFleet } from '../../sandbox/fleet/fleet.ts';
import type { GroundTruth } from '../../sandbox/fleet/truth.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { openStage, plansOf, type Stage, stageForTest } from '../support/right-size.ts';
import { differences, UNCAPPED } from './truth.ts';

const ACCOUNTS = ['111111111111', '222222222222'] as const;
const REGIONS = ['ap-northeast-2', 'eu-west-1'] as const;
const NOW = new Date('2026-11-22T10:00:00Z');
const RULES = { 'idle-database': UNCAPPED, 'idle-instance': UNCAPPED };
const SCOPES = ACCOUNTS.map((account) => ({ account, regions: REGIONS }));

const FLEET = { accounts: ACCOUNTS, regions: REGIONS, instances: 60, databases: 33, exemptShare: 0.35 };

describe('a fleet of two accounts and two regions', () => {
  let stage: Stage;
  let truth: GroundTruth;
  let plans: Plan[];

  beforeAll(async () => {
    stage = await openStage({ now: NOW, policy: { scopes: SCOPES, rules: RULES } });
    truth = seedFleet(stage.sandbox, { ...FLEET, seed: 3 });
    plans = await plansOf(stage);
  });
  afterAll(() => stage.close());

  it('has every kind of exemption in it', () => {
    const labels = new Set(truth.all().map(({ label }) => label));
    expect(labels.size).toBeGreaterThanOrEqual(18 + 4);
  });

  it('gets a right verdict and the reason that belongs to it for every resource', () => {
    expect(differences(plans, truth)).toEqual([]);
  });

  it('gets every verdict from the account and region that the resource is in', () => {
    for (const { account, act, deferred, leave } of plans) {
      for (const { resource } of [...act, ...deferred, ...leave]) {
        expect({ account, region: resource.region }).toEqual({
          account: truth.of(resource.arn)?.account,
          region: truth.of(resource.arn)?.region,
        });
      }
    }
  });

  it('is promised what the price list says', () => {
    const proposals = plans.flatMap(({ act }) => act);
    const priced = proposals.filter(({ saving }) => saving.known);
    expect(priced.length).toBeGreaterThan(8);
    for (const { resource, saving } of priced) {
      const monthly = saving.known ? saving.value.monthly : undefined;
      expect({ name: resource.name, monthly }).toEqual({
        name: resource.name,
        monthly: { currency: 'USD', amount: expect.closeTo(730 * listPrice(stage, truth, resource.arn), 4) as number },
      });
    }
  });

  it('is told why a saving is not known, and of no other saving', () => {
    for (const { resource, saving } of plans.flatMap(({ act }) => act)) {
      const serverless = resource.what.includes('db.serverless');
      expect(saving).toMatchObject(
        serverless
          ? { known: false, why: 'Aurora Serverless v2 bills what it uses, not by the hour' }
          : { known: true },
      );
    }
  });
});

it.each([11, 12])('gets right verdicts whatever the dice (seed %i) under caps: the rest waits', async (seed) => {
  const stage = await stageForTest({ now: NOW, policy: { scopes: SCOPES } });
  const truth = seedFleet(stage.sandbox, { ...FLEET, seed });
  const plans = await plansOf(stage);
  // Stop protection is asked for only where a plan has room: of what waits it is not known yet.
  const waiting = new Set(plans.flatMap(({ deferred }) => deferred.map(({ resource }) => resource.arn)));
  const found = differences(plans, truth).filter((line) => !line.endsWith('is exempt:stop-protected and was proposed'));
  expect(found).toEqual([]);
  const proposed = plans.flatMap(({ act }) => act.map(({ resource }) => resource.arn));
  expect(proposed.map((arn) => truth.of(arn)?.label)).toEqual(proposed.map(() => 'idle'));
  for (const { act, deferred, leave } of plans) {
    for (const rule of ['idle-database', 'idle-instance']) {
      const ofRule = <T extends { rule: string }>(list: readonly T[]) => list.filter((one) => one.rule === rule);
      const judged = ofRule(act).length + ofRule(deferred).length + ofRule(leave).length;
      expect(ofRule(act).length).toBeLessThanOrEqual(Math.max(1, Math.floor(judged * 0.05)));
    }
  }
  expect(waiting.size).toBeGreaterThan(0);
});

/** Dollars an hour of what the resource is made of, looked up in another way than right-size does: by what is billed. */
function listPrice({ sandbox }: Stage, truth: GroundTruth, arn: string): number {
  const { kind, account, region: where, name } = truth.of(arn)!;
  const prefix = where === 'ap-northeast-2' ? 'APN2-' : 'EU-';
  const { ec2, rds } = sandbox.estate.account(account).region(where);
  if (kind === 'instance') {
    const { InstanceType, UsageOperation } = ec2.instances.get(arn.split('/')[1]!)!;
    return billed(sandbox, 'AmazonEC2', { usagetype: `${prefix}BoxUsage:${InstanceType}`, operation: UsageOperation! });
  }
  const members = [...rds.instances.values()].filter(
    ({ DBInstanceIdentifier, DBClusterIdentifier }) =>
      (kind === 'cluster' ? DBClusterIdentifier : DBInstanceIdentifier) === name,
  );
  return members.reduce((sum, { DBInstanceClass, Engine, MultiAZ }) => {
    const usage = MultiAZ && kind === 'database' ? 'Multi-AZUsage' : 'InstanceUsage';
    return (
      sum +
      billed(sandbox, 'AmazonRDS', {
        usagetype: `${prefix}${usage}:${DBInstanceClass}`,
        operation: OPERATIONS[Engine]!,
      })
    );
  }, 0);
}

/** What RDS bills an engine under. */
const OPERATIONS: Readonly<Record<string, string>> = {
  mysql: 'CreateDBInstance:0002',
  mariadb: 'CreateDBInstance:0018',
  postgres: 'CreateDBInstance:0014',
  'aurora-mysql': 'CreateDBInstance:0016',
  'aurora-postgresql': 'CreateDBInstance:0021',
  'sqlserver-se': 'CreateDBInstance:0012',
  'oracle-se2': 'CreateDBInstance:0020',
};

function billed(sandbox: Stage['sandbox'], service: string, by: { usagetype: string; operation: string }): number {
  const [product, ...others] = sandbox.estate.prices
    .products(service)
    .filter(
      ({ product: { attributes } }) => attributes.usagetype === by.usagetype && attributes.operation === by.operation,
    );
  expect(others, `${by.usagetype} ${by.operation}`).toEqual([]);
  const [term] = Object.values(product!.terms.OnDemand);
  const [dimension] = Object.values(term!.priceDimensions);
  return Number(dimension!.pricePerUnit.USD);
}
