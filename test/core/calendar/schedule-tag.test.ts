import { expect, it } from 'vitest';
import { scheduleOf } from '../../../shared/core/calendar/schedule-tag.ts';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';

const policy = parsePolicy({
  calendars: { seoul: { on: 'Mon-Fri 08:00-21:00' } },
  schedules: { office: { calendar: 'seoul' }, nights: { calendar: 'seoul' } },
});

it.each([
  ['names a schedule', { 'lamplighter:schedule': 'office' }, known('office')],
  ['names one between blanks', { 'lamplighter:schedule': ' nights ' }, known('nights')],
  ['is not there', { Name: 'office' }, undefined],
  [
    'names a calendar',
    { 'lamplighter:schedule': 'seoul' },
    unknown('the tag lamplighter:schedule names no schedule of the policy; there are: office, nights'),
  ],
  [
    'is empty',
    { 'lamplighter:schedule': '' },
    unknown('the tag lamplighter:schedule names no schedule of the policy; there are: office, nights'),
  ],
])('when the tag %s', (_, tags, schedule) => {
  expect(scheduleOf(tags as Record<string, string>, policy)).toEqual(schedule);
});

it('when the policy has no schedules, and the name is that of something else', () => {
  expect(scheduleOf({ 'lamplighter:schedule': 'constructor' }, parsePolicy({}))).toEqual(
    unknown('the tag lamplighter:schedule names no schedule of the policy; there are: none'),
  );
});
