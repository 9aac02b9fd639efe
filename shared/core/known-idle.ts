import { switchesOff, targetOf } from './action.ts';
import type { Change } from './change.ts';
import type { DailySeries } from './facts.ts';
import type { Identity } from './identity.ts';
import { isScheduled } from './plan.ts';
import { type Span, timesOf } from './standing.ts';
import { DAY_MS, utcMidnight } from './time.ts';

/**
 * When Lamplighter kept the resource stopped because it was idle, up to `now`. A change of which nobody knows how long it stood
 * says nothing, and nor does what a schedule had off: that was to be off, used or not.
 */
export function stopsIn(changes: readonly Change[], { id }: Identity, now: Date): Span[] {
  const ofResource = changes.filter(({ proposal }) => targetOf(proposal.action).id === id);
  const isStop = ({ proposal }: Change) => switchesOff(proposal.action) && !isScheduled(proposal);
  return timesOf(ofResource, now).flatMap(({ change, spans }) => (isStop(change) && spans.known ? spans.value : []));
}

/** Whether a day that is over before `until` has no value. */
export const hasGaps = (series: DailySeries, until: Date): boolean =>
  daysBetween(series.firstDay, utcMidnight(until)).some((_, index) => series.values[index] === undefined);

/**
 * Hours that Lamplighter kept a resource stopped are known idle: CloudWatch has no datapoint for them, and needs none. A
 * day is filled in only when one stop covers all of it: what ran for a part of a day has datapoints of that day.
 */
export function fillStopped(series: DailySeries, stops: readonly Span[], until: Date): DailySeries {
  const stopped = (day: number) => stops.some(({ from, to }) => from <= day && day + DAY_MS <= to);
  const days = daysBetween(series.firstDay, until);
  const values = days.map((day, index) => series.values[index] ?? (stopped(day) ? 0 : undefined));
  return { ...series, values };
}

/** The midnights from the first day on, in epoch milliseconds; the last day may be running. */
function daysBetween(firstDay: Date, until: Date): number[] {
  const count = Math.max(0, Math.ceil((until.getTime() - firstDay.getTime()) / DAY_MS));
  return Array.from({ length: count }, (_, index) => firstDay.getTime() + index * DAY_MS);
}
