import { describe, expect, it } from 'vitest';
import { addDays } from '../../../shared/core/spend/day.ts';
import type { Judgement, Lesson } from '../../../shared/core/spend/series.ts';
import { YoungDays } from '../../../shared/core/spend/young-days.ts';

const FIRST = '2026-11-01';
const dayAt = (index: number) => addDays(FIRST, index);

interface Days {
  readonly lessons?: readonly Lesson[];
  /** From this one on the model has an opinion: it is as usual. */
  readonly judgedFrom?: number;
  readonly spoil?: Readonly<Record<number, Partial<Judgement>>>;
}

/** The indexes of the unusual days of a series that the model has no opinion on. */
function unusual(amounts: readonly number[], { lessons = [], judgedFrom = amounts.length, spoil = {} }: Days = {}) {
  const young = new YoungDays(lessons);
  return amounts.flatMap((actual, index) => {
    const score = index >= judgedFrom ? 0.1 : undefined;
    const one = young.next({ day: dayAt(index), actual, expected: actual, score, ...spoil[index] }, 'known');
    return (one?.score ?? 0) >= 1 ? [index] : [];
  });
}

const days = (count: number, amount: number): number[] => Array(count).fill(amount);

describe('a series without a verdict of the model', () => {
  it.each<[string, number[], number[]]>([
    ['costs what it did', days(20, 30), []],
    ['nearly doubles', [...days(10, 30), ...days(5, 59)], []],
    ['doubles: as soon as the mean of three days says so', [...days(10, 30), ...days(4, 60)], [12, 13]],
    ['is ten times as dear at once', [...days(10, 30), ...days(3, 300)], [10, 11, 12]],
    ['has one dear day', [...days(10, 30), 300, ...days(4, 30)], [10]],
    ['is known for less than a week', [...days(6, 30), 300], []],
    ['had a dear first day', [500, ...days(9, 30), 300], [10]],
    ['is dear at weekends', [10, 10, 10, 10, 10, 40, 40, 10, 10, 10, 10, 10, 40, 40], []],
    ['was there a few times, weeks before', [30, 30, 30, ...days(34, 0), 5000, 5000], [37, 38]],
  ])('%s', (_, amounts, found) => expect(unusual(amounts)).toEqual(found));

  it('says what it held the day against', () => {
    const young = new YoungDays([]);
    const verdicts = [...days(10, 30), 300].map((actual, index) =>
      young.next({ day: dayAt(index), actual, expected: actual, score: undefined }, 'known'),
    );
    expect(verdicts.at(-1)).toMatchObject({ day: dayAt(10), actual: 300, expected: 30, score: 2 });
  });

  it('is at its new level after fourteen unusual days', () => {
    expect(unusual([...days(10, 30), ...days(20, 300)])).toEqual(Array.from({ length: 14 }, (_, n) => 10 + n));
  });

  it('keeps what it has found when the model gets its opinion, until that is over', () => {
    const amounts = [...days(10, 30), ...days(6, 300), ...days(4, 30), 300];
    expect(unusual(amounts, { judgedFrom: 12 })).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('leaves to the model what the model judges', () => {
    expect(unusual([...days(30, 30), 300], { judgedFrom: 20 })).toEqual([]);
  });

  it('leaves out what people have said to', () => {
    expect(unusual([...days(10, 30), 300], { spoil: { 10: { leftOut: true } } })).toEqual([]);
  });
});

describe('an answer', () => {
  const level: Lesson = { kind: 'level', from: dayAt(2), through: dayAt(3) };

  it('says what is right from its first day on', () => {
    expect(unusual([30, 30, 90, 100, 150, 199, 100, 1000], { lessons: [level] })).toEqual([7]);
  });

  it('about what was found ends it', () => {
    const told: Lesson = { kind: 'level', from: dayAt(10), through: dayAt(11) };
    expect(unusual([...days(10, 30), ...days(6, 300), 3000], { lessons: [told] })).toEqual([16]);
  });

  it('about a charge goes for its day of the month', () => {
    const recurring: Lesson = { kind: 'recurring', from: dayAt(9), through: dayAt(9) };
    const charged = [...days(9, 30), 300, ...days(29, 30), 310, 300];
    expect(unusual(charged, { lessons: [recurring] })).toEqual([40]);
  });
});
