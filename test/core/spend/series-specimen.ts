import { noise } from '../../../sandbox/random.ts';
import { addDays, startOf } from '../../../shared/core/spend/day.ts';
import type { DailyCosts, Day, Judgement } from '../../../shared/core/spend/series.ts';

const FIRST_DAY = '2026-01-05';
export const LENGTH = 200;

export const dayAt = (index: number): Day => addDays(FIRST_DAY, index);

/** What an ordinary service costs: 100 dollars a day, 60 at weekends, give or take 4 %. */
export function ordinary(index: number): number {
  const weekday = startOf(dayAt(index)).getUTCDay();
  return (weekday === 0 || weekday === 6 ? 60 : 100) * (0.96 + 0.08 * noise(7, index));
}

/** The ordinary service with some of its days spoiled. */
export const costs = (
  spoil: (usual: number, index: number) => number | undefined = (usual) => usual,
  length = LENGTH,
): DailyCosts => ({
  firstDay: FIRST_DAY,
  amounts: Array.from({ length }, (_, index) => spoil(ordinary(index), index)),
});

/** Spoils the days of a half-open range of indexes. */
export const from =
  (first: number, past: number, spoil: (usual: number) => number | undefined) => (usual: number, index: number) =>
    index >= first && index < past ? spoil(usual) : usual;

export const dayOfMonth = (index: number): number => startOf(dayAt(index)).getUTCDate();

/** The indexes of the unusual days, up positive and down negative. */
export const unusual = (judgements: readonly Judgement[]): number[] =>
  judgements.flatMap(({ day, score = 0 }) => {
    const index = Math.round((startOf(day).getTime() - startOf(FIRST_DAY).getTime()) / 86_400_000);
    return Math.abs(score) >= 1 ? [score > 0 ? index : -index] : [];
  });
