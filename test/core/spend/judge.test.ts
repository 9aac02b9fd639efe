import { describe, expect, it } from 'vitest';
import { noise } from '../../../sandbox/random.ts';
import { judge } from '../../../shared/core/spend/judge.ts';
import type { DailyCosts, Judgement, Lesson } from '../../../shared/core/spend/series.ts';
import { costs, dayAt, dayOfMonth, from, LENGTH, ordinary, unusual } from './series-specimen.ts';

/** The unusual days of the specimen when some of its days are spoiled. */
const seen = (spoil?: Parameters<typeof costs>[0], lessons?: readonly Lesson[]): number[] =>
  unusual(judge(costs(spoil), lessons));

const range = (first: number, past: number, sign = 1): number[] =>
  Array.from({ length: past - first }, (_, index) => sign * (first + index));

const at = (judgements: readonly Judgement[], index: number): Judgement => {
  const found = judgements.find(({ day }) => day === dayAt(index));
  if (!found) throw new Error(`no judgement of ${dayAt(index)}`);
  return found;
};

const excess = (judgements: readonly Judgement[], days: readonly number[]): number =>
  days.reduce((sum, index) => sum + at(judgements, index).actual - at(judgements, index).expected, 0);

describe('an ordinary series', () => {
  it('has no unusual day, weekends included', () => expect(seen()).toEqual([]));

  it('is expected to cost what it costs, a weekday as a weekday', () => {
    for (const { actual, expected } of judge(costs()).slice(60)) {
      expect(Math.abs(actual - expected)).toBeLessThan(0.1 * actual);
    }
  });

  it('may grow', () => expect(seen((usual, index) => usual * 1.003 ** index)).toEqual([]));
  it('is judged by its own days, whatever was judged before', () => {
    const { amounts } = costs();
    expect(judge({ firstDay: '2027-02-27', amounts })[2]?.day).toBe('2027-03-01');
    expect(judge({ firstDay: '2028-02-27', amounts })[2]?.day).toBe('2028-02-29');
  });

  it('may cost the same each day', () => expect(seen(() => 10)).toEqual([]));
});

describe('what is unusual', () => {
  it.each<[string, Parameters<typeof costs>[0], number[]]>([
    ['a day at the double', from(120, 121, (usual) => 2 * usual), [120]],
    ['a day a third more', from(120, 121, (usual) => 1.33 * usual), [120]],
    ['two days an eighth more, on the second', from(120, 122, (usual) => 1.12 * usual), [121]],
    ['four days half as much again', from(120, 124, (usual) => 1.5 * usual), range(120, 124)],
    ['five days of nothing', from(120, 125, () => 0), range(120, 125, -1)],
    ['five days at two thirds', from(120, 125, (usual) => 0.66 * usual), range(120, 125, -1)],
    ['a refund of more than a month', from(120, 121, () => -5000), [-120]],
  ])('%s', (_, spoil, days) => expect(seen(spoil)).toEqual(days));

  it('a ramp, in its first week', () => {
    const [first] = seen((usual, index) => usual * (1 + Math.min(1, Math.max(0, index - 99) / 28)));
    expect(first).toBeGreaterThanOrEqual(100);
    expect(first).toBeLessThan(107);
  });

  it('is seen by its days together where no day stands out', () => {
    expect(seen(from(120, 121, (usual) => 1.08 * usual))).toEqual([]);
    const days = seen(from(120, 140, (usual) => 1.08 * usual));
    expect(days.length).toBeGreaterThan(0);
    for (const day of days) expect(day).toBeLessThan(140);
  });

  it('is seen when it comes creeping, half a percent a day', () => {
    const [first = 0] = seen((usual, index) => usual * (1 + 0.005 * Math.max(0, Math.min(60, index - 120))));
    expect(first).toBeGreaterThan(130);
    expect(first).toBeLessThan(160);
  });

  it('stays unusual while it lasts, though no such day would be unusual alone', () => {
    const spoil = (usual: number, index: number) =>
      usual * (index === 120 ? 1.6 : index > 120 && index < 124 ? 1.1 : 1);
    expect(seen(spoil)).toEqual(range(120, 124));
    expect(seen(from(121, 122, (usual) => 1.1 * usual))).toEqual([]);
  });

  it('is over with its last day', () =>
    expect(seen(from(120, 122, (usual) => 1.12 * usual)).filter((index) => index > 121)).toEqual([]));

  it('costs what it costs beyond the ordinary', () => {
    const days = range(120, 124);
    const judgements = judge(costs(from(120, 124, (usual) => 3 * usual)));
    const injected = days.reduce((sum, index) => sum + 2 * ordinary(index), 0);
    expect(excess(judgements, days) / injected).toBeCloseTo(1, 1);
  });

  /** A third more on one day, after what some days before it were. */
  const scoreOf = (day: number, before: (index: number) => number = () => 1): number =>
    at(judge(costs((usual, index) => usual * before(index) * (index === day ? 1.3 : 1))), day).score ?? Number.NaN;

  it('is less in a series that never rests', () =>
    expect(scoreOf(150, (index) => (index % 3 === 0 ? 1.5 : 0.8))).toBeLessThan(1));

  it('is less after restless weeks', () => {
    const restless = (index: number) => (index >= 122 && index < 150 && index % 2 === 0 ? 1.12 : 1);
    expect(scoreOf(150, restless)).toBeLessThan(0.9 * scoreOf(150));
  });

  it('is less where a day often nearly was', () => {
    const often = (index: number) => (index > 50 && index < 160 && index % 6 === 0 ? 1.12 : 1);
    expect(scoreOf(190, often)).toBeLessThan(0.85 * scoreOf(190));
  });
});

