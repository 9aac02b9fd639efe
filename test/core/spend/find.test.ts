import { describe, expect, it } from 'vitest';
import { addDays } from '../../../shared/core/spend/day.ts';
import { type Gates, isTooYoung, sightingsIn } from '../../../shared/core/spend/find.ts';
import type { Judgement } from '../../../shared/core/spend/series.ts';

const FIRST = '2026-10-01';
const AS_OF = '2026-11-19';

/** Fifty quiet days of $100, and what some of them are instead: by the day of November. */
function seen(unusual: Readonly<Record<number, Partial<Judgement>>> = {}, usual: Partial<Judgement> = {}) {
  const judgements = Array.from({ length: 50 }, (_, n): Judgement => {
    const day = addDays(FIRST, n);
    const other = day >= '2026-11-01' ? unusual[Number(day.slice(8))] : undefined;
    return { day, actual: 100, expected: 100, score: 0.1, ...usual, ...other };
  });
  return { service: 'AWS Glue', account: '111111111111', judgements, lessons: [] };
}

const GATES: Gates = {
  asOf: AS_OF,
  settledUntil: '2026-11-18',
  minImpact: 25,
  minShare: 0.1,
  growBy: 0.5,
  fresh: 'new-service',
};
const sightings = (unusual: Parameters<typeof seen>[0], gates: Partial<Gates> = {}) =>
  sightingsIn(seen(unusual), { ...GATES, ...gates });

const UP = { actual: 160, score: 1.4 };
const DOWN = { actual: 20, score: -2 };

describe('a run of unusual days', () => {
  it('is one sighting, with what it cost and what was expected', () => {
    expect(sightings({ 17: UP, 18: { actual: 180, score: 2 }, 19: UP })).toMatchObject([
      {
        service: 'AWS Glue',
        account: '111111111111',
        kind: 'rise',
        firstDay: '2026-11-17',
        lastDay: '2026-11-19',
        actual: 500,
        expected: 300,
        perDay: 200 / 3,
        score: 2,
        provisional: false,
        over: false,
      },
    ]);
  });

  it('is none when nothing is unusual', () => expect(sightings({})).toEqual([]));
  it('is none below the threshold', () => expect(sightings({ 19: { actual: 300, score: 0.99 } })).toEqual([]));

  it('goes over a gap of three days, and not of four', () => {
    const [one, ...others] = sightings({ 10: UP, 13: UP });
    expect([one?.firstDay, one?.lastDay, one?.days, others]).toEqual(['2026-11-10', '2026-11-13', 2, []]);
    expect(sightings({ 10: UP, 14: UP })).toHaveLength(2);
  });

  it('goes in one direction', () => {
    expect(sightings({ 14: UP, 15: DOWN }).map(({ kind }) => kind)).toEqual(['rise', 'drop']);
  });

  it('is provisional while none of its days is settled', () => {
    expect(sightings({ 18: UP, 19: UP })).toMatchObject([{ provisional: true }]);
    expect(sightings({ 17: UP, 18: UP })).toMatchObject([{ provisional: false }]);
  });

  it('is over when three settled days behind it were quiet', () => {
    expect(sightings({ 14: UP })).toMatchObject([{ over: true }]);
    expect(sightings({ 15: UP })).toMatchObject([{ over: false }]);
  });

  it('is not over by days that nobody has an opinion on', () => {
    const none = { score: undefined };
    expect(sightings({ 14: UP, 15: none, 16: none, 17: none })).toMatchObject([{ over: false }]);
    const planned = { leftOut: true as const };
    expect(sightings({ 14: UP, 15: planned, 16: planned, 17: planned })).toMatchObject([{ over: false }]);
  });

  it('ends where a thread of its direction has ended', () => {
    const rise = { 14: UP, 15: UP, 16: UP, 17: UP };
    const ended = (kind: 'rise' | 'drop') => sightingsIn(seen(rise), GATES, [{ kind, lastDay: '2026-11-15' }]);
    expect(ended('rise').map(({ firstDay, lastDay }) => [firstDay, lastDay])).toEqual([
      ['2026-11-14', '2026-11-15'],
      ['2026-11-16', '2026-11-17'],
    ]);
    expect(ended('drop')).toHaveLength(1);
  });

  it('is not over by days that nobody answered', () => {
    const { judgements, ...series } = seen({ 14: UP });
    const known = judgements.filter(({ day }) => day !== '2026-11-16');
    expect(sightingsIn({ ...series, judgements: known }, GATES)).toMatchObject([{ over: false }]);
  });

  it('of weeks ago is not looked at any more', () => {
    expect(sightingsIn(seen({ 1: UP }), { ...GATES, asOf: '2026-11-19' })).toHaveLength(1);
    const old = {
      ...seen(),
      judgements: seen().judgements.map((one) => (one.day === '2026-10-10' ? { ...one, ...UP } : one)),
    };
    expect(sightingsIn(old, GATES)).toEqual([]);
  });

  it('is seen up to the day that is asked about', () => {
    expect(sightings({ 12: UP, 13: UP }, { asOf: '2026-11-12' })).toMatchObject([{ lastDay: '2026-11-12' }]);
    expect(sightings({ 12: UP }, { asOf: '2026-11-11' })).toEqual([]);
  });

  it('that grows is told as what it has become', () => {
    const ramp = Object.fromEntries(
      [14, 15, 16, 17, 18, 19].map((day) => [day, { actual: 100 + 20 * (day - 13), score: 2 }]),
    );
    expect(sightings(ramp)[0]?.perDay).toBe(100);
  });
});

