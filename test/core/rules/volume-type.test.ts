import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkVolume } from '../../../sandbox/services/ec2/check-volume.ts';
import type { VolumeSpec } from '../../../shared/core/action.ts';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { VolumeFacts } from '../../../shared/core/facts.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { judgeVolumeType } from '../../../shared/core/rules/volume-type.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { everyDay, gp2Volume, io1Volume } from '../../support/sized-specimen.ts';

const judge = (volume: VolumeFacts, spoiled: Partial<VolumeFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeVolumeType({ ...volume, ...spoiled }, context(under));
const gp2 = (sizeGiB: number): VolumeFacts => ({ ...gp2Volume, spec: { type: 'gp2', sizeGiB } });
const anySaving = { policy: parsePolicy({ defaults: { minMonthlySaving: 0 } }) };

const MIB = 1024 ** 2;

/** The performance that a proposal or a suggestion names. */
function wantedBy(judged: ReturnType<typeof judge>): { iops: number; throughputMiBs: number } | undefined {
  if (judged.verdict === 'act' && judged.action.kind === 'change-volume-type') {
    const { iops = 0, throughputMiBs = 0 } = judged.action.to;
    return { iops, throughputMiBs };
  }
  const [, iops, throughput] =
    (judged.verdict === 'find' && /--iops (\d+) --throughput (\d+)$/.exec(judged.step)) || [];
  return iops && throughput ? { iops: Number(iops), throughputMiBs: Number(throughput) } : undefined;
}

/** What it would be changed to. */
function becomes(volume: VolumeFacts): VolumeSpec | undefined {
  const judged = judge(volume, {}, anySaving);
  return judged.verdict === 'act' && judged.action.kind === 'change-volume-type' ? judged.action.to : undefined;
}

describe('a gp2 volume', () => {
  it('becomes gp3 with what gp2 gives it, and can be changed back', () => {
    expect(judge(gp2Volume)).toEqual({
      verdict: 'act',
      action: {
        kind: 'change-volume-type',
        volume: gp2Volume.identity,
        from: { type: 'gp2', sizeGiB: 1000 },
        to: { type: 'gp3', sizeGiB: 1000, iops: 3000, throughputMiBs: 250 },
      },
      because: 'gp3 gives what gp2 gives, for less',
      // 1000 x (0.10 - 0.08), less 125 MiB/s beyond what is free at 40.96 a GiB/s
      saving: known({ monthly: { currency: 'USD', amount: 15 }, basis: 'list', stillBilled: [] }),
      undo: { reversibility: 'full' },
    });
  });

  it.each([
    [100, { iops: 3000, throughputMiBs: 128 }], // gp2 bursts to 3,000
    [170, { iops: 3000, throughputMiBs: 128 }],
    [500, { iops: 3000, throughputMiBs: 250 }],
    [2000, { iops: 6000, throughputMiBs: 250 }],
    [5333, { iops: 15_999, throughputMiBs: 250 }],
    [8000, { iops: 16_000, throughputMiBs: 250 }],
  ])('of %d GiB keeps its IOPS and its throughput', (sizeGiB, performance) => {
    expect(becomes(gp2(sizeGiB))).toEqual({ type: 'gp3', sizeGiB, ...performance });
  });

  it('of any size has at least the IOPS and the throughput that it had, the same size, and costs less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16_384 }), (sizeGiB) => {
        const judged = judge(gp2(sizeGiB), {}, anySaving);
        if (judged.verdict !== 'act' || judged.action.kind !== 'change-volume-type') return;
        const { to } = judged.action;
        expect(to).toMatchObject({ type: 'gp3', sizeGiB });
        expect(to.iops).toBeGreaterThanOrEqual(Math.min(16_000, Math.max(3000, 3 * sizeGiB)));
        expect(to.throughputMiBs).toBeGreaterThanOrEqual(sizeGiB <= 170 ? 128 : 250);
        expect(judged.saving.known && judged.saving.value.monthly.amount).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a volume with provisioned IOPS that nobody uses', () => {
  it('becomes gp3 with twice the most that it ever used, and no less than gp3 has anyway', () => {
    expect(judge(io1Volume)).toMatchObject({
      verdict: 'act',
      action: { to: { type: 'gp3', sizeGiB: 400, iops: 3000, throughputMiBs: 125 } },
      because: 'it used up to 400 of its 8000 provisioned IOPS in 28 days',
      saving: { value: { monthly: { amount: 538 } } }, // 400 x 0.045 + 8000 x 0.065
    });
    const busier = { peakOperations: known(everyDay(2500)), peakBytes: known(everyDay(100 * 1024 ** 2)) };
    expect(becomes(withEvidence(io1Volume, busier))).toMatchObject({ iops: 5000, throughputMiBs: 200 });
  });

  it.each([
    ['moves much with few operations: 4 IOPS for each MiB/s', 100, 450, { iops: 4000, throughputMiBs: 900 }],
    ['differs a little from day to day: steps', 2410, 101, { iops: 5000, throughputMiBs: 225 }],
    ['differs a little from day to day: the same steps', 2490, 112, { iops: 5000, throughputMiBs: 225 }],
  ])('is given what AWS sells, when it %s', (_, operations, mib, performance) => {
    const evidence = { peakOperations: known(everyDay(operations)), peakBytes: known(everyDay(mib * MIB)) };
    expect(becomes(withEvidence(io1Volume, evidence))).toMatchObject(performance);
  });

  it('is given what AWS sells and no less than it used, whatever that was', () => {
    const sizeGiB = fc.integer({ min: 4, max: 16_384 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const mib = fc.double({ min: 0, max: 1100, noNaN: true });
    fc.assert(
      fc.property(sizeGiB, fc.constantFrom('io1', 'io2'), share, share, mib, (size, type, paid, used, mibs) => {
        const iops = Math.max(100, Math.round(paid * Math.min(32_000, size * (type === 'io1' ? 50 : 1000))));
        const operations = used * iops;
        const evidence = { peakOperations: known(everyDay(operations)), peakBytes: known(everyDay(mibs * MIB)) };
        const judged = judge(
          withEvidence({ ...io1Volume, spec: { type, sizeGiB: size, iops } }, evidence),
          {},
          anySaving,
        );
        const to = wantedBy(judged);
        if (!to) return;
        expect(() =>
          checkVolume({ VolumeType: 'gp3', Size: size, Iops: to.iops, Throughput: to.throughputMiBs }),
        ).not.toThrow();
        expect(to.iops).toBeGreaterThanOrEqual(operations);
        expect(to.throughputMiBs).toBeGreaterThanOrEqual(mibs);
        expect([to.iops % 500, to.throughputMiBs % 25]).toEqual([0, 0]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is left alone when gp3 of its size has too few IOPS', () => {
    const small = { ...io1Volume, spec: { type: 'io2', sizeGiB: 10, iops: 10_000 } };
    expect(judge(withEvidence(small, { peakOperations: known(everyDay(4000)) }))).toMatchObject({
      because: 'gp3 of 10 GiB does not give 8000 IOPS and 125 MiB/s everywhere',
    });
  });

  it.each([
    [4000, 'act'],
    [4001, 'leave'],
  ])('or whose peak was %d of 8000: %s', (peak, verdict) => {
    expect(judge(withEvidence(io1Volume, { peakOperations: known(everyDay(peak)) })).verdict).toBe(verdict);
  });

  it('is only suggested when it is io2: no metric shows whether somebody counts on its durability', () => {
    expect(judge(io1Volume, { spec: { type: 'io2', sizeGiB: 400, iops: 8000 } })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: expect.stringContaining('io2 is built to last') as string,
      step: 'aws ec2 modify-volume --region ap-northeast-2 --volume-id vol-0abc --volume-type gp3 --iops 3000 --throughput 125',
    });
  });
});

it.each([
  [
    'CloudFormation',
    { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Data' },
    'in the template of the stack shop, Resources.Data.Properties: VolumeType: gp3',
  ],
  [
    'Terraform',
    { 'terraform-workspace': 'prod' },
    'in the code of Terraform (tag terraform-workspace: prod): type = "gp3"',
  ],
])('a volume that belongs to %s is only suggested, with the line to change', (_, tags, step) => {
  const policy = parsePolicy({ defaults: { mode: 'auto' } });
  expect(judge(gp2Volume, { tags }, { policy })).toMatchObject({ verdict: 'find', kind: 'suggestion', step });
});

describe('a volume is left alone', () => {
  it.each<[string, Partial<VolumeFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['its type is another', { spec: { type: 'st1', sizeGiB: 1000 } }, /^its type is st1$/],
    ['it is being created', { state: 'creating' }, /^its state is creating$/],
    ['it may be attached to several instances', { multiAttach: true }, /several instances/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(io1Volume, spoiled)).toEqual({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is vetoed', () => {
    const veto = { resource: gp2Volume.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'sale' };
    expect(judge(gp2Volume, {}, { vetoes: [veto] })).toMatchObject({ verdict: 'leave' });
  });

  it('when it is younger than the window that its use is judged by; gp2 needs no window', () => {
    const young = { createdAt: daysBefore(20, TICK) };
    expect(judge(io1Volume, young)).toMatchObject({
      because: expect.stringContaining('younger than the window') as string,
    });
    expect(judge(gp2Volume, young).verdict).toBe('act');
  });

  it.each<[string, Partial<VolumeFacts['evidence']>, string]>([
    ['operations', { peakOperations: unknown('AccessDenied') }, 'IOPS unknown: AccessDenied'],
    ['bytes', { peakBytes: unknown('AccessDenied') }, 'throughput unknown: AccessDenied'],
    [
      'operations on one day',
      { peakOperations: known({ ...everyDay(400), values: [...everyDay(400).values.slice(1), undefined] }) },
      'IOPS incomplete: no data for 1 of 28 days',
    ],
  ])('when its %s are unknown, and said to be', (_, evidence, because) => {
    expect(judge(withEvidence(io1Volume, evidence))).toEqual({ verdict: 'leave', because, unknown: true });
  });

  it('when gp3 does not give so much everywhere', () => {
    const fast = withEvidence(
      { ...io1Volume, spec: { type: 'io1', sizeGiB: 4000, iops: 64_000 } },
      { peakOperations: known(everyDay(8001)) },
    );
    expect(judge(fast)).toMatchObject({ because: 'gp3 of 4000 GiB does not give 16500 IOPS and 125 MiB/s everywhere' });
  });

  it('when it saves too little', () => {
    expect(judge(gp2(100))).toMatchObject({
      because: "as gp3 with 3000 IOPS and 128 MiB/s it saves $1.88 a month, less than the policy's $5.00",
    });
  });
});

it('asks for evidence in turn, and of gp2 for its price only', () => {
  const order = ['peakOperations', 'peakBytes', 'prices'];
  const asked = order.map((_, index) => judge(withOnly(io1Volume, order.slice(0, index))));
  expect(asked).toEqual(order.map((evidence) => ({ verdict: 'lacks', evidence })));
  expect(judge(withOnly(gp2Volume, []))).toEqual({ verdict: 'lacks', evidence: 'prices' });
});
