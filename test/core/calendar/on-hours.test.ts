import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../../shared/core/calendar/calendar.ts';
import { NO_HOLIDAYS } from '../../../shared/core/calendar/holidays.ts';
import { isOffBetween, onHoursFor, presences } from '../../../shared/core/calendar/on-hours.ts';
import { hoursOff, stateAt, timesOn } from '../../../shared/core/calendar/state.ts';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { onHoursOf } from '../../../shared/core/on-hours.ts';
import { DAY_MS } from '../../../shared/core/time.ts';
import { BOOK, office, policyWith, seoul } from '../../support/off-hours-specimen.ts';
import { OFFICE, officeHours, scheduledContext } from '../../support/on-hours.ts';

const HOUR_MS = DAY_MS / 24;
const policy = policyWith();
const calendar = calendarOf(policy.calendars.seoul!, policy, BOOK);

/** `+` on, `-` off, `~` hardly on. */
const SIGNS = { on: '+', off: '-', hardly: '~' } as const;
const shown = (first: Date, ms: number, count: number, hours = officeHours()) =>
  presences(hours, { first, ms, count })
    .map((one) => SIGNS[one])
    .join('');

describe('the times that a calendar is on', () => {
  it('are its windows within the range, cut where that begins and ends', () => {
    const range = { from: seoul('2026-11-20 12:00'), to: seoul('2026-11-23 09:00') }; // from Friday to Monday
    expect(timesOn(calendar, range)).toEqual([
      { from: seoul('2026-11-20 12:00').getTime(), to: seoul('2026-11-20 21:00').getTime() },
      { from: seoul('2026-11-23 08:00').getTime(), to: seoul('2026-11-23 09:00').getTime() },
    ]);
  });

  it('are what is not off, and the state of each of their instants is on', () => {
    const instant = fc.integer({ min: seoul('2026-01-01 00:00').getTime(), max: seoul('2026-12-31 00:00').getTime() });
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 1, max: 20 * DAY_MS }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, ms, at) => {
          const range = { from: new Date(from), to: new Date(from + ms) };
          const on = timesOn(calendar, range);
          const msOn = on.reduce((sum, span) => sum + span.to - span.from, 0);
          expect(msOn / HOUR_MS + hoursOff(calendar, range)).toBeCloseTo(ms / HOUR_MS, 6);
          const time = Math.floor(from + at * (ms - 1));
          const isOn = on.some((span) => span.from <= time && time < span.to);
          expect(stateAt(calendar, new Date(time)).state).toBe(isOn ? 'on' : 'off');
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('what a schedule wanted of a period', () => {
  it('of days in UTC: the evening of Sunday is the morning of Monday in Seoul', () => {
    expect(shown(new Date('2026-11-14T00:00:00Z'), DAY_MS, 8)).toBe('-++++++-'); // from Saturday to Saturday
  });

  it('of hours', () => {
    expect(shown(seoul('2026-11-17 06:00'), HOUR_MS, 17)).toBe('--+++++++++++++--');
  });

  it('is hardly on when it is on for less than half an hour: there may be metrics or not', () => {
    const late = officeHours(
      policyWith({
        calendars: { seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:40-21:20' } },
        schedules: { office: { calendar: 'seoul', mode: 'auto' } },
      }),
    );
    expect(shown(seoul('2026-11-17 07:00'), HOUR_MS, 4, late)).toBe('-~++');
    expect(shown(seoul('2026-11-17 20:00'), HOUR_MS, 3, late)).toBe('+~-');
  });

  it('is on where nobody knows, and without a schedule', () => {
    const { range } = officeHours();
    expect(shown(new Date(range.from - 2 * DAY_MS), HOUR_MS, 48)).toBe('+'.repeat(48));
    expect(shown(new Date(range.to), DAY_MS, 7)).toBe('+++++++');
    expect(presences(undefined, { first: new Date(0), ms: DAY_MS, count: 2 })).toEqual(['on', 'on']);
  });

  it('is off on a holiday', () => {
    const hours = onHoursOf({
      policy,
      holidays: BOOK,
      window: { from: new Date('2026-09-01T00:00:00Z'), to: new Date('2026-11-01T00:00:00Z') },
    }).get('office');
    if (!hours?.known) throw new Error('its holidays are known');
    // Chuseok: Thursday the 24th to Saturday the 26th in Seoul, and the Sunday after it.
    expect(shown(new Date('2026-09-22T00:00:00Z'), DAY_MS, 6, hours.value)).toBe('++---+');
  });
});

it.each([
  ['since Friday night', seoul('2026-11-20 21:03'), true],
  ['since the last minute of Friday', seoul('2026-11-20 20:59'), false],
  ['since long before anybody looked', seoul('2025-01-01 00:00'), false],
])('it was off %s: %s', (_, since, isOff) => {
  expect(isOffBetween(officeHours(), since, seoul('2026-11-23 05:00'))).toBe(isOff);
});

describe('the share of its hours for which it is billed', () => {
  const shareOf = (more: object, holidays = BOOK) => {
    const wanted = onHoursOf({
      policy: office(more),
      holidays,
      window: { from: seoul('2026-11-22 00:00'), to: seoul('2026-11-23 05:00') },
    }).get('office');
    return wanted?.known ? wanted.value.billedShare : wanted;
  };

  it.each(['approve', 'auto'])('is that of its hours on in the year to come in mode %s', (mode) => {
    const share = shareOf({ mode });
    const workdays = 260 - 14; // holidays in Korea that are no Saturdays or Sundays
    expect(share).toMatchObject({ known: true, value: expect.closeTo((workdays * 13) / (364 * 24), 2) });
  });

  it.each(['off', 'report'])('is all of them in mode %s: nothing stops it', (mode) => {
    expect(shareOf({ mode })).toEqual(known(1));
  });

  it('is unknown where the holidays to come are', () => {
    const book = { ...BOOK, years: { first: 2024, last: 2026 } };
    expect(shareOf({ mode: 'auto' }, book)).toMatchObject({ known: false, why: /^the holidays of KR are not known/ });
  });
});

describe('the hours of a resource', () => {
  it('are those of its schedule', () => {
    expect(onHoursFor(OFFICE, scheduledContext())).toMatchObject({ known: true, value: { schedule: 'office' } });
  });

  it('are none without the tag', () => {
    expect(onHoursFor({ owner: 'team' }, scheduledContext())).toEqual(known(undefined));
  });

  it.each([
    ['its tag names no schedule', { 'lamplighter:schedule': 'offcie' }, scheduledContext(), /names no schedule/],
    ['its holidays are not stored', OFFICE, scheduledContext(policy, NO_HOLIDAYS), /^the holidays of KR are not known/],
    ['nobody has looked', OFFICE, { policy }, /^nobody has looked when its schedule office was on/],
  ])('are unknown when %s', (_, tags, where, why) => {
    expect(onHoursFor(tags, where)).toEqual(unknown(expect.stringMatching(why) as string));
  });
});
