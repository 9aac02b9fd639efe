import { type CalendarDay, calendarFrom } from './calendar.ts';
import { daysBetween } from './day.ts';
import type { DailyCosts, Judgement, Lesson } from './series.ts';
import { SeriesModel, type Taught } from './series-model.ts';
import { SparseDays } from './sparse-days.ts';

/** A new level that a person has told of is made from so many days. */
const SETTLING_DAYS = 7;

/**
 * What the model thinks of each known day of a series, in order; of a day that is not known it thinks nothing. Each day is
 * judged by itself and the days before it: more days at the end change nothing. Days before the first spend are no history.
 */
export function judge({ firstDay, amounts }: DailyCosts, lessons: readonly Lesson[] = []): readonly Judgement[] {
  const born = amounts.findIndex((amount) => amount !== undefined && amount > 0);
  const model = new SeriesModel(born < 0 ? 0 : amounts.length - born);
  const sparse = new SparseDays();
  const judgements: Judgement[] = [];
  for (const [index, calendar] of calendarFrom(firstDay, amounts.length).entries()) {
    const amount = amounts[index];
    const { day } = calendar;
    if (born < 0 || index < born) {
      if (amount !== undefined) judgements.push({ day, actual: amount, expected: 0, score: undefined });
      continue;
    }
    const taught = taughtOn(calendar, lessons);
    const known = taught.isLeftOut ? undefined : amount;
    const verdict = model.next(known, calendar, taught);
    const rare = known === undefined ? undefined : sparse.next(known);
    if (amount === undefined) continue;
    const { expected, score, turn } = rare ?? verdict;
    const judgement = { day, actual: amount, expected, score };
    if (taught.isLeftOut) judgements.push({ ...judgement, leftOut: true });
    else judgements.push(turn ? { ...judgement, turn } : judgement);
  }
  return judgements;
}

const NOTHING: Taught & { isLeftOut: boolean } = { isRecurring: false, isLeftOut: false };

/** What the lessons say of one day. */
function taughtOn({ day, chargeDays }: CalendarDay, lessons: readonly Lesson[]): Taught & { isLeftOut: boolean } {
  if (lessons.length === 0) return NOTHING;
  const valid = lessons.filter(({ from, until }) => from <= day && (until === undefined || day < until));
  const level = valid.find(({ kind, from }) => kind === 'level' && daysBetween(from, day) < SETTLING_DAYS);
  return {
    isLeftOut: valid.some(({ kind }) => kind === 'once'),
    isRecurring: valid.some(({ kind, from }) => kind === 'recurring' && chargeDays.includes(Number(from.slice(-2)))),
    ...(level && { levelSince: daysBetween(level.from, day) }),
  };
}
