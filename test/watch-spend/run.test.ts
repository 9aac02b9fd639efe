import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { digestOf } from '../../shared/core/plan.ts';
import type { CopySnapshot } from '../../shared/core/retention/action.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { change } from '../support/change-specimen.ts';
import { plan } from '../support/plan-specimen.ts';
import { forgetCalls, type Stage } from '../support/right-size.ts';
import {
  anomaliesIn,
  answersOf,
  billLine,
  ledgerOf,
  NOW,
  onDays,
  PAYER,
  paidCalls,
  spendStage,
  tickOn,
  wakeSpend,
} from '../support/watch-spend.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** One database and its storage; on the 20th and 21st somebody's second database beside them. */
async function risen(policy: object = {}, days: Record<string, number> = onDays(150, '2026-11-20', '2026-11-21')) {
  const stage = await spendStage(policy);
  stage.sandbox.estate.billing.add(
    billLine({ usual: 60 }),
    billLine({ usual: 8, usageType: 'APN2-RDS:GP3-Storage' }),
    billLine({ usual: 40, service: 'Amazon Simple Storage Service', usageType: 'APN2-TimedStorage-ByteHrs' }),
    billLine({ usual: 0, usageType: 'APN2-InstanceUsage:db.r6g.4xlarge', days }),
  );
  const { cloudTrail } = stage.sandbox.estate.account('111111111111').region('ap-northeast-2');
  stage.sandbox.estate.account('111111111111').role('lamplighter-look', { externalId: 'lamplighter' });
  cloudTrail.record({
    at: new Date('2026-11-20T01:12:00Z'),
    name: 'CreateDBInstance',
    source: 'rds.amazonaws.com',
    actor: { type: 'AssumedRole', role: 'data-team', session: 'kim' },
    resources: [{ type: 'AWS::RDS::DBInstance', name: 'reporting-2' }],
  });
  return stage;
}

const lasting = (amount: number, from: string, days: number) =>
  onDays(
    amount,
    ...Array.from({ length: days }, (_, n) => new Date(Date.parse(from) + n * 86_400_000).toISOString().slice(0, 10)),
  );

const subjects = (stage: Stage) => stage.sent().map(({ subject }) => subject);

const VAULT = '222222222222';

/** A copy from one account to another, as a plan of the one that has the database made it. */
async function copiedOnce(stage: Stage, appliedAt: string): Promise<void> {
  const table = { client: stage.hub.dynamodb, table: stage.hub.table };
  const scope = { account: '111111111111', region: 'ap-northeast-2' };
  const copy: CopySnapshot = {
    kind: 'copy-snapshot',
    purpose: 'off-site',
    form: 'instance',
    scope: { account: VAULT, region: 'eu-central-1' },
    name: 'lamplighter-orders',
    databaseId: 'db-1',
    source: { arn: 'arn', scope, takenAt: '2026-11-19T18:10:00.000Z' },
    tags: {},
    withinHours: 24,
  };
  const sealed = plan({
    function: 'snapshot-databases',
    account: scope.account,
    time: new Date('2026-11-20T00:15:00Z'),
    act: [proposalOf({ action: copy, databaseName: 'orders', mode: 'auto', because: 'due' })],
  });
  const recorded = await dynamoLedger(table).record(sealed, digestOf(sealed));
  await dynamoLedger(table).announced(recorded, sealed.time);
  await dynamoLedger(table).handedOver(recorded);
  const times = { appliedAt, finishedAt: appliedAt };
  await actingLedger(table).recordChange(change({ ...times, account: scope.account }, sealed));
}

async function say(stage: Stage, id: string, words: Partial<SpendAnswer>): Promise<void> {
  const anomaly = await answersOf(stage).anomaly(id);
  const { service = '', account = '', firstDay = '' } = anomaly ?? {};
  await answersOf(stage).recordSpendAnswer({
    anomaly: id,
    service,
    account,
    firstDay,
    say: 'expected',
    by: 'arn:aws:sts::123456789012:assumed-role/sre/kim',
    at: stage.sandbox.clock.now().toISOString(),
    ...words,
  });
}

