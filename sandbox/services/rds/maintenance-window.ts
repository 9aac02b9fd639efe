import { DAY, MINUTE } from '../../clock.ts';
import { invalidValue } from './errors.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const WEEK = 7 * DAY;

/** `sun:19:00-sun:19:30` in minutes since Sunday's midnight, UTC. @throws AwsError InvalidParameterValue */
function minutesOf(window: string): { from: number; to: number } {
  const match = /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/.exec(window.toLowerCase());
  const [from, to] = [match?.slice(1, 4), match?.slice(4, 7)].map(([day = '', hour, minute] = []) =>
    WEEKDAYS.includes(day) ? (WEEKDAYS.indexOf(day) * 24 + Number(hour)) * 60 + Number(minute) : Number.NaN,
  );
  if (from === undefined || to === undefined || Number.isNaN(from + to))
    throw invalidValue(
      `Invalid maintenance window format: ${window}. Should be specified as a range ddd:hh24:mi-ddd:hh24:mi`,
    );
  return { from, to };
}

/** @throws AwsError InvalidParameterValue for what is no window, or one of less than thirty minutes */
export function checkWindow(window: string): string {
  const { from, to } = minutesOf(window);
  const lasts = (to - from + WEEK / MINUTE) % (WEEK / MINUTE);
  if (lasts < 30) throw invalidValue('Maintenance window must be at least 30 minutes.');
  return window.toLowerCase();
}

/** When the window opens next: later than `now`, a week later when it is just opening. */
export function nextWindow(window: string, now: Date): Date {
  const midnight = Math.floor(now.getTime() / DAY) * DAY - now.getUTCDay() * DAY;
  const opens = midnight + minutesOf(window).from * MINUTE;
  return new Date(opens > now.getTime() ? opens : opens + WEEK);
}
