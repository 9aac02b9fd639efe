import type { Policy } from '../policy.ts';
import type { Span } from '../standing.ts';
import { addDays, type CalendarDate, datesBetween } from './days.ts';
import { type HolidayBook, holidayOn, type Place } from './holidays.ts';
import type { KeepOn } from './keep-on.ts';
import { describeWindow, opensOn, parseWindow, type Window } from './windows.ts';
import { dateAt, instantOf } from './zone.ts';

/** Days of the policy's own on which weekly and monthly windows stay closed. */
export interface Closing {
  /** The first day. */
  readonly from: CalendarDate;
  /** The first day that is as usual again; absent: only the first day is closed. */
  readonly to?: CalendarDate | undefined;
  readonly why: string;
}

/** When something is on, as it is worked with. */
export interface Calendar {
  /** IANA name. */
  readonly timezone: string;
  readonly windows: readonly Window[];
  readonly closings: readonly Closing[];
  /** Whose holidays keep weekly and monthly windows closed. */
  readonly places: readonly Place[];
  readonly book: HolidayBook;
  /** Somebody wants it kept on, whatever the windows say. */
  readonly keepOn?: KeepOn;
}

export type CalendarPolicy = Policy['calendars'][string];

/** A calendar of the policy, with the holidays that were stored with it. */
export function calendarOf(named: CalendarPolicy, { timezone }: Pick<Policy, 'timezone'>, book: HolidayBook): Calendar {
  return {
    timezone: named.timezone ?? timezone,
    windows: named.on.flatMap((text) => parseWindow(text) ?? []),
    closings: named.off,
    places: named.holidays,
    book,
  };
}

/** One opening of one window, or one that did not happen. */
export interface Opening extends Span {
  /** Which window it is. */
  readonly because: string;
  /** Why it stays closed, if it does: `holiday: Korean New Year`. */
  readonly closedBecause?: string;
}

/**
 * Every opening that reaches into the range or touches it, in the order in which they begin. A window belongs to the day on
 * which it opens: Friday night goes on into a Saturday that is a holiday. What names its dates opens on closed days, too.
 * @throws {HolidaysUnknownError}
 */
export function openingsIn(calendar: Calendar, { from, to }: Span): Opening[] {
  const { timezone, windows } = calendar;
  const first = addDays(dateAt(from, timezone), -1); // what goes over midnight opened the day before
  return datesBetween(first, dateAt(to, timezone))
    .flatMap((date) => {
      const opening = windows.filter((window) => opensOn(window, date));
      const closed = opening.some(({ days }) => days.kind !== 'dated') ? closedBecause(calendar, date) : undefined;
      return opening.flatMap((window) => openingsOf(window, { date, timezone, closed }));
    })
    .filter((one) => one.from <= to && from <= one.to)
    .sort((a, b) => a.from - b.from);
}

interface Day {
  readonly date: CalendarDate;
  readonly timezone: string;
  readonly closed: string | undefined;
}

function openingsOf(window: Window, { date, timezone, closed }: Day): Opening[] {
  return window.times
    .map(({ from, to }) => ({
      from: instantOf(date, from, timezone).getTime(),
      to: instantOf(date, to, timezone).getTime(),
      because: describeWindow(window),
      ...(closed !== undefined && window.days.kind !== 'dated' ? { closedBecause: closed } : {}),
    }))
    .filter(({ from, to }) => from < to); // one that lies in a skipped hour never opens
}

/** Why weekly and monthly windows stay closed on a date; nothing when they open. */
export function closedBecause({ closings, places, book }: Calendar, date: CalendarDate): string | undefined {
  const own = closings.find(({ from, to }) => from <= date && date < (to ?? addDays(from, 1)));
  if (own) return `closed: ${own.why}`;
  const names = places.flatMap((place) => holidayOn(book, place, date) ?? []);
  return names.length > 0 ? `holiday: ${[...new Set(names)].join(', ')}` : undefined;
}
