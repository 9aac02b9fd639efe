import { DAY_MS, utcMidnight } from './time.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * When a weekly window of RDS (`sun:19:00-sun:19:30`, UTC) is open next: `now` itself while it is open.
 * @throws {RangeError} when the text is no such window
 */
export function nextOpening(window: string, now: Date): Date {
  const [opens, closes] = window.toLowerCase().split('-').map(inWeek);
  if (opens === undefined || closes === undefined || Number.isNaN(opens + closes)) {
    throw new RangeError(`not a weekly maintenance window: ${window}`);
  }
  const sunday = utcMidnight(now).getTime() - now.getUTCDay() * DAY_MS;
  const since = modulo(now.getTime() - sunday - opens, WEEK_MS);
  return since < modulo(closes - opens, WEEK_MS) ? now : new Date(now.getTime() + WEEK_MS - since);
}

/** `sun:19:00` in milliseconds since Sunday's midnight; not a number for anything else. */
function inWeek(text: string): number {
  const [, day = '', hour, minute] = /^([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const weekday = WEEKDAYS.indexOf(day);
  return weekday < 0 ? Number.NaN : weekday * DAY_MS + (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
