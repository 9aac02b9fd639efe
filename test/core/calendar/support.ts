import fc from 'fast-check';
import { holidayBook } from '../../../scripts/policy/holidays.ts';
import { type Calendar, calendarOf } from '../../../shared/core/calendar/calendar.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';

/** As it would be stored with a policy. */
export const BOOK = holidayBook(['KR', 'DE-BE', 'US-NY'], { first: 2024, last: 2028 });

/** A calendar as a policy says it. */
export function calendar(named: unknown): Calendar {
  const policy = parsePolicy({ calendars: { one: named } });
  return calendarOf(policy.calendars.one!, policy, BOOK);
}

export const SEOUL = calendar({ timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' });

/** Who answers. */
export const KIM = 'arn:aws:sts::123456789012:assumed-role/sre-oncall/kim';

export const time = (text: string): Date => new Date(text);

const HOUR_MS = 3_600_000;

/** Any minute of 2025 to 2027. */
export const anyTime = fc
  .date({ min: time('2025-01-01T00:00:00Z'), max: time('2027-12-31T00:00:00Z'), noInvalidDate: true })
  .map((at) => new Date(Math.floor(at.getTime() / 60_000) * 60_000));

/** Up to forty days. */
export const anyRange = fc
  .tuple(anyTime, fc.integer({ min: 0, max: 40 * 24 }))
  .map(([from, hours]) => ({ from, to: new Date(from.getTime() + hours * HOUR_MS) }));

const pad = (value: number): string => String(value).padStart(2, '0');
const anyMinutes = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59));
/** `08:00-21:00`; the end may be the next day's. */
export const anyTimes = fc
  .tuple(anyMinutes, anyMinutes)
  .map((two) => two.map(([hour, minute]) => `${pad(hour)}:${pad(minute)}`))
  .map(([from, to]) => (from === to ? '00:00-24:00' : `${from}-${to}`));
const anyWeekday = fc.constantFrom('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun');
const anyDays = fc.oneof(
  anyWeekday,
  fc.tuple(anyWeekday, anyWeekday).map(([from, to]) => `${from}-${to}`),
  fc.uniqueArray(anyWeekday, { minLength: 1, maxLength: 4 }).map((days) => days.join(',')),
  fc
    .tuple(fc.constantFrom('first', 'second', 'third', 'fourth', 'fifth', 'last'), anyWeekday)
    .map((words) => words.join(' ')),
  fc.constantFrom('2026-03-29', '2026-10-20..2026-11-02', '2025-12-24..2026-01-02'),
);

export const anyWindow = fc
  .tuple(anyDays, fc.array(anyTimes, { minLength: 1, maxLength: 3 }))
  .map(([days, times]) => `${days} ${times.join(', ')}`);

const anyTimezone = fc.constantFrom(
  'Asia/Seoul',
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo', // summer time begins at midnight
  'Australia/Lord_Howe', // by half an hour
  'Asia/Kathmandu',
  'UTC',
);

/** What a policy may say of a calendar. */
export const anyNamed = fc.record({
  timezone: anyTimezone,
  on: fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
  holidays: fc.subarray(['KR', 'DE-BE', 'US-NY']),
  off: fc.subarray([
    { from: '2026-03-28', to: '2026-04-02', why: 'moving' },
    { from: '2026-10-25', why: 'inventory' },
  ]),
});

export const anyCalendar = anyNamed.map((named) => ({
  ...calendar(named),
  [fc.toStringMethod]: () => JSON.stringify(named), // and not every holiday
}));
