import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { Hardware, InstanceFacts } from '../../../shared/core/facts.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { judgeOversizedInstance } from '../../../shared/core/rules/oversized-instance.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { cpu, everyDay, everyHour, oversizedInstance, traffic } from '../../support/sized-specimen.ts';
import { burstable, large, OFFERED, x2large, xlarge } from '../sizing/specimen.ts';

type Evidence = Partial<InstanceFacts['evidence']>;

const judge = (spoiled: Partial<InstanceFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeOversizedInstance({ ...oversizedInstance, ...spoiled }, context(under));
const judgeEvidence = (spoiled: Evidence, under: Partial<JudgeContext> = {}) =>
  judgeOversizedInstance(withEvidence(oversizedInstance, spoiled), context(under));

const tied = (more: Partial<Hardware>): Partial<InstanceFacts> => ({
  hardware: { ...oversizedInstance.hardware, ...more },
});

/** The smallest type, with half a gigabit of network. */
const SLOW = { ...large, networkBytes: { baseline: 40e6, burst: 60e6 } };

describe('an oversized instance', () => {
  it('is resized to the cheapest type that has enough, with its numbers and the saving', () => {
    expect(judge()).toEqual({
      verdict: 'act',
      action: { kind: 'resize-instance', instance: oversizedInstance.identity, from: 'm5.2xlarge', to: 'm5.large' },
      because:
        'm5.large is enough: its 8 worst of 28 days reach 10 % CPU (p99.9); its memory is 10 % full in busy hours (p95) ' +
        'and 10 % at its peaks (p99); no cheaper type is offered and permitted',
      saving: known({ monthly: { currency: 'USD', amount: 219 }, basis: 'list', stillBilled: [] }), // 730 x 0.3
      undo: { reversibility: 'full' },
    });
  });

  it('loses a public address that is not its own', () => {
    expect(judge({ addresses: { elastic: 0, released: 1 } })).toMatchObject({
      undo: { reversibility: 'partial', loses: expect.stringContaining('public IPv4') as string },
    });
  });

  it.each<[string, Evidence, string]>([
    ['CPU', cpu(30), 'm5.xlarge'],
    ['memory', { memoryHours: known(everyHour(20)) }, 'm5.xlarge'],
    ['network', { offered: known([SLOW, xlarge, x2large]), traffic: known(traffic(40e6, 100)) }, 'm5.xlarge'],
  ])('keeps what it needs of %s', (_, evidence, type) => {
    expect(judgeEvidence(evidence)).toMatchObject({ verdict: 'act', action: { to: type } });
  });

  it('keeps what a sale day asked for, however long ago', () => {
    const sales = [{ from: '2026-06-10', to: '2026-06-11', why: 'mid-year sale' }];
    const policy = parsePolicy({ sales });
    const firstDay = new Date('2026-06-10T00:00:00Z');
    const peaks = Array.from({ length: 165 }, (_, day) => (day === 0 ? 60 : 10));
    const cpuDays = known({ p99: everyDay(10), 'p99.9': { firstDay, values: peaks } });
    expect(judgeEvidence({ cpuDays })).toMatchObject({ verdict: 'act', action: { to: 'm5.large' } });
    expect(judgeEvidence({ cpuDays }, { policy })).toMatchObject({
      verdict: 'leave',
      because: expect.stringContaining('on a sale day it reached 60 % CPU') as string,
    });
  });

  it('of which a sale day is unknown is only suggested', () => {
    const policy = parsePolicy({ sales: [{ from: '2026-06-10', to: '2026-06-11', why: 'sale' }] });
    expect(judge({}, { policy })).toMatchObject({
      verdict: 'find',
      note: 'nothing is known of 1 of 1 sale days',
    });
  });
});

describe('a shrink is only suggested, whatever the mode,', () => {
  const policy = parsePolicy({ defaults: { mode: 'auto' } });

  it('when nobody measures the memory, and then at most halves it', () => {
    const judged = judgeEvidence({ memoryHours: unknown('no CloudWatch agent measures it') }, { policy });
    expect(judged).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      because: expect.stringMatching(/^m5\.xlarge is enough: /) as string,
      note: 'memory unknown: no CloudWatch agent measures it',
      step: expect.stringContaining('--instance-type Value=m5.xlarge') as string,
      saving: { known: true },
    });
  });

  it('when nobody measures the memory, though the type has as much of it', () => {
    const r5 = { ...xlarge, name: 'r5.xlarge', memoryMib: x2large.memoryMib };
    const unmeasured = { memoryHours: unknown('no CloudWatch agent measures it') };
    expect(judgeEvidence({ ...unmeasured, offered: known([x2large, r5]) }, { policy })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: 'memory unknown: no CloudWatch agent measures it',
    });
    const m6a = { ...x2large, name: 'm6a.2xlarge', hourlyPrice: xlarge.hourlyPrice };
    expect(judgeEvidence({ ...unmeasured, offered: known([x2large, m6a]) }, { policy })).toMatchObject({
      verdict: 'act',
      action: { to: 'm6a.2xlarge' },
    });
  });

  it('when the type runs images of another architecture only', () => {
    const graviton = { ...large, name: 'm7g.large', architectures: ['arm64'] };
    const any = parsePolicy({ defaults: { mode: 'auto' }, sizing: { architecture: 'any' } });
    expect(judgeEvidence({ offered: known([x2large, graviton]) }, { policy: any })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: 'it needs an image for arm64',
      step: 'launch an instance of the type m7g.large from an image for arm64, and move over to it',
    });
  });

  it.each([
    [
      'CloudFormation',
      { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Web' },
      'owned by the CloudFormation stack shop, which would take the change back',
      'in the template of the stack shop, Resources.Web.Properties: InstanceType: m5.large',
    ],
    [
      'Terraform',
      { 'terraform-workspace': 'prod' },
      'owned by Terraform (tag terraform-workspace: prod), which would take the change back',
      'in the code of Terraform (tag terraform-workspace: prod): instance_type = "m5.large"',
    ],
    [
      'Terraform, as others tag it',
      { ManagedBy: 'terraform' },
      'owned by Terraform (tag ManagedBy: terraform), which would take the change back',
      'in the code of Terraform (tag ManagedBy: terraform): instance_type = "m5.large"',
    ],
  ])('when it belongs to %s: with the line to change', (_, tags, note, step) => {
    expect(judge({ tags }, { policy })).toMatchObject({ verdict: 'find', kind: 'suggestion', note, step });
  });
});

