import type { Policy } from './policy.ts';
import { METRIC_RETENTION_DAYS } from './policy-fields.ts';
import { DAY_MS, daysBefore, localDate, utcMidnight } from './time.ts';

/** The past UTC days that a sale touches, oldest first, as far back as CloudWatch knows them. */
export function saleDaysOf({ sales, timezone }: Pick<Policy, 'sales' | 'timezone'>, now: Date): Date[] {
  const today = utcMidnight(now);
  const first = daysBefore(METRIC_RETENTION_DAYS, today);
  const days = sales.flatMap((sale) => {
    const touches = (day: number) =>
      [day, day + DAY_MS - 1].some((time) => {
        const date = localDate(new Date(time), timezone);
        return sale.from <= date && date < sale.to;
      });
    return daysAround(sale).filter(touches);
  });
  const kept = [...new Set(days)].filter((day) => day >= first.getTime() && day < today.getTime());
  return kept.sort((a, b) => a - b).map((day) => new Date(day));
}

/** The UTC midnights from the day before to the day after: no time zone is further away. */
function daysAround({ from, to }: { readonly from: string; readonly to: string }): number[] {
  const first = Date.parse(`${from}T00:00:00Z`) - DAY_MS;
  const count = Math.round((Date.parse(`${to}T00:00:00Z`) - first) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, day) => first + day * DAY_MS);
}
