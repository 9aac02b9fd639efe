import type { Day } from '../spend/series.ts';
import type { Away } from './coverage.ts';
import { canCopyAtHome, type DayRange, type HomeFacts, lackingAtHome, wantedAtHome } from './due.ts';
import { contains, nameOfPeriod, type Period, type Tier } from './periods.ts';
import type { Held, Moment } from './shelf.ts';

/**
 * `kept` one of Lamplighter's own serves it; `automated` AWS's backup does; `coming` one is on its way; `due` it is current and
 * still to be taken; `fillable` it was missed, and AWS still has a backup of it; `missing` it cannot be had any more.
 */
export type CalendarState = 'kept' | 'automated' | 'coming' | 'due' | 'fillable' | 'missing';

/** A period for which a snapshot should exist. */
export interface CalendarEntry {
  readonly tier: Tier;
  /** `2026-W47` and the like. */
  readonly period: string;
  readonly from: Day;
  /** The day after its last. */
  readonly to: Day;
  readonly state: CalendarState;
  /** What serves it, or would fill it. */
  readonly snapshot?: string;
  /** The destinations that hold a copy of this period. */
  readonly copiedTo: readonly string[];
}

/** What should exist of a database by its terms of today, over a range of days, and what does; the newest first in each tier. */
export function calendarOf(
  home: HomeFacts,
  away: readonly Away[],
  { moment, range }: { moment: Moment; range: DayRange },
): CalendarEntry[] {
  const { shelf, database } = home;
  const lacking = new Set(lackingAtHome(home, moment).map((one) => `${one.tier} ${one.from}`));
  return wantedAtHome(home, moment)
    .filter(({ from, to }) => from < range.to && range.from < to)
    .map((period): CalendarEntry => {
      const inPeriod = shelf.own.filter(({ day }) => contains(period, day));
      const own = inPeriod.find(({ state }) => state === 'good') ?? inPeriod[0];
      const isLacking = lacking.has(`${period.tier} ${period.from}`);
      const automated = shelf.automated.find(({ day }) => contains(period, day));
      const backup = isLacking && !canCopyAtHome(database) ? undefined : automated;
      const snapshot = (own ?? backup)?.snapshot.arn;
      return {
        tier: period.tier,
        period: nameOfPeriod(period),
        from: period.from,
        to: period.to,
        state: stateOf(period, { own, backup, isLacking, today: moment.today }),
        ...(snapshot ? { snapshot } : {}),
        copiedTo: away
          .filter(({ there }) => there.own.some(({ day, state }) => state === 'good' && contains(period, day)))
          .map(({ destination }) => destination.name),
      };
    });
}

interface Served {
  readonly own: Held | undefined;
  readonly backup: Held | undefined;
  readonly isLacking: boolean;
  readonly today: Day;
}

function stateOf(period: Period, { own, backup, isLacking, today }: Served): CalendarState {
  if (own) return own.state === 'good' ? 'kept' : 'coming';
  if (!isLacking) return 'automated';
  if (contains(period, today)) return 'due';
  return backup ? 'fillable' : 'missing';
}
