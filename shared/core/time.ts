/** Milliseconds of a UTC day. UTC has no daylight saving, so a UTC day is always this long. */
export const DAY_MS = 86_400_000;

/** The UTC midnight at or before `time`: where CloudWatch's daily periods and AWS's billing days begin. */
export const utcMidnight = (time: Date): Date => new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);

export const daysBefore = (days: number, time: Date): Date => new Date(time.getTime() - days * DAY_MS);

/** The calendar date (`2026-11-22`) that people in `timezone` (IANA name) have at `time`. */
export const localDate = (time: Date, timezone: string): string => datesIn(timezone).format(time);

/** The same for many times. */
export function localDates(timezone: string): (time: Date) => string {
  const format = datesIn(timezone);
  return (time) => format.format(time);
}

/** One for each time zone: a formatter takes 0.1 MB, which the heap's limit does not see, and longer to make than to use. */
function datesIn(timezone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  FORMATS.set(timezone, format);
  return format;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Date and minute as people in `timezone` (IANA name) have them, with the zone: `2026-11-23 06:30 Asia/Seoul`. */
export function localTime(time: Date, timezone: string): string {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' }).format(
    time,
  );
  return `${localDate(time, timezone)} ${clock} ${timezone}`;
}

/** True for a real calendar date in ISO form; `2026-02-30` is none. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