/** A level that wanders by a few percent a day. */
const wandering = (_: number, index: number): number => {
  let level = 0;
  for (let day = 0; day <= index; day++) level += 0.15 * (noise(11, day) - 0.5);
  return 100 * Math.exp(level);
};

describe('what is expected', () => {
  const meanError = (spoil: Parameters<typeof costs>[0]): number => {
    const judged = judge(costs(spoil, 300)).slice(100);
    return judged.reduce((sum, { actual, expected }) => sum + Math.abs(actual / expected - 1), 0) / judged.length;
  };

  it('follows a level that wanders', () => expect(meanError(wandering)).toBeLessThan(0.045));

  it('does not follow a dip: what comes after it is no rise', () => {
    const dip = (usual: number, index: number) => wandering(usual, index) * (index === 150 ? 0.7 : 1);
    const judgements = judge(costs(dip));
    expect(unusual(judgements)).toEqual([]);
    expect(at(judgements, 151).expected / wandering(0, 151)).toBeGreaterThan(0.95);
  });

  it('does not run after noise', () =>
    expect(meanError((_, index) => 100 * (0.8 + 0.4 * noise(5, index)))).toBeLessThan(0.115));
});

describe('a new level', () => {
  const doubled = judge(costs(from(120, LENGTH, (usual) => 2 * usual)));

  it('is unusual for two weeks, then how it is', () => {
    expect(unusual(doubled)).toEqual(range(120, 134));
    expect(doubled.filter(({ turn }) => turn).map(({ day, turn }) => [day, turn])).toEqual([[dayAt(133), 'accepted']]);
    expect(at(doubled, 140).expected / at(doubled, 140).actual).toBeCloseTo(1, 1);
  });

  it('is expected as before while it is not accepted', () =>
    expect(at(doubled, 133).expected / ordinary(133)).toBeCloseTo(1, 1));

  it('below is the same', () => expect(seen(from(120, LENGTH, (usual) => usual / 2))).toEqual(range(120, 134, -1)));

  it('that ends is known again within two days', () => {
    const back = judge(costs(from(100, 140, (usual) => 2 * usual)));
    expect(unusual(back)).toEqual([...range(100, 114), -140, -141]);
    expect(at(back, 141).turn).toBe('returned');
    expect(at(back, 142).expected / ordinary(142)).toBeCloseTo(1, 1);
  });

  it('that ends after four weeks is another one', () => {
    const back = judge(costs(from(100, 142, (usual) => 2 * usual)));
    expect(unusual(back)).toEqual([...range(100, 114), ...range(142, 156, -1)]);
    expect(at(back, 155).turn).toBe('accepted');
  });

  it('below that ends after four weeks is a rise like any other', () =>
    expect(seen(from(80, 122, (usual) => usual / 10))).toEqual([...range(80, 94, -1), ...range(122, 136)]));

  it.each([3, 4, 50])('of %d times the one before is no return to it from a lower one', (times) => {
    const judgements = judge(costs((usual, index) => usual * (index < 90 ? 1 : index < 115 ? 0.2 : times)));
    expect(unusual(judgements)).toEqual([...range(90, 104, -1), ...range(115, 129)]);
    expect(judgements.filter(({ turn }) => turn).map(({ turn }) => turn)).toEqual(['accepted', 'accepted']);
  });

  it('leaves no trace when it ends before it is accepted', () => {
    const short = judge(costs(from(120, 130, (usual) => 3 * usual)));
    expect(unusual(short)).toEqual(range(120, 130));
    expect(at(short, 130).expected / ordinary(130)).toBeCloseTo(1, 1);
  });
});

