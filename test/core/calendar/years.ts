import { addDays, datesBetween, weekdayOf } from '../../../shared/core/calendar/days.ts';
import { time } from './support.ts';

/** What people in three offices would expect of 2026: when it turns on, and when off. */

/** Monday to Friday, from the offices' own lists: what is not a holiday in 2026. */
const workdays = (holidays: readonly string[]): string[] =>
  datesBetween('2026-01-01', '2026-12-31').filter((date) => weekdayOf(date) < 5 && !holidays.includes(date));

/** An instant (ISO), and what is wanted from then on. */
export type Turn = readonly [at: string, state: 'on' | 'off'];

/** On at one time and off at the other, in the local time of each day. */
const expected = (
  days: readonly string[],
  clock: { on: string; off: string; offset: (date: string) => string },
): Turn[] =>
  days.flatMap((date): Turn[] => [
    [time(`${date}T${clock.on}:00${clock.offset(date)}`).toISOString(), 'on'],
    [time(`${date}T${clock.off}:00${clock.offset(date)}`).toISOString(), 'off'],
  ]);

/** A calendar as a policy says it, when its local year begins, and every turn of it. */
export interface Year {
  readonly named: object;
  readonly begins: string;
  readonly ends: string;
  readonly turns: readonly Turn[];
}

export const SEOUL: Year = {
  named: {
    timezone: 'Asia/Seoul',
    on: 'Mon-Fri 08:00-21:00',
    holidays: 'KR',
    off: [{ from: '2026-12-28', why: 'foundation day' }],
  },
  begins: '2026-01-01T00:00+09:00',
  ends: '2027-01-01T00:00+09:00',
  turns: expected(
    workdays([
      ...['2026-01-01', '2026-02-16', '2026-02-17', '2026-02-18', '2026-03-02', '2026-05-01', '2026-05-05'],
      ...['2026-05-25', '2026-06-03', '2026-07-17', '2026-08-17', '2026-09-24', '2026-09-25', '2026-10-05'],
      ...['2026-10-09', '2026-12-25'],
      '2026-12-28', // the company's own
    ]),
    { on: '08:00', off: '21:00', offset: () => '+09:00' },
  ),
};

const inBerlin = (date: string): string => ('2026-03-29' <= date && date < '2026-10-25' ? '+02:00' : '+01:00');

export const BERLIN: Year = {
  named: { timezone: 'Europe/Berlin', on: 'Mon-Fri 07:30-19:00', holidays: 'DE-BE' },
  begins: '2026-01-01T00:00+01:00',
  ends: '2027-01-01T00:00+01:00',
  turns: expected(
    workdays(['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-01', '2026-05-14', '2026-05-25', '2026-12-25']),
    { on: '07:30', off: '19:00', offset: inBerlin },
  ),
};

export const NEW_YORK: Year = {
  named: { timezone: 'America/New_York', on: 'Mon-Fri 08:00-20:00', holidays: 'US-NY' },
  begins: '2026-01-01T00:00-05:00',
  ends: '2027-01-01T00:00-05:00',
  turns: expected(
    workdays([
      ...['2026-01-01', '2026-01-19', '2026-02-12', '2026-02-16', '2026-05-25', '2026-06-19', '2026-07-03'],
      ...['2026-09-07', '2026-10-12', '2026-11-03', '2026-11-11', '2026-11-26', '2026-12-25'],
    ]),
    {
      on: '08:00',
      off: '20:00',
      offset: (date) => ('2026-03-08' <= date && date < '2026-11-01' ? '-04:00' : '-05:00'),
    },
  ),
};

const atNight = (date: string, clock: string): string => time(`${date}T${clock}:00${inBerlin(date)}`).toISOString();

/** Every night in Berlin, the two on which the clocks change too. */
export const NIGHTS: Year = {
  named: { timezone: 'Europe/Berlin', on: 'Mon-Sun 22:00-06:00' },
  begins: '2026-01-01T00:00+01:00',
  ends: '2027-01-01T00:00+01:00',
  turns: datesBetween('2025-12-31', '2026-12-31')
    .flatMap((date): Turn[] => [
      [atNight(date, '22:00'), 'on'],
      [atNight(addDays(date, 1), '06:00'), 'off'],
    ])
    .slice(1, -1), // the first night began the year before, the last one ends the year after
};
