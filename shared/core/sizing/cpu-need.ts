import { type OnHours, presences } from '../calendar/on-hours.ts';
import { type Evidence, known, unknown } from '../evidence.ts';
import { DAY_MS } from '../time.ts';
import type { DemandSummary } from './demand.ts';
import { LOOK_BACK_DAYS, lastDays, lastHours, onDay } from './look-back.ts';
import { largest, largestRun, mean } from './statistics.ts';

/** Above this share of its CPU a machine is taken to be short of it. */
export const FULL_PERCENT = 90;

/** On top of the worst days: what the next weeks may ask beyond the last ones. A shorter history deserves more. */
const HEADROOM = 0.3;

/** The worst days are two a week. */
const WORST_DAYS_SHARE = 2 / 7;

/** Room for growth: so much of the level, of the last week's where that is higher. */
const GROWTH = 0.25;

/** The busiest hours that must fit. One hour alone may be a deployment or a backup. */
const BUSIEST_HOURS = 4;

export interface CpuNeed {
  /** In percent of the CPU that the machine has; above 100 it needs more. */
  readonly percent: number;
  /** The average of the busiest 24 hours in a row, in percent of the CPU that the machine has. */
  readonly busiestDayPercent: number;
  /** What decided, in words. */
  readonly because: string;
  /** Sale days of which nothing is known. */
  readonly unmeasuredSaleDays: readonly Date[];
}

/**
 * The CPU that the machine must keep, as the largest of four demands:
 *
 * - its worst days: the mean daily p99.9 of the two worst days a week, with headroom, and room for growth;
 * - a day that came twice: the second highest daily p99, up to 90 % full;
 * - its busiest hours: the mean of the four highest hourly averages, up to 90 % full;
 * - a sale: the highest p99.9 of a sale day, with headroom, however long ago.
 *
 * It never falls when any of the measured values rises. The constants were chosen on traces of real machines, by what
 * these then asked for in the next 14 days.
 */
export function cpuNeed(demand: DemandSummary, saleDays: readonly Date[]): Evidence<CpuNeed> {
  const { cpuPercent } = demand;
  const peaks = lastDays(cpuPercent.daily['p99.9'], demand);
  const days = lastDays(cpuPercent.daily.p99, demand);
  const hours = lastHours(cpuPercent.hourly.Average, demand);
  if (!peaks.known) return unknown(`CPU unknown: ${peaks.why}`);
  if (!days.known) return unknown(`CPU unknown: ${days.why}`);
  if (!hours.known) return unknown(`CPU unknown: ${hours.why}`);

  const worst = largest(Math.round(peaks.value.historyDays * WORST_DAYS_SHARE), peaks.value.values);
  const headroom = 1 + (HEADROOM * LOOK_BACK_DAYS) / peaks.value.historyDays;
  const level = Math.max(mean(hours.value.values), mean(hours.value.lastWeek));
  const again = largest(2, days.value.values).at(-1) ?? Number.NaN;
  const busiest = mean(largest(BUSIEST_HOURS, hours.value.values));
  const sale = saleDemand(demand, saleDays);
  const demands = [
    {
      percent: headroom * mean(worst) + GROWTH * level,
      because: `its ${worst.length} worst of ${peaks.value.historyDays} days reach ${round(mean(worst))} % CPU (p99.9)`,
    },
    { percent: filled(again), because: `on two days it needs ${round(again)} % CPU or more for a quarter of an hour` },
    { percent: filled(busiest), because: `its ${BUSIEST_HOURS} busiest hours take ${round(busiest)} % CPU` },
    { percent: headroom * sale.percent, because: `on a sale day it reached ${round(sale.percent)} % CPU (p99.9)` },
  ];
  const decisive = demands.reduce((most, demand) => (demand.percent > most.percent ? demand : most));
  return known({
    ...decisive,
    busiestDayPercent: largestRun(24, hours.value.values),
    unmeasuredSaleDays: sale.unmeasured,
  });
}

/** The CPU that such a load fills to 90 %. */
const filled = (percent: number): number => (percent / FULL_PERCENT) * 100;

const wasOff = (onHours: OnHours | undefined, day: Date): boolean =>
  presences(onHours, { first: day, ms: DAY_MS, count: 1 })[0] === 'off';

function saleDemand({ cpuPercent, onHours }: DemandSummary, saleDays: readonly Date[]) {
  const series = cpuPercent.daily['p99.9'];
  const measured = saleDays.map((day) => (series.known ? onDay(series.value, day) : undefined));
  return {
    percent: Math.max(0, ...measured.filter((value) => value !== undefined)),
    unmeasured: saleDays.filter((day, index) => measured[index] === undefined && !wasOff(onHours, day)),
  };
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
