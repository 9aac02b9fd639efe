import { type Evidence, known, unknown } from '../evidence.ts';
import type { Tags } from '../facts.ts';
import type { Policy } from '../policy.ts';
import type { Span } from '../standing.ts';
import { scheduleOf } from './schedule-tag.ts';

/**
 * When a schedule was on. What is under it is judged by these hours: that it did nothing in the others says nothing of it. They
 * are those of the calendar as it is today, without anybody's overrides: what ran all the same has its metrics.
 */
export interface OnHours {
  /** Its name. */
  readonly schedule: string;
  /** The times in which it was on, in their order. */
  readonly on: readonly Span[];
  /** Of other times nothing is known. */
  readonly range: Span;
  /**
   * For what share of the hours of the year to come that which is under it is billed, if it is billed by the hour: all of them
   * where nothing stops it. Unknown where the holidays are.
   */
  readonly billedShare: Evidence<number>;
}

/** Those of every schedule of the policy by its name; unknown where nobody knows whether a day was a holiday. */
export type OnHoursByName = ReadonlyMap<string, Evidence<OnHours>>;

/** The hours of the schedule that a resource is under; known to be none of what is under no schedule. */
export function onHoursFor(
  tags: Tags,
  { policy, onHours }: { readonly policy: Policy; readonly onHours?: OnHoursByName | undefined },
): Evidence<OnHours | undefined> {
  const schedule = scheduleOf(tags, policy);
  if (!schedule) return known(undefined);
  if (!schedule.known) return schedule;
  return onHours?.get(schedule.value) ?? unknown(`nobody has looked when its schedule ${schedule.value} was on`);
}

/**
 * What a schedule wanted in a period of which CloudWatch has one value: `on`, so that there should be one; `off`, so that none
 * is missing; `hardly` on, so that there may be one or not.
 */
export type Presence = 'on' | 'off' | 'hardly';

/** What is started takes some minutes, and what is on for less than half an hour may have no metrics. */
const HARDLY_MS = 1_800_000;

/** Some periods of one length, one after the other. */
interface Periods {
  readonly first: Date;
  readonly ms: number;
  readonly count: number;
}

/** What was wanted in each period. Without a schedule, and where nobody knows, it was on. */
export function presences(hours: OnHours | undefined, { first, ms, count }: Periods): Presence[] {
  if (!hours) return new Array<Presence>(count).fill('on');
  const beginOf = (index: number) => first.getTime() + index * ms;
  const msOn = new Array<number>(count).fill(0);
  for (const { from, to } of hours.on) {
    const begin = Math.max(0, Math.floor((from - beginOf(0)) / ms));
    for (let index = begin; index < count && beginOf(index) < to; index += 1) {
      msOn[index] = (msOn[index] ?? 0) + Math.min(to, beginOf(index + 1)) - Math.max(from, beginOf(index));
    }
  }
  const isKnown = (index: number) => hours.range.from <= beginOf(index) && beginOf(index) < hours.range.to;
  return msOn.map((on, index) => {
    if (on >= HARDLY_MS || !isKnown(index)) return 'on';
    return on > 0 ? 'hardly' : 'off';
  });
}

/** Whether it was off all the time, as far as anybody knows. */
export function isOffBetween(hours: OnHours, from: Date, to: Date): boolean {
  const first = new Date(Math.max(from.getTime(), hours.range.from));
  return presences(hours, { first, ms: to.getTime() - first.getTime(), count: 1 })[0] === 'off';
}

/** When something is judged, and the hours of its schedule, if it is under one. */
export interface JudgedAt {
  readonly now: Date;
  readonly onHours?: OnHours | undefined;
}

/** What is said behind a number of days when there should be data on only so many of them. */
export const onSome = (hours: OnHours | undefined, days: number): string =>
  hours ? `, on ${days} of which its schedule ${hours.schedule} was on` : '';
