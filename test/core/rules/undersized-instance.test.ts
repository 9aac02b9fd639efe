import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { InstanceFacts } from '../../../shared/core/facts.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { judgeUndersizedInstance } from '../../../shared/core/rules/undersized-instance.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { cpu, everyDay, everyHour, oversizedInstance } from '../../support/sized-specimen.ts';
import { large, OFFERED } from '../sizing/specimen.ts';

/** Two vCPUs that are full at all times. */
const starving: InstanceFacts = withEvidence({ ...oversizedInstance, instanceType: 'm5.large' }, cpu(97));

const judge = (spoiled: Partial<InstanceFacts> = {}) => judgeUndersizedInstance({ ...starving, ...spoiled }, context());
const judgeEvidence = (spoiled: Partial<InstanceFacts['evidence']>) =>
  judgeUndersizedInstance(withEvidence(starving, spoiled), context());

describe('an undersized instance', () => {
  it('is said to be one, with the risk and the cheapest type that has enough', () => {
    expect(judge()).toMatchObject({
      verdict: 'find',
      kind: 'finding',
      because: 'its 4 busiest hours take 97 % CPU: m5.xlarge has enough and costs $73.00 a month more',
      note: 'work waits for CPU: it answers slowly, and what has a time limit may fail',
      step: expect.stringContaining('--instance-type Value=m5.xlarge && aws ec2 start-instances') as string,
    });
  });

  it('may be short of memory', () => {
    const evidence = { ...cpu(10), memoryDays: known(everyDay(97)), memoryHours: known(everyHour(97)) };
    expect(judgeEvidence(evidence)).toMatchObject({
      because: expect.stringContaining('its memory is 97 % full (p99)') as string,
      note: expect.stringContaining('want of memory') as string,
    });
  });

  it('may be short of CPU credits', () => {
    const t3 = { ...large, name: 't3.large', burstable: true };
    const evidence = { ...cpu(60), offered: known([...OFFERED, t3]), creditHours: known(everyHour(0)) };
    const judged = judge({ instanceType: 't3.large', evidence: { ...starving.evidence, ...evidence } });
    expect(judged).toMatchObject({ because: expect.stringContaining('no CPU credits in 168 hours') as string });
  });

  it('for which no larger type is permitted is told so', () => {
    const policy = parsePolicy({ sizing: { instanceTypes: ['m5.large'] } });
    expect(judgeUndersizedInstance(starving, context({ policy }))).toMatchObject({
      verdict: 'find',
      step: 'choose another kind of machine: no type that is offered, permitted and priced has enough',
    });
  });

  it('that belongs to code is told the line', () => {
    expect(judge({ tags: { 'tf-workspace': 'prod' } })).toMatchObject({
      step: 'in the code of Terraform (tag tf-workspace: prod): instance_type = "m5.xlarge"',
    });
  });
});

describe('an instance is left alone', () => {
  it.each<[string, Partial<InstanceFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['it is stopped', { state: 'stopped' }, /^its state is stopped/],
    ['it was started lately', { launchedAt: daysBefore(5, TICK) }, /younger/],
    ['a group owns it', { autoScalingGroup: 'web' }, /Auto Scaling group/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is short of nothing, and says what it could not see', () => {
    expect(judgeEvidence(cpu(60))).toEqual({ verdict: 'leave', because: 'short of nothing' });
    expect(judgeEvidence({ ...cpu(60), memoryDays: unknown('no CloudWatch agent measures it') })).toEqual({
      verdict: 'leave',
      because: 'not short of CPU; memory unknown: no CloudWatch agent measures it',
    });
  });

  it('when its CPU is unknown, and says so', () => {
    expect(judgeEvidence({ peakCpuPercent: unknown('AccessDenied') })).toEqual({
      verdict: 'leave',
      because: 'CPU unknown: AccessDenied',
      unknown: true,
    });
  });
});

describe('evidence is asked for', () => {
  it('coarse first', () => {
    const order = ['offered', 'peakCpuPercent', 'memoryDays'];
    const asked = order.map((_, index) =>
      judgeUndersizedInstance(withOnly(starving, order.slice(0, index)), context()),
    );
    expect(asked).toMatchObject(order.map((evidence) => ({ verdict: 'lacks', evidence })));
  });

  it('finer only where the days leave a shortage possible', () => {
    const coarse = ['offered', 'peakCpuPercent', 'memoryDays'];
    const quiet = withOnly(withEvidence(starving, { peakCpuPercent: known(everyDay(89.9)) }), coarse);
    expect(judgeUndersizedInstance(quiet, context()).verdict).toBe('leave');
    const full = withOnly(withEvidence(starving, { memoryDays: known(everyDay(95)), ...cpu(10) }), coarse);
    expect(judgeUndersizedInstance(full, context())).toMatchObject({ evidence: 'memoryHours' });
    expect(judgeUndersizedInstance(withOnly(starving, coarse), context())).toMatchObject({ evidence: 'cpuHours' });
  });
});
