import { describe, expect, it } from 'vitest';
import { datesBetween } from '../../../shared/core/calendar/days.ts';
import { describeWindow, opensOn, parseWindow } from '../../../shared/core/calendar/windows.ts';

/** The days of a month on which it opens. */
function daysOf(text: string, month = '2026-11'): number[] {
  const window = parseWindow(text)!;
  return datesBetween(`${month}-01`, `${month}-30`)
    .filter((date) => opensOn(window, date))
    .map((date) => Number(date.slice(8)));
}

describe('a window opens on', () => {
  it.each([
    ['one weekday', 'Wed 08:00-09:00', [4, 11, 18, 25]],
    ['a range of weekdays', 'Sat-Sun 08:00-09:00', [1, 7, 8, 14, 15, 21, 22, 28, 29]],
    ['a range over the end of the week', 'Sun-Mon 08:00-09:00', [1, 2, 8, 9, 15, 16, 22, 23, 29, 30]],
    ['some weekdays', 'Tue,Thu-Fri 08:00-09:00', [3, 5, 6, 10, 12, 13, 17, 19, 20, 24, 26, 27]],
    ['the first Monday', 'first Mon 08:00-09:00', [2]],
    ['the third Sunday', 'third Sun 08:00-09:00', [15]],
    ['the fifth Monday', 'fifth Mon 08:00-09:00', [30]],
    ['the fifth Tuesday, of which there is none', 'fifth Tue 08:00-09:00', []],
    ['the last Friday', 'last Fri 08:00-09:00', [27]],
    ['the last Monday', 'last Mon 08:00-09:00', [30]],
    ['a date', '2026-11-25 08:00-09:00', [25]],
    ['dates, the last one too', '2026-11-25..2026-11-28 08:00-09:00', [25, 26, 27, 28]],
  ])('%s: %s', (_, text, days) => expect(daysOf(text)).toEqual(days));

  it('the last Saturday of a February', () => {
    expect(daysOf('last Sat 08:00-09:00', '2026-02')).toEqual([28]);
    expect(daysOf('last Sat 08:00-09:00', '2028-02')).toEqual([26]);
  });
});

it.each([
  ['one', 'Mon 08:00-21:00', [[480, 1260]]],
  [
    'several',
    'Mon 08:00-12:00, 13:00-18:30',
    [
      [480, 720],
      [780, 1110],
    ],
  ],
  ['over midnight', 'Fri 22:00-06:00', [[1320, 1800]]],
  ['until midnight', 'Fri 22:00-24:00', [[1320, 1440]]],
  ['until midnight, written as the next day', 'Fri 22:00-00:00', [[1320, 1440]]],
  ['all day', 'Mon-Sun 00:00-24:00', [[0, 1440]]],
])('the times are %s', (_, text, times) => {
  expect(parseWindow(text)?.times.map(({ from, to }) => [from, to])).toEqual(times);
});

it.each([
  ['Mon-Fri 08:00-21:00', 'weekly window Mon-Fri 08:00-21:00'],
  ['first Mon 09:00-17:00', 'monthly window first Mon 09:00-17:00'],
  ['2026-11-25 00:00-24:00', 'dated window 2026-11-25 00:00-24:00'],
])('%s is said to be a %s', (text, said) => expect(describeWindow(parseWindow(text)!)).toBe(said));

it.each([
  '',
  'Mon',
  '08:00-21:00',
  'Mon-Fri',
  'Mon-Fri 8:00-21:00',
  'Mon-Fri 08:00',
  'Mon-Fri 08:00-25:00',
  'Mon-Fri 08:60-21:00',
  'Mon-Fri 24:00-08:00',
  'Mon-Fri 08:00-08:00',
  'Mon-Fri 00:00-00:00',
  'Mon-Fri  08:00-21:00',
  'mon-fri 08:00-21:00',
  'Monday 08:00-21:00',
  'Mon-Fre 08:00-21:00',
  'Mon- 08:00-21:00',
  'Mon-Wed-Fri 08:00-21:00',
  'Mon,,Wed 08:00-21:00',
  'sixth Mon 08:00-21:00',
  'first 08:00-21:00',
  'first Mon-Fri 08:00-21:00',
  'every Mon 08:00-21:00',
  'constructor Mon 08:00-21:00',
  '2026-02-30 08:00-21:00',
  '2026-11-28..2026-11-25 08:00-21:00',
  '2026-11-25.. 08:00-21:00',
  '2026-11-25..2026-11-26..2026-11-27 08:00-21:00',
  'Mon-Fri 08:00-12:00 13:00-21:00',
  'cron(0 8 * * ? *)',
])('no window is %j', (text) => expect(parseWindow(text)).toBeUndefined());
