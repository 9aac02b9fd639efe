import { describe, expect, it } from 'vitest';
import { holidayBook, holidayChanges, holidaysFor } from '../../scripts/policy/holidays.ts';
import { parsePolicy } from '../../shared/core/policy.ts';

const datesOf = (place: string, year: number): string[] =>
  Object.keys(holidayBook([place], { first: year, last: year }).places[place] ?? {})
    .map((date) => date.slice(5))
    .sort();

/** The public holidays of Korea as its gazette has them: lunar and substitute days, elections, temporary holidays. */
const KOREA: Readonly<Record<number, string>> = {
  2024: '01-01 02-09 02-10 02-11 02-12 03-01 04-10 05-05 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25',
  2025: '01-01 01-27 01-28 01-29 01-30 03-01 03-03 05-05 05-06 06-03 06-06 08-15 10-03 10-05 10-06 10-07 10-08 10-09 12-25',
  2026:
    '01-01 02-16 02-17 02-18 03-01 03-02 05-01 05-05 05-24 05-25 06-03 06-06 07-17 08-15 08-17 09-24 09-25 09-26 ' +
    '10-03 10-05 10-09 12-25',
  2027:
    '01-01 02-06 02-07 02-08 02-09 03-01 05-01 05-03 05-05 05-13 06-06 07-17 07-19 08-15 08-16 09-14 09-15 09-16 ' +
    '10-03 10-04 10-09 10-11 12-25 12-27',
};

describe('the holidays of Korea', () => {
  it.each(Object.entries(KOREA))('in %s are those of the gazette', (year, dates) => {
    expect(datesOf('KR', Number(year))).toEqual(dates.split(' '));
  });

  it('of years that the gazette has not published are computed, Seollal from its eve on', () => {
    const { KR } = holidayBook(['KR'], { first: 2028, last: 2030 }).places;
    const newYear = (year: number) =>
      Object.entries(KR ?? {})
        .filter(([date, name]) => date.startsWith(`${year}`) && name === 'Korean New Year')
        .map(([date]) => date.slice(5));
    expect(newYear(2028)).toEqual(['01-26', '01-27', '01-28']);
    expect(newYear(2029)).toEqual(['02-12', '02-13', '02-14']);
    expect(newYear(2030)).toEqual(['02-02', '02-03', '02-04']);
    expect(KR).toMatchObject({ '2028-05-02': "Buddha's Birthday", '2030-02-05': 'Korean New Year (substitute day)' });
  });

  it('have English names, and the gazette’s own where there is none', () => {
    expect(holidayBook(['KR'], { first: 2025, last: 2026 }).places.KR).toMatchObject({
      '2025-05-05': "Children's Day, Buddha's Birthday",
      '2026-02-16': 'Korean New Year',
      '2026-06-03': '전국동시지방선거',
    });
  });
});

describe('the holidays', () => {
  it('of Berlin are those of Germany and Women’s Day; of Germany alone they are not', () => {
    const germany = ['01-01', '04-03', '04-06', '05-01', '05-14', '05-25', '10-03', '12-25', '12-26'];
    expect(datesOf('DE', 2026)).toEqual(germany);
    expect(datesOf('DE-BE', 2026)).toEqual([...germany, '03-08'].sort());
    expect(datesOf('DE-BY-A', 2026)).toContain('08-08');
  });

  it('of New York move with their weekdays', () => {
    expect(datesOf('US-NY', 2026)).toEqual(
      '01-01 01-19 02-12 02-15 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-03 11-11 11-26 12-25'.split(' '),
    );
  });

  it('that begin at sunset are the day after; half days and customs are none', () => {
    expect(datesOf('IL', 2026)).toContain('09-21');
    expect(datesOf('IL', 2026)).not.toContain('09-20');
    expect(datesOf('DE-BE', 2026)).not.toContain('12-24');
    expect(datesOf('US-NY', 2026)).not.toContain('02-14');
  });

  it('of a place that nobody knows are not there: a region that is none is not its country', () => {
    const places = ['XX', 'DE-XX', 'DE-BY-XX', 'DE-BE-A', 'KR-11', 'constructor', '', 'KR'];
    expect(Object.keys(holidayBook(places, { first: 2026, last: 2026 }).places)).toEqual(['KR']);
  });

  it('are stored for a policy from two years ago to eight years ahead', () => {
    const policy = parsePolicy({ calendars: { a: { on: 'Mon 08:00-09:00', holidays: ['KR', 'DE-BE'] } } });
    const book = holidaysFor(policy, new Date('2026-11-22T20:00:00Z'));
    expect(book.years).toEqual({ first: 2024, last: 2034 });
    expect(Object.keys(book.places)).toEqual(['KR', 'DE-BE']);
    const years = new Set(Object.keys(book.places.KR ?? {}).map((date) => date.slice(0, 4)));
    expect([...years].sort()).toEqual(Array.from({ length: 11 }, (_, index) => String(2024 + index)));
  });
});

describe('what a newer book changes', () => {
  const book = { years: { first: 2026, last: 2027 }, places: { KR: { '2026-05-05': "Children's Day" } } };
  const named = (places: Record<string, Record<string, string>>, last = 2027) => ({
    years: { first: 2026, last },
    places,
  });

  it('is nothing when it is the same, and everything when there was none', () => {
    expect(holidayChanges(book, structuredClone(book))).toEqual([]);
    expect(holidayChanges(undefined, undefined)).toEqual([]);
    expect(holidayChanges(undefined, book)).toEqual(['holidays: known from 2026 to 2027', 'holidays.KR: 1 days']);
  });

  it('is each day that has become a holiday or is none any more, of the years that both know', () => {
    const newer = named({ KR: { '2026-06-03': 'Election', '2028-01-01': 'New Year' }, DE: {} }, 2028);
    expect(holidayChanges(book, newer)).toEqual([
      'holidays: known from 2026 to 2028',
      'holidays.KR.2026-06-03: not set -> "Election"',
      'holidays.KR.2026-05-05: "Children\'s Day" -> not set',
      'holidays.DE: 0 days',
    ]);
  });
});