describe('a tick', () => {
  it('finds what costs more, says why, who, and how much, and how to answer', async () => {
    const stage = await risen();
    const { said, anomalies } = await tickOn(stage, 0);
    expect(said).toBe('sent');
    expect(anomalies).toMatchObject([{ kind: 'rise', firstDay: '2026-11-20', lastDay: '2026-11-21', state: 'open' }]);
    const [message] = stage.sent();
    expect(message?.subject).toMatch(
      /^\[Lamplighter\] 111111111111: Amazon Relational Database Service \+\$4,\d{3}\.\d\d a month$/,
    );
    expect(message?.text).toContain('Amazon Relational Database Service in 111111111111 costs more (new');
    expect(message?.text).toContain('since 2026-11-20');
    expect(message?.text).toMatch(/APN2-InstanceUsage:db\.r6g\.4xlarge in ap-northeast-2 \$300\.00 \(\d+ %\)/);
    expect(message?.text).toContain('CreateDBInstance of reporting-2 by kim (role data-team) at 2026-11-20 01:12 UTC');
    expect(message?.text).toContain('https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer?');
    expect(message?.text).toContain(`npm run answer -- expected ${anomalies[0]?.id}`);
    expect(message?.attributes).toMatchObject({
      kind: 'spend',
      severity: 'critical',
      account: '111111111111',
      region: '["ap-northeast-2"]',
    });
    expect(message?.facts).toMatchObject({
      kind: 'spend',
      payer: PAYER,
      anomalies: [{ service: 'Amazon Relational Database Service', news: 'opened', currency: 'USD' }],
    });
  });

  it('says nothing when nothing is unusual, and asks two questions for it', async () => {
    const stage = await risen({}, {});
    await tickOn(stage, 0);
    forgetCalls(stage);
    expect(await tickOn(stage, 1)).toMatchObject({ said: 'nothing', anomalies: [], paidCalls: 2, paidUsd: 0.02 });
    expect(paidCalls(stage)).toBe(2);
    expect(stage.sent()).toEqual([]);
  });

  it('asks at most two more for what it found', async () => {
    const stage = await risen({}, onDays(150, '2026-11-22'));
    await tickOn(stage, 0);
    forgetCalls(stage);
    expect(await tickOn(stage, 1)).toMatchObject({ paidCalls: 4, anomalies: [{ firstDay: '2026-11-22' }] });
    expect(paidCalls(stage)).toBe(4);
  });

  it('asks for 400 days once, and then for the days that may be restated', async () => {
    const stage = await risen({}, {});
    const ranges = () =>
      stage.sandbox.calls.byOperation('GetCostAndUsage').map(({ input }) => {
        const { Start, End } = input.TimePeriod as { Start: string; End: string };
        return [Start, End];
      });
    await tickOn(stage, 0);
    expect(new Set(ranges().map(String))).toEqual(new Set(['2025-10-17,2026-11-22']));
    forgetCalls(stage);
    await tickOn(stage, 1);
    expect(ranges()).toEqual([
      ['2026-11-08', '2026-11-23'],
      ['2026-11-08', '2026-11-23'],
    ]);
  });

  it('leaves out the record types that the policy names, and counts as it says', async () => {
    const stage = await risen({ spend: { metric: 'net-amortized', without: ['Credit'] } }, {});
    await tickOn(stage, 0);
    const [{ input } = { input: {} }] = stage.sandbox.calls.byOperation('GetCostAndUsage');
    expect(input).toMatchObject({
      Metrics: ['NetAmortizedCost'],
      Filter: { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit'] } } },
    });
  });

  it.each([
    ['the tag that the policy names', { tag: 'team' }, /by the tag team: \(none\) \$\d+/, 0],
    ['the cost category', { costCategory: 'Environment' }, /by the cost category Environment: \(none\) \$\d+/, 0],
    ['resource, where neither is named', {}, /by resource: NoResourceId \$\d+/, 1],
  ])('tells apart by %s', async (_, spend, words, byResource) => {
    const stage = await risen({ spend });
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toMatch(words);
    expect(stage.sandbox.calls.count('GetCostAndUsageWithResources')).toBe(byResource);
  });

  it('does without resources where the payer has not switched them on', async () => {
    const stage = await risen();
    stage.sandbox.estate.billing.resourceLevelData = false;
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toContain('by resource: unknown, no resource-level data');
  });

  it('finds a new service and a new region', async () => {
    const stage = await risen({}, {});
    stage.sandbox.estate.billing.add(
      billLine({
        usual: 0,
        service: 'Amazon Elastic Container Service',
        usageType: 'EUC1-Fargate-vCPU-Hours:perCPU',
        region: 'eu-central-1',
        days: onDays(90, '2026-11-20', '2026-11-21'),
      }),
    );
    const { anomalies } = await tickOn(stage, 0);
    expect(anomalies.map(({ kind, service }) => [kind, service]).sort()).toEqual([
      ['new-region', 'eu-central-1'],
      ['new-service', 'Amazon Elastic Container Service'],
    ]);
    expect(stage.sent()).toHaveLength(1);
    expect(stage.sent()[0]?.subject).toMatch(/Amazon Elastic Container Service \+\$2,\d{3}\.\d\d a month$/);
    expect(stage.sent()[0]?.text).toContain(
      'the region eu-central-1 is new in 111111111111 (new, provisional): the same dollars, $180.00',
    );
    const [region, service] = anomalies.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
    expect([region?.sameDollarsAs, service?.sameDollarsAs]).toEqual([service?.id, undefined]);
  });

  it('names what Lamplighter changed itself as a possible cause', async () => {
    const stage = await risen();
    const table = { client: stage.hub.dynamodb, table: stage.hub.table };
    const sealed = plan({ account: '111111111111', time: new Date('2026-11-19T06:30:00Z') });
    const recorded = await dynamoLedger(table).record(sealed, digestOf(sealed));
    await dynamoLedger(table).announced(recorded, sealed.time);
    await dynamoLedger(table).handedOver(recorded);
    const times = { appliedAt: '2026-11-20T00:30:00.000Z', finishedAt: '2026-11-20T02:30:00.000Z' };
    await actingLedger(table).recordChange(change({ ...times, account: '111111111111' }, sealed));
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toMatch(
      /Lamplighter itself: stop the .* at 2026-11-20 00:30 UTC .*, a possible cause/,
    );
  });

  it('names the snapshots that it has copied where backups or transfer cost more, and nowhere else', async () => {
    const stage = await risen({ scopes: [{ account: '111111111111', regions: ['ap-northeast-2'] }] }, {});
    const on = onDays(180, '2026-11-20', '2026-11-21');
    const backups = { usual: 60, usageType: 'EUC1-RDS:ChargedBackupUsage', region: 'eu-central-1', account: VAULT };
    stage.sandbox.estate.billing.add(
      billLine({ ...backups, days: on }),
      billLine({ usual: 60, service: 'Amazon OpenSearch Service', account: VAULT, days: on }),
    );
    await copiedOnce(stage, '2026-11-20T00:30:00.000Z');
    const { anomalies } = await tickOn(stage, 0);
    const oursOf = (service: string) => anomalies.find((one) => one.service === service)?.explanation?.ours;
    expect(oursOf('Amazon Relational Database Service')).toMatchObject({
      known: true,
      value: [expect.stringMatching(/^1 snapshot copied from ap-northeast-2 \(111111111111\) to eu-central-1/)],
    });
    expect(oursOf('Amazon OpenSearch Service')).toEqual({ known: true, value: [] });
    expect(stage.sent()[0]?.text).toMatch(/Lamplighter itself: 1 snapshot copied from .*, a possible cause/);
  });

  it('judges no drop before its day is settled', async () => {
    const stage = await risen({}, {});
    stage.sandbox.estate.billing.add(
      billLine({
        usual: 120,
        service: 'Amazon OpenSearch Service',
        days: onDays(0, '2026-11-21', '2026-11-22', '2026-11-23'),
      }),
    );
    expect((await tickOn(stage, 0)).anomalies).toEqual([]);
    expect((await tickOn(stage, 1)).anomalies).toEqual([]);
    expect((await tickOn(stage, 2)).anomalies).toMatchObject([
      { kind: 'drop', firstDay: '2026-11-21', provisional: false },
    ]);
    expect(stage.sent()[0]?.attributes.severity).toBe('info');
  });
});

describe('one anomaly', () => {
  it('is one thread: told once, resolved with its total, and never the same twice', async () => {
    const stage = await risen();
    const told: string[] = [];
    for (let day = 0; day <= 7; day += 1) {
      const { said, anomalies } = await tickOn(stage, day);
      told.push(`${said} ${anomalies.map(({ state }) => state).join()}`.trim());
    }
    expect(told.filter((one) => one.startsWith('sent'))).toEqual(['sent open', 'sent resolved']);
    expect(stage.sent()[1]?.subject).toMatch(/Amazon Relational Database Service \+\$\d{3}\.\d\d is over$/);
    expect(new Set(stage.sent().map(({ facts }) => facts.id)).size).toBe(2);
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'resolved', lastDay: '2026-11-21' }]);
  });

  it('is told again when it has grown by a step', async () => {
    const days = { ...lasting(100, '2026-11-21', 2), ...lasting(400, '2026-11-23', 5) };
    const stage = await risen({}, days);
    const said = [];
    for (let day = 0; day <= 3; day += 1) said.push((await tickOn(stage, day)).said);
    expect(said.filter((one) => one === 'sent').length).toBeGreaterThanOrEqual(2);
    expect(subjects(stage).at(-1)).toMatch(/has grown$/);
    expect(await anomaliesIn(stage)).toHaveLength(1);
  });

  it('is told again when its cause becomes known', async () => {
    const stage = await risen({ spend: { paidCallsPerMonth: 62 } }, lasting(150, '2026-11-20', 10));
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toContain('cause, by usage type and region: unknown, the 0 paid calls');
    expect((await tickOn(stage, 1)).said).toBe('nothing');
    await stage.hub.storePolicy({ spend: { paidCallsPerMonth: 200 } });
    await tickOn(stage, 2);
    expect(subjects(stage).at(-1)).toMatch(/its cause is known now$/);
    expect((await tickOn(stage, 3)).said).toBe('nothing');
  });

  it('is taken for the new level when it has lasted for two weeks', async () => {
    const stage = await risen({}, lasting(150, '2026-11-21', 60));
    for (let day = 0; day <= 18; day += 1) await tickOn(stage, day);
    expect(subjects(stage).at(-1)).toMatch(/is the new level$/);
    expect(stage.sent()).toHaveLength(2);
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'accepted' }]);
  });

  it('is withdrawn when AWS restates what it rested on, and what AWS bills there later is another', async () => {
    const stage = await spendStage();
    let actual = 260;
    stage.sandbox.estate.billing.add(billLine({ usual: 60 }), {
      ...billLine({ usual: 0 }),
      unblended: (day) => (day * 86_400_000 === Date.parse('2026-11-21') ? actual : undefined),
    });
    await tickOn(stage, 0);
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'open', provisional: true }]);
    actual = 0;
    for (let day = 1; day <= 3; day += 1) await tickOn(stage, day);
    const before = await anomaliesIn(stage);
    expect(before).toMatchObject([{ state: 'withdrawn' }]);
    expect(subjects(stage).at(-1)).toMatch(/was withdrawn$/);
    expect(stage.sent()).toHaveLength(2);
    actual = 400;
    expect(await tickOn(stage, 4)).toMatchObject({ said: 'sent', anomalies: [{ firstDay: '2026-11-21' }] });
    const after = await anomaliesIn(stage);
    expect(after).toHaveLength(2);
    expect(after).toContainEqual(before[0]);
  });

  it('ends with the level that is accepted: a further step soon after is told as another', async () => {
    const stage = await risen({}, { ...lasting(150, '2026-11-21', 15), ...lasting(500, '2026-12-06', 20) });
    for (let day = 0; day <= 14; day += 1) await tickOn(stage, day);
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'accepted' }]);
    for (let day = 15; day <= 17; day += 1) await tickOn(stage, day);
    expect(await anomaliesIn(stage)).toMatchObject([
      { state: 'accepted' },
      { state: 'open', firstDay: '2026-12-06', said: { state: 'open' } },
    ]);
    expect(stage.sent()).toHaveLength(3);
  });
});

