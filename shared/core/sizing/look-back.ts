import { type Evidence, known, unknown } from '../evidence.ts';
import type { DailySeries } from '../facts.ts';
import { DAY_MS, daysBefore } from '../time.ts';
import type { HourlySeries } from './demand.ts';

/** How far back sizing looks: four whole weeks, so that each weekday counts alike. */
export const LOOK_BACK_DAYS = 28;

/** So much of the last fortnight must be known, else nothing is concluded. */
const RECENT_DAYS = 14;
const RECENT_SHARE = 0.85;

const HOURS_A_DAY = 24;

/** The known values of one series, oldest first. There is at least one. */
export interface LookBack {
  readonly values: readonly number[];
  readonly lastWeek: readonly number[];
  /** How many days the series reaches back, at most {@link LOOK_BACK_DAYS}; a gap within does not shorten it. */
  readonly historyDays: number;
}

/** The look-back's whole days up to `until`; unknown when too much of the last fortnight is missing. */
export function lastDays(series: Evidence<DailySeries>, until: Date): Evidence<LookBack> {
  if (!series.known) return series;
  const { firstDay, values } = series.value;
  return lookBack(values, { first: firstDay, until, perDay: 1 });
}

/** The look-back's hours up to `until`; unknown when too much of the last fortnight is missing. */
export function lastHours(series: Evidence<HourlySeries>, until: Date): Evidence<LookBack> {
  if (!series.known) return series;
  const { firstHour, values } = series.value;
  return lookBack(values, { first: firstHour, until, perDay: HOURS_A_DAY });
}

/** The value of the day that begins at `day`, if CloudWatch has one. */
export function onDay({ firstDay, values }: DailySeries, day: Date): number | undefined {
  const value = values[Math.round((day.getTime() - firstDay.getTime()) / DAY_MS)];
  return isMeasured(value) ? value : undefined;
}

function lookBack(
  all: readonly (number | undefined)[],
  { first, until, perDay }: { first: Date; until: Date; perDay: number },
): Evidence<LookBack> {
  const firstIndex = Math.round((daysBefore(LOOK_BACK_DAYS, until).getTime() - first.getTime()) / (DAY_MS / perDay));
  const window = Array.from({ length: LOOK_BACK_DAYS * perDay }, (_, index) => all[firstIndex + index]);
  const recent = window.slice(-RECENT_DAYS * perDay).filter(isMeasured).length / (RECENT_DAYS * perDay);
  if (recent < RECENT_SHARE) {
    return unknown(`only ${Math.floor(recent * 100)} % of the last ${RECENT_DAYS} days is known`);
  }
  return known({
    values: window.filter(isMeasured),
    lastWeek: window.slice(-7 * perDay).filter(isMeasured),
    historyDays: Math.ceil((window.length - window.findIndex(isMeasured)) / perDay),
  });
}

/** Not a number is no measurement. */
const isMeasured = (value: number | undefined): value is number => Number.isFinite(value);
