import { describe, expect, it } from 'vitest';
import type { Action } from '../../../shared/core/action.ts';
import { NO_HOLIDAYS } from '../../../shared/core/calendar/holidays.ts';
import { inverseOf } from '../../../shared/core/change.ts';
import { unknown } from '../../../shared/core/evidence.ts';
import { type ScheduleContext, scheduledTypeOf, whyNotNow } from '../../../shared/core/off-hours/recheck.ts';
import type { ScheduledResource } from '../../../shared/core/off-hours/resource.ts';
import type { Proposal } from '../../../shared/core/plan.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';

const identity = { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1', id: 'i-1' };

const policy = parsePolicy({
  timezone: 'Asia/Seoul',
  calendars: {
    seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' },
    plain: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00' },
  },
  schedules: { office: { calendar: 'seoul' }, batch: { calendar: 'plain' } },
});

/** A Monday in Seoul, and the day after, which is a holiday in this book. */
const EVENING = new Date('2026-11-23T12:00:00Z'); // 21:00
const MORNING = new Date('2026-11-23T23:00:00Z'); // 08:00 on Tuesday
const book = { years: { first: 2024, last: 2030 }, places: { KR: {} as Record<string, string> } };

const at = (now: Date, more: Partial<ScheduleContext> = {}): ScheduleContext => ({
  now,
  policy,
  vetoes: [],
  holidays: book,
  ...more,
});

const instance: ScheduledResource & { type: 'instance' } = {
  type: 'instance',
  identity,
  name: 'batch-1',
  scope: { account: '123456789012', region: 'ap-northeast-2' },
  tags: { 'lamplighter:schedule': 'office' },
  what: 'm5.large',
  instanceType: 'm5.large',
  power: { power: 'running' },
};

const stopping = {
  kind: 'stop-instance',
  instance: identity,
  expect: { state: 'running', instanceType: 'm5.large' },
} as const satisfies Action;

const of = (action: Action): Proposal => ({
  rule: 'off-hours',
  mode: 'auto',
  action,
  resource: { arn: identity.arn, name: 'batch-1', region: 'ap-northeast-2', what: 'm5.large' },
  because: 'off: outside Mon-Fri 08:00-21:00',
  saving: unknown('not asked'),
  undo: { reversibility: 'full' },
  schedule: { name: 'office', until: MORNING.toISOString() },
});

const stop = of(stopping);
const start = of(inverseOf(stopping) as Action);
const stopped: ScheduledResource = { ...instance, power: { power: 'stopped' } };
const tagged = (tags: Record<string, string>) => ({ ...instance, tags: { ...instance.tags, ...tags } });

describe('what a schedule wanted', () => {
  it('is still wanted: the stop in the evening, the start in the morning', () => {
    expect(whyNotNow(stop, instance, at(EVENING))).toBeUndefined();
    expect(whyNotNow(start, stopped, at(MORNING))).toBeUndefined();
  });

  it.each<[string, ScheduledResource, Partial<ScheduleContext>, RegExp]>([
    ['it belongs to a group', { ...instance, leftBecause: 'a member of the Auto Scaling group web' }, {}, /^a member/],
    ['it has lost the tag', { ...instance, tags: {} }, {}, /under no schedule any more/],
    [
      'it is under another schedule',
      tagged({ 'lamplighter:schedule': 'batch' }),
      {},
      /^it is under the schedule batch/,
    ],
    ['its schedule is gone', tagged({ 'lamplighter:schedule': 'moon' }), {}, /names no schedule of the policy/],
    [
      'it has another type',
      { ...instance, instanceType: 'm5.xlarge' },
      {},
      /^its type is m5.xlarge by now, not m5.large/,
    ],
    ['its schedule has turned on', instance, { now: MORNING }, /^its schedule wants it on by now: weekly window/],
    ['a tag keeps it on', tagged({ 'lamplighter:keep-on-until': '2026-11-23T23-00' }), {}, /on by now: override until/],
    ['the tag cannot be read', tagged({ 'lamplighter:keep-on-until': 'late' }), {}, /override that does not say/],
    [
      'somebody has answered to keep it on',
      instance,
      { answered: { until: MORNING, because: 'override until the morning' } },
      /on by now: override until the morning/,
    ],
    ['holidays are unknown', instance, { holidays: NO_HOLIDAYS }, /the holidays of KR are not known/],
    ['it is protected', tagged({ 'lamplighter:protect': '' }), {}, /^protected by its tag/],
    [
      'somebody has vetoed it',
      instance,
      { vetoes: [{ resource: identity.arn, until: MORNING, by: 'kim', why: 'audit' }] },
      /^vetoed by kim .* audit$/,
    ],
  ])('is not stopped: %s', (_, resource, context, because) => {
    expect(whyNotNow(stop, resource, at(EVENING, context))).toMatch(because);
  });

  it.each<[string, ScheduledResource, Partial<ScheduleContext>, RegExp]>([
    ['it has lost the tag', { ...stopped, tags: {} }, {}, /under no schedule any more/],
    ['its schedule has turned off', stopped, { now: EVENING }, /^its schedule wants it off by now: outside/],
    [
      'the day has become a holiday',
      stopped,
      { holidays: { ...book, places: { KR: { '2026-11-24': 'Foundation Day' } } } },
      /off by now: holiday: Foundation Day/,
    ],
  ])('is not started: %s', (_, resource, context, because) => {
    expect(whyNotNow(start, resource, at(MORNING, context))).toMatch(because);
  });

  it('is started although it is protected, and not when it is vetoed', () => {
    const keep = { ...stopped, tags: { ...stopped.tags, 'lamplighter:protect': '' } };
    expect(whyNotNow(start, keep, at(MORNING))).toBeUndefined();
    const until = new Date('2026-12-01T00:00:00Z');
    const vetoes = [{ resource: identity.arn, until, by: 'kim', why: 'audit' }];
    expect(whyNotNow(start, stopped, at(MORNING, { vetoes }))).toMatch(/^vetoed by kim/);
  });
});

it('knows what the reader has to look for, and that no schedule wants a volume', () => {
  expect(scheduledTypeOf(stopping)).toBe('instance');
  expect(scheduledTypeOf({ kind: 'resume-warehouse', warehouse: identity })).toBe('warehouse');
  expect(scheduledTypeOf({ kind: 'snapshot-and-delete-volume', volume: identity })).toBeUndefined();
});
