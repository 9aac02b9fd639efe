import type { Policy, PolicyProblem } from '../policy.ts';
import { DAY_MS, localDate } from '../time.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import { type HolidayBook, knowsHolidays, lastKnownDay, type Place } from './holidays.ts';
import { HORIZON_DAYS, nextTransition, stateAt } from './state.ts';

/** Every place whose holidays a policy asks for, each once. */
export const placesOf = ({ calendars }: Pick<Policy, 'calendars'>): Place[] => [
  ...new Set(Object.values(calendars).flatMap(({ holidays }) => holidays)),
];

/**
 * What is wrong with the policy's calendars as of a day, beyond what their schema sees: a country or region that nobody
 * knows, holidays that have run out, a calendar that is never on.
 */
export function calendarProblems(policy: Policy, book: HolidayBook, at: Date): PolicyProblem[] {
  return Object.entries(policy.calendars).flatMap(([name, named]) => {
    const problems = named.holidays.flatMap((place, index): PolicyProblem[] => {
      const allowed = problemOf(place, book, at);
      return allowed ? [{ path: ['calendars', name, 'holidays', index], allowed }] : [];
    });
    if (problems.length > 0 || isEverOn(calendarOf(named, policy, book), at)) return problems;
    return [{ path: ['calendars', name, 'on'], allowed: `at least one hour in the next ${HORIZON_DAYS} days` }];
  });
}

/** How far around a tick a decision may look. */
const AROUND_DAYS = 31;

function problemOf(place: Place, book: HolidayBook, at: Date): string | undefined {
  if (!Object.hasOwn(book.places, place)) return A_PLACE;
  const around = [-AROUND_DAYS, AROUND_DAYS].map((days) => dayAfter(at, days));
  if (knowsHolidays(book, place, around)) return undefined;
  return `holidays from ${around.join(' to ')}, which are not stored: store the policy again`;
}

const A_PLACE = 'a country such as KR or a region such as DE-BE or US-NY, by its codes in ISO 3166';

const dayAfter = (at: Date, days: number): string => localDate(new Date(at.getTime() + days * DAY_MS), 'UTC');

/** True also of one of which nobody can know, because the holidays end before. */
function isEverOn(calendar: Calendar, at: Date): boolean {
  if (stateAt(calendar, at).state === 'on' || nextTransition(calendar, at) !== undefined) return true;
  return calendar.places.length > 0 && lastKnownDay(calendar.book) <= dayAfter(at, HORIZON_DAYS + 1);
}

/** What to tell people, from {@link HORIZON_DAYS} before the stored holidays end; nothing before that. */
export function holidaysEnd(policy: Policy, book: HolidayBook, at: Date): string | undefined {
  const last = lastKnownDay(book);
  if (placesOf(policy).length === 0 || dayAfter(at, HORIZON_DAYS) <= last) return undefined;
  return `the holidays of the calendars are known up to ${last}: store the policy again`;
}
