import { describe, expect, it } from 'vitest';
import { type Evidence, known, unknown } from '../../../shared/core/evidence.ts';
import type { DailySeries, VolumeFacts } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { judgeUnattachedVolume } from '../../../shared/core/rules/unattached-volume.ts';
import { daysBefore, utcMidnight } from '../../../shared/core/time.ts';
import { context, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { looseVolume } from '../../support/sized-specimen.ts';

const judge = (spoiled: Partial<VolumeFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeUnattachedVolume({ ...looseVolume, ...spoiled }, context(under));
const judgeEvidence = (spoiled: Partial<VolumeFacts['evidence']>, under: Partial<JudgeContext> = {}) =>
  judgeUnattachedVolume(withEvidence(looseVolume, spoiled), context(under));

/** One datapoint on the day that was so many days ago. */
const attached = (daysAgo: number): Evidence<DailySeries> =>
  known({ firstDay: daysBefore(daysAgo, utcMidnight(TICK)), values: [1] });

describe('a volume that nothing is attached to', () => {
  it('is deleted after a snapshot, which cannot be taken back', () => {
    expect(judge()).toEqual({
      verdict: 'act',
      action: { kind: 'snapshot-and-delete-volume', volume: looseVolume.identity },
      because: 'attached to nothing, and to no running instance for 32 days or more',
      saving: known({ monthly: money('USD', 16), basis: 'list', stillBilled: ['its snapshot'] }), // 200 x 0.08
      undo: { reversibility: 'none', loses: expect.stringContaining('the volume itself') as string },
    });
  });

  it('that never was attached, so that nobody ever measured it, is one, too', () => {
    expect(
      judgeEvidence({ attachedDays: known({ firstDay: daysBefore(32, utcMidnight(TICK)), values: [] }) }),
    ).toMatchObject({
      verdict: 'act',
    });
  });

  it.each([
    [
      'CloudFormation',
      { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Data' },
      'remove the volume in the template of the stack shop, Resources.Data.Properties',
    ],
    [
      'Terraform',
      { 'terraform-workspace': 'prod' },
      'remove the volume in the code of Terraform (tag terraform-workspace: prod)',
    ],
  ])('that belongs to %s is only suggested', (_, tags, step) => {
    const policy = parsePolicy({ defaults: { mode: 'auto' } });
    expect(judge({ tags }, { policy })).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      step,
      saving: { known: true },
    });
  });

  it('of which the price is unknown is proposed all the same, and says so', () => {
    expect(judgeEvidence({ prices: unknown('AccessDenied') })).toMatchObject({
      verdict: 'act',
      saving: { known: false, why: 'AccessDenied' },
    });
  });
});

describe('the window', () => {
  it.each([
    [0, 'attached today, within the window of 32 days'],
    [1, 'attached 1 days ago, within the window of 32 days'],
    [32, 'attached 32 days ago, within the window of 32 days'],
  ])('keeps what was attached %d days ago', (daysAgo, because) => {
    expect(judgeEvidence({ attachedDays: attached(daysAgo) })).toEqual({ verdict: 'leave', because, used: true });
  });

  it('is over after 32 whole days', () => {
    expect(judgeEvidence({ attachedDays: attached(33) }).verdict).toBe('act');
  });

  it('is the policy’s', () => {
    const policy = parsePolicy({ rules: { 'unattached-volume': { window: '10d' } } });
    expect(judgeEvidence({ attachedDays: attached(11) }, { policy })).toMatchObject({
      because: 'attached to nothing, and to no running instance for 10 days or more',
    });
  });
});

describe('a volume is left alone', () => {
  it.each<[string, Partial<VolumeFacts>, RegExp]>([
    ['it is protected', { tags: { 'lamplighter:protect': 'audit' } }, /^protected by its tag/],
    ['it is being created', { state: 'creating' }, /^its state is creating, not available$/],
    ['it is young', { createdAt: daysBefore(31, TICK) }, /younger than the window of 32 days$/],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual({ verdict: 'leave', because: expect.stringMatching(because) as string });
  });

  it('when it is attached: somebody uses it', () => {
    expect(judge({ state: 'in-use', attachedTo: ['i-0abc'] })).toEqual({
      verdict: 'leave',
      because: 'attached to i-0abc',
      used: true,
    });
  });

  it('when it is vetoed', () => {
    const veto = { resource: looseVolume.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'an archive' };
    expect(judge({}, { vetoes: [veto] })).toMatchObject({ because: expect.stringContaining('an archive') as string });
  });

  it('when nobody knows whether it was attached', () => {
    expect(judgeEvidence({ attachedDays: unknown('AccessDenied') })).toEqual({
      verdict: 'leave',
      because: 'its attachments are unknown: AccessDenied',
      unknown: true,
    });
  });

  it('when it saves too little', () => {
    expect(judge({ spec: { type: 'gp3', sizeGiB: 10 } })).toMatchObject({
      because: "attached to nothing, but deleting it saves $0.80 a month, less than the policy's $5.00",
    });
  });
});

it('asks for evidence in turn, and for the price only when it is the last thing lacking', () => {
  expect(judgeUnattachedVolume(withOnly(looseVolume, []), context())).toEqual({
    verdict: 'lacks',
    evidence: 'attachedDays',
  });
  expect(judgeUnattachedVolume(withOnly(looseVolume, ['attachedDays']), context())).toEqual({
    verdict: 'lacks',
    evidence: 'prices',
  });
});