describe('an instance is left alone', () => {
  it.each<[string, Partial<InstanceFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected by its tag/],
    ['it is stopped', { state: 'stopped' }, /^its state is stopped/],
    ['it was started lately', { launchedAt: daysBefore(5, TICK) }, /younger than the window of 14 days$/],
    ['a group owns it', { autoScalingGroup: 'web' }, /^owned by the Auto Scaling group web/],
    ['it is Spot', { lifecycle: 'spot' }, /spot/],
    ['it is on a Dedicated Host', { tenancy: 'host' }, /Dedicated Host/],
    ['it boots from an instance store', { rootDevice: 'instance-store' }, /instance store/],
    ['it has half of its vCPUs', tied({ vcpus: 4 }), /CPU options give it 4 of the 8 vCPUs of m5.2xlarge/],
    ['it is in a placement group', tied({ placementGroup: 'hpc' }), /placement group hpc/],
    ['its capacity is reserved', tied({ capacityReservation: 'cr-0abc' }), /capacity reservation cr-0abc/],
    ['Marketplace sold it', tied({ marketplaceProduct: 'abc' }), /AWS Marketplace/],
    ['it has enclaves', tied({ enclave: true }), /Nitro Enclaves/],
    ['it has an EFA', tied({ elasticFabricAdapter: true }), /Elastic Fabric Adapter/],
    ['it hibernates', { hardware: { ...oversizedInstance.hardware, hibernation: true } }, /hibernation/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is vetoed', () => {
    const veto = { resource: oversizedInstance.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'sale' };
    expect(judge({}, { vetoes: [veto] })).toMatchObject({ verdict: 'leave' });
  });

  it.each<[string, Evidence, string]>([
    ['stop protection is on', { stopProtection: known(true) }, 'stop protection is on'],
    [
      'it has local disks',
      { offered: known([...OFFERED.filter((type) => type !== x2large), { ...x2large, localDiskGb: 75 }]) },
      'local disks',
    ],
    ['it is the right size', cpu(60), 'm5.xlarge is too small'],
    ['nothing cheaper is offered', { offered: known([x2large]) }, 'no cheaper type is offered and permitted'],
    ['it is short of something', { memoryHours: known(everyHour(97)) }, 'short of something'],
  ])('when %s', (_, spoiled, because) => {
    const judged = judgeEvidence(spoiled);
    expect(judged).toMatchObject({ verdict: 'leave', because: expect.stringContaining(because) as string });
    expect(judged).not.toHaveProperty('unknown');
  });

  it.each<[string, Evidence, string]>([
    ['what AWS offers', { offered: unknown('AccessDenied') }, 'what AWS offers is unknown: AccessDenied'],
    ['its type', { offered: known([large]) }, 'AWS does not describe the type m5.2xlarge where it is'],
    ['its CPU', { cpuDays: unknown('AccessDenied') }, 'CPU unknown: AccessDenied'],
    ['its hours', { cpuHours: unknown('AccessDenied') }, 'CPU unknown: AccessDenied'],
    ['its stop protection', { stopProtection: unknown('AccessDenied') }, 'stop protection unknown: AccessDenied'],
    [
      'its price',
      { offered: known([large, { ...x2large, hourlyPrice: unknown('none') }]) },
      'no price of m5.2xlarge to compare with',
    ],
  ])('when %s is unknown, and said to be', (_, spoiled, because) => {
    expect(judgeEvidence(spoiled)).toEqual({ verdict: 'leave', because, unknown: true });
  });

  it('when it saves too little', () => {
    const policy = parsePolicy({ defaults: { minMonthlySaving: 300 } });
    expect(judge({}, { policy })).toMatchObject({
      because: "m5.large is enough, but saves $219.00 a month, less than the policy's $300.00",
    });
  });

  it('by what the policy permits', () => {
    const sizing = { instanceTypes: ['m5.xlarge', 'c*'] };
    expect(judge({}, { policy: parsePolicy({ sizing }) })).toMatchObject({ action: { to: 'm5.xlarge' } });
    const offered = known([...OFFERED, burstable]);
    expect(judgeEvidence({ ...cpu(5), offered })).toMatchObject({ action: { to: 't3.large' } });
    const never = parsePolicy({ sizing: { burstable: 'never' } });
    expect(judgeEvidence({ ...cpu(5), offered }, { policy: never })).toMatchObject({ action: { to: 'm5.large' } });
  });
});

