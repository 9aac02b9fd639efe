import { type OnHours, type Presence, presences } from '../calendar/on-hours.ts';
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

/** Where a look back begins, and what of it counts. */
export interface LookingBack {
  /** The UTC midnight at which the last whole day ended. */
  readonly until: Date;
  /** Of what is under a schedule. */
  readonly onHours?: OnHours | undefined;
}

/** The known values of one series, oldest first. There is at least one, also in the last week. */
export interface LookBack {
  readonly values: readonly number[];
  /** Those of the last seven days; of the last fortnight where the week was off. */
  readonly lastWeek: readonly number[];
  /**
   * How many days the series reaches back, at most {@link LOOK_BACK_DAYS}; a gap within does not shorten it. Days that were
   * off from beginning to end are not counted.
   */
  readonly historyDays: number;
}

/**
 * The look-back's whole days; unknown when too much of the last fortnight is missing. The highest of a day counts whenever it
 * was: what ran although its schedule was off can only have asked for more.
 */
export function lastDays(series: Evidence<DailySeries>, looking: LookingBack): Evidence<LookBack> {
  if (!series.known) return series;
  const { firstDay, values } = series.value;
  return lookBack(values, { ...looking, first: firstDay, perDay: 1, counts: () => true });
}

/** The look-back's hours, without those off; unknown when too much of the last fortnight is missing. */
export function lastHours(series: Evidence<HourlySeries>, looking: LookingBack): Evidence<LookBack> {
  if (!series.known) return series;
  const { firstHour, values } = series.value;
  return lookBack(values, {
    ...looking,
    first: firstHour,
    perDay: HOURS_A_DAY,
    counts: (presence) => presence !== 'off',
  });
}

/** The value of the day that begins at `day`, if CloudWatch has one. */
export function onDay({ firstDay, values }: DailySeries, day: Date): number | undefined {
  const value = values[Math.round((day.getTime() - firstDay.getTime()) / DAY_MS)];
  return isMeasured(value) ? value : undefined;
}

interface Reading extends LookingBack {
  readonly first: Date;
  readonly perDay: number;
  /** Whether a value of such a period counts. */
  readonly counts: (presence: Presence) => boolean;
}

function lookBack(
  all: readonly (number | undefined)[],
  { first, until, onHours, perDay, counts }: Reading,
): Evidence<LookBack> {
  const from = daysBefore(LOOK_BACK_DAYS, until);
  const ms = DAY_MS / perDay;
  const firstIndex = Math.round((from.getTime() - first.getTime()) / ms);
  const wanted = presences(onHours, { first: from, ms, count: LOOK_BACK_DAYS * perDay });
  const values = wanted.map((presence, index) => (counts(presence) ? all[firstIndex + index] : undefined));
  const lastOf = (days: number) => values.slice(-days * perDay).filter(isMeasured);

  const recentFrom = (LOOK_BACK_DAYS - RECENT_DAYS) * perDay;
  const expected = values.filter((_, index) => index >= recentFrom && wanted[index] === 'on');
  if (expected.length === 0) return unknown(`its schedule was off on all of the last ${RECENT_DAYS} days`);
  const recent = expected.filter(isMeasured).length / expected.length;
  if (recent < RECENT_SHARE) {
    const hours = onHours ? 'the hours that its schedule was on of ' : '';
    return unknown(`only ${Math.floor(recent * 100)} % of ${hours}the last ${RECENT_DAYS} days is known`);
  }
  const [lastWeek, lastFortnight] = [lastOf(7), lastOf(RECENT_DAYS)];
  const firstKnown = Math.floor(values.findIndex(isMeasured) / perDay);
  const days = presences(onHours, { first: from, ms: DAY_MS, count: LOOK_BACK_DAYS });
  return known({
    values: values.filter(isMeasured),
    lastWeek: lastWeek.length > 0 ? lastWeek : lastFortnight,
    historyDays: days.slice(firstKnown).filter((presence) => presence !== 'off').length,
  });
}

/** Not a number is no measurement. */
const isMeasured = (value: number | undefined): value is number => Number.isFinite(value);
