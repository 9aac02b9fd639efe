import { isCalendarDate } from '../time.ts';
import { type CalendarDate, WEEKDAYS, type Weekday, weekdayOf } from './days.ts';

/** The days on which a window opens. */
export type Days =
  | { readonly kind: 'weekly'; readonly weekdays: readonly Weekday[] }
  /** The first, second, ... or last such weekday of each month. */
  | { readonly kind: 'monthly'; readonly which: 1 | 2 | 3 | 4 | 5 | 'last'; readonly weekday: Weekday }
  /** Both dates included. */
  | { readonly kind: 'dated'; readonly first: CalendarDate; readonly last: CalendarDate };

/** From when to when, in minutes after 00:00 of the day on which it opens; one that ends the next day has more than 1,440. */
export interface Times {
  readonly from: number;
  readonly to: number;
}

/** When something is on: `Mon-Fri 08:00-12:00, 13:00-21:00`. */
export interface Window {
  /** As the policy says it. */
  readonly text: string;
  readonly days: Days;
  readonly times: readonly Times[];
}

/** What may be written, for people. */
export const WINDOW_EXAMPLES =
  'days and times such as "Mon-Fri 08:00-21:00", "Mon,Wed 08:00-12:00, 13:00-18:00", "Fri 22:00-06:00", ' +
  '"first Mon 09:00-17:00", "2026-11-25 00:00-24:00" or "2026-11-25..2026-11-30 06:00-24:00"';

const WINDOW = /^(?<days>\S+|\S+ [A-Z][a-z]{2}) (?<times>\d\d:\d\d-\d\d:\d\d(, ?\d\d:\d\d-\d\d:\d\d)*)$/;

/** Nothing when the text is not a window. */
export function parseWindow(text: string): Window | undefined {
  const { days: daysText = '', times: timesText = '' } = WINDOW.exec(text)?.groups ?? {};
  const days = parseDays(daysText);
  const times = timesText.split(/, ?/).map(parseTimes);
  return days && times.every((one) => one !== undefined) ? { text, days, times } : undefined;
}

/** `weekly window Mon-Fri 08:00-21:00` */
export const describeWindow = ({ text, days }: Window): string => `${days.kind} window ${text}`;

/** Whether the window opens on the date. */
export function opensOn({ days }: Window, date: CalendarDate): boolean {
  switch (days.kind) {
    case 'weekly':
      return days.weekdays.includes(weekdayOf(date));
    case 'monthly':
      return weekdayOf(date) === days.weekday && isWhich(days.which, date);
    case 'dated':
      return days.first <= date && date <= days.last;
    default:
      return days satisfies never;
  }
}

function isWhich(which: number | 'last', date: CalendarDate): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (which !== 'last') return Math.ceil(day / 7) === which;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day + 7 > daysInMonth;
}

const WHICH = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5, last: 'last' } as const;

function parseDays(text: string): Days | undefined {
  const [word = '', dayName = ''] = text.split(' ');
  if (Object.hasOwn(WHICH, word)) {
    const weekday = parseWeekday(dayName);
    return weekday === undefined ? undefined : { kind: 'monthly', which: WHICH[word as keyof typeof WHICH], weekday };
  }
  if (dayName !== '') return undefined;
  return /^\d/.test(word) ? parseDates(word) : parseWeekdays(word);
}

function parseDates(text: string): Days | undefined {
  const [first = '', last = first, more] = text.split('..');
  const isRange = isCalendarDate(first) && isCalendarDate(last) && first <= last && more === undefined;
  return isRange ? { kind: 'dated', first, last } : undefined;
}

/** `Mon`, `Mon-Fri`, `Sat-Mon`, `Mon,Wed,Fri-Sun` */
function parseWeekdays(text: string): Days | undefined {
  const parts = text.split(',').map(weekdaysIn);
  return parts.every((one) => one !== undefined) ? { kind: 'weekly', weekdays: [...new Set(parts.flat())] } : undefined;
}

function weekdaysIn(text: string): Weekday[] | undefined {
  const [first, last, ...more] = text.split('-').map(parseWeekday);
  if (first === undefined || more.length > 0) return undefined;
  if (!text.includes('-')) return [first];
  if (last === undefined) return undefined;
  const count = ((last - first + 7) % 7) + 1; // Sat-Mon goes over the end of the week
  return Array.from({ length: count }, (_, index) => (first + index) % 7);
}

function parseWeekday(name: string): Weekday | undefined {
  const weekday = WEEKDAYS.indexOf(name);
  return weekday === -1 ? undefined : weekday;
}

const DAY_MINUTES = 24 * 60;

/** An end at or before the beginning is the next day's; `08:00-08:00` might mean a day or nothing, so it means neither. */
function parseTimes(text: string): Times | undefined {
  const [from, to] = text.split('-').map(parseMinutes);
  if (from === undefined || to === undefined || from === to || from === DAY_MINUTES) return undefined;
  return { from, to: to > from ? to : to + DAY_MINUTES };
}

/** `00:00` to `24:00` */
function parseMinutes(text: string): number | undefined {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= DAY_MINUTES ? total : undefined;
}
