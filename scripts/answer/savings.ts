import { endOfDay } from '../../shared/core/answer.ts';
import { formatMoney } from '../../shared/core/money.ts';
import { addedUp, bookingsOf, type RealisedSavings, realisedSavings, type Sum } from '../../shared/core/savings.ts';
import { textTable } from '../../shared/core/table.ts';
import { DAY_MS, localDate } from '../../shared/core/time.ts';
import type { AnswerLedger } from '../../shared/ports-acting.ts';
import type { Grouping } from './arguments.ts';
import type { Showing } from './tables.ts';

const LISTS = {
  month: 'byMonth',
  rule: 'byRule',
  owner: 'byOwner',
  account: 'byAccount',
  schedule: 'bySchedule',
} as const satisfies Record<Grouping, keyof RealisedSavings>;

export interface SavingsQuery {
  readonly by: Grouping;
  /** A day; savings are booked by the month, so the whole month of it counts. By default the year so far. */
  readonly since?: string;
}

/** What the changes really saved, hour by hour for as long as they stood. Those of some resources at a time are in memory. */
export async function savingsText(
  ledger: Pick<AnswerLedger, 'changesByResource'>,
  { by, since }: SavingsQuery,
  { policy: { timezone }, now }: Showing,
): Promise<string> {
  const today = localDate(now, timezone);
  const month = (since ?? `${today.slice(0, 4)}-01-01`).slice(0, 7);
  let sums = realisedSavings([]);
  for await (const changes of ledger.changesByResource(startOf(`${month}-01`, timezone))) {
    const bookings = bookingsOf(changes, { now, timezone }).filter((booking) => booking.month >= month);
    sums = addedUp(sums, realisedSavings(bookings));
  }
  if (sums.byMonth.length === 0) return `Nothing has been saved since ${month}.`;
  const table = by === 'schedule' ? scheduleTable(sums) : tableOf(by, sums);
  return [
    `Realised from ${month} to ${today} (${timezone}): for each hour that a change stood, the hourly rate of its saving.`,
    table,
  ].join('\n\n');
}

function tableOf(by: Exclude<Grouping, 'schedule'>, sums: RealisedSavings): string {
  const rows = sums[LISTS[by]].map((sum) => [sum.of || '(none)', ...columns(sum)]);
  return textTable([by, 'saved', UNKNOWN], [...rows, ['total', ...columns(sums.total)]]);
}

/** What no schedule wanted is not in it, so there is no total. */
function scheduleTable({ bySchedule }: RealisedSavings): string {
  if (bySchedule.length === 0) return 'Nothing of it by a schedule.';
  const rows = bySchedule.map((sum) => [sum.of, sum.hours.toFixed(1), ...columns(sum)]);
  return textTable(['schedule', 'hours off', 'saved', UNKNOWN], rows);
}

const UNKNOWN = 'changes of unknown saving';

const columns = ({ saved, unknown }: Sum): string[] => [
  saved.map(formatMoney).join(' + ') || '-',
  unknown > 0 ? String(unknown) : '',
];

/** The first moment of a day: the one after the end of the day before. */
function startOf(date: string, timezone: string): Date {
  const dayBefore = new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  return new Date(endOfDay(dayBefore, timezone).getTime() + 1);
}