describe('days that no run has judged', () => {
  it('are judged by the next one, each as of that day: what began and ended on them is told', async () => {
    const stage = await risen({}, onDays(900, '2026-11-24'));
    await tickOn(stage, 0);
    const { note, anomalies } = await tickOn(stage, 25);
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-24', lastDay: '2026-11-24', state: 'resolved' }]);
    expect(note).toContain('No run had judged the days from 2026-11-22 to before 2026-12-16');
    expect(subjects(stage)).toEqual([expect.stringMatching(/is over$/)]);
    expect(stage.sent()[0]?.text).toContain('No run had judged the days from 2026-11-22');
    expect(await tickOn(stage, 26)).toMatchObject({ said: 'nothing' });
    expect((await tickOn(stage, 27)).note).toBeUndefined();
  });

  it('are none on the first run, and on the day after', async () => {
    const stage = await risen({}, {});
    expect((await tickOn(stage, 0)).note).toBeUndefined();
    expect((await tickOn(stage, 1)).note).toBeUndefined();
  });
});

describe('an answer', () => {
  it('expected closes the anomaly and teaches the model', async () => {
    const stage = await risen({}, lasting(150, '2026-11-20', 40));
    await tickOn(stage, 0);
    const [anomaly] = await anomaliesIn(stage);
    await say(stage, anomaly?.id ?? '', { say: 'expected' });
    for (let day = 1; day <= 5; day += 1) expect((await tickOn(stage, day)).said).toBe('nothing');
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'expected' }]);
    expect(stage.sent()).toHaveLength(1);
  });

  it('snooze keeps it quiet until the day, and tells then if it is still there', async () => {
    const stage = await risen({}, lasting(150, '2026-11-20', 40));
    await tickOn(stage, 0);
    const [anomaly] = await anomaliesIn(stage);
    await say(stage, anomaly?.id ?? '', { say: 'snooze', until: '2026-11-24' });
    const said = [];
    for (let day = 1; day <= 5; day += 1) said.push((await tickOn(stage, day)).said);
    expect(said).toEqual(['nothing', 'nothing', 'nothing', 'sent', 'nothing']);
    expect(subjects(stage).at(-1)).toMatch(/still there after the snooze$/);
  });

  it('investigate is said with it', async () => {
    const stage = await risen({}, onDays(150, '2026-11-20', '2026-11-21'));
    await tickOn(stage, 0);
    const [anomaly] = await anomaliesIn(stage);
    await say(stage, anomaly?.id ?? '', { say: 'investigate', note: 'asked the data team' });
    for (let day = 1; day <= 6; day += 1) await tickOn(stage, day);
    expect(stage.sent().at(-1)?.text).toContain('kim (role sre) looks into it (2026-11-22): asked the data team');
  });
});