describe('charges that come each month', () => {
  const on =
    (day: number, charge: number, since = 0) =>
    (usual: number, index: number) =>
      usual + (dayOfMonth(index) === day && index >= since ? charge : 0);

  it('on the first are expected once they were there', () => expect(seen(on(1, 150))).toEqual([]));

  it('on the first are unusual the first time', () => {
    const firsts = range(90, LENGTH).filter((index) => dayOfMonth(index) === 1);
    expect(seen(on(1, 150, 90))).toEqual(firsts.slice(0, 1));
  });

  it('on another day are unusual twice', () => {
    const fifteenths = range(90, LENGTH).filter((index) => dayOfMonth(index) === 15);
    expect(seen(on(15, 150, 90))).toEqual(fifteenths.slice(0, 2));
  });

  it('are part of what is expected', () => {
    const first = range(150, LENGTH).find((index) => dayOfMonth(index) === 1)!;
    const { actual, expected } = at(judge(costs(on(1, 150))), first);
    expect(expected / actual).toBeCloseTo(1, 1);
  });

  it('do not hide what comes on top of them', () => {
    const first = range(150, LENGTH).find((index) => dayOfMonth(index) === 1)!;
    expect(seen((usual, index) => on(1, 150)(usual, index) + (index === first ? 150 : 0))).toEqual([first]);
  });

  it('make their day less sure while they are new', () => {
    const firsts = range(85, LENGTH).filter((index) => dayOfMonth(index) === 1);
    const second = firsts[1]!;
    const more = (usual: number, index: number) => usual + (index === second ? 30 : 0);
    const charged = judge(costs((usual, index) => on(1, 150, 85)(more(usual, index), index)));
    expect(at(charged, second).score).toBeLessThan(0.85 * at(judge(costs(more)), second).score!);
  });

  it('may stop', () => expect(seen((usual, index) => (index < 150 ? on(1, 150)(usual, index) : usual))).toEqual([]));
});

describe('what is not known', () => {
  it('is not judged, and is not zero', () => {
    const judgements = judge(costs(from(120, 130, () => undefined)));
    expect(unusual(judgements)).toEqual([]);
    expect(judgements).toHaveLength(LENGTH - 10);
    expect(judgements.some(({ day }) => day === dayAt(125))).toBe(false);
  });

  it('does not hide what comes after it', () =>
    expect(
      seen((usual, index) => (index >= 110 && index < 120 ? undefined : index === 121 ? 2 * usual : usual)),
    ).toEqual([121]));

  it('is no reason to forget: it is known again at once', () =>
    expect(seen((usual, index) => (index % 3 === 0 ? undefined : index === 130 ? 2 * usual : usual))).toEqual([130]));

  it('does not hide what only shows over several days', () => {
    const days = seen((usual, index) =>
      index % 10 === 0 ? undefined : index >= 120 && index < 140 ? 1.08 * usual : usual,
    );
    expect(days.some((day) => day >= 120 && day < 140)).toBe(true);
  });

  it('all of it, gives no judgement', () => expect(judge(costs(() => undefined))).toEqual([]));
});

describe('too little history', () => {
  it.each<[string, DailyCosts]>([
    [
      'six weeks',
      costs(
        from(30, 31, (usual) => 5 * usual),
        42,
      ),
    ],
    ['six weeks since the first spend', costs((usual, index) => (index < 158 ? 0 : index === 190 ? 5 * usual : usual))],
    ['no spend at all', costs(() => 0)],
    ['no day', costs(undefined, 0)],
  ])('%s: no opinion', (_, series) => {
    for (const { score } of judge(series)) expect(score).toBeUndefined();
  });

  it('is over after six weeks', () =>
    expect(
      unusual(
        judge(
          costs(
            from(48, 49, (usual) => 5 * usual),
            50,
          ),
        ),
      ),
    ).toEqual([48]));

  it('is over six weeks after the first spend', () =>
    expect(seen((usual, index) => (index < 100 ? 0 : index === 160 ? 3 * usual : usual))).toEqual([160]));
});

