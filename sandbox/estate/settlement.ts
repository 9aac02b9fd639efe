import { DAY, HOUR } from '../clock.ts';
import { noise } from '../random.ts';
import type { BilledMetric, StoredLine } from './billing.ts';
import { type DayNumber, monthStart } from './days.ts';

/** Cost Explorer refreshes its data up to three times a day. */
const REFRESH = 8 * HOUR;

/** What is used shows so much later, by service. */
const LATE = { atLeast: 8 * HOUR, atMost: 24 * HOUR } as const;

/** For so many days amounts are corrected, by less every day: by a hundredth at most. */
const CORRECTED_DAYS = 10;
const CORRECTION = 0.01;

/** A month's bill is closed on this day of the next one; until then all of it is estimated. */
const INVOICED_ON = 5;

/**
 * What Cost Explorer knows at `now` of what a line costs on a day: nothing at first, too little for a day or two, then
 * nearly the final amount. Undefined: nothing.
 */
export function knownCost(line: StoredLine, metric: BilledMetric, { day, now }: { day: DayNumber; now: number }) {
  const final = finalCost(line, metric, day);
  if (final === undefined) return undefined;
  const refreshed = Math.floor(now / REFRESH) * REFRESH;
  const late = LATE.atLeast + (LATE.atMost - LATE.atLeast) * noise(line.seed, 0);
  const hours = refreshed - late - day * DAY;
  if (hours <= 0) return undefined;
  if (line.arrives === 'fee') return final;
  const ageDays = hours / DAY;
  const correction = CORRECTION * (2 * noise(line.seed, day) - 1) * Math.max(0, 1 - ageDays / CORRECTED_DAYS);
  return final * Math.min(1, ageDays) * (1 + correction);
}

/** The same when everything is known. */
function finalCost(line: StoredLine, metric: BilledMetric, day: DayNumber): number | undefined {
  const amortized = metric === 'AmortizedCost' || metric === 'NetAmortizedCost';
  const cost = amortized && line.amortized ? line.amortized(day) : line.unblended(day);
  return cost !== undefined && metric.startsWith('Net') ? cost * (line.netShare ?? 1) : cost;
}

/** Whether AWS may still restate the day. */
export const isEstimated = (day: DayNumber, now: number): boolean => now < (monthStart(day, 1) + INVOICED_ON - 1) * DAY;
