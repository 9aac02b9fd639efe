import type { DateInterval, Granularity } from '@aws-sdk/client-cost-explorer';
import { type DayNumber, dateOf, dayNumber, monthStart } from '../../estate/days.ts';
import { AwsError } from '../../http/errors.ts';
import { invalid } from './validation.ts';

/** Days from `from` to before `to`: one entry of an answer. */
export interface Period {
  readonly from: DayNumber;
  readonly to: DayNumber;
}

/** Throws for a start that is older than what is kept. */
export type StartCheck = (start: DayNumber, today: DayNumber) => void;

/** The current month and the thirteen before it. */
export const oldestKept: StartCheck = (start, today) => {
  if (start < monthStart(today, -13)) throw invalid("You haven't enabled historical data beyond 14 months.");
};

/** As AWS says it, also at daily granularity. */
export const lastFourteenDays: StartCheck = (start, today) => {
  if (start < today - 14) {
    throw invalid('start date is too old for hourly, the max supported days for hourly granularity is 14 days');
  }
};

/** The whole range, whose end is exclusive. @throws AwsError ValidationException */
export function rangeOf(interval: DateInterval | undefined, today: DayNumber, checkStart: StartCheck): Period {
  const [from, to] = [parsed('Start', interval?.Start), parsed('End', interval?.End)];
  if (from >= to) throw invalid('Start date (and hour) should be before end date (and hour)');
  if (from > today) throw invalid('Start date should not be after the current date');
  if (to > monthStart(today, 1)) throw invalid('end date past the beginning of next month');
  checkStart(from, today);
  return { from, to };
}

/** Days, or months as far as they are in the range. */
export function periodsOf({ from, to }: Period, granularity: Granularity | undefined): Period[] {
  if (granularity !== 'DAILY' && granularity !== 'MONTHLY') {
    throw new AwsError('NotImplemented', `the sandbox bills by day and by month, not ${granularity}`);
  }
  const periods: Period[] = [];
  for (let start = from; start < to; start = periods.at(-1)!.to) {
    const next = granularity === 'DAILY' ? start + 1 : monthStart(start, 1);
    periods.push({ from: start, to: Math.min(next, to) });
  }
  return periods;
}

export const asInterval = ({ from, to }: Period): DateInterval => ({ Start: dateOf(from), End: dateOf(to) });

function parsed(which: string, date = ''): DayNumber {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? dayNumber(date) : Number.NaN;
  if (Number.isNaN(day)) throw invalid(`${which} time ${date} is invalid. Valid format is: yyyy-MM-dd.`);
  return day;
}
