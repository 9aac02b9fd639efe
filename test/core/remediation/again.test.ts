import { describe, expect, it } from 'vitest';
import type { Action } from '../../../shared/core/action.ts';
import { whyNoLonger } from '../../../shared/core/remediation/again.ts';
import type { Remedy } from '../../../shared/core/remediation/runbook.ts';

const database = { arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders', id: 'db-ORDERS' };
const instance = { arn: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1', id: 'i-1' };

const grown = (fromGiB: number, toGiB: number, type = 'gp3'): Action => ({
  kind: 'change-database-storage',
  direction: 'gives',
  database,
  from: { type, sizeGiB: fromGiB },
  to: { type, sizeGiB: toGiB },
});
const rebooted = (launchedAt: string): Action => ({
  kind: 'reboot-instance',
  instance,
  expect: { state: 'running', launchedAt },
});
const moved: Action = {
  kind: 'move-instance',
  instance,
  expect: { state: 'running', launchedAt: '', instanceType: 'm7g.large' },
};
const larger = (to: string): Action => ({
  kind: 'resize-database',
  direction: 'gives',
  database,
  from: 'db.r6g.large',
  to,
});

const wanting = (action: Action, onlyApproved = false): Remedy => ({
  act: { action, undo: { reversibility: 'full' }, onlyApproved },
  because: 'it is full soon',
  evidence: [],
  charts: [],
  next: '',
});

const why = (action: Action, judged: Action) => whyNoLonger({ action, approved: 'by the policy' }, wanting(judged));

describe('what was decided is still wanted', () => {
  it.each<[string, Action, Action]>([
    ['it is the same', larger('db.r6g.xlarge'), larger('db.r6g.xlarge')],
    ['only the state that it expects is another', rebooted('2026-01-01'), rebooted('2026-02-02')],
    ['the storage is to be larger by now', grown(100, 150), grown(100, 170)],
    ['the storage needs a tenth less', grown(100, 150), grown(100, 140)],
  ])('when %s', (_, decided, judged) => expect(why(decided, judged)).toBeUndefined());
});

describe('what was decided is not wanted any more', () => {
  it.each<[string, Action, Action, string]>([
    ['it is of another size', grown(100, 150), grown(120, 170), 'from 120 GiB of gp3'],
    ['it is of another type', grown(100, 150), grown(100, 150, 'io2'), 'of io2'],
    ['it needs much less', grown(100, 150), grown(100, 139), 'to 139 GiB'],
    ['another class is the next', larger('db.r6g.xlarge'), larger('db.r6g.2xlarge'), 'to db.r6g.2xlarge'],
    ['another remedy is', rebooted(''), moved, 'to another host'],
  ])('when %s', (_, decided, judged, words) => expect(why(decided, judged)).toContain(words));

  it('when nothing is to be done, for the reason that the runbook has', () => {
    const { act: _, ...nothing } = wanting(moved);
    expect(whyNoLonger({ action: moved, approved: 'by a person' }, nothing)).toBe('it is full soon');
  });

  it('when a person is to be asked first, and nobody was', () => {
    const remedy = wanting(moved, true);
    expect(whyNoLonger({ action: moved, approved: 'by the policy' }, remedy)).toContain(
      'a person is to be asked first',
    );
    expect(whyNoLonger({ action: moved, approved: 'by a person' }, remedy)).toBeUndefined();
  });
});