describe('what the policy plans', () => {
  const days = { from: '2026-11-19', to: '2026-11-24', why: 'migration' };
  const planned = (of: object = {}) => ({ spend: { planned: [{ ...days, ...of }] } });

  it('is no anomaly', async () => {
    const stage = await risen(planned());
    expect((await tickOn(stage, 0)).anomalies).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['everything', {}, []],
    ['its account', { account: '111111111111' }, []],
    ['the service', { service: 'Amazon Elastic Container Service' }, []],
    ['another account', { account: '222222222222' }, ['new-region', 'new-service']],
    ['another service', { service: 'AWS Glue' }, ['new-region', 'new-service']],
  ])('for %s goes for a new service, and for the region that it opens', async (_, of, kinds) => {
    const stage = await risen(planned(of), {});
    stage.sandbox.estate.billing.add(
      billLine({
        usual: 0,
        service: 'Amazon Elastic Container Service',
        usageType: 'EUC1-Fargate-vCPU-Hours:perCPU',
        region: 'eu-central-1',
        days: onDays(90, '2026-11-20', '2026-11-21'),
      }),
    );
    const { anomalies, unjudged } = await tickOn(stage, 0);
    expect(anomalies.map(({ kind }) => kind).sort()).toEqual(kinds);
    expect(unjudged).toBeUndefined();
  });

  it('for a service leaves what else runs in a new region to be told', async () => {
    const stage = await risen(planned({ service: 'AWS Glue' }), {});
    const inRegion = (service: string, amount: number) =>
      billLine({ usual: 0, service, region: 'eu-central-1', days: onDays(amount, '2026-11-20', '2026-11-21') });
    stage.sandbox.estate.billing.add(inRegion('AWS Glue', 100), inRegion('Amazon Elastic Container Service', 90));
    const { anomalies } = await tickOn(stage, 0);
    expect(anomalies.map(({ service }) => service).sort()).toEqual([
      'Amazon Elastic Container Service',
      'eu-central-1',
    ]);
  });

  it('and goes on after its last day is told from then on', async () => {
    const stage = await risen(planned({ to: '2026-11-22' }), {});
    stage.sandbox.estate.billing.add(billLine({ usual: 0, service: 'AWS Glue', days: lasting(90, '2026-11-20', 10) }));
    expect((await tickOn(stage, 0)).anomalies).toEqual([]);
    expect((await tickOn(stage, 1)).anomalies).toMatchObject([{ kind: 'new-service', firstDay: '2026-11-22' }]);
  });
});

