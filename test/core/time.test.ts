import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_MS, daysBefore, isCalendarDate, localDate, localTime, utcMidnight } from '../../shared/core/time.ts';

const anyTime = fc.date({ min: new Date('1971-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

it('the UTC midnight is at or before a time, on its UTC day', () => {
  expect(utcMidnight(new Date('2026-11-22T23:59:59.999Z'))).toEqual(new Date('2026-11-22T00:00:00Z'));
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(utcMidnight(time).toISOString()).toBe(`${time.toISOString().slice(0, 10)}T00:00:00.000Z`);
    }),
  );
});

it('days before a time are whole UTC days, whatever a summer time does in between', () => {
  expect(daysBefore(35, new Date('2026-11-22T20:00:00Z'))).toEqual(new Date('2026-10-18T20:00:00Z'));
  fc.assert(
    fc.property(anyTime, fc.integer({ min: 0, max: 400 }), (time, days) => {
      expect(time.getTime() - daysBefore(days, time).getTime()).toBe(days * DAY_MS);
    }),
  );
});

it.each([
  ['UTC', '2026-11-22', '2026-11-22 20:05 UTC'],
  ['Asia/Seoul', '2026-11-23', '2026-11-23 05:05 Asia/Seoul'],
  ['America/Los_Angeles', '2026-11-22', '2026-11-22 12:05 America/Los_Angeles'],
  ['Pacific/Kiritimati', '2026-11-23', '2026-11-23 10:05 Pacific/Kiritimati'],
  ['Asia/Kolkata', '2026-11-23', '2026-11-23 01:35 Asia/Kolkata'],
])('in %s it is %s, %s', (timezone, date, time) => {
  const at = new Date('2026-11-22T20:05:00Z');
  expect(localDate(at, timezone)).toBe(date);
  expect(localTime(at, timezone)).toBe(time);
});

it('the hour after midnight is 00', () => {
  expect(localTime(new Date('2026-11-22T15:30:00Z'), 'Asia/Seoul')).toBe('2026-11-23 00:30 Asia/Seoul');
});

it.each([
  ['2026-12-31', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-1-5', false],
  ['2026-12-31 ', false],
  ['2026-12-31\n', false],
  ['2026-12-31T00:00:00Z', false],
  ['20261231', false],
  ['', false],
])('%j is a calendar date: %s', (text, is) => {
  expect(isCalendarDate(text)).toBe(is);
});
