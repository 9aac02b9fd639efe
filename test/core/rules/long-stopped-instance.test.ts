import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { InstanceFacts } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { judgeLongStoppedInstance } from '../../../shared/core/rules/long-stopped-instance.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { longStopped } from '../../support/sized-specimen.ts';

const judge = (spoiled: Partial<InstanceFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeLongStoppedInstance({ ...longStopped, ...spoiled }, context(under));
const judgeEvidence = (spoiled: Partial<InstanceFacts['evidence']>) =>
  judgeLongStoppedInstance(withEvidence(longStopped, spoiled), context());

describe('an instance that has been stopped for long', () => {
  it('is said to be, with what its volumes cost and the exact step, whatever the mode', () => {
    const policy = parsePolicy({ defaults: { mode: 'auto' } });
    expect(judge({}, { policy })).toEqual({
      verdict: 'find',
      kind: 'finding',
      because: 'stopped for 235 days, since 2026-04-01; its volumes go on being billed',
      note: 'what is stopped for so long is seldom started again; ended it cannot be, but for its image',
      step:
        'aws ec2 create-image --region ap-northeast-2 --instance-id i-0abc --name i-0abc-last && ' +
        'aws ec2 wait image-available --region ap-northeast-2 --filters Name=name,Values=i-0abc-last && ' +
        'aws ec2 terminate-instances --region ap-northeast-2 --instance-ids i-0abc',
      saving: known({ monthly: money('USD', 50), basis: 'list', stillBilled: ['an image of it'] }), // 500 x 0.10
    });
  });

  it('is said to be also when nobody knows the price', () => {
    expect(judgeEvidence({ prices: unknown('AccessDenied') })).toMatchObject({
      verdict: 'find',
      saving: { known: false },
    });
  });

  it.each([
    [29, 'leave'],
    [30, 'find'],
  ])('is so after %d days: %s', (days, verdict) => {
    expect(judge({ stoppedAt: daysBefore(days, TICK) }).verdict).toBe(verdict);
  });

  it('is so after the policy’s window', () => {
    const policy = parsePolicy({ rules: { 'long-stopped-instance': { window: '300d' } } });
    expect(judge({}, { policy })).toMatchObject({ because: 'stopped 235 days ago, within the window of 300 days' });
  });
});

describe('an instance is left alone', () => {
  it.each<[string, Partial<InstanceFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, /^protected/],
    ['it runs', { state: 'running' }, /^its state is running, not stopped$/],
    ['a group owns it', { autoScalingGroup: 'web' }, /^owned by the Auto Scaling group web$/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is vetoed', () => {
    const veto = { resource: longStopped.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'a spare' };
    expect(judge({}, { vetoes: [veto] })).toMatchObject({ verdict: 'leave' });
  });

  it('when EC2 does not know any more since when', () => {
    const { stoppedAt: _, ...unsaid } = longStopped;
    expect(judgeLongStoppedInstance(unsaid, context())).toEqual({
      verdict: 'leave',
      because: 'EC2 does not say any more when it was stopped',
      unknown: true,
    });
  });

  it('when its volumes are unknown, and says so', () => {
    expect(judgeEvidence({ volumes: unknown('AccessDenied') })).toEqual({
      verdict: 'leave',
      because: 'its volumes are unknown: AccessDenied',
      unknown: true,
    });
  });
});

it('asks for evidence in turn', () => {
  const order = ['volumes', 'prices'];
  const asked = order.map((_, index) =>
    judgeLongStoppedInstance(withOnly(longStopped, order.slice(0, index)), context()),
  );
  expect(asked).toEqual(order.map((evidence) => ({ verdict: 'lacks', evidence })));
});