describe('a delivery', () => {
  it('of the same tick again says nothing twice and pays for nothing', async () => {
    const stage = await risen();
    const first = await tickOn(stage, 0, 'first');
    forgetCalls(stage);
    const second = await tickOn(stage, 0, 'second');
    expect(second).toEqual({ ...first, said: 'before' });
    expect(paidCalls(stage)).toBe(0);
    expect(stage.sent()).toHaveLength(1);
  });

  it('that SNS refuses fails, and the next one says what was recorded', async () => {
    const stage = await risen();
    const broken = stage.sandbox.faults.add({ service: 'sns', operation: 'Publish', fault: 'accessDenied' });
    await expect(tickOn(stage, 0, 'first')).rejects.toThrow();
    expect(stage.sent()).toEqual([]);
    broken.remove();
    forgetCalls(stage);
    expect(await tickOn(stage, 0, 'first')).toMatchObject({ said: 'sent' });
    expect(paidCalls(stage)).toBe(0);
    expect(stage.sent()).toHaveLength(1);
    expect(await tickOn(stage, 1)).toMatchObject({ said: 'nothing' });
  });

  it('of the next day says first what the day before could not', async () => {
    const stage = await risen();
    const broken = stage.sandbox.faults.add({ service: 'sns', operation: 'Publish', fault: 'serverError' });
    await expect(tickOn(stage, 0)).rejects.toThrow();
    broken.remove();
    expect(await tickOn(stage, 1)).toMatchObject({ said: 'nothing' });
    expect(subjects(stage)).toHaveLength(1);
  });

  it('that comes while another one is at work is refused, and may come again', async () => {
    const stage = await risen();
    const until = new Date(Date.now() + 60_000);
    await ledgerOf(stage).begin(PAYER, { holder: 'somebody', now: new Date(), until });
    await expect(tickOn(stage, 0)).rejects.toMatchObject({ name: 'AtWorkError' });
    await ledgerOf(stage).end(PAYER, 'somebody');
    expect(await tickOn(stage, 0)).toMatchObject({ said: 'sent' });
  });
});

