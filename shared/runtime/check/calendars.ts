import { calendarProblems, holidaysEnd, placesOf } from '../../core/calendar/check.ts';
import { lastKnownDay, NO_HOLIDAYS } from '../../core/calendar/holidays.ts';
import { describeProblem } from '../../core/policy.ts';
import type { StoredPolicy } from '../../ports.ts';
import type { Finding } from '../../ports-check.ts';

const MATTERS = 'Nothing under the schedules of these calendars is stopped or started';
const FIX = 'npm run policy -- FILE looks the holidays up again; the same file will do';

/** Whether the policy's calendars can be followed with the holidays that were stored with it, and for how long. */
export function checkCalendars({ policy, holidays }: StoredPolicy, at: Date): Finding[] {
  if (Object.keys(policy.calendars).length === 0) return [];
  const places = placesOf(policy);
  const missing = (says: string): Finding => ({
    state: 'missing',
    what: 'calendars',
    says,
    matters: MATTERS,
    fix: FIX,
  });
  if (!holidays && places.length > 0) return [missing(`the holidays of ${places.join(', ')} were not stored with it`)];
  const book = holidays ?? NO_HOLIDAYS;
  const problems = calendarProblems(policy, book, at);
  if (problems.length > 0) return [missing(problems.map(describeProblem).join('; '))];
  const ending = holidaysEnd(policy, book, at);
  if (ending) return [{ state: 'note', what: 'calendars', says: ending, fix: FIX }];
  const known = places.length > 0 ? `: the holidays of ${places.join(', ')} up to ${lastKnownDay(book)}` : '';
  return [{ state: 'ok', what: 'calendars', says: `known${known}` }];
}
