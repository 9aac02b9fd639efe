import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datesBetween } from '../../../shared/core/calendar/days.ts';
import { HolidaysUnknownError } from '../../../shared/core/calendar/holidays.ts';
import { hoursOff, nextTransition, stateAt, transitions } from '../../../shared/core/calendar/state.ts';
import {
  anyCalendar,
  anyNamed,
  anyRange,
  anyTime,
  anyTimes,
  anyWindow,
  BOOK,
  calendar,
  SEOUL,
  time,
} from './support.ts';

/** What the calendar says in a range of time, in short. */
const turnsOf = (named: unknown, from: string, to: string) =>
  transitions(calendar(named), { from: time(from), to: time(to) }).map(
    ({ at, state }) => `${at.toISOString().slice(5, 16)} ${state}`,
  );

describe('the state', () => {
  it.each([
    ['in a window', '2026-11-23T10:00+09:00', 'on', 'weekly window Mon-Fri 08:00-21:00'],
    ['at the instant at which it opens', '2026-11-23T08:00+09:00', 'on', 'weekly window Mon-Fri 08:00-21:00'],
    ['just before', '2026-11-23T07:59:59.999+09:00', 'off', 'outside Mon-Fri 08:00-21:00'],
    ['at the instant at which it closes', '2026-11-23T21:00+09:00', 'off', 'outside Mon-Fri 08:00-21:00'],
    ['at the weekend', '2026-11-22T10:00+09:00', 'off', 'outside Mon-Fri 08:00-21:00'],
    ['on a holiday, in what would be a window', '2026-02-17T10:00+09:00', 'off', 'holiday: Korean New Year'],
    ['on a holiday, at night', '2026-02-17T03:00+09:00', 'off', 'outside Mon-Fri 08:00-21:00'],
  ])('%s', (_, at, state, because) => expect(stateAt(SEOUL, time(at))).toEqual({ state, because }));

  it('is off on own days, with the reason, until the first day that is as usual', () => {
    const off = [{ from: '2026-12-24', to: '2026-12-31', why: 'winter break' }];
    const closed = calendar({ on: 'Mon-Sun 08:00-09:00', off });
    const at8 = (date: string) => stateAt(closed, time(`${date}T08:30Z`));
    expect(at8('2026-12-23').state).toBe('on');
    expect(at8('2026-12-24')).toEqual({ state: 'off', because: 'closed: winter break' });
    expect(at8('2026-12-30').state).toBe('off');
    expect(at8('2026-12-31').state).toBe('on');
  });

  it('has the holidays of every place', () => {
    const both = calendar({ on: 'Mon-Sun 08:00-09:00', holidays: ['KR', 'DE-BE'] });
    expect(stateAt(both, time('2026-03-02T08:30Z')).because).toMatch('holiday: Independence Movement Day');
    expect(stateAt(both, time('2026-03-08T08:30Z')).because).toBe("holiday: International Women's Day");
    expect(stateAt(both, time('2026-01-01T08:30Z')).because).toBe("holiday: New Year's Day");
  });

  it('of a day whose holidays nobody knows is no state', () => {
    const beyond = () => stateAt(SEOUL, time('2029-01-02T10:00+09:00'));
    expect(beyond).toThrow(HolidaysUnknownError);
    expect(beyond).toThrow('the holidays of KR are not known for 2029-01-01: store the policy again');
    const nowhere = { ...SEOUL, book: { ...BOOK, places: {} } };
    expect(() => stateAt(nowhere, time('2026-11-23T10:00+09:00'))).toThrow(HolidaysUnknownError);
  });
});

