import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { DatabaseFacts } from '../../../shared/core/facts.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { judgeOversizedDatabase } from '../../../shared/core/rules/oversized-database.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, idleCluster, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { cpu, everyDay, everyHour, oversizedDatabase } from '../../support/sized-specimen.ts';

const judge = (spoiled: Partial<DatabaseFacts> = {}) =>
  judgeOversizedDatabase({ ...oversizedDatabase, ...spoiled }, context());
const judgeEvidence = (spoiled: Partial<DatabaseFacts['evidence']>) =>
  judgeOversizedDatabase(withEvidence(oversizedDatabase, spoiled), context());

const GIB = 1024 ** 3;

const withUnknownConnections = { ...oversizedDatabase.evidence, peakConnections: unknown('AccessDenied') };

/** So many GiB of 32 are free, so many are swapped. */
const memory = (freeGib: number, swapGib = 0) =>
  known({ freeable: everyHour(freeGib * GIB), swap: everyHour(swapGib * GIB) });

describe('an oversized database', () => {
  it('is resized to the cheapest class that has enough', () => {
    expect(judge()).toMatchObject({
      verdict: 'act',
      action: {
        kind: 'resize-database',
        database: oversizedDatabase.identity,
        from: 'db.m5.2xlarge',
        to: 'db.m5.large', // 4 of 32 GiB are in use in busy hours: twice that is kept
      },
      saving: { value: { monthly: { amount: 219 }, basis: 'list' } },
      undo: { reversibility: 'full' },
    });
  });

  it.each([
    [28, 'db.m5.large'],
    [27.9, 'db.m5.xlarge'],
    [26, 'db.m5.xlarge'],
    [20, undefined],
  ])('of which %s of 32 GiB are free becomes %s', (free, to) => {
    const judged = judgeEvidence({ memoryHours: memory(free) });
    if (to) expect(judged).toMatchObject({ action: { to } });
    else expect(judged.verdict).toBe('leave');
  });

  it.each([
    // Of 8 GiB RDS leaves some 7.5: 640 connections of MySQL, 320 of MariaDB since 10.5, 846 of PostgreSQL.
    ['mysql', '8.0.40', 512, 'db.m5.large'],
    ['mysql', '8.0.40', 513, 'db.m5.xlarge'],
    ['mariadb', '10.4.34', 512, 'db.m5.large'],
    ['mariadb', '10.11.9', 512, 'db.m5.xlarge'],
    ['mariadb', '10.11.9', 256, 'db.m5.large'],
    ['postgres', '16.4', 676, 'db.m5.large'],
    ['postgres', '16.4', 677, 'db.m5.xlarge'],
    ['oracle-se2', '19', 653, 'db.m5.large'],
    ['oracle-se2', '19', 654, 'db.m5.xlarge'],
    ['sqlserver-se', '16.00', 20_000, 'db.m5.large'],
  ])('of %s %s with %s connections becomes %s', (engine, engineVersion, connections, to) => {
    const peakConnections = known(everyDay(connections));
    const evidence = { ...oversizedDatabase.evidence, peakConnections };
    expect(judge({ engine, engineVersion, evidence })).toMatchObject({ verdict: 'act', action: { to } });
  });

  it('says how many connections the next smaller class would take', () => {
    expect(judgeEvidence({ peakConnections: known(everyDay(1920)) })).toMatchObject({
      because: expect.stringMatching(
        /db.m5.xlarge is too small: allows about [\d,]+ connections, needs 2,400$/,
      ) as string,
    });
  });

  it.each<[string, Partial<DatabaseFacts>]>([
    ['connections unknown: AccessDenied', { evidence: withUnknownConnections }],
    ['nobody says how many connections db2-se allows in less memory', { engine: 'db2-se' }],
  ])('is only suggested: %s', (note, spoiled) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'find', kind: 'suggestion', note });
  });

  it('that replicates is only suggested', () => {
    expect(judge({ replication: ['the source of orders-r1'] })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: expect.stringContaining('the source of orders-r1') as string,
      step: expect.stringContaining(
        'aws rds modify-db-instance --region ap-northeast-2 --db-instance-identifier orders-qa --db-instance-class db.m5.large',
      ) as string,
    });
  });

  it('that belongs to code is only suggested, with the line to change', () => {
    const tags = { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Orders' };
    expect(judge({ tags })).toMatchObject({
      verdict: 'find',
      step: 'in the template of the stack shop, Resources.Orders.Properties: DBInstanceClass: db.m5.large',
    });
  });

  it('of which the memory is unknown is only suggested', () => {
    expect(judgeEvidence({ memoryHours: unknown('AccessDenied') })).toMatchObject({
      verdict: 'find',
      note: 'memory unknown: AccessDenied',
    });
  });
});

describe('a database is left alone', () => {
  it.each<[string, Partial<DatabaseFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['it is a member of a cluster', { memberOf: 'carts' }, /instances of a cluster/],
    ['it is a cluster', idleCluster, /instances of a cluster/],
    ['it is RDS Custom', { engine: 'custom-oracle-ee' }, /RDS Custom/],
    ['it is stopped', { status: 'stopped' }, /^its status is stopped/],
    ['its CPU is set', { processorFeatures: ['threadsPerCore 1'] }, /processor features \(threadsPerCore 1\)/],
    ['something is pending', { pendingModifications: ['Iops'] }, /pending modifications \(Iops\)/],
    ['it is young', { createdAt: daysBefore(5, TICK) }, /younger than the window of 14 days/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when its class was changed within two weeks: its metrics are of two machines', () => {
    expect(judgeEvidence({ classChanges: known([daysBefore(13, TICK)]) })).toMatchObject({
      because: 'its class was changed on 2026-11-09: its metrics are in percent of two machines',
    });
    expect(judgeEvidence({ classChanges: known([daysBefore(15, TICK)]) }).verdict).toBe('act');
    expect(judgeEvidence({ classChanges: unknown('AccessDenied') })).toMatchObject({ unknown: true });
  });

  it.each<[string, Partial<DatabaseFacts['evidence']>]>([
    ['it is busy', cpu(60)],
    ['it swaps', { memoryHours: memory(28, 4) }],
  ])('when %s', (_, spoiled) => {
    expect(judgeEvidence(spoiled)).toMatchObject({ verdict: 'leave' });
    expect(judgeEvidence(spoiled)).not.toHaveProperty('unknown');
  });

  it('when it saves too little', () => {
    const policy = parsePolicy({ defaults: { minMonthlySaving: 300 } });
    expect(judgeOversizedDatabase(oversizedDatabase, context({ policy })).verdict).toBe('leave');
  });

  it('by the classes that the policy permits', () => {
    const policy = parsePolicy({ sizing: { databaseClasses: ['db.r*'] } });
    expect(judgeOversizedDatabase(oversizedDatabase, context({ policy }))).toMatchObject({
      because: 'its 8 worst of 28 days reach 10 % CPU (p99.9); no cheaper type is offered and permitted',
    });
  });
});

it('asks for evidence in turn', () => {
  const order = ['classChanges', 'offered', 'cpuDays', 'cpuHours', 'memoryHours', 'peakConnections', 'traffic'];
  const asked = order.map((_, index) =>
    judgeOversizedDatabase(withOnly(oversizedDatabase, order.slice(0, index)), context()),
  );
  expect(asked).toMatchObject(order.map((evidence) => ({ verdict: 'lacks', evidence })));
  expect(judgeEvidence({ peakCpuPercent: known(everyDay(100)) }).verdict).toBe('act'); // which it does not ask for
});