describe('a series that rarely costs anything', () => {
  const rarely = (usual: number) => (_: number, index: number) => (index % 9 === 3 ? usual : 0);

  it('may do so on any day', () => expect(seen(rarely(50))).toEqual([]));

  it('is unusual on a day of at least twice the largest before, once', () => {
    const spends = range(150, LENGTH).filter((index) => index % 9 === 3);
    expect(seen((usual, index) => rarely(index < 150 ? 50 : 100)(usual, index))).toEqual(spends.slice(0, 1));
    expect(seen((usual, index) => rarely(index < 150 ? 50 : 99)(usual, index))).toEqual([]);
  });

  it('is unusual when it costs far more than the one time before', () =>
    expect(seen((_, index) => (index === 60 ? 10 : index === 120 ? 500 : 0))).toEqual([120]));

  it.each<[string, (index: number) => number, number]>([
    ['once', (index) => (index === 10 ? 0.4 : 0), 500],
    ['on a few days', (index) => (index < 3 ? 30 : 0), 5000],
    ['on twenty days', (index) => (index < 20 ? 3 : 0), 500],
    ['each day until it was idle', (index) => (index < 110 ? 100 : 0), 5000],
    ['on Mondays', (index) => (index % 7 === 0 ? 50 : 0), 5000],
    ['on a day of the month', (index) => (dayOfMonth(index) === 5 ? 12 : 0), 500],
  ])('is unusual for two weeks when it costs a lot for good, and did so %s', (_, before, dear) => {
    const judgements = judge(costs((usual, index) => (index < 150 ? before(index) : (dear * usual) / 100)));
    expect(unusual(judgements).filter((index) => Math.abs(index) >= 150)).toEqual(range(150, 164));
    expect(judgements.filter(({ day, turn }) => turn && day >= dayAt(150)).map(({ day }) => day)).toEqual([dayAt(163)]);
  });

  it('is unusual when it comes each day, though none costs more than before', () => {
    const [first = 0] = seen((_, index) => (index >= 150 || index % 7 === 0 ? 50 : 0));
    expect(first).toBeGreaterThanOrEqual(150);
    expect(first).toBeLessThan(153);
  });

  it('is unusual on the days of a spike alone', () =>
    expect(seen((_, index) => (index === 10 ? 0.4 : index >= 150 && index < 153 ? 3000 : 0))).toEqual(range(150, 153)));

  it('may be a batch of each week', () => expect(seen((_, index) => (index % 7 === 6 ? 500 : 0))).toEqual([]));
});

describe('a series that rests at weekends', () => {
  const resting = (usual: number, index: number) => (usual < 80 ? 0.1 * usual * noise(3, index) : usual);
  const saturday = 138;

  it('may do so', () => expect(seen((usual) => (usual < 80 ? 0 : usual))).toEqual([]));
  it('may cost next to nothing then', () => expect(seen(resting).length).toBeLessThan(3));

  it('is unusual when it does not rest, and when it rests on a weekday', () => {
    expect(ordinary(saturday)).toBeLessThan(80);
    expect(seen((usual, index) => (usual < 80 ? (index === saturday ? 100 : 0) : usual))).toContain(saturday);
    expect(seen((usual, index) => (usual < 80 || index >= 141 ? 0 : usual))).toContain(-141);
  });
});

describe('a series whose weekdays change', () => {
  const judgements = judge(costs((_, index) => (index >= 120 || index % 7 < 2 ? 500 : 0), 220));

  it('costs no more than it does', () => {
    for (const { expected } of judgements) expect(expected).toBeLessThanOrEqual(1000);
  });

  it('is no drop', () => {
    const found = unusual(judgements);
    expect(found.length).toBeGreaterThan(0);
    for (const index of found) expect(index).toBeGreaterThanOrEqual(120);
    for (const index of found) expect(index).toBeLessThan(140);
  });
});