describe('the weekly test', () => {
  it('sends one message, however often it is delivered', async () => {
    const stage = await spendStage();
    const event = { time: NOW.toISOString(), selfTest: true };
    expect(await wakeSpend(stage, event, 'first')).toMatchObject({ said: 'sent' });
    expect(await wakeSpend(stage, event, 'second')).toMatchObject({ said: 'before' });
    expect(stage.sent()).toHaveLength(1);
    expect(stage.sent()[0]).toMatchObject({ attributes: { kind: 'self-test' }, facts: { kind: 'self-test' } });
    expect(paidCalls(stage)).toBe(0);
  });

  it('and the daily look in the same minute are two runs, whichever comes first', async () => {
    const [test, look] = [{ time: NOW.toISOString(), selfTest: true }, { time: NOW.toISOString() }];
    for (const [first, second] of [
      [test, look],
      [look, test],
    ]) {
      const stage = await risen();
      expect(await wakeSpend(stage, first, 'first')).toMatchObject({ said: 'sent' });
      expect(await wakeSpend(stage, second, 'second')).toMatchObject({ said: 'sent' });
      expect(
        stage
          .sent()
          .map(({ attributes }) => attributes.kind)
          .sort(),
      ).toEqual(['self-test', 'spend']);
    }
  });

  it('fails when SNS does not take it', async () => {
    const stage = await spendStage();
    stage.sandbox.faults.add({ service: 'sns', operation: 'Publish', fault: 'accessDenied' });
    await expect(wakeSpend(stage, { time: NOW.toISOString(), selfTest: true })).rejects.toThrow();
  });
});