describe('a level', () => {
  it('that the model has taken for how it is now is said so', () => {
    expect(sightings({ 18: UP, 19: { ...UP, turn: 'accepted' } })).toMatchObject([{ accepted: true }]);
    expect(sightings({ 18: UP, 19: UP })).toMatchObject([{ accepted: false }]);
  });

  it('that was there before is how it is now: a way up is told, a way down is not, once it is known', () => {
    const returned = { accepted: true, returned: true, over: true };
    expect(sightings({ 16: DOWN, 17: DOWN })).toMatchObject([{ over: false, worthTelling: true }]);
    expect(sightings({ 16: DOWN, 17: { ...DOWN, turn: 'returned' } })).toMatchObject([
      { ...returned, worthTelling: false },
    ]);
    expect(sightings({ 16: UP, 17: { ...UP, turn: 'returned' } })).toMatchObject([{ ...returned, worthTelling: true }]);
  });

  it.each(['accepted', 'returned'] as const)('that was %s ends the run: what is above it is another', (turn) => {
    expect(sightings({ 15: UP, 16: { ...UP, turn }, 17: UP, 18: UP })).toMatchObject([
      { firstDay: '2026-11-15', lastDay: '2026-11-16' },
      { firstDay: '2026-11-17', lastDay: '2026-11-18', accepted: false, worthTelling: true },
    ]);
  });
});

describe('what is expected until a day', () => {
  const until = (gates: Partial<Gates>, of: object = {}) => {
    const days = Object.fromEntries(
      [12, 13, 14, 15, 16].map((day) => [day, { leftOut: true as const, actual: 200, score: undefined }]),
    );
    const lesson = { kind: 'once', from: '2026-11-12', until: '2026-11-20', through: '2026-11-13', ...of } as const;
    const beyond = { leftOut: true as const, actual: 300, score: undefined };
    return sightingsIn({ ...seen({ ...days, 17: beyond }), lessons: [lesson] }, { ...GATES, ...gates });
  };

  it('is told where it has grown beyond the largest day that was answered, held against that', () => {
    expect(until({})).toMatchObject([{ kind: 'rise', firstDay: '2026-11-17', actual: 300, expected: 200 }]);
    expect(until({ growBy: 0.51 })).toEqual([]);
  });

  it('is left out where it was planned', () => expect(until({}, { through: undefined })).toEqual([]));
});

describe('a drop', () => {
  it('is seen on settled days only', () => {
    expect(sightings({ 17: DOWN })).toMatchObject([{ kind: 'drop', perDay: -80 }]);
    expect(sightings({ 18: DOWN, 19: DOWN })).toEqual([]);
  });
});