describe('windows', () => {
  it.each<[string, unknown, [string, string], string[]]>([
    [
      'several a day',
      { on: 'Mon 08:00-12:00, 13:00-18:00' },
      ['2026-11-23T00:00Z', '2026-11-24T00:00Z'],
      ['11-23T08:00 on', '11-23T12:00 off', '11-23T13:00 on', '11-23T18:00 off'],
    ],
    [
      'that touch are one',
      { on: ['Mon 08:00-12:00, 12:00-18:00', 'Mon 18:00-24:00', 'Tue 00:00-02:00'] },
      ['2026-11-23T00:00Z', '2026-11-25T00:00Z'],
      ['11-23T08:00 on', '11-24T02:00 off'],
    ],
    [
      'that overlap are one',
      { on: ['Mon 08:00-18:00', 'Mon 10:00-12:00'] },
      ['2026-11-23T00:00Z', '2026-11-24T00:00Z'],
      ['11-23T08:00 on', '11-23T18:00 off'],
    ],
    [
      'over midnight belong to the day on which they open: a holiday after it does not cut them off',
      { timezone: 'Europe/Berlin', on: 'Mon-Sun 22:00-06:00', holidays: 'DE-BE' },
      ['2026-12-24T12:00Z', '2026-12-28T12:00Z'],
      ['12-24T21:00 on', '12-25T05:00 off', '12-27T21:00 on', '12-28T05:00 off'],
    ],
    [
      'that name dates open on holidays and own days, too',
      {
        timezone: 'Asia/Seoul',
        on: ['Mon-Fri 08:00-21:00', '2026-12-25 10:00-14:00', '2026-12-24 10:00-12:00'],
        holidays: 'KR',
        off: [{ from: '2026-12-24', why: 'a day off' }],
      },
      ['2026-12-24T00:00+09:00', '2026-12-27T00:00+09:00'],
      ['12-24T01:00 on', '12-24T03:00 off', '12-25T01:00 on', '12-25T05:00 off'],
    ],
    [
      'of the first Monday',
      { on: 'first Mon 09:00-17:00' },
      ['2026-10-30T00:00Z', '2026-12-15T00:00Z'],
      ['11-02T09:00 on', '11-02T17:00 off', '12-07T09:00 on', '12-07T17:00 off'],
    ],
    [
      'of the first Monday stay closed when that is a holiday',
      { timezone: 'Asia/Seoul', on: 'first Mon 09:00-17:00', holidays: 'KR' },
      ['2026-10-01T00:00Z', '2026-11-05T00:00Z'],
      ['11-02T00:00 on', '11-02T08:00 off'],
    ],
    [
      'that begin in the skipped hour begin at the next instant',
      { timezone: 'Europe/Berlin', on: 'Sun 02:30-05:00' },
      ['2026-03-28T12:00Z', '2026-03-30T00:00Z'],
      ['03-29T01:00 on', '03-29T03:00 off'],
    ],
    [
      'that end in the skipped hour end there',
      { timezone: 'Europe/Berlin', on: 'Sun 01:00-02:30' },
      ['2026-03-28T12:00Z', '2026-03-30T00:00Z'],
      ['03-29T00:00 on', '03-29T01:00 off'],
    ],
    [
      'that lie in the skipped hour do not open',
      { timezone: 'Europe/Berlin', on: 'Sun 02:15-02:45' },
      ['2026-03-28T12:00Z', '2026-03-30T00:00Z'],
      [],
    ],
    [
      'in the doubled hour open once',
      { timezone: 'Europe/Berlin', on: 'Sun 02:15-02:45' },
      ['2026-10-24T12:00Z', '2026-10-26T00:00Z'],
      ['10-25T00:15 on', '10-25T00:45 off'],
    ],
    [
      'over the doubled hour have an hour more',
      { timezone: 'America/New_York', on: 'Sun 00:00-06:00' },
      ['2026-10-31T12:00Z', '2026-11-02T00:00Z'],
      ['11-01T04:00 on', '11-01T11:00 off'],
    ],
    [
      'of all hours never close, nor on the nights on which the clocks change',
      { timezone: 'America/New_York', on: 'Mon-Sun 00:00-24:00' },
      ['2026-01-01T00:00Z', '2026-12-31T00:00Z'],
      [],
    ],
  ])('%s', (_, named, [from, to], turns) => expect(turnsOf(named, from, to)).toEqual(turns));

  it('are in the time zone of the policy, unless the calendar has its own', () => {
    expect(turnsOf({ on: 'Mon 08:00-09:00' }, '2026-11-22T00:00Z', '2026-11-24T00:00Z')[0]).toBe('11-23T08:00 on');
  });
});

describe('the next transition', () => {
  it('is the first one after an instant, with its reason', () => {
    expect(nextTransition(SEOUL, time('2026-11-23T08:00+09:00'))).toEqual({
      at: time('2026-11-23T21:00+09:00'),
      state: 'off',
      because: 'outside Mon-Fri 08:00-21:00',
    });
  });

  it('is found behind a long holiday, and a year away', () => {
    expect(nextTransition(SEOUL, time('2026-09-23T21:00+09:00'))?.at).toEqual(time('2026-09-28T08:00+09:00'));
    const yearly = calendar({ on: ['2026-11-25 08:00-09:00', '2027-11-26 08:00-09:00'] });
    expect(nextTransition(yearly, time('2026-11-25T09:00Z'))?.at).toEqual(time('2027-11-26T08:00Z'));
  });

  it('is the same one from wherever it is looked for', () => {
    const monthly = calendar({ on: 'first Mon 09:00-17:00' });
    for (const day of datesBetween('2026-11-03', '2026-12-07')) {
      expect(nextTransition(monthly, time(`${day}T08:00Z`))?.at).toEqual(time('2026-12-07T09:00Z'));
    }
  });

  it('is none when nothing more is to come', () => {
    const over = calendar({ on: '2026-11-25 08:00-09:00' });
    expect(nextTransition(over, time('2026-11-25T09:00Z'))).toBeUndefined();
    expect(nextTransition(calendar({ on: 'Mon-Sun 00:00-24:00' }), time('2026-11-25T09:00Z'))).toBeUndefined();
  });

  it('is none beyond the holidays that are known, and no error', () => {
    expect(nextTransition(SEOUL, time('2028-12-28T21:00+09:00'))?.at).toEqual(time('2028-12-29T08:00+09:00'));
    expect(nextTransition(SEOUL, time('2028-12-29T21:00+09:00'))).toBeUndefined();
  });

  it('is the first of the transitions', () => {
    fc.assert(
      fc.property(anyCalendar, anyRange, (any, range) => {
        const [first] = transitions(any, range);
        const next = nextTransition(any, range.from);
        expect(next && next.at <= range.to ? next : undefined).toEqual(first);
      }),
    );
  });
});

