import { describe, expect, it } from 'vitest';
import { calendarProblems, holidaysEnd, placesOf } from '../../../shared/core/calendar/check.ts';
import { holidayBookSchema } from '../../../shared/core/calendar/holidays.ts';
import { describeProblem, parsePolicy } from '../../../shared/core/policy.ts';
import { BOOK, time } from './support.ts';

const NOW = time('2026-11-22T20:00:00Z');
const good = { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: ['KR', 'DE-BE'] };

const problemsOf = (spoiled: object, now = NOW): string[] =>
  calendarProblems(parsePolicy({ calendars: { office: { ...good, ...spoiled } } }), BOOK, now).map(describeProblem);

describe('the calendars of a policy', () => {
  it('are fine', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ holidays: [] }, time('2040-01-01T00:00:00Z'))).toEqual([]);
    expect(calendarProblems(parsePolicy({}), BOOK, NOW)).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'a country that nobody knows',
      { holidays: ['KR', 'XX'] },
      'calendars.office.holidays[1]: a country such as KR or a region such as DE-BE or US-NY, by its codes in ISO 3166',
    ],
    [
      'only dates that are over',
      { on: '2026-11-20 08:00-21:00' },
      'calendars.office.on: at least one hour in the next 400 days',
    ],
    [
      'closed for good',
      { off: [{ from: '2026-11-01', to: '2036-11-01', why: 'moved' }] },
      'calendars.office.on: at least one hour in the next 400 days',
    ],
    [
      'a window in nothing but a skipped hour',
      { timezone: 'Europe/Berlin', on: '2027-03-28 02:10-02:50' },
      'calendars.office.on: at least one hour in the next 400 days',
    ],
  ])('are wrong with %s', (_, spoiled, said) => expect(problemsOf(spoiled)).toEqual([said]));

  it('may be always on, or on now and never again', () => {
    expect(problemsOf({ on: 'Mon-Sun 00:00-24:00', holidays: [] })).toEqual([]);
    expect(problemsOf({ on: '2026-11-23 00:00-24:00', holidays: [] })).toEqual([]);
  });

  it('need holidays as far as a decision may look', () => {
    const problem = (from: string, to: string, index: number) =>
      `calendars.office.holidays[${index}]: holidays from ${from} to ${to}, which are not stored: store the policy again`;
    expect(problemsOf({}, time('2028-11-30T00:00:00Z'))).toEqual([]);
    expect(problemsOf({}, time('2028-12-01T00:00:00Z'))).toEqual(
      [0, 1].map((index) => problem('2028-10-31', '2029-01-01', index)),
    );
    expect(problemsOf({ holidays: 'KR' }, time('2023-12-15T00:00:00Z'))).toEqual([
      problem('2023-11-14', '2024-01-15', 0),
    ]);
  });

  it('are not said to be never on where nobody can know', () => {
    expect(problemsOf({ on: '2029-02-01 08:00-09:00' }, time('2028-06-01T00:00:00Z'))).toEqual([]);
    expect(problemsOf({ on: '2029-02-01 08:00-09:00' }, time('2027-11-01T00:00:00Z'))).toHaveLength(1);
  });
});

it('that the stored holidays end is said more than a year before', () => {
  const policy = parsePolicy({ calendars: { office: good } });
  const said = 'the holidays of the calendars are known up to 2028-12-31: store the policy again';
  expect(holidaysEnd(policy, BOOK, time('2027-11-27T12:00:00Z'))).toBeUndefined();
  expect(holidaysEnd(policy, BOOK, time('2027-11-28T12:00:00Z'))).toBe(said);
  expect(holidaysEnd(parsePolicy({}), BOOK, time('2030-01-01T00:00:00Z'))).toBeUndefined();
});

it('the places of a policy are each once', () => {
  const policy = parsePolicy({ calendars: { a: good, b: { ...good, holidays: ['US-NY', 'KR'] }, c: { on: good.on } } });
  expect(placesOf(policy)).toEqual(['KR', 'DE-BE', 'US-NY']);
});

it('holidays are read as they were stored', () => {
  expect(holidayBookSchema.parse(JSON.parse(JSON.stringify(BOOK)))).toEqual(BOOK);
});
