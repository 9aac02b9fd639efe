import { nameOfPerson } from '../approvers.ts';
import type { Tags } from '../facts.ts';
import type { Arn } from '../identity.ts';
import { isCalendarDate, localTime } from '../time.ts';
import type { Calendar } from './calendar.ts';
import { instantOf } from './zone.ts';

/** The tag by which a resource is kept on for a while, in the local time of its calendar. */
const KEEP_ON_TAG = 'lamplighter:keep-on-until';

/** Somebody wants something on, whatever its calendar says. It lapses by itself. */
export interface KeepOn {
  /** The first instant at which the calendar counts again; absent: nobody knows, so it stays on. */
  readonly until?: Date;
  readonly because: string;
  /** What is wrong with it, for whoever can mend it. */
  readonly problem?: string;
}

/** What a person answered. */
export interface KeepOnAnswer {
  readonly resource: Arn;
  readonly until: Date;
  /** In which the time was given. */
  readonly timezone: string;
  /** ARN of the person's IAM identity. */
  readonly by: Arn;
  readonly at: Date;
  readonly note?: string;
}

export const keepOnAnswered = ({ until, timezone, by }: Pick<KeepOnAnswer, 'until' | 'timezone' | 'by'>): KeepOn => ({
  until,
  because: `${untilIn(until, timezone)} by ${nameOfPerson(by)}`,
});

/**
 * What the tag `lamplighter:keep-on-until` says: `2026-11-27T18-00` (or `18:00`) is a local time, `2026-11-27` the whole day.
 * What is neither keeps the resource on until it is mended: somebody wanted it on. Nothing without the tag.
 */
export function keepOnTagged(tags: Tags, timezone: string): KeepOn | undefined {
  const value = tags[KEEP_ON_TAG];
  if (value === undefined) return undefined;
  const until = untilOf(value.trim(), timezone);
  if (!until) return { because: 'override that does not say until when', problem: NOT_A_TIME };
  return { until, because: untilIn(until, timezone) };
}

/** The instant that a local time (`2026-11-27T18:00`, `2026-11-27T18-00`) means, or the end of a day; nothing when it is neither. */
export function untilOf(text: string, timezone: string): Date | undefined {
  const [, date = '', hours, minutes] = LOCAL_TIME.exec(text) ?? [];
  if (!isCalendarDate(date)) return undefined;
  const minutesOfDay = hours === undefined ? 24 * 60 : Number(hours) * 60 + Number(minutes);
  return instantOf(date, minutesOfDay, timezone);
}

const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3])[-:]([0-5]\d))?$/;

const NOT_A_TIME = `the tag ${KEEP_ON_TAG} is no local time such as 2026-11-27T18-00 and no day such as 2026-11-27: kept on until it is`;

const untilIn = (until: Date, timezone: string): string => `override until ${localTime(until, timezone)}`;

/** In epoch milliseconds. */
export const endOf = ({ until }: KeepOn): number => until?.getTime() ?? Number.POSITIVE_INFINITY;

/** The calendar with overrides, of which the one that ends last counts. An override has no beginning: it always was. */
export function keptOn(calendar: Calendar, overrides: readonly KeepOn[]): Calendar {
  const [first, ...others] = overrides;
  if (!first) return calendar;
  const keepOn = others.reduce((last, one) => (endOf(one) > endOf(last) ? one : last), first);
  return { ...calendar, keepOn };
}
