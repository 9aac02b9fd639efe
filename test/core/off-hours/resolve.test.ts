import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/core/change.ts';
import type { Pending, Remembered } from '../../../shared/core/off-hours/memory.ts';
import { resolved } from '../../../shared/core/off-hours/resolve.ts';
import {
  changeOf,
  decideAt,
  group,
  instance,
  memoryIn,
  recordFor,
  seoul,
  stopped,
  wasOn,
  wasStopped,
} from '../../support/off-hours-specimen.ts';

const web = instance('web');
const workers = group('workers');
const SIZE = { min: 1, desired: 3, max: 6 };

const evening = recordFor(decideAt('2026-11-23 21:00', [workers, web], { memories: [wasOn(web), wasOn(workers)] }));
const asleep = { ...workers, ...stopped, capacity: { min: 0, desired: 0, max: 0 } };
const morning = recordFor(
  decideAt('2026-11-24 08:00', [asleep], { memories: [wasStopped(workers, { capacity: SIZE, muted: ['backlog'] })] }),
);

const stopping = memoryIn(evening, 'web')!;
const emptying = memoryIn(evening, 'workers')!;
const filling = memoryIn(morning, 'workers')!;

const numberOf = (one: Remembered): number => one.pending?.number ?? 0;
const appliedAt = seoul('2026-11-23 21:01').toISOString();
const finishedAt = seoul('2026-11-23 21:03').toISOString();

const change = (one: Remembered, more: Pick<Change, 'outcome'> & Partial<Change>, of = evening) =>
  changeOf(of, numberOf(one), { appliedAt, finishedAt, ...more });

const at = (text: string): Date => seoul(text);

