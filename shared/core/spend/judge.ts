import { type CalendarDay, calendarFrom } from './calendar.ts';
import { addDays, daysBetween } from './day.ts';
import type { DailyCosts, Day, Judgement, Lesson } from './series.ts';
import { SeriesModel, type Taught } from './series-model.ts';

/** Who says that a level is right has not seen the day on which they say so, and does not mean another one. */
const UNSEEN_DAYS = 1;

/**
 * What the model thinks of each known day of a series, in order; of a day that is not known it thinks nothing. Each day is
 * judged by itself and the days before it: more days at the end change nothing. Days before the first spend are no history.
 */
export function judge({ firstDay, amounts }: DailyCosts, lessons: readonly Lesson[] = []): readonly Judgement[] {
  const born = amounts.findIndex((amount) => amount !== undefined && amount > 0);
  const model = new SeriesModel(born < 0 ? 0 : amounts.length - born);
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
    const { expected, score, turn } = model.next(known, calendar, taught);
    if (amount === undefined) continue;
    const judgement = { day, actual: amount, expected, score };
    if (taught.isLeftOut) judgements.push({ ...judgement, leftOut: true });
    else judgements.push(turn ? { ...judgement, turn } : judgement);
  }
  return judgements;
}

const NOTHING: Taught & { isLeftOut: boolean } = { isRecurring: false, isLeftOut: false };

/** Without a word of what was seen, it was the first day. */
const seenThrough = ({ from, through }: Lesson): Day => through ?? from;

/** What the lessons say of one day. */
function taughtOn({ day, chargeDays }: CalendarDay, lessons: readonly Lesson[]): Taught & { isLeftOut: boolean } {
  if (lessons.length === 0) return NOTHING;
  const valid = lessons.filter(({ from, until }) => from <= day && (until === undefined || day < until));
  const level = valid.find((one) => one.kind === 'level' && day <= addDays(seenThrough(one), UNSEEN_DAYS));
  return {
    isLeftOut: valid.some(({ kind }) => kind === 'once'),
    isRecurring: valid.some(({ kind, from }) => kind === 'recurring' && chargeDays.includes(Number(from.slice(-2)))),
    ...(level && { level: { since: daysBetween(level.from, day), isSeen: day <= seenThrough(level) } }),
  };
}
