import { type Evidence, known, unknown } from '../evidence.ts';
import type { HourlySeries } from '../sizing/demand.ts';
import { median } from '../spend/statistics.ts';

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
const GIB = 1024 ** 3;

/**
 * How far back the two trends look. The short one sees what the long one takes for an exception. Of 14 days every third hour is
 * enough: all of them have 56,000 pairs, which take a megabyte and tell no more.
 */
const WINDOWS = [
  { hours: 14 * HOURS_A_DAY, every: 3, over: '14 days' },
  { hours: HOURS_A_DAY, every: 1, over: '24 hours' },
] as const;

/** With fewer hours than this there is no trend. */
const LEAST_HOURS = 6;

/** What fills it now: both trends take a few hours for an exception, which an alarm is often about. */
const BURST = { hours: 4, leastHours: 3, over: '3 hours' } as const;

/** Of the last hours only a pace that is so many times the trend says more than the trend. */
const FASTER = 1.25;

/** What is full sooner than this is full before people are there, and before its storage may be changed once more. */
const SOON_DAYS = 0.5;

/** What was measured longer ago than this says nothing of now. */
const FRESH_HOURS = 3;

/** For so long what storage is grown to must be enough. */
export const FORECAST_DAYS = 30;

/** How fast storage fills. */
export interface Pace {
  /** What it fills by a day, in GiB; 0 when it does not fill. */
  readonly perDayGiB: number;
  /** The window that this was measured in. */
  readonly over: (typeof WINDOWS)[number]['over'] | typeof BURST.over;
  /** Absent when it does not fill. */
  readonly daysUntilFull?: number;
}

/** Free storage, and the steeper one of its trends. */
export interface StorageForecast extends Pace {
  readonly freeGiB: number;
  /** The pace of the last hours, where that is faster still. */
  readonly lately?: Required<Pace>;
}

/** The steepest pace that was found: it decides when the storage is full. */
export const steepestOf = (forecast: StorageForecast): Pace => forecast.lately ?? forecast;

/** Whether it is full within hours: there is no time to ask, and no second growth comes soon enough. */
export const isFullWithinHours = (forecast: StorageForecast): boolean =>
  (steepestOf(forecast).daysUntilFull ?? Number.POSITIVE_INFINITY) < SOON_DAYS;

/** What its new size is to be enough for. The pace of a few hours does not last for 30 days: it only counts where it fills it before. */
export const paceToGrowFor = (forecast: StorageForecast): Pace =>
  isFullWithinHours(forecast) ? steepestOf(forecast) : forecast;

/**
 * When the free storage will be used up, by the steeper trend of 14 days and of the last 24 hours, and by the last three hours
 * where these are much steeper. A trend is the median of the slopes between any two hours, which neither a purge nor a bulk
 * load bends (Theil 1950; Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968).
 *
 * @param free bytes, the least of each hour
 * @param since what is older was measured of storage of another size
 */
export function forecastStorage(
  free: Evidence<HourlySeries>,
  { now, since }: { readonly now: Date; readonly since?: Date | undefined },
): Evidence<StorageForecast> {
  if (!free.known) return unknown(`free storage unknown: ${free.why}`);
  const all = measuredUntil(free.value, now);
  const last = all.at(-1);
  if (!last || last.hoursAgo > FRESH_HOURS)
    return unknown(`free storage unknown: nothing was measured in the last ${FRESH_HOURS} hours`);
  const age = since ? (now.getTime() - since.getTime()) / HOUR_MS : Number.POSITIVE_INFINITY;
  const measured = all.filter(({ hoursAgo }) => hoursAgo < age);
  const { freeGiB } = last;
  const trends = WINDOWS.flatMap(({ hours, every, over }) => {
    const within = measured.filter(({ hoursAgo }) => hoursAgo < hours && Math.floor(hoursAgo) % every === 0);
    return within.length < LEAST_HOURS ? [] : [{ over, perDayGiB: fillingPerDay(within) }];
  });
  const [first, ...others] = trends;
  if (!first) return unknown(`no trend of the free storage: fewer than ${LEAST_HOURS} hours were measured`);
  const steeper = others.reduce((most, one) => (one.perDayGiB > most.perDayGiB ? one : most), first);
  const lately = latelyOf(measured, freeGiB);
  return known({
    freeGiB,
    ...(steeper.perDayGiB > 0
      ? { ...steeper, daysUntilFull: freeGiB / steeper.perDayGiB }
      : { perDayGiB: 0, over: steeper.over }),
    ...(lately && lately.perDayGiB > steeper.perDayGiB * FASTER ? { lately } : {}),
  });
}

