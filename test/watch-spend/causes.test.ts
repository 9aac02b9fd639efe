import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Stage } from '../support/right-size.ts';
import { billLine, NOW, onDays, spendStage, tickOn, wakeSpend } from '../support/watch-spend.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A database that costs the same every day, and a service of which a test makes something. */
async function billed(line: Parameters<typeof billLine>[0], policy: object = {}): Promise<Stage> {
  const stage = await spendStage(policy);
  stage.sandbox.estate.billing.add(billLine({ usual: 60 }), billLine(line));
  stage.sandbox.estate.account('111111111111').role('lamplighter-look', { externalId: 'lamplighter' });
  return stage;
}

describe('who made it cost less', () => {
  it.each([
    ['Amazon Elastic Container Service', 'UpdateService', 'ecs.amazonaws.com'],
    ['AWS Lambda', 'DeleteFunction20150331', 'lambda.amazonaws.com'],
    ['Amazon OpenSearch Service', 'DeleteDomain', 'es.amazonaws.com'],
    ['EC2 - Other', 'DeleteNatGateway', 'ec2.amazonaws.com'],
  ])('is found by the calls that end something of %s', async (service, name, source) => {
    const stage = await billed({
      usual: 120,
      service,
      days: onDays(0, '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'),
    });
    stage.sandbox.estate
      .account('111111111111')
      .region('ap-northeast-2')
      .cloudTrail.record({
        at: new Date('2026-11-17T23:12:00Z'),
        name,
        source,
        actor: { type: 'AssumedRole', role: 'data-team', session: 'kim' },
        resources: [{ type: 'AWS::Any::Thing', name: 'reporting-2' }],
      });
    expect((await tickOn(stage, 0)).anomalies).toMatchObject([{ kind: 'drop', service }]);
    expect(stage.sent()[0]?.text).toContain(`${name} of reporting-2 by kim (role data-team) at 2026-11-17 23:12 UTC`);
    expect(stage.sandbox.calls.count('LookupEvents')).toBeLessThanOrEqual(5);
  });
});

const byResource = (stage: Stage) => stage.sandbox.calls.byOperation('GetCostAndUsageWithResources');
const causeByResource = ({ anomalies }: Awaited<ReturnType<typeof tickOn>>) => anomalies[0]?.explanation?.also;

describe('causes by resource', () => {
  it('of a new region are asked for by the service that costs the most in it, as AWS demands', async () => {
    const stage = await billed({
      usual: 0,
      service: 'Amazon Relational Database Service',
      region: 'eu-central-1',
      resource: 'arn:aws:rds:eu-central-1:111111111111:db:reporting',
      days: onDays(150, '2026-11-20', '2026-11-21'),
    });
    const { anomalies } = await tickOn(stage, 0);
    const region = anomalies.find(({ kind }) => kind === 'new-region');
    expect(region?.explanation?.also).toMatchObject({
      known: true,
      value: [{ keys: ['arn:aws:rds:eu-central-1:111111111111:db:reporting'] }],
    });
    expect(byResource(stage).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(byResource(stage).map(({ input }) => JSON.stringify(input))).toContainEqual(
      expect.stringContaining('"Key":"REGION","Values":["eu-central-1"]'),
    );
  });

  it('that AWS does not have of a service are not paid for again for a week, and stay unknown with the reason', async () => {
    const days = onDays(150, ...Array.from({ length: 9 }, (_, n) => `2026-11-${21 + n}`));
    const stage = await billed({ usual: 0, service: 'AWS Glue', days });
    stage.sandbox.estate.billing.resourceLevelData = false;
    const why = 'no resource-level data: DataUnavailableException';
    expect(causeByResource(await tickOn(stage, 0))).toMatchObject({ known: false, why });
    const asked = byResource(stage).length;
    expect(asked).toBeGreaterThan(0);
    stage.sandbox.estate.billing.add(
      billLine({ usual: 0, service: 'AWS Glue', account: '222222222222', days: onDays(170, '2026-11-22') }),
    );
    const { anomalies } = await tickOn(stage, 1);
    const other = anomalies.find(({ account }) => account === '222222222222');
    expect(other?.explanation?.also).toMatchObject({ known: false, why });
    expect(byResource(stage)).toHaveLength(asked);
    stage.sandbox.estate.billing.resourceLevelData = true;
    stage.sandbox.estate.billing.add(
      billLine({ usual: 0, service: 'AWS Glue', account: '333333333333', days: onDays(170, '2026-11-28') }),
    );
    const later = (await tickOn(stage, 7)).anomalies.find(({ account }) => account === '333333333333');
    expect(later?.explanation?.also).toMatchObject({ known: true });
    expect(byResource(stage).length).toBeGreaterThan(asked);
  });

  it('are asked for within the 14 days before now, also by a tick that comes late', async () => {
    const stage = await billed({ usual: 0, service: 'AWS Glue', days: onDays(150, '2026-11-21') });
    stage.sandbox.clock.advance(20 * 3_600_000);
    vi.setSystemTime(NOW.getTime() + 20 * 3_600_000);
    await wakeSpend(stage, { time: NOW.toISOString() });
    expect(byResource(stage)).toMatchObject([{ input: { TimePeriod: { Start: '2026-11-09', End: '2026-11-22' } } }]);
    expect(byResource(stage).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });
});
