import { describe, expect, it } from 'vitest';
import { parentOf } from '../../../shared/core/remediation/parent.ts';
import { keyOfSubject } from '../../../shared/core/remediation/subject.ts';
import { idleDatabase, idleInstance } from '../../support/facts-specimen.ts';

describe('what a resource belongs to', () => {
  it('is the cluster of a database, under the key of the cluster itself', () => {
    const key = keyOfSubject({ type: 'database', form: 'cluster', name: 'carts' }, idleDatabase.scope);
    expect(parentOf({ ...idleDatabase, memberOf: 'carts' })).toEqual({ key, words: 'the cluster carts' });
  });

  it('is the Auto Scaling group of an instance, as its tag or the group says', () => {
    const byTag = parentOf({ ...idleInstance, tags: { 'aws:autoscaling:groupName': 'web' } });
    expect(byTag).toMatchObject({ words: 'the Auto Scaling group web' });
    expect(parentOf({ ...idleInstance, autoScalingGroup: 'web' })).toEqual(byTag);
    expect(parentOf({ ...idleInstance, autoScalingGroup: 'other' })?.key).not.toBe(byTag?.key);
  });

  it('is nothing of what stands for itself', () => {
    expect(parentOf(idleDatabase)).toBeUndefined();
    expect(parentOf(idleInstance)).toBeUndefined();
  });
});