function latelyOf(measured: readonly Hour[], freeGiB: number): StorageForecast['lately'] {
  const within = measured.filter(({ hoursAgo }) => hoursAgo < BURST.hours);
  if (within.length < BURST.leastHours) return undefined;
  const perDayGiB = fillingPerDay(within);
  return perDayGiB > 0 ? { perDayGiB, over: BURST.over, daysUntilFull: freeGiB / perDayGiB } : undefined;
}

interface Hour {
  readonly hoursAgo: number;
  readonly freeGiB: number;
}

function measuredUntil({ firstHour, values }: HourlySeries, now: Date): Hour[] {
  const firstAgo = (now.getTime() - firstHour.getTime()) / HOUR_MS;
  return values.flatMap((bytes, index) => {
    const hoursAgo = firstAgo - index;
    return bytes !== undefined && Number.isFinite(bytes) && bytes >= 0 && hoursAgo >= 0
      ? [{ hoursAgo, freeGiB: bytes / GIB }]
      : [];
  });
}

function fillingPerDay(hours: readonly Hour[]): number {
  const slopes = new Float64Array((hours.length * (hours.length - 1)) / 2);
  let pair = 0;
  for (const [index, earlier] of hours.entries()) {
    for (let next = index + 1; next < hours.length; next++) {
      const later = hours[next]!;
      slopes[pair++] = (earlier.freeGiB - later.freeGiB) / (earlier.hoursAgo - later.hoursAgo);
    }
  }
  return median(slopes) * HOURS_A_DAY;
}

/** Storage that may grow, all in GiB. */
interface Growable {
  readonly sizeGiB: number;
  readonly freeGiB: number;
  /** What it fills by a day. */
  readonly perDayGiB: number;
  /** What is to be free at the end all the same: the alarm's threshold. */
  readonly keepFreeGiB: number;
}

interface GrowthLimits {
  /** What AWS allows of this storage. */
  readonly mostGiB: number;
  /** What the policy allows at once: a share of what is allocated, and GiB. */
  readonly growAtMostShare: number;
  readonly growAtMostGiB: number;
}

/** Who allows no more. */
type Capper = 'AWS' | 'the policy';

export type Growth =
  | {
      readonly toGiB: number;
      /** What {@link FORECAST_DAYS} days would need. */
      readonly wantedGiB: number;
      /** Who allows less than that, if anybody. */
      readonly cappedBy?: Capper;
    }
  | { readonly toGiB?: never; readonly refusedBy: Capper; readonly leastGiB: number };

/**
 * How large the storage is to be: so large that after 30 days of this pace the alarm is still not on, at least 10 % larger
 * (RDS User Guide, "Scaling up DB instance storage"), in whole GiB. Limits that leave less than 10 % leave nothing.
 */
export function growthOf(storage: Growable, limits: GrowthLimits): Growth {
  const { sizeGiB, freeGiB, perDayGiB, keepFreeGiB } = storage;
  const { mostGiB, growAtMostShare, growAtMostGiB } = limits;
  const leastGiB = sizeGiB + leastStep(sizeGiB);
  // Over the threshold, not at it: some alarms are on at it, too.
  const lacksGiB = Math.floor(FORECAST_DAYS * perDayGiB + keepFreeGiB - freeGiB) + 1;
  const wantedGiB = Math.max(leastGiB, sizeGiB + lacksGiB);
  const byPolicy = sizeGiB + Math.floor(Math.min(sizeGiB * growAtMostShare + ROUNDING, growAtMostGiB));
  const strictest: Capper = mostGiB <= byPolicy ? 'AWS' : 'the policy';
  const toGiB = Math.min(wantedGiB, mostGiB, byPolicy);
  if (toGiB < leastGiB) return { refusedBy: strictest, leastGiB };
  return { toGiB, wantedGiB, ...(toGiB < wantedGiB ? { cappedBy: strictest } : {}) };
}

/** 29 % of 100 is 28.999999999999996. */
const ROUNDING = 1e-9;

/** RDS refuses to grow storage by less than a tenth. */
export const leastStep = (sizeGiB: number): number => Math.ceil(sizeGiB / 10);
