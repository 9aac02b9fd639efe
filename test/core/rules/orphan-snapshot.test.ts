import { describe, expect, it } from 'vitest';
import { unknown } from '../../../shared/core/evidence.ts';
import type { SnapshotFacts } from '../../../shared/core/facts.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext } from '../../../shared/core/rules/exempt.ts';
import { judgeOrphanSnapshot } from '../../../shared/core/rules/orphan-snapshot.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import { context } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';
import { orphanSnapshot } from '../../support/sized-specimen.ts';

const judge = (spoiled: Partial<SnapshotFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeOrphanSnapshot({ ...orphanSnapshot, ...spoiled }, context(under));

describe('a snapshot of a volume that is gone', () => {
  it('is said to be one, with the exact step, whatever the mode', () => {
    const policy = parsePolicy({ defaults: { mode: 'auto' } });
    expect(judge({}, { policy })).toEqual({
      verdict: 'find',
      kind: 'finding',
      because: 'taken on 2026-03-01 of the volume vol-0gone (100 GiB), which is gone; no image is made of it',
      note: 'it may be the last copy of what the volume held, and a launch template may still name it',
      step: 'aws ec2 delete-snapshot --region ap-northeast-2 --snapshot-id snap-0abc',
      saving: unknown('snapshots share blocks, so none has a size of its own'),
    });
  });

  it('is so after the policy’s window, in whole days', () => {
    expect(judge({ startedAt: daysBefore(31, TICK) }).verdict).toBe('find');
    expect(judge({ startedAt: daysBefore(29, TICK) }).verdict).toBe('leave');
    const policy = parsePolicy({ rules: { 'orphan-snapshot': { window: '365d' } } });
    expect(judge({}, { policy })).toMatchObject({
      because: expect.stringContaining('younger than the window of 365') as string,
    });
  });
});

describe('a snapshot is left alone', () => {
  it.each<[string, Partial<SnapshotFacts>, string]>([
    ['it is protected', { tags: { 'lamplighter:protect': '' } }, 'protected by its tag lamplighter:protect'],
    ['it is not completed', { state: 'pending' }, 'its state is pending, not completed'],
    ['its volume exists', { volumeExists: true }, 'its volume vol-0gone exists'],
    ['an image is made of it', { images: ['ami-0abc'] }, 'part of the image ami-0abc'],
    ['AWS Backup keeps it', { tags: { 'aws:backup:source-resource': 'x' } }, 'kept by AWS Backup'],
    [
      'Data Lifecycle Manager keeps it',
      { tags: { 'aws:dlm:lifecycle-policy-id': 'x' } },
      'kept by Data Lifecycle Manager',
    ],
    ['Lamplighter took it before a deletion', { tags: { 'lamplighter:change': 'x' } }, 'kept by Lamplighter'],
  ])('when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual({ verdict: 'leave', because });
  });

  it('when it is vetoed', () => {
    const veto = { resource: orphanSnapshot.identity.arn, until: daysBefore(-9, TICK), by: 'min', why: 'audit' };
    expect(judge({}, { vetoes: [veto] })).toMatchObject({ verdict: 'leave' });
  });
});