describe('the gates', () => {
  it.each<[string, Partial<Judgement>, Partial<Gates>, boolean]>([
    ['enough money', { actual: 125 }, {}, true],
    ['too little money', { actual: 124 }, {}, false],
    ['enough of what was expected', { actual: 1100, expected: 1000 }, {}, true],
    ['too little of what was expected', { actual: 1099, expected: 1000 }, {}, false],
    ['the policy’s money', { actual: 125 }, { minImpact: 26 }, false],
    ['the policy’s share', { actual: 125 }, { minShare: 0.26 }, false],
  ])('%s', (_, day, gates, worthTelling) =>
    expect(sightings({ 19: { score: 3, ...day } }, gates)).toMatchObject([{ worthTelling }]),
  );

  it('count all days of a run together', () =>
    expect(sightings({ 18: { actual: 113, score: 1 }, 19: { actual: 113, score: 1 } })).toMatchObject([
      { worthTelling: true },
    ]));
});

describe('what was never there before', () => {
  const nothing = { actual: 0, expected: 0, score: undefined };
  const born = (days: readonly number[], gates: Partial<Gates> = {}) =>
    sightingsIn(seen(Object.fromEntries(days.map((day) => [day, { actual: 90 }])), nothing), { ...GATES, ...gates });

  it('is a finding of its own, whatever the model thinks of it', () => {
    expect(born([18, 19])).toMatchObject([
      { kind: 'new-service', firstDay: '2026-11-18', actual: 180, expected: 0, perDay: 90 },
    ]);
    expect(born([18], { fresh: 'new-region' })).toMatchObject([{ kind: 'new-region' }]);
  });

  it('has to cost something', () => expect(born([18], { minImpact: 91 })).toMatchObject([{ worthTelling: false }]));

  it('is none on days that people have left out, and one from the day after them on', () => {
    const planned = { actual: 90, leftOut: true as const };
    const during = seen({ 16: planned, 17: planned, 18: planned, 19: planned }, nothing);
    expect(sightingsIn(during, GATES)).toEqual([]);
    const after = seen({ 16: planned, 17: planned, 18: { actual: 90 }, 19: { actual: 90 } }, nothing);
    expect(sightingsIn(after, GATES)).toMatchObject([{ kind: 'new-service', firstDay: '2026-11-18', actual: 180 }]);
  });

  it('is not new after thirty days without it, if so many are not known', () => {
    const { judgements, ...series } = seen({ 19: { actual: 90 } }, nothing);
    expect(sightingsIn({ ...series, judgements: judgements.slice(-30) }, GATES)).toEqual([]);
    expect(sightingsIn({ ...series, judgements: judgements.slice(-31) }, GATES)).toHaveLength(1);
  });

  it('is how it is now after fourteen days, or when a person says so: what goes on is no news', () => {
    const days = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
    expect(born(days(13))).toMatchObject([{ lastDay: '2026-11-13', accepted: false }]);
    expect(born(days(19))).toMatchObject([{ lastDay: '2026-11-14', accepted: true }]);
    const answered = { kind: 'level', from: '2026-11-10', through: '2026-11-11' } as const;
    const since = Object.fromEntries(days(10).map((day) => [day + 9, { actual: 90 }]));
    expect(sightingsIn({ ...seen(since, nothing), lessons: [answered] }, GATES)).toEqual([]);
  });

  it('is over when it is gone for three settled days', () => {
    expect(born([13, 14])).toMatchObject([{ over: true }]);
    expect(born([14, 15])).toMatchObject([{ over: false }]);
  });
});

describe('too little history', () => {
  const unknown = { score: undefined };
  it.each<[string, Partial<Judgement>, Parameters<typeof seen>[0], boolean]>([
    ['no day with a verdict', unknown, {}, true],
    ['one day with a verdict', unknown, { 12: { score: 0.1 } }, false],
    ['a verdict only after the day', unknown, { 19: { score: 0.1 } }, true],
    ['no spend', { ...unknown, actual: 0 }, {}, false],
    ['new, and told as such', { ...unknown, actual: 0 }, { 18: { actual: 90 } }, false],
    ['spend on days alone that are left out', { ...unknown, leftOut: true }, {}, false],
    ['spend on other days, too', unknown, { 12: { leftOut: true } }, true],
  ])('%s', (_, usual, unusual, young) => expect(isTooYoung(seen(unusual, usual), '2026-11-18')).toBe(young));
});
