import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Explanation } from '../../functions/right-size/explain.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import type { GroundTruth } from '../../sandbox/fleet/truth.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { RuleId } from '../../shared/core/policy.ts';
import { EVIDENCE_OF } from '../../shared/core/rules.ts';
import { forgetCalls, openStage, type Stage, wake } from '../support/right-size.ts';

const REGIONS = ['ap-northeast-2', 'us-east-1'];
const POLICY = {
  scopes: [PRODUCTION, STAGING].map((account) => ({ account, regions: REGIONS })),
  rules: { 'idle-instance': { mode: 'off' } },
};
const NOW = new Date('2026-11-22T21:30:00Z');

let stage: Stage;
let truth: GroundTruth;

beforeAll(async () => {
  stage = await openStage({ now: NOW, policy: POLICY });
  truth = seedShop(stage.sandbox);
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.sandbox.faults.clear();
  forgetCalls(stage);
});

const arnOf = (name: string): string => truth.all().find((one) => one.name === name)!.arn;
const explain = (resource: string, more: object = {}) =>
  wake<Explanation[]>(stage, { time: NOW.toISOString(), resource, ...more });

const verdictOf = (one: Explanation | undefined, rule: RuleId) =>
  one?.verdicts.find((verdict) => verdict.rule === rule);

describe('a resource', () => {
  it('is found by its ARN, its id and its name', async () => {
    const { DbiResourceId: id } = stage.sandbox.estate
      .account(STAGING)
      .region('ap-northeast-2')
      .rds.instances.get('orders-qa')!;
    const [byName, byArn, byId] = [await explain('orders-qa'), await explain(arnOf('orders-qa')), await explain(id!)];
    expect(byName).toHaveLength(1);
    expect(byName[0]?.resource).toEqual({
      arn: arnOf('orders-qa'),
      id,
      name: 'orders-qa',
      console: expect.stringContaining('database:id=orders-qa') as string,
    });
    expect(byArn).toEqual(byName);
    expect(byId).toEqual(byName);
  });

  it('is looked for only where its ARN says', async () => {
    await explain(arnOf('orders-qa'));
    const looked = stage.sandbox.calls.all().filter(({ service }) => service === 'rds' || service === 'ec2');
    expect(new Set(looked.map(({ account, region }) => `${account} ${region}`))).toEqual(
      new Set([`${STAGING} ap-northeast-2`]),
    );
  });

  it('is explained wherever its name occurs', async () => {
    const { rds } = stage.sandbox.estate.account(PRODUCTION).region('us-east-1');
    rds.addInstance({ DBInstanceIdentifier: 'orders-qa' });
    const found = await explain('orders-qa');
    rds.instances.delete('orders-qa');
    expect(found.map(({ resource }) => resource.arn)).toEqual([
      `arn:aws:rds:us-east-1:${PRODUCTION}:db:orders-qa`,
      arnOf('orders-qa'),
    ]);
  });

  it('that nobody has is said to be nowhere, and where that is', async () => {
    await expect(explain('ordres-qa')).rejects.toMatchObject({
      name: 'ResourceNotFoundError',
      message:
        'no instance, database, volume or snapshot has the ARN, id or name "ordres-qa" in ' +
        `${PRODUCTION} (ap-northeast-2, us-east-1); ${STAGING} (ap-northeast-2, us-east-1)`,
    });
  });

  it('that nobody has may be where we may not look', async () => {
    stage.sandbox.faults.add({ service: 'rds', account: STAGING, region: 'us-east-1', fault: 'accessDenied' });
    await expect(explain('ordres-qa')).rejects.toThrow(
      /; could not be read: databases in us-east-1: may not list databases in us-east-1: AccessDenied$/,
    );
  });

  it('outside the policy’s scopes is not looked for', async () => {
    await expect(explain(`arn:aws:rds:eu-west-1:${STAGING}:db:orders-qa`)).rejects.toMatchObject({
      name: 'ResourceNotFoundError',
    });
    expect(stage.sandbox.calls.count('AssumeRole')).toBe(0);
  });
});

