import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { DatabaseEvidence, DatabaseFacts } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext, Veto } from '../../../shared/core/rules/exempt.ts';
import { judgeIdleDatabase } from '../../../shared/core/rules/idle-database.ts';
import { daysBefore, utcMidnight } from '../../../shared/core/time.ts';
import {
  context,
  daily,
  dailyBut,
  idleCluster,
  idleDatabase,
  member,
  withEvidence,
  withOnly,
} from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';

const MIDNIGHT = utcMidnight(TICK);
const WINDOW = 35;

const judge = (spoiled: Partial<DatabaseFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeIdleDatabase({ ...idleDatabase, ...spoiled }, context(under));

const judgeCluster = (spoiled: Partial<DatabaseFacts> = {}) =>
  judgeIdleDatabase({ ...idleCluster, ...spoiled }, context());

const judgeEvidence = (spoiled: Partial<DatabaseFacts['evidence']>, under: Partial<JudgeContext> = {}) =>
  judgeIdleDatabase(withEvidence(idleDatabase, spoiled), context(under));

const left = (because: string) => ({ verdict: 'leave', because });
const inUse = (because: string) => ({ verdict: 'leave', because, used: true });
const leftUnknown = (because: string) => ({ verdict: 'leave', because, unknown: true });

describe('the perfect specimens', () => {
  it('a database is stopped, and says why, what it saves, what goes on being billed and how it comes back', () => {
    expect(judge()).toEqual({
      verdict: 'act',
      action: {
        kind: 'stop-database',
        database: idleDatabase.identity,
        expect: { status: 'available', form: 'instance' },
      },
      because: 'no connection and at most 0.4 IOPS at any time in 35 days',
      saving: known({
        monthly: money('USD', 183.23),
        basis: 'list',
        stillBilled: ['100 GiB of gp3 storage and backups'],
      }),
      undo: { reversibility: 'full' },
    });
  });

  it('an Aurora cluster is stopped as a whole', () => {
    expect(judgeCluster()).toMatchObject({
      verdict: 'act',
      action: { database: idleCluster.identity, expect: { status: 'available', form: 'cluster' } },
      saving: { value: { monthly: money('USD', 365), stillBilled: ['storage and backups'] } },
    });
  });
});

describe('exemptions of every rule', () => {
  const veto: Veto = {
    resource: idleDatabase.identity.arn,
    until: new Date('2026-12-01T00:00:00Z'),
    by: 'kim',
    why: 'drill',
  };

  it.each<[string, Partial<DatabaseFacts>, Partial<JudgeContext>, string]>([
    [
      'protected without an end',
      { tags: { 'lamplighter:protect': '' } },
      {},
      'protected by its tag lamplighter:protect',
    ],
    [
      'protected until today',
      { tags: { 'lamplighter:protect': '2026-11-22' } },
      {},
      'protected by its tag lamplighter:protect until 2026-11-22',
    ],
    [
      'protected by a mistyped date',
      { tags: { 'lamplighter:protect': '2025-13-01' } },
      {},
      'protected by its tag lamplighter:protect (2025-13-01)',
    ],
    ['vetoed', {}, { vetoes: [veto] }, 'vetoed by kim until 2026-12-01: drill'],
  ])('leave it alone when it is %s', (_, spoiled, under, because) => {
    expect(judge(spoiled, under)).toEqual(left(because));
  });

  it.each<[string, Partial<DatabaseFacts>, Partial<JudgeContext>]>([
    ['the protection ended yesterday', { tags: { 'lamplighter:protect': '2026-11-21' } }, {}],
    [
      'the protection has ended where the policy lives',
      { tags: { 'lamplighter:protect': '2026-11-22' } },
      { policy: parsePolicy({ timezone: 'Asia/Seoul' }) },
    ],
    ['the veto has ended', {}, { vetoes: [{ ...veto, until: TICK }] }],
  ])('are over when %s', (_, spoiled, under) => {
    expect(judge(spoiled, under).verdict).toBe('act');
  });
});

describe('a database that AWS cannot stop, or where a stop would do harm', () => {
  it.each<[string, Partial<DatabaseFacts>, string]>([
    ['it is stopped', { status: 'stopped' }, 'already stopped'],
    ['it is starting', { status: 'starting' }, 'its status is starting; only an available database can be stopped'],
    [
      'it is being created',
      { status: 'creating' },
      'its status is creating; only an available database can be stopped',
    ],
    [
      'its storage is being optimized',
      { status: 'storage-optimization' },
      'its status is storage-optimization; only an available database can be stopped',
    ],
    [
      'modifications wait that a stop would discard',
      { pendingModifications: ['DBInstanceClass', 'Iops'] },
      'a stop would discard its pending modifications (DBInstanceClass, Iops)',
    ],
    [
      'it is a read replica',
      { replication: ['a read replica of orders'] },
      'AWS cannot stop what replicates: a read replica of orders',
    ],
    [
      'it is the source of replicas',
      { replication: ['the source of orders-r1', 'the source of orders-r2'] },
      'AWS cannot stop what replicates: the source of orders-r1, the source of orders-r2',
    ],
    ['it is a member of a cluster', { memberOf: 'carts' }, 'a member of the cluster carts, which is judged as a whole'],
    [
      'it is SQL Server in Multi-AZ',
      { engine: 'sqlserver-se', multiAz: true },
      'AWS cannot stop a Multi-AZ SQL Server database',
    ],
    ['it is RDS Custom for Oracle', { engine: 'custom-oracle-ee' }, 'AWS cannot stop RDS Custom databases'],
    ['it is RDS Custom for SQL Server', { engine: 'custom-sqlserver-se' }, 'AWS cannot stop RDS Custom databases'],
    ['it is DocumentDB', { engine: 'docdb' }, 'DocumentDB is not judged by this rule'],
    ['it is Neptune', { engine: 'neptune' }, 'Neptune is not judged by this rule'],
  ])('is left alone when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual(left(because));
  });

  it.each<[string, Partial<DatabaseFacts>]>([
    ['a Multi-AZ PostgreSQL database', { multiAz: true }],
    ['a Single-AZ SQL Server database', { engine: 'sqlserver-se' }],
    ['an Oracle database', { engine: 'oracle-se2', licenseModel: 'bring-your-own-license' }],
  ])('is not %s', (_, spoiled) => {
    expect(judge(spoiled).verdict).toBe('act');
  });
});