describe('the hours off', () => {
  it('of a week of office hours are 168 less 5 x 13', () => {
    expect(hoursOff(SEOUL, { from: time('2026-11-23T00:00+09:00'), to: time('2026-11-30T00:00+09:00') })).toBe(103);
  });

  it('have one more in the night of the doubled hour, and one less in that of the skipped one', () => {
    const days = calendar({ timezone: 'Europe/Berlin', on: 'Mon-Sun 06:00-22:00' });
    const night = (evening: string, hours: number) => {
      const from = time(evening);
      return hoursOff(days, { from, to: new Date(from.getTime() + hours * 3_600_000) });
    };
    expect(night('2026-03-28T21:00Z', 23)).toBe(7);
    expect(night('2026-10-24T20:00Z', 25)).toBe(9);
    expect(night('2026-11-10T21:00Z', 24)).toBe(8);
  });

  it('add up, and are those in which it is not on', () => {
    fc.assert(
      fc.property(anyCalendar, anyRange, anyRange, (any, { from, to }, next) => {
        const later = new Date(to.getTime() + next.to.getTime() - next.from.getTime());
        const parts = hoursOff(any, { from, to }) + hoursOff(any, { from: to, to: later });
        expect(parts).toBeCloseTo(hoursOff(any, { from, to: later }), 6);
        const turns = [{ at: from, state: stateAt(any, from).state }, ...transitions(any, { from, to })];
        const ms = turns.map(({ at, state }, index) =>
          state === 'off' ? (turns[index + 1]?.at ?? to).getTime() - at.getTime() : 0,
        );
        expect(hoursOff(any, { from, to }) * 3_600_000).toBeCloseTo(
          ms.reduce((sum, one) => sum + one, 0),
          3,
        );
      }),
    );
  });
});

describe('of any calendar', () => {
  it('the transitions alternate, in their order, and the state at an instant is what the last one said', () => {
    fc.assert(
      fc.property(anyCalendar, anyRange, fc.double({ min: 0, max: 1, noNaN: true }), (any, { from, to }, share) => {
        const turns = transitions(any, { from, to });
        const states = [stateAt(any, from).state, ...turns.map(({ state }) => state)];
        for (const [index, state] of states.entries()) expect(state).not.toBe(states[index + 1]);
        const times = [from, ...turns.map(({ at }) => at), to].map((at) => at.getTime());
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const at = new Date(from.getTime() + Math.floor(share * (to.getTime() - from.getTime())));
        for (const instant of [at, to]) {
          const passed = turns.filter((one) => one.at <= instant).length;
          expect(stateAt(any, instant).state).toBe(states[passed]);
        }
      }),
    );
  });

  it('two sets of windows together are on when one of them is', () => {
    fc.assert(
      fc.property(anyNamed, fc.array(anyWindow, { minLength: 1, maxLength: 2 }), anyTime, (named, more, at) => {
        const isOn = (on: readonly string[]) => stateAt(calendar({ ...named, on }), at).state === 'on';
        expect(isOn([...named.on, ...more])).toBe(isOn(named.on) || isOn(more));
      }),
    );
  });

  it('where clocks never change, it is on when the clock on the wall is in a window of today or of last night', () => {
    fc.assert(
      fc.property(fc.array(anyTimes, { minLength: 1, maxLength: 4 }), anyTime, (times, at) => {
        const wall = new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(11, 16);
        const isIn = (text: string) => {
          const [from = '', to = ''] = text.split('-');
          return from < to ? from <= wall && wall < to : from <= wall || wall < to;
        };
        const on = times.map((one) => `Mon-Sun ${one}`);
        expect(stateAt(calendar({ timezone: 'Asia/Seoul', on }), at).state).toBe(times.some(isIn) ? 'on' : 'off');
      }),
    );
  });
});
