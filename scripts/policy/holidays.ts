import { isDeepStrictEqual } from 'node:util';
import * as gazette from '@hyunbinseo/holidays-kr/all';
import Holidays, { type HolidaysTypes } from 'date-holidays';
import { placesOf } from '../../shared/core/calendar/check.ts';
import { addDays, type CalendarDate } from '../../shared/core/calendar/days.ts';
import { type HolidayBook, knowsHolidays, NO_HOLIDAYS, type Place } from '../../shared/core/calendar/holidays.ts';
import type { Policy } from '../../shared/core/policy.ts';

type Years = HolidayBook['years'];
type Names = Record<CalendarDate, string>;

/** The years that are stored: as far back as a backfill may look, and far enough ahead for a policy that nobody touches. */
const yearsAround = (now: Date): Years => ({ first: now.getUTCFullYear() - 2, last: now.getUTCFullYear() + 8 });

/** The public holidays of the places, with their names in English. A place that nobody knows is left out. */
export function holidayBook(places: readonly Place[], years: Years): HolidayBook {
  const known = places.filter(isKnown);
  return { years, places: Object.fromEntries(known.map((place) => [place, holidaysOf(place, years)])) };
}

/** The holidays that a policy asks for, as of now. */
export const holidaysFor = (policy: Policy, now: Date): HolidayBook => holidayBook(placesOf(policy), yearsAround(now));

/** What a newer book changes, in words: the years and places that it knows, and days that have become holidays or are none any more. */
export function holidayChanges(before: HolidayBook = NO_HOLIDAYS, after: HolidayBook = NO_HOLIDAYS): string[] {
  const { first, last } = after.years;
  const years = isDeepStrictEqual(before.years, after.years) ? [] : [`holidays: known from ${first} to ${last}`];
  const days = Object.entries(after.places).flatMap(([place, names]) => {
    const known = before.places[place];
    if (!known) return [`holidays.${place}: ${Object.keys(names).length} days`];
    const inBoth = (date: CalendarDate) => knowsHolidays(before, place, [date]) && knowsHolidays(after, place, [date]);
    const added = Object.entries(names).filter(([date]) => inBoth(date) && !Object.hasOwn(known, date));
    const removed = Object.entries(known).filter(([date]) => inBoth(date) && !Object.hasOwn(names, date));
    return [
      ...added.map(([date, name]) => `holidays.${place}.${date}: not set -> ${JSON.stringify(name)}`),
      ...removed.map(([date, name]) => `holidays.${place}.${date}: ${JSON.stringify(name)} -> not set`),
    ];
  });
  return [...years, ...days];
}

/** Asked before: of a region that it does not know the library gives the country's holidays. */
function isKnown(place: Place): boolean {
  const [country = '', state, region] = place.split('-');
  const library = new Holidays();
  const has = (known: object | undefined, code: string) => Object.hasOwn(known ?? {}, code);
  if (!has(library.getCountries(), country)) return false;
  if (state !== undefined && !has(library.getStates(country), state)) return false;
  return state === undefined || region === undefined || has(library.getRegions(country, state), region);
}

function holidaysOf(place: Place, years: Years): Names {
  const library = new Holidays();
  const [country = '', state = '', region = ''] = place.split('-');
  library.init(country, state, region, { languages: 'en', types: ['public'] });
  const inYears = Array.from({ length: years.last - years.first + 1 }, (_, index) => years.first + index);
  const forecast = inYears.flatMap((year) =>
    library.getHolidays(year, 'en').map(country === 'KR' ? corrected : asItIs),
  );
  const names: Names = {};
  for (const { name, days } of forecast) {
    for (const day of days) names[day] = names[day] ? `${names[day]}, ${name}` : name;
  }
  return country === 'KR' ? asPublished(names, years) : names;
}

interface Named {
  readonly name: string;
  readonly days: readonly CalendarDate[];
}

const asItIs = (holiday: HolidaysTypes.Holiday): Named => ({ name: holiday.name, days: daysOf(holiday) });

const HOUR_MS = 3_600_000;

/** Every date whose noon lies in the holiday: some begin at the sunset before, and half a day is none. */
function daysOf({ date, start, end }: HolidaysTypes.Holiday): CalendarDate[] {
  const [, day = '', hour = '0', offset = '0'] = /^(\S+) (\d\d):\d\d:\d\d(?: ([+-]\d\d)\d\d)?$/.exec(date) ?? [];
  const from = Number(hour) + Number(offset);
  const to = from + (end.getTime() - start.getTime()) / HOUR_MS;
  const count = Math.ceil((to - 12) / 24);
  const noons = Array.from({ length: Math.max(0, count) }, (_, index) => index).filter((one) => from <= 12 + one * 24);
  return noons.map((one) => addDays(day, one));
}

/** The library lets the three days of Seollal begin on the day itself; they begin on its eve. */
function corrected(holiday: HolidaysTypes.Holiday): Named {
  const { name, days } = asItIs(holiday);
  return holiday.rule.startsWith('korean 01-0-01')
    ? { name, days: days.map((day) => addDays(day, -1)) }
    : { name, days };
}

/**
 * What Korea's gazette has published takes the place of what was computed: it has the temporary holidays and the elections,
 * too. Their names stay in Korean where the library has none.
 */
function asPublished(forecast: Names, { first, last }: Years): Names {
  const yearOf = (date: CalendarDate) => Number(date.slice(0, 4));
  const published = Object.values(gazette).flatMap((year) => Object.entries<readonly string[]>(year));
  const years = new Set(published.map(([date]) => yearOf(date)));
  const computed = Object.entries(forecast).filter(([date]) => !years.has(yearOf(date)));
  const official = published
    .filter(([date]) => first <= yearOf(date) && yearOf(date) <= last)
    .map(([date, names]) => [date, forecast[date] ?? names.join(', ')] as const);
  return Object.fromEntries([...official, ...computed]);
}