describe('a stop that was planned', () => {
  it('is remembered with its plan, its number and how long it is wanted', () => {
    expect(stopping.pending).toEqual({
      act: 'stop',
      planId: evening.plan?.id,
      number: numberOf(stopping),
      mode: 'auto',
      step: 1,
      since: seoul('2026-11-23 21:00').toISOString(),
      until: seoul('2026-11-24 08:00').toISOString(),
    });
  });

  it('and kept is ours from the moment at which it ended', () => {
    expect(resolved(stopping, change(stopping, { outcome: 'kept' }), at('2026-11-23 21:05'))).toEqual(
      withoutPending({ ...stopping, state: 'off', at: finishedAt, stoppedByUs: true }),
    );
  });

  it('and kept is not later than the tick that learns of it, whoever has the wrong clock', () => {
    const ahead = change(stopping, { outcome: 'kept', finishedAt: seoul('2026-11-23 21:09').toISOString() });
    expect(resolved(stopping, ahead, at('2026-11-23 21:05')).at).toBe(at('2026-11-23 21:05').toISOString());
  });

  it('leaves the sizes that a group had, once: a second stop does not change them', () => {
    const first = resolved(emptying, change(emptying, { outcome: 'kept' }), at('2026-11-23 21:05'));
    expect(first.capacity).toEqual(SIZE);
    const again = { ...emptying, capacity: { min: 2, desired: 9, max: 9 } };
    const second = resolved(again, change(emptying, { outcome: 'kept' }), at('2026-11-23 21:05'));
    expect(second.capacity).toEqual({ min: 2, desired: 9, max: 9 });
  });

  it.each<[Change['outcome'], string, Partial<Remembered>]>([
    ['skipped', 'right-size works on it', {}],
    ['failed', 'AccessDenied', {}],
    ['stuck', 'nobody knows', { stoppedByUs: true }],
  ])('and %s is tried again, each time later: 5, 15, 30, and then 60 minutes', (outcome, because, more) => {
    const { appliedAt: _appliedAt, ...never } = change(stopping, { outcome, because });
    const ended = outcome === 'stuck' ? { ...never, appliedAt } : never;
    let one: Remembered = stopping;
    const pauses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      one = resolved({ ...one, pending: stopping.pending! }, ended, at('2026-11-23 22:00'));
      pauses.push(Math.round((Date.parse(one.trouble?.notBefore ?? '') - Date.parse(finishedAt)) / 60_000));
    }
    expect(pauses).toEqual([5, 15, 30, 60, 60]);
    expect(one).toMatchObject({
      state: 'on', // its turn is not obeyed yet
      trouble: { act: 'stop', because, tries: 5, since: seoul('2026-11-23 21:00').toISOString() },
      ...more,
    });
  });

  it('that never reached AWS is nobody’s, however it ended', () => {
    const { appliedAt: _appliedAt, ...never } = change(stopping, { outcome: 'failed' });
    expect(resolved(stopping, never, at('2026-11-23 21:05')).stoppedByUs).toBe(false);
  });

  it('that AWS took, and which runs all the same, is told and left on until the next turn: somebody may have started it', () => {
    const failed = change(stopping, { outcome: 'failed', because: 'it is running' });
    expect(resolved(stopping, failed, at('2026-11-23 21:05'))).toMatchObject({
      stoppedByUs: true,
      trouble: {
        act: 'stop',
        because: expect.stringMatching(/^it is running, .*left on, for somebody may have started it$/),
        notBefore: seoul('2026-11-24 08:00').toISOString(),
      },
    });
  });

  it('and vetoed is left until the next turn, also where the schedule is enforced', () => {
    const vetoed = resolved(
      stopping,
      change(stopping, { outcome: 'vetoed', because: 'vetoed by kim' }),
      at('2026-11-23 21:05'),
    );
    expect(vetoed.trouble).toEqual({
      act: 'stop',
      since: seoul('2026-11-23 21:00').toISOString(),
      because: 'vetoed by kim',
      tries: 0,
      vetoed: true,
      notBefore: seoul('2026-11-24 08:00').toISOString(),
    });
    const later = resolved(stopping, change(stopping, { outcome: 'vetoed' }), at('2026-11-24 08:05'));
    expect(later).toEqual(withoutPending(stopping));
  });

  it('and expired leaves nothing behind', () => {
    expect(resolved(stopping, change(stopping, { outcome: 'expired' }), at('2026-11-24 08:00'))).toEqual(
      withoutPending(stopping),
    );
  });

  it('and taken back by a person was done: its power says the rest', () => {
    const undone = resolved(stopping, change(stopping, { outcome: 'undone' }), at('2026-11-23 21:05'));
    expect(undone).toMatchObject({ state: 'off', stoppedByUs: true });
  });

  it('of which nothing is written down is waited for, and after half an hour for each step it is planned again', () => {
    expect(resolved(stopping, undefined, at('2026-11-23 21:29'))).toBe(stopping);
    const lost = resolved(stopping, undefined, at('2026-11-23 21:30'));
    expect(lost).not.toHaveProperty('pending');
    expect(lost.trouble).toEqual({
      act: 'stop',
      since: seoul('2026-11-23 21:00').toISOString(),
      because: `nothing is known of it since the plan ${evening.plan?.id} was handed over`,
      tries: 1,
    });
    const second = { ...stopping, pending: { ...stopping.pending!, step: 2 } };
    expect(resolved(second, undefined, at('2026-11-23 21:59'))).toBe(second);
  });

  it('and asked for is waited for, and after a week is not', () => {
    const asked = { ...stopping, pending: { ...stopping.pending!, mode: 'approve' as const } };
    expect(resolved(asked, undefined, at('2026-11-30 20:55'))).toBe(asked);
    expect(resolved(asked, undefined, at('2026-11-30 21:00'))).toEqual(withoutPending(asked));
  });

  it('and failed may have left alarms muted: they are remembered', () => {
    const muting = { ...stopping, pending: { ...stopping.pending!, mutes: ['web-cpu'] } };
    const { appliedAt: _appliedAt, ...never } = change(stopping, { outcome: 'failed' });
    expect(resolved(muting, never, at('2026-11-23 21:05')).muted).toEqual(['web-cpu']);
    const skipped = change(stopping, { outcome: 'skipped' });
    expect(resolved(muting, skipped, at('2026-11-23 21:05'))).not.toHaveProperty('muted');
  });

  it('that takes longer than the night is ours by the morning, and still waited for', () => {
    const watching = change(stopping, { outcome: 'watching' });
    expect(resolved(stopping, watching, at('2026-11-23 23:00'))).toBe(stopping);
    expect(resolved(stopping, watching, at('2026-11-24 08:00'))).toEqual({ ...stopping, stoppedByUs: true });
  });
});

describe('a start that was planned', () => {
  it('and kept removes the sizes and the muted alarms: the next stop begins anew', () => {
    const kept = resolved(filling, change(filling, { outcome: 'kept' }, morning), at('2026-11-24 08:05'));
    expect(kept).toMatchObject({ state: 'on', stoppedByUs: false });
    expect(kept).not.toHaveProperty('capacity');
    expect(kept).not.toHaveProperty('muted');
  });

  it('and failed keeps everything that the next one needs', () => {
    const failed = resolved(filling, change(filling, { outcome: 'failed' }, morning), at('2026-11-24 08:05'));
    expect(failed).toMatchObject({
      stoppedByUs: true,
      capacity: SIZE,
      muted: ['backlog'],
      trouble: { act: 'start', tries: 1 },
    });
  });
});

function withoutPending({ pending: _pending, ...one }: Remembered & { pending?: Pending }): Remembered {
  return one;
}