describe('a billing alarm', () => {
  const alarm = (account = PAYER) => ({
    version: '0',
    id: '1',
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    account,
    region: 'us-east-1',
    time: '2026-11-21T15:00:00Z',
    resources: [],
    detail: {
      alarmName: 'lamplighter-prod-billing',
      state: { value: 'ALARM', reason: 'Threshold Crossed: 5012.3 >= 5000' },
      previousState: { value: 'OK' },
    },
  });

  it('looks at the running day, and says that it is provisional', async () => {
    const stage = await risen({}, onDays(150, '2026-11-21'));
    const { anomalies } = await wakeSpend(stage, alarm());
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-21', provisional: true }]);
    const [message] = stage.sent();
    expect(message?.subject).toMatch(/^\[Lamplighter\] billing alarm, 111111111111: Amazon Relational/);
    expect(message?.text).toContain('The billing alarm lamplighter-prod-billing went off: Threshold Crossed');
    expect(message?.text).toContain('what rests on it is provisional');
  });

  it('is answered even when nothing is unusual', async () => {
    const stage = await risen({}, {});
    await wakeSpend(stage, alarm());
    expect(stage.sent()[0]?.text).toContain('nothing is unusual');
    expect(stage.sent()[0]?.attributes.severity).toBe('warning');
  });

  it('finds a rise of the day before while the running day has no data, and says so', async () => {
    const stage = await risen({}, onDays(150, '2026-11-20'));
    const { billing } = stage.sandbox.estate;
    const lines = billing.lines.map((line) => ({
      ...line,
      unblended: (day: number) => (day * 86_400_000 < Date.parse('2026-11-21') ? line.unblended(day) : undefined),
    }));
    vi.spyOn(billing, 'lines', 'get').mockImplementation(() => lines);
    const { anomalies } = await wakeSpend(stage, alarm());
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-20', news: 'opened' }]);
    expect(stage.sent()[0]?.text).toContain('Cost Explorer has nothing yet about the days after it');
    expect(stage.sent()[0]?.text).not.toContain('The running day is part of it');
  });

  it('does not call it quiet while something is open that was told before', async () => {
    const stage = await risen({}, onDays(150, '2026-11-20', '2026-11-21', '2026-11-22'));
    await tickOn(stage, 0);
    const afternoon = new Date('2026-11-22T15:00:00Z');
    stage.sandbox.clock.advanceTo(afternoon);
    vi.setSystemTime(afternoon);
    await wakeSpend(stage, { ...alarm(), time: afternoon.toISOString() }, 'alarm');
    const message = stage.sent()[1];
    expect(message?.subject).toMatch(/nothing new, 1 still open in the spend$/);
    expect(message?.text).toContain('Still open: 1');
    expect(message?.text).not.toContain('nothing is unusual');
  });

  it('in the minute of the daily look is answered as well', async () => {
    const stage = await risen();
    await tickOn(stage, 0);
    await wakeSpend(stage, { ...alarm(), time: NOW.toISOString() }, 'alarm');
    expect(stage.sent()).toHaveLength(2);
    expect(subjects(stage)[1]).toMatch(/^\[Lamplighter\] billing alarm/);
  });

  it('of the payer is looked into, where the policy names another account than the hub', async () => {
    const payer = '222222222222';
    const stage = await risen({ spend: { payer } }, onDays(150, '2026-11-21'));
    stage.sandbox.estate.billing.payer = payer;
    stage.sandbox.estate.account(payer).role('lamplighter-look', { externalId: 'lamplighter' });
    const { anomalies } = await wakeSpend(stage, alarm(payer));
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-21', account: '111111111111' }]);
    expect(stage.sent()[0]?.text).toContain('The billing alarm lamplighter-prod-billing went off');
  });

  it('of a foreign account is refused', async () => {
    const stage = await risen();
    await expect(wakeSpend(stage, alarm('999999999999'))).rejects.toMatchObject({ name: 'InvalidEventError' });
  });

  it('is not told twice by the schedule of the next morning', async () => {
    const stage = await risen({}, onDays(150, '2026-11-21'));
    await wakeSpend(stage, alarm());
    expect((await tickOn(stage, 0)).said).toBe('nothing');
  });
});

