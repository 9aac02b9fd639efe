import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import { asOf, asWhileOn, firstChangeAfter } from '../../shared/core/as-of.ts';
import type { Change } from '../../shared/core/change.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { change } from '../support/change-specimen.ts';
import { idleCluster, idleDatabase, idleInstance } from '../support/facts-specimen.ts';
import { officeHours } from '../support/on-hours.ts';
import { DEFAULT_POLICY } from '../support/plan-specimen.ts';
import { gp2Volume } from '../support/sized-specimen.ts';

const APPLIED = new Date('2026-11-10T12:00:00Z');
const BEFORE = new Date('2026-11-10T00:00:00Z');
const AFTER = new Date('2026-11-11T00:00:00Z');

const made = (action: Action, spoiled: Partial<Change> = {}): Change => {
  const specimen = change();
  return {
    ...specimen,
    appliedAt: APPLIED.toISOString(),
    proposal: { ...specimen.proposal, rule: 'idle-instance', action },
    ...spoiled,
  };
};
const at = <T extends Facts>(facts: T, changes: readonly Change[], when: Date): T =>
  asOf(facts, changes, { at: when, policy: DEFAULT_POLICY });

const { identity: instance } = idleInstance;
const { identity: database } = idleDatabase;
const stopped = made({
  kind: 'stop-instance',
  instance,
  expect: { state: 'running', instanceType: 'm5.large' },
});

describe('a resource before a change of ours', () => {
  it.each<[string, Facts, Action, object]>([
    [
      'ran before it was stopped',
      { ...idleInstance, state: 'stopped' },
      { kind: 'stop-instance', instance, expect: { state: 'running', instanceType: 'm5.large' } },
      { state: 'running' },
    ],
    [
      'had the type that it was resized from',
      { ...idleInstance, instanceType: 'm5.large' },
      { kind: 'resize-instance', instance, from: 'm5.2xlarge', to: 'm5.large' },
      { state: 'running', instanceType: 'm5.2xlarge' },
    ],
    [
      'was available, with its members',
      { ...idleCluster, status: 'stopped', members: idleCluster.members.map((one) => ({ ...one, status: 'stopped' })) },
      { kind: 'stop-database', database: idleCluster.identity, expect: { status: 'available', form: 'cluster' } },
      { status: 'available', members: idleCluster.members },
    ],
    [
      'had the class that it was resized from',
      { ...idleDatabase, classes: ['db.r6g.large'] },
      { kind: 'resize-database', database, from: 'db.r6g.xlarge', to: 'db.r6g.large' },
      { classes: ['db.r6g.xlarge'] },
    ],
    [
      'was of the type that it was changed from',
      { ...gp2Volume, spec: { type: 'gp3', sizeGiB: 500 } },
      {
        kind: 'change-volume-type',
        volume: gp2Volume.identity,
        from: { type: 'gp2', sizeGiB: 500 },
        to: { type: 'gp3', sizeGiB: 500 },
      },
      { spec: { type: 'gp2', sizeGiB: 500 } },
    ],
  ])('%s, and is as it is afterwards', (_, facts, action, before) => {
    expect(at(facts, [made(action)], BEFORE)).toMatchObject(before);
    expect(at(facts, [made(action)], AFTER)).toBe(facts);
  });

  it('is as the first of several changes found it', () => {
    const later = made(
      { kind: 'resize-instance', instance, from: 'm5.large', to: 'm5.medium' },
      { appliedAt: '2026-11-20T00:00:00Z' },
    );
    expect(firstChangeAfter([later, stopped], instance, BEFORE)).toBe(stopped);
    expect(firstChangeAfter([later, stopped], instance, AFTER)).toBe(later);
  });

  it('was as old as its rule had to know, though it was started since', () => {
    const restarted = { ...idleInstance, launchedAt: new Date('2026-11-12T00:00:00Z') };
    expect(at(restarted, [stopped], BEFORE).launchedAt).toEqual(new Date('2026-10-13T12:00:00Z')); // 28 days before
    expect(at(idleInstance, [stopped], BEFORE).launchedAt).toEqual(idleInstance.launchedAt);
  });

  it.each([
    [
      'of another resource',
      made({ kind: 'stop-database', database, expect: { status: 'available', form: 'instance' } }),
    ],
    ['that never touched it', (({ appliedAt: _, ...rest }) => rest)(stopped)],
  ])('is as it is, for a change %s', (_, other) => {
    expect(at(idleInstance, [other], BEFORE)).toBe(idleInstance);
  });
});

describe('what is stopped now', () => {
  const hours = officeHours();
  const night = known(hours); // until the tick, early on a Monday in Seoul
  const day = known({ ...hours, on: [...hours.on, { from: hours.range.to - 3_600_000, to: hours.range.to }] });
  const off: readonly [Facts, object][] = [
    [{ ...idleInstance, state: 'stopped' }, { state: 'running' }],
    [
      { ...idleCluster, status: 'stopped', members: idleCluster.members.map((one) => ({ ...one, status: 'stopped' })) },
      { status: 'available', members: idleCluster.members },
    ],
  ];

  it.each(off)('is judged as while it is on when its schedule has it off: %j', (facts, then) => {
    expect(asWhileOn(facts, night)).toEqual({ ...facts, ...then });
  });

  it.each(off)('stays stopped when its schedule has it on, or nobody knows: %j', (facts) => {
    for (const when of [day, known(undefined), unknown('no schedule of that name')]) {
      expect(asWhileOn(facts, when)).toBe(facts);
    }
  });

  it('is what it is when it is not stopped', () => {
    const pending = { ...idleInstance, state: 'pending' };
    expect(asWhileOn(pending, night)).toBe(pending);
  });
});
