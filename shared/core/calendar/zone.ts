import { create, toZonedDateTime } from 'temporal-polyfill/fns/PlainDateTime';
import { create as createZoned, getTimeZoneTransition } from 'temporal-polyfill/fns/ZonedDateTime';
import { DAY_MS } from '../time.ts';
import type { CalendarDate } from './days.ts';

/** The calendar date that people in `timezone` (IANA name) have at a time, in epoch milliseconds. */
export function dateAt(time: number, timezone: string): CalendarDate {
  const { year, month, day } = createZoned(BigInt(time) * 1_000_000n, timezone);
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

const DAY_MINUTES = 24 * 60;

/**
 * The instant at which clocks in `timezone` (IANA name) show a time of day, given as minutes after 00:00 of the date; it
 * may be the next day's. A time that is shown twice, when summer time ends, is the first of the two. One that is skipped,
 * when summer time begins, is the instant at which it is skipped.
 */
export function instantOf(date: CalendarDate, minutes: number, timezone: string): Date {
  const day = new Date(Date.parse(date) + Math.floor(minutes / DAY_MINUTES) * DAY_MS);
  const [hour, minute] = [Math.floor((minutes % DAY_MINUTES) / 60), minutes % 60];
  const local = create(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), hour, minute);
  const at = toZonedDateTime(local, timezone, { disambiguation: 'earlier' });
  const isShown = at.day === local.day && at.hour === hour && at.minute === minute;
  if (isShown) return new Date(at.epochMilliseconds);
  const skip = getTimeZoneTransition(at, 'next'); // a skipped time was moved to before the skip
  return new Date((skip ?? at).epochMilliseconds);
}