describe('evidence is asked for', () => {
  const ORDER = ['offered', 'cpuDays', 'cpuHours', 'memoryHours', 'traffic', 'stopProtection'] as const;

  it.each(ORDER.map((kind, index) => [kind, ORDER.slice(0, index)] as const))('in turn: %s', (kind, before) => {
    const judged = judgeOversizedInstance(withOnly(oversizedInstance, before), context());
    expect(judged).toMatchObject({ verdict: 'lacks', evidence: kind });
  });

  it('that costs a call for each only when it would be proposed', () => {
    expect(judgeOversizedInstance(withOnly(oversizedInstance, ORDER.slice(0, 4)), context())).toMatchObject({
      evidence: 'traffic',
      ifFine: { verdict: 'act', action: { to: 'm5.large' } },
    });
  });

  it('no further once no cheaper type will do', () => {
    const busy = withOnly(withEvidence(oversizedInstance, cpu(60)), ['offered', 'cpuDays']);
    expect(judgeOversizedInstance(busy, context()).verdict).toBe('leave');
    const small = parsePolicy({ defaults: { minMonthlySaving: 300 } });
    const unread = withOnly(oversizedInstance, ['offered']);
    expect(judgeOversizedInstance(unread, context({ policy: small })).verdict).toBe('leave');
  });

  it('of a burstable type for its credits', () => {
    const t3 = { ...xlarge, name: 't3.xlarge', burstable: true };
    const evidence = { ...oversizedInstance.evidence, offered: known([large, t3]), ...cpu(5) };
    const judged = judge({ instanceType: 't3.xlarge', evidence });
    expect(judged).toMatchObject({ verdict: 'lacks', evidence: 'creditHours' });
    const read = judge({ instanceType: 't3.xlarge', evidence: { ...evidence, creditHours: known(everyHour(500)) } });
    expect(read).toMatchObject({ verdict: 'act', action: { to: 'm5.large' } });
  });

  it('and what was left without some of it stays left with all of it', () => {
    const pieces = ['cpuDays', 'cpuHours', 'memoryHours', 'traffic'] as const;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.nat(3), (load, memory, read) => {
        const whole = withEvidence(oversizedInstance, { ...cpu(load), memoryHours: known(everyHour(memory)) });
        const partly = judgeOversizedInstance(withOnly(whole, ['offered', ...pieces.slice(0, read)]), context());
        if (partly.verdict === 'leave') expect(judgeOversizedInstance(whole, context()).verdict).toBe('leave');
      }),
    );
  });
});