describe('what is only asked for', () => {
  it.each([{ mode: 'report' }, { account: '111111111111' }, { service: 'Amazon Relational Database Service' }])(
    '%j answers and leaves no trace',
    async (event) => {
      const stage = await risen();
      const { anomalies, said } = await wakeSpend(stage, { ...event, time: NOW.toISOString() });
      expect(anomalies).toHaveLength(1);
      expect(said).toBe('nothing: only asked for');
      expect(stage.sent()).toEqual([]);
      expect(await anomaliesIn(stage)).toEqual([]);
    },
  );

  it('says of how many series there is too little history', async () => {
    const stage = await spendStage();
    stage.sandbox.estate.billing.add(
      billLine({ usual: 0, days: onDays(60, '2026-11-19', '2026-11-20', '2026-11-21') }),
    );
    const table = await wakeSpend<string>(stage, { mode: 'report', format: 'table', time: NOW.toISOString() });
    expect(table).toContain('Not judged in full yet, with too little history: 1 series.');
    expect(table).toContain('Nothing is unusual in what is judged.');
  });

  it('begins a history of its own when other record types are left out', async () => {
    const stage = await risen({ spend: { without: ['Credit'] } }, {});
    await tickOn(stage, 0);
    await stage.hub.storePolicy({ spend: { without: [] } });
    forgetCalls(stage);
    await tickOn(stage, 1);
    const [first] = stage.sandbox.calls.byOperation('GetCostAndUsage');
    expect(first?.input.TimePeriod).toMatchObject({ Start: '2025-10-18' });
  });

  it('narrows', async () => {
    const stage = await risen();
    const { anomalies } = await wakeSpend(stage, { account: '222222222222', time: NOW.toISOString() });
    expect(anomalies).toEqual([]);
  });

  it('comes as a table', async () => {
    const stage = await risen();
    const table = await wakeSpend<string>(stage, { mode: 'report', format: 'table', time: NOW.toISOString() });
    expect(table).toMatch(/^\d+ series up to 2026-11-21; \d+ paid calls, \$0\.\d\d\./);
    expect(table).toContain('APN2-InstanceUsage:db.r6g.4xlarge in ap-northeast-2');
  });
});