describe('what people have taught', () => {
  /** Somebody has seen the days from 120 through this one, and says that they are right. */
  const right = (through: number): Lesson[] => [{ kind: 'level', from: dayAt(120), through: dayAt(through) }];

  it('that a level is right is not said of what comes later', () => {
    const spoil = (usual: number, index: number) => usual * (index < 120 ? 1 : index < 123 ? 1.5 : 50);
    expect(seen(spoil, right(121))).toEqual(range(123, 137));
    const spike = (usual: number, index: number) => usual * (index < 120 ? 1 : index === 124 ? 40 : 1.5);
    expect(seen(spike, right(121))).toEqual([124]);
  });

  it('that a level is right is said of the last days that were seen', () => {
    const spoil = (usual: number, index: number) => usual * (index < 120 ? 1 : index < 128 ? 1.5 : 10);
    expect(seen(spoil, right(130))).toEqual([]);
  });

  it('that a level is right is said of the day on which it is said, unless that is another level', () => {
    const spoil = (times: number) => (usual: number, index: number) =>
      usual * (index < 120 ? 1 : index === 120 ? 1.3 : times);
    expect(seen(spoil(2), right(120))).toEqual([]);
    expect(seen(spoil(30), right(120))).toEqual(range(121, 135));
  });

  it('that a drop is right: what is more than before it is a rise', () => {
    const spoil = (usual: number, index: number) => usual * (index < 120 ? 1 : index < 126 ? 0.2 : 4);
    expect(seen(spoil, right(123))).toEqual(range(126, 140));
  });

  it('that what rarely costs anything may cost that each day', () => {
    const spoil = (usual: number, index: number) => (index < 120 ? (index % 7 === 0 ? 5 : 0) : usual);
    expect(seen(spoil, right(121))).toEqual([]);
    expect(seen((usual, index) => spoil(usual, index) * (index < 123 ? 1 : 20), right(121))).toEqual(range(123, 137));
  });

  it('that a level is right from a day on', () => {
    const lessons: Lesson[] = [{ kind: 'level', from: dayAt(120) }];
    const judgements = judge(costs(from(120, LENGTH, (usual) => 2 * usual)), lessons);
    expect(unusual(judgements)).toEqual([]);
    expect(at(judgements, 140).expected / at(judgements, 140).actual).toBeCloseTo(1, 1);
  });

  it('that a level is right though it began in the middle of a day', () => {
    const spoil = (usual: number, index: number) => usual * (index < 120 ? 1 : index === 120 ? 1.3 : 2);
    expect(seen(spoil, [{ kind: 'level', from: dayAt(120) }])).toEqual([]);
  });

  it('and what is above that level is unusual', () => {
    const lessons: Lesson[] = [{ kind: 'level', from: dayAt(120) }];
    const spoil = (usual: number, index: number) => (index < 120 ? usual : index === 150 ? 4 * usual : 2 * usual);
    expect(seen(spoil, lessons)).toEqual([150]);
  });

  it('that days are to be left out', () => {
    const spoil = from(120, 124, (usual) => 3 * usual);
    const lessons: Lesson[] = [{ kind: 'once', from: dayAt(120), until: dayAt(124) }];
    const judgements = judge(costs(spoil), lessons);
    expect(unusual(judgements)).toEqual([]);
    expect(range(120, 124).map((index) => at(judgements, index).score)).toEqual(new Array(4).fill(undefined));
    expect(judgements.filter(({ leftOut }) => leftOut).map(({ day }) => day)).toEqual(range(120, 124).map(dayAt));
    expect(at(judgements, 124).expected / ordinary(124)).toBeCloseTo(1, 1);
  });

  it('that a day of the month carries a charge', () => {
    const spoil = (usual: number, index: number) => usual + (dayOfMonth(index) === 15 && index > 100 ? 150 : 0);
    const [first = 0, second] = seen(spoil);
    expect(second).toBeDefined();
    expect(seen(spoil, [{ kind: 'recurring', from: dayAt(first) }])).toEqual([]);
    expect(seen(spoil, [{ kind: 'recurring', from: dayAt(first), until: dayAt(first + 1) }])).toEqual([second]);
  });

  it('that the 31st carries a charge: it comes on the 30th of a month that has no other', () => {
    const spoil = (usual: number, index: number) =>
      usual + (['2026-05-31', '2026-06-30'].includes(dayAt(index)) ? 150 : 0);
    expect(seen(spoil).map(dayAt)).toEqual(['2026-05-31', '2026-06-30']);
    expect(seen(spoil, [{ kind: 'recurring', from: '2026-05-31' }])).toEqual([]);
  });
});
