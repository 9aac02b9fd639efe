import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storagePerformance } from '../../../sandbox/catalogue/database-storage.ts';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { DatabaseFacts } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { judgeDatabaseVolumeType } from '../../../shared/core/rules/database-volume-type.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, idleCluster, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { oversizedDatabase, traffic } from '../../support/sized-specimen.ts';

const MIB = 1024 ** 2;

/** Where gp3 costs less, as it does in some regions; in most it costs the same. */
const CHEAPER = known({ 'gp2 GiB': money('USD', 0.131), 'gp3 GiB': money('USD', 0.121) });
const SAME = known({ 'gp2 GiB': money('USD', 0.115), 'gp3 GiB': money('USD', 0.115) });

const gp2Database: DatabaseFacts = {
  ...oversizedDatabase,
  storage: { sizeGiB: 900, storageType: 'gp2', ioOptimized: false },
  evidence: { prices: CHEAPER, traffic: known(traffic(10 * MIB, 500)) },
};
const sized = (sizeGiB: number): Partial<DatabaseFacts> => ({ storage: { ...gp2Database.storage, sizeGiB } });

const judge = (spoiled: Partial<DatabaseFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeDatabaseVolumeType({ ...gp2Database, ...spoiled }, context(under));
const judgeEvidence = (spoiled: Partial<DatabaseFacts['evidence']>) =>
  judgeDatabaseVolumeType(withEvidence(gp2Database, spoiled), context());

describe('a database on gp2', () => {
  it('becomes gp3 where that is cheaper and enough, and can be changed back', () => {
    expect(judge()).toEqual({
      verdict: 'act',
      action: {
        kind: 'change-database-storage',
        database: gp2Database.identity,
        from: { type: 'gp2', sizeGiB: 900 },
        to: { type: 'gp3', sizeGiB: 900 },
      },
      because: 'it used up to 500 IOPS and 10 MiB/s, and gp3 includes 12000 IOPS and 500 MiB/s',
      saving: known({ monthly: money('USD', 9), basis: 'list', stillBilled: [] }),
      undo: { reversibility: 'full' },
    });
  });

  it('is only suggested where it costs the same and gp3 is faster', () => {
    expect(judge({ ...sized(100), evidence: { ...gp2Database.evidence, prices: SAME } })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: expect.stringContaining('gp2 of this size has only 300 IOPS') as string,
      step: 'aws rds modify-db-instance --region ap-northeast-2 --db-instance-identifier orders --storage-type gp3',
    });
  });

  it.each([
    [
      'CloudFormation',
      { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Orders' },
      'in the template of the stack shop, Resources.Orders.Properties: StorageType: gp3',
    ],
    [
      'Terraform',
      { 'terraform-workspace': 'prod' },
      'in the code of Terraform (tag terraform-workspace: prod): storage_type = "gp3"',
    ],
  ])('that belongs to %s is only suggested, with the line to change', (_, tags, step) => {
    const policy = parsePolicy({ defaults: { mode: 'auto' } });
    expect(judge({ tags }, { policy })).toMatchObject({ verdict: 'find', kind: 'suggestion', step });
  });

  it.each([
    ['postgres', 399, '3000 IOPS and 125 MiB/s'],
    ['postgres', 400, '12000 IOPS and 500 MiB/s'],
    ['oracle-se2', 199, '3000 IOPS and 125 MiB/s'],
    ['oracle-se2', 200, '12000 IOPS and 500 MiB/s'],
    ['sqlserver-se', 900, '3000 IOPS and 125 MiB/s'],
  ])('of %s and %d GiB is given %s without asking', (engine, sizeGiB, included) => {
    const policy = parsePolicy({ defaults: { minMonthlySaving: 0 } });
    expect(judge({ engine, ...sized(sizeGiB) }, { policy })).toMatchObject({
      because: expect.stringContaining(`gp3 includes ${included}`) as string,
    });
  });
});

it('whatever a database used, gp3 includes it where it is proposed', () => {
  const anything = parsePolicy({ defaults: { minMonthlySaving: 0 } });
  fc.assert(
    fc.property(
      fc.constantFrom('postgres', 'oracle-se2', 'sqlserver-se'),
      fc.integer({ min: 20, max: 16_384 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 800 }),
      (engine, sizeGiB, operations, mib) => {
        const evidence = { prices: CHEAPER, traffic: known(traffic(mib * MIB, operations)) };
        const judged = judge({ engine, ...sized(sizeGiB), evidence }, { policy: anything });
        if (judged.verdict !== 'act') return;
        const { Iops = 0, StorageThroughput = 0 } = storagePerformance(engine, {
          StorageType: 'gp3',
          AllocatedStorage: sizeGiB,
        });
        expect(Iops).toBeGreaterThanOrEqual(operations);
        expect(StorageThroughput).toBeGreaterThanOrEqual(mib);
      },
    ),
  );
});

describe('a database is left alone', () => {
  it.each<[string, Partial<DatabaseFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['it is a member of a cluster', { memberOf: 'carts' }, /instances of a cluster/],
    ['it is a cluster', idleCluster, /instances of a cluster/],
    ['it is RDS Custom', { engine: 'custom-oracle-ee' }, /RDS Custom/],
    ['it is stopped', { status: 'stopped' }, /^its status is stopped/],
    ['something is pending', { pendingModifications: ['Iops'] }, /pending modifications/],
    ['it is young', { createdAt: daysBefore(5, TICK) }, /younger than the window of 14 days/],
    ['its storage is another', { storage: { ...gp2Database.storage, storageType: 'io1' } }, /^its storage is io1$/],
    ['AWS does not say what its storage is', { storage: { ioOptimized: false } }, /^its storage is unknown$/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is vetoed', () => {
    const veto = { resource: gp2Database.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'sale' };
    expect(judge({}, { vetoes: [veto] })).toMatchObject({ verdict: 'leave' });
  });

  it.each([
    ['IOPS', traffic(MIB, 9601)],
    ['throughput', traffic(401 * MIB, 10)],
  ])('when it may need more %s than gp3 includes', (_, busy) => {
    expect(judgeEvidence({ traffic: known(busy) })).toMatchObject({
      verdict: 'leave',
      because: expect.stringMatching(/^in use: .+ too near to what gp3 includes/) as string,
    });
  });

  it('when its traffic is unknown, and says so', () => {
    expect(judgeEvidence({ traffic: unknown('AccessDenied') })).toEqual({
      verdict: 'leave',
      because: 'its traffic is unknown: AccessDenied',
      unknown: true,
    });
  });

  it('when gp3 is dearer, or saves too little and is no faster', () => {
    const dearer = known({ 'gp2 GiB': money('USD', 0.1), 'gp3 GiB': money('USD', 0.11) });
    expect(judgeEvidence({ prices: dearer })).toMatchObject({ because: 'gp3 is dearer here' });
    const large = { ...sized(4000), evidence: { ...gp2Database.evidence, prices: SAME } };
    expect(judge(large)).toMatchObject({ because: expect.stringContaining('saves $0.00 a month') as string });
  });
});

it('asks for evidence in turn, and not for traffic where gp3 would not be cheaper or faster', () => {
  expect(judgeDatabaseVolumeType(withOnly(gp2Database, []), context())).toEqual({
    verdict: 'lacks',
    evidence: 'prices',
  });
  expect(judgeDatabaseVolumeType(withOnly(gp2Database, ['prices']), context())).toEqual({
    verdict: 'lacks',
    evidence: 'traffic',
  });
  expect(judge({ ...sized(4000), evidence: { prices: SAME } }).verdict).toBe('leave');
});
