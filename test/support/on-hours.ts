import type { HolidayBook } from '../../shared/core/calendar/holidays.ts';
import type { OnHours } from '../../shared/core/calendar/on-hours.ts';
import { type Evidence, known } from '../../shared/core/evidence.ts';
import type { DailySeries } from '../../shared/core/facts.ts';
import { onHoursOf } from '../../shared/core/on-hours.ts';
import type { Policy } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import type { HourlySeries } from '../../shared/core/sizing/demand.ts';
import { DAY_MS, daysBefore, utcMidnight } from '../../shared/core/time.ts';
import { windowOf } from '../../shared/core/window.ts';
import { context } from './facts-specimen.ts';
import { BOOK, policyWith } from './off-hours-specimen.ts';
import { TICK } from './plan-specimen.ts';

/** Under the schedule of the office in Seoul: on from Sunday to Friday in UTC, off on each Saturday from beginning to end. */
export const OFFICE = { 'lamplighter:schedule': 'office' };

/** What the rules judge under when the policy has schedules. */
export function scheduledContext(policy: Policy = policyWith(), holidays: HolidayBook = BOOK): JudgeContext {
  const onHours = onHoursOf({ policy, holidays, window: windowOf(policy, RULE_IDS, TICK) });
  return context({ policy, onHours });
}

/** When the office was on. */
export function officeHours(policy?: Policy): OnHours {
  const found = scheduledContext(policy).onHours?.get('office');
  if (!found?.known) throw new Error('nobody knows when the office was on');
  return found.value;
}

const HOUR_MS = DAY_MS / 24;
const DAYS = 36;

const isOn = ({ on }: OnHours, from: number, to: number): boolean =>
  on.some((span) => span.from < to && from < span.to);

/** One value for each of the last days; none of those that the office had off. */
export function whileOnDaily(
  value: number,
  spoil: (day: Date) => number | undefined = () => value,
): Evidence<DailySeries> {
  const firstDay = daysBefore(DAYS - 1, utcMidnight(TICK));
  const hours = officeHours();
  const values = Array.from({ length: DAYS }, (_, index) => {
    const day = firstDay.getTime() + index * DAY_MS;
    return isOn(hours, day, day + DAY_MS) ? spoil(new Date(day)) : undefined;
  });
  return known({ firstDay, values });
}

/** The same of each hour; `off` is what it is while the office is off. */
export function whileOnHourly(value: number | ((hour: number) => number), off?: number): Evidence<HourlySeries> {
  const firstHour = daysBefore(DAYS - 1, utcMidnight(TICK));
  const hours = officeHours();
  let count = 0;
  const values = Array.from({ length: DAYS * 24 }, (_, index) => {
    const hour = firstHour.getTime() + index * HOUR_MS;
    if (!isOn(hours, hour, hour + HOUR_MS)) return off;
    count += 1;
    return typeof value === 'number' ? value : value(count - 1);
  });
  return known({ firstHour, values });
}