describe('a cluster that AWS cannot stop, or where a stop would do harm', () => {
  it.each<[string, Partial<DatabaseFacts>, string]>([
    ['it is a Multi-AZ DB cluster', { engine: 'postgres' }, 'AWS cannot stop a Multi-AZ DB cluster'],
    [
      'it belongs to a global database',
      { globalCluster: 'shop-global' },
      'AWS cannot stop a member of the global database shop-global',
    ],
    [
      'it replicates across regions',
      { replication: ['the source of carts-dr'] },
      'AWS cannot stop what replicates: the source of carts-dr',
    ],
    ['it is Serverless v1', { engineMode: 'serverless' }, 'AWS cannot stop Aurora Serverless v1'],
    ['it is multi-master', { engineMode: 'multimaster' }, 'AWS cannot stop an Aurora cluster in the mode multimaster'],
    ['it is in the mode global', { engineMode: 'global' }, 'AWS cannot stop an Aurora cluster in the mode global'],
    [
      'a member is protected',
      { members: [member('carts-qa-1', { tags: { 'lamplighter:protect': '' } }), member('carts-qa-2')] },
      'its member carts-qa-1 is protected by its tag lamplighter:protect',
    ],
    [
      'a member is being modified',
      { members: [member('carts-qa-1'), member('carts-qa-2', { status: 'modifying' })] },
      'its member carts-qa-2 is modifying, not available',
    ],
    [
      'a member has pending modifications',
      { members: [member('carts-qa-1', { pendingModifications: ['DBInstanceClass'] }), member('carts-qa-2')] },
      'a stop would discard the pending modifications of its member carts-qa-1',
    ],
    ['it is stopping', { status: 'stopping' }, 'its status is stopping; only an available database can be stopped'],
    [
      'modifications wait',
      { pendingModifications: ['EngineVersion'] },
      'a stop would discard its pending modifications (EngineVersion)',
    ],
    [
      'it has no instances',
      { metricNames: [], classes: [] },
      'a cluster without instances: there is no compute to stop',
    ],
    ['it is Neptune', { engine: 'neptune' }, 'Neptune is not judged by this rule'],
    ['it is DocumentDB', { engine: 'docdb' }, 'DocumentDB is not judged by this rule'],
  ])('is left alone when %s', (_, spoiled, because) => {
    expect(judgeCluster(spoiled)).toEqual(left(because));
  });

  it.each([
    ['5.6.mysql_aurora.1.23.4', 'leave'],
    ['5.7.mysql_aurora.2.08.4', 'leave'],
    ['5.7.mysql_aurora.2.09.0', 'act'],
    ['5.7.mysql_aurora.2.10.1', 'act'],
    ['8.0.mysql_aurora.3.01.0', 'act'],
    ['5.7.12', 'leave'],
  ])('with parallel query in version %s: %s', (engineVersion, verdict) => {
    const judged = judgeCluster({ engineMode: 'parallelquery', engineVersion });
    expect(judged.verdict).toBe(verdict);
    if (verdict === 'leave')
      expect(judged).toEqual(left('AWS cannot stop Aurora parallel query clusters before version 2.09'));
  });

  it.each<[string, Partial<DatabaseFacts>]>([
    ['Serverless v2', { classes: ['db.serverless'] }],
    ['Aurora PostgreSQL', { engine: 'aurora-postgresql', engineVersion: '16.4' }],
  ])('is not %s', (_, spoiled) => {
    expect(judgeCluster(spoiled).verdict).toBe('act');
  });
});

