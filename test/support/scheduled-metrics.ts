import { calendarOf } from '../../shared/core/calendar/calendar.ts';
import { timesOn } from '../../shared/core/calendar/state.ts';
import type { Scene } from './carry-out.ts';
import { BOOK, policyWith, seoul } from './off-hours-specimen.ts';

/** What is measured, by the names of metrics. */
export type MetricNames = Readonly<Record<string, number>>;

interface Measured {
  readonly namespace: string;
  readonly dimension: string;
  readonly of: string;
  readonly metrics: MetricNames;
}

/** When the office in Seoul is open. */
function openings() {
  const policy = policyWith();
  const { seoul: office } = policy.calendars;
  const range = { from: seoul('2026-01-01 00:00'), to: seoul('2027-07-01 00:00') };
  return office ? timesOn(calendarOf(office, policy, BOOK), range) : [];
}

/** One value for as far back as anybody asks, while the office in Seoul is open; none while it is closed. */
export function measuredWhileOn(
  { cloudwatch }: Pick<Scene['region'], 'cloudwatch'>,
  { namespace, dimension, of, metrics }: Measured,
): void {
  const on = openings();
  for (const [metric, value] of Object.entries(metrics)) {
    const name = { namespace, metric, dimensions: { [dimension]: of } };
    cloudwatch.series(name, function* (periodSeconds, start, end) {
      for (let at = start; at < end; at += periodSeconds * 1000) {
        if (on.some(({ from, to }) => from < at + periodSeconds * 1000 && at < to)) yield { at, value };
      }
    });
  }
}
