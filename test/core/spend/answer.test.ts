import { describe, expect, it } from 'vitest';
import { lessonsFor, type SpendAnswer, standingAnswers } from '../../../shared/core/spend/answer.ts';

const answer = (spoiled: Partial<SpendAnswer> = {}): SpendAnswer => ({
  anomaly: '2026-11-18-3f9a1c',
  service: 'AmazonCloudWatch',
  account: '111111111111',
  firstDay: '2026-11-18',
  say: 'expected',
  by: 'kim',
  at: '2026-11-20T09:00:00Z',
  ...spoiled,
});
const SERIES = { service: 'AmazonCloudWatch', account: '111111111111' };
const SALE = { from: '2026-11-25', to: '2026-12-01', why: 'sale' };

it('of each anomaly the newest answer stands', () => {
  const older = answer({ at: '2026-11-19T09:00:00Z', say: 'snooze', until: '2026-11-30' });
  const other = answer({ anomaly: '2026-11-19-000000' });
  expect([...standingAnswers([answer(), older, other]).values()]).toEqual([answer(), other]);
});

describe('a series learns', () => {
  it.each<[string, SpendAnswer[], object[]]>([
    ['nothing from what is about others', [answer({ service: 'AWS Glue' }), answer({ account: '222222222222' })], []],
    ['nothing from a snooze or from looking into it', [answer({ say: 'snooze' }), answer({ say: 'investigate' })], []],
    ['a new level', [answer()], [{ kind: 'level', from: '2026-11-18', through: '2026-11-19' }]],
    [
      'days to leave out',
      [answer({ until: '2026-11-30' })],
      [{ kind: 'once', from: '2026-11-18', until: '2026-12-01', through: '2026-11-19' }],
    ],
    [
      'a charge of each month',
      [answer({ recurring: true })],
      [{ kind: 'recurring', from: '2026-11-18', through: '2026-11-19' }],
    ],
    [
      'a charge of each month until a day',
      [answer({ recurring: true, until: '2027-05-31' })],
      [{ kind: 'recurring', from: '2026-11-18', until: '2027-06-01', through: '2026-11-19' }],
    ],
  ])('%s', (_, answers, lessons) => expect(lessonsFor(SERIES, answers, [])).toEqual(lessons));

  it.each([
    ['on the first day, as from a billing alarm', '2026-11-18T15:00:00Z', '2026-11-18'],
    ['on the next morning', '2026-11-19T09:00:00Z', '2026-11-18'],
    ['a week later', '2026-11-25T09:00:00Z', '2026-11-24'],
    ['when it is long over', '2027-03-01T09:00:00Z', '2026-12-15'],
  ])('of the days that were seen by whoever answers %s', (_, at, through) =>
    expect(lessonsFor(SERIES, [answer({ at })], [])).toMatchObject([{ through }]),
  );

  it.each([
    ['everything', {}, 1],
    ['its account', { account: '111111111111' }, 1],
    ['its service', { service: 'AmazonCloudWatch' }, 1],
    ['another account', { account: '222222222222' }, 0],
    ['another service', { service: 'AWS Glue' }, 0],
  ])('what the policy plans for %s', (_, of, count) => {
    const lessons = lessonsFor(SERIES, [], [{ ...SALE, ...of }]);
    expect(lessons).toEqual(Array(count).fill({ kind: 'once', from: '2026-11-25', until: '2026-12-01' }));
  });
});