describe('the window', () => {
  const begin = daysBefore(WINDOW, MIDNIGHT);

  it('must have begun with the database there', () => {
    expect(judge({ createdAt: begin }).verdict).toBe('act');
    expect(judge({ createdAt: new Date(begin.getTime() + 1) })).toEqual(
      left('34 days old, younger than the window of 35 days'),
    );
  });

  it('is not judged while AWS does not say when the database was created', () => {
    const { createdAt: _, ...unborn } = idleDatabase;
    expect(judgeIdleDatabase(unborn, context())).toEqual(left('AWS does not say yet when it was created'));
  });

  it.each<['peakConnections' | 'peakIops', string]>([
    ['peakConnections', 'connections'],
    ['peakIops', 'read and write IOPS'],
  ])('must be without a gap in %s', (kind, what) => {
    for (const daysAgo of [WINDOW, 17, 1]) {
      expect(judgeEvidence({ [kind]: dailyBut(daysAgo, undefined) }), `${daysAgo} days ago`).toEqual(
        leftUnknown(`${what} incomplete: no data for 1 of 35 days`),
      );
    }
  });

  it('may lack the day that is not over', () => {
    const spoiled = { peakConnections: dailyBut(0, undefined), peakIops: dailyBut(0, undefined) };
    expect(judgeEvidence(spoiled).verdict).toBe('act');
  });

  it.each([
    ['the first day', WINDOW],
    ['a day in the middle', 17],
    ['the last full day', 1],
    ['the day that is not over', 0],
  ])('counts %s', (_, daysAgo) => {
    expect(judgeEvidence({ peakConnections: dailyBut(daysAgo, 3) })).toEqual(
      inUse('in use: up to 3 connections in 35 days'),
    );
    expect(judgeEvidence({ peakIops: dailyBut(daysAgo, 120.44) })).toEqual(
      inUse('in use: up to 120.4 IOPS in 35 days, more than 5'),
    );
  });

  it('has no running day at midnight itself, but one a moment later', () => {
    const spoiled = { peakConnections: dailyBut(0, 3) };
    expect(judgeEvidence(spoiled, { now: MIDNIGHT }).verdict).toBe('act');
    expect(judgeEvidence(spoiled, { now: new Date(MIDNIGHT.getTime() + 1) }).verdict).toBe('leave');
  });
});

