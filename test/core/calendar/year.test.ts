import { describe, expect, it } from 'vitest';
import { addDays, datesBetween, weekdayOf } from '../../../shared/core/calendar/days.ts';
import { transitions } from '../../../shared/core/calendar/state.ts';
import { calendar, time } from './support.ts';

/** Monday to Friday, from the offices' own lists: what is not a holiday in 2026. */
const workdays = (holidays: readonly string[]): string[] =>
  datesBetween('2026-01-01', '2026-12-31').filter((date) => weekdayOf(date) < 5 && !holidays.includes(date));

/** What a person would expect: on at one time and off at the other, in the local time of each day. */
const expected = (days: readonly string[], clock: { on: string; off: string; offset: (date: string) => string }) =>
  days.flatMap((date) => [
    [time(`${date}T${clock.on}:00${clock.offset(date)}`).toISOString(), 'on'],
    [time(`${date}T${clock.off}:00${clock.offset(date)}`).toISOString(), 'off'],
  ]);

/** Of a local year, that of winter time. */
function turnsOf(named: unknown, offset: string) {
  const year = { from: time(`2026-01-01T00:00${offset}`), to: time(`2027-01-01T00:00${offset}`) };
  return transitions(calendar(named), year).map(({ at, state }) => [at.toISOString(), state]);
}

describe('a year of office hours', () => {
  it('in Seoul has every holiday: lunar, substitute, elections, and the days of the own list', () => {
    const holidays = [
      ...[
        '2026-01-01',
        '2026-02-16',
        '2026-02-17',
        '2026-02-18',
        '2026-03-02',
        '2026-05-01',
        '2026-05-05',
        '2026-05-25',
      ],
      ...[
        '2026-06-03',
        '2026-07-17',
        '2026-08-17',
        '2026-09-24',
        '2026-09-25',
        '2026-10-05',
        '2026-10-09',
        '2026-12-25',
      ],
      '2026-12-28', // the company's own
    ];
    const off = [{ from: '2026-12-28', why: 'foundation day' }];
    const turns = turnsOf({ timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR', off }, '+09:00');
    expect(turns).toEqual(expected(workdays(holidays), { on: '08:00', off: '21:00', offset: () => '+09:00' }));
    expect(turns).toHaveLength(2 * (261 - 17));
  });

  it('in Berlin follows the clocks through summer time, and keeps the holidays of Berlin', () => {
    const holidays = ['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-01', '2026-05-14', '2026-05-25', '2026-12-25'];
    const offset = (date: string) => ('2026-03-29' <= date && date < '2026-10-25' ? '+02:00' : '+01:00');
    const turns = turnsOf({ timezone: 'Europe/Berlin', on: 'Mon-Fri 07:30-19:00', holidays: 'DE-BE' }, '+01:00');
    expect(turns).toEqual(expected(workdays(holidays), { on: '07:30', off: '19:00', offset }));
  });

  it('in New York follows other clocks, and keeps the holidays of New York', () => {
    const holidays = [
      ...['2026-01-01', '2026-01-19', '2026-02-12', '2026-02-16', '2026-05-25', '2026-06-19', '2026-07-03'],
      ...['2026-09-07', '2026-10-12', '2026-11-03', '2026-11-11', '2026-11-26', '2026-12-25'],
    ];
    const offset = (date: string) => ('2026-03-08' <= date && date < '2026-11-01' ? '-04:00' : '-05:00');
    const turns = turnsOf({ timezone: 'America/New_York', on: 'Mon-Fri 08:00-20:00', holidays: 'US-NY' }, '-05:00');
    expect(turns).toEqual(expected(workdays(holidays), { on: '08:00', off: '20:00', offset }));
  });

  it('of nights in Berlin has every night, the two on which the clocks change too', () => {
    const nights = datesBetween('2025-12-31', '2026-12-31');
    const at = (date: string, clock: string) =>
      time(`${date}T${clock}:00${'2026-03-29' <= date && date < '2026-10-25' ? '+02:00' : '+01:00'}`).toISOString();
    const all = nights.flatMap((date) => [
      [at(date, '22:00'), 'on'],
      [at(addDays(date, 1), '06:00'), 'off'],
    ]);
    const turns = turnsOf({ timezone: 'Europe/Berlin', on: 'Mon-Sun 22:00-06:00' }, '+01:00');
    expect(turns).toEqual(all.slice(1, -1)); // the first night began the year before, the last one ends the year after
  });
});