describe('an explanation', () => {
  it('gives the verdict, the action and the saving', async () => {
    const [one] = await explain('orders-qa');
    expect(verdictOf(one, 'idle-database')).toEqual({
      rule: 'idle-database',
      mode: 'report',
      verdict: 'act',
      because: expect.stringMatching(/^no connection and at most \d(\.\d)? IOPS at any time in 35 days$/) as string,
      action: 'stop the database',
      saving: '$401.57 a month (list)',
    });
  });

  it('shows all evidence of a database, also when the verdict stops early', async () => {
    const [one] = await explain('us-orders-pilot');
    expect(verdictOf(one, 'idle-database')).toMatchObject({
      verdict: 'leave',
      because: expect.stringContaining('pending modifications') as string,
    });
    expect(Object.keys(one?.evidence ?? {})).toEqual([...EVIDENCE_OF.database]);
    expect(one?.evidence).toMatchObject({
      peakConnections: { known: true, value: { values: expect.arrayContaining([0]) as number[] } },
      hourlyPrice: { known: true, value: { currency: 'USD', amount: 0.152 } },
    });
  });

  it('shows all evidence of an instance, also when the verdict stops early', async () => {
    const [one] = await explain('sale-standby');
    const because = 'protected by its tag lamplighter:protect (standby for the sale)';
    expect(one?.verdicts.map((verdict) => verdict.because)).toEqual(one?.verdicts.map(() => because));
    expect(Object.keys(one?.evidence ?? {})).toEqual([...EVIDENCE_OF.instance]);
    const evidence: readonly [string, Evidence<unknown>][] = Object.entries(one?.evidence ?? {});
    expect(evidence.flatMap(([kind, { known }]) => (known ? [] : [kind]))).toEqual(['memoryDays', 'memoryHours']);
  });

  it('says which evidence could not be read, and why', async () => {
    stage.sandbox.faults.add({ operation: 'GetMetricData', fault: 'accessDenied' });
    const [one] = await explain('orders-qa');
    expect(verdictOf(one, 'idle-database')).toMatchObject({
      verdict: 'leave',
      because: 'connections unknown: AccessDeniedException',
    });
    expect(one?.evidence).toMatchObject({
      peakIops: { known: false, why: 'AccessDeniedException' },
      hourlyPrice: { known: true },
    });
  });

  it('reads metrics of nothing else', async () => {
    await explain('orders-qa');
    const queries = stage.sandbox.calls
      .byOperation('GetMetricData')
      .flatMap(({ input }) => input.MetricDataQueries as object[]);
    const named = queries.map((query) => (query as MetricDataQuery).MetricStat?.Metric?.MetricName);
    expect(named.slice(0, 3)).toEqual(['DatabaseConnections', 'ReadIOPS', 'WriteIOPS']);
    expect(JSON.stringify(queries)).not.toContain('payments-qa');
  });

  it('leaves no trace but what AWS sells and for how much', async () => {
    await explain('orders-qa');
    const written = stage.sandbox.calls
      .all()
      .filter(({ operation }) => /^(Put|Update|Delete|BatchWrite)Item$|^Publish/.test(operation));
    expect(written.every(({ input }) => /"(PRICE|CATALOGUE)#/.test(JSON.stringify(input)))).toBe(true);
  });

  it('comes as a table, for people', async () => {
    const table = await wake<string>(stage, {
      time: NOW.toISOString(),
      resource: 'investor-demo',
      format: 'table',
    });
    const [title, verdicts, needs, types, others, evidence, charts] = table.split('\n\n');
    expect(title).toBe(`investor-demo  ${arnOf('investor-demo')}`);
    expect(verdicts).toMatch(
      /^rule +mode +verdict +saves +because\n(.+\n)?idle-instance +off +act +\$140\.16 a month \(list\) +stop the instance; CPU at most/,
    );
    expect(evidence).toMatch(/^evidence +value\npeakCpuPercent +from 2026-10-18: [\d. ]+\n/);
    expect(evidence).toMatch(/\nstopProtection +false\n/);
    expect(evidence).toMatch(/\nhourlyPrice +\$0\.19/);
    expect(evidence).toMatch(/\noffered +\d+: [a-z0-9.]+, .+\.\.\.\n/);
    expect(needs).toMatch(
      /^needs +amount +because\nCPU +[\d.]+ of 4 vCPUs +\S.*\n(.*\n)*memory +unknown +memory unknown: no CloudWatch agent/,
    );
    expect(types).toMatch(/^type +vCPUs +GiB +a month +considered\n(.+\n)+\S+ +4 +\d+ +\$140\.16 +what it is$/);
    expect(others).toMatch(/^no question of the other types offered: \d+ x .+; \d+ x its architecture is /);
    expect(charts).toMatch(/\nCPU \(maximum\) by day, 0\.\.100 % +[▁▂▃▄▅▆▇█·]{36}\n/);
  });

  it('shows a day without data as a dash', async () => {
    const table = await wake<string>(stage, {
      time: NOW.toISOString(),
      resource: 'qa-grid-7',
      format: 'table',
    });
    expect(table).toMatch(/peakCpuPercent +from 2026-10-18: [\d. ]+ - - - [\d. ]+\n/);
  });
});

it('tells also what a rule would say that the policy has switched off', async () => {
  const [one] = await explain('investor-demo');
  expect(verdictOf(one, 'idle-instance')).toMatchObject({ mode: 'off', verdict: 'act' });
});