describe('the thresholds', () => {
  it.each([
    [0, 0, 'act'],
    [0, 1, 'leave'],
    [0, 0.4, 'leave'],
    [2, 2, 'act'],
    [2, 3, 'leave'],
  ])('with %d connections of monitoring, a peak of %d is %s', (monitoringConnections, peak, verdict) => {
    const policy = parsePolicy({ rules: { 'idle-database': { monitoringConnections } } });
    expect(judgeEvidence({ peakConnections: daily(peak) }, { policy }).verdict).toBe(verdict);
  });

  it('say how many connections are allowed for monitoring', () => {
    const policy = parsePolicy({ rules: { 'idle-database': { monitoringConnections: 2 } } });
    expect(judgeEvidence({ peakConnections: daily(3) }, { policy })).toEqual(
      inUse('in use: up to 3 connections in 35 days, more than the 2 of monitoring'),
    );
    expect(judgeEvidence({ peakConnections: daily(1) })).toEqual(inUse('in use: up to 1 connection in 35 days'));
    expect(judgeEvidence({ peakConnections: daily(2) }, { policy })).toMatchObject({
      verdict: 'act',
      because: expect.stringMatching(/^at most 2 connections, as monitoring holds, and at most 0.4 IOPS/),
    });
  });

  it.each([
    [5, 'act'],
    [5.1, 'leave'],
  ])('a peak of %d IOPS is %s', (peak, verdict) => {
    expect(judgeEvidence({ peakIops: daily(peak) }).verdict).toBe(verdict);
  });
});

describe('evidence', () => {
  it.each<[keyof DatabaseEvidence, string]>([
    ['peakConnections', 'connections unknown: AccessDenied'],
    ['peakIops', 'read and write IOPS unknown: AccessDenied'],
  ])('that is unknown never justifies a stop: %s', (kind, because) => {
    expect(judgeEvidence({ [kind]: unknown('AccessDenied') })).toEqual(leftUnknown(because));
  });

  const CHEAPEST_FIRST = ['peakConnections', 'peakIops', 'hourlyPrice'];

  it.each(CHEAPEST_FIRST.map((kind, index) => [kind, CHEAPEST_FIRST.slice(0, index)]))(
    'that is lacking is asked for, the cheapest first: %s',
    (evidence, read) => {
      expect(judge(withOnly(idleDatabase, read as string[]))).toEqual({ verdict: 'lacks', evidence });
    },
  );

  it('is not asked for once the database is known to be in use or exempt', () => {
    const busy = withOnly(withEvidence(idleDatabase, { peakConnections: daily(9) }), ['peakConnections']);
    expect(judge(busy).verdict).toBe('leave');
    expect(judge({ memberOf: 'carts', evidence: {} }).verdict).toBe('leave');
  });
});

describe('the saving', () => {
  it('may be unknown: the stop is proposed and says so', () => {
    const why = 'Aurora Serverless v2 bills what it uses, not by the hour';
    expect(judgeEvidence({ hourlyPrice: unknown(why) })).toMatchObject({ verdict: 'act', saving: unknown(why) });
  });

  it('that is too small is no reason to bother anybody', () => {
    expect(judgeEvidence({ hourlyPrice: known(money('CNY', 0.0052)) })).toEqual(
      left("idle, but stopping it saves CN¥3.80 a month, less than the policy's CN¥5.00"),
    );
  });

  it.each<[string, DatabaseFacts['storage'], string]>([
    ['of no known size', { ioOptimized: false }, 'storage and backups'],
    ['of no known type', { sizeGiB: 20, ioOptimized: false }, '20 GiB of storage and backups'],
  ])('names storage %s', (_, storage, stillBilled) => {
    expect(judge({ storage })).toMatchObject({ saving: { value: { stillBilled: [stillBilled] } } });
  });
});
