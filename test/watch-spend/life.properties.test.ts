import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { about, dayOfLife, type Heard, live } from '../support/spend-life.ts';

const RISE = 120;

/** Something begins on a day for good, a person says something of it some days later, and then it is many times as dear. */
const lives = fc.record({
  before: fc.constantFrom(0, 40, 100, 700),
  times: fc.integer({ min: 2, max: 8 }),
  saidAfter: fc.integer({ min: 0, max: 18 }),
  said: fc.constantFrom('level', 'until', 'recurring', 'investigate', 'snooze', 'nothing'),
  jumpAfter: fc.integer({ min: 1, max: 20 }),
  jump: fc.integer({ min: 10, max: 40 }),
});

function lived({
  before,
  times,
  saidAfter,
  said,
  jumpAfter,
  jump,
}: typeof lives extends fc.Arbitrary<infer T> ? T : never) {
  const risen = before === 0 ? 60 : before * times;
  const jumpDay = RISE + saidAfter + jumpAfter;
  const cost = (index: number) => about(index < RISE ? before : index < jumpDay ? risen : jump * 1.05 * risen, index);
  const until = dayOfLife(jumpDay + 8);
  const words: Readonly<Record<string, Partial<SpendAnswer>>> = {
    level: {},
    until: { until },
    recurring: { recurring: true },
    investigate: { say: 'investigate' },
    snooze: { say: 'snooze', until },
  };
  const answer = (day: number) => (day === RISE + saidAfter ? words[said] : undefined);
  return { jumpDay, ...live({ cost, from: RISE - 3, to: jumpDay + 6, answer }) };
}

const isDear = ({ news }: Heard): boolean => news === 'opened' || news === 'grown';

describe('whatever people say', () => {
  it('ten times the largest day that was answered is told within three days', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { heard, jumpDay } = lived(life);
        expect(heard.filter((one) => isDear(one) && one.day >= jumpDay && one.day < jumpDay + 3)).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('what lasts is never called over', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { heard } = lived(life);
        expect(heard.filter(({ news }) => news === 'resolved' || news === 'withdrawn')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('nothing is told twice, and no thread ends before it begins', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { heard, threads } = lived(life);
        const once = heard.filter(({ news }) => news !== 'grown' && news !== 'reminded');
        const names = once.map(({ news, anomaly }) => `${news} ${anomaly.id}`);
        expect(new Set(names).size).toBe(names.length);
        const inOrder = threads.map(({ firstDay, lastDay }) => [firstDay, lastDay] as const).sort();
        for (const [index, [firstDay, lastDay]] of inOrder.entries()) {
          expect(firstDay <= lastDay).toBe(true);
          expect(index === 0 || firstDay > inOrder[index - 1]![1]).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
