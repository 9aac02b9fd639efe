import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../shared/core/calendar/zone.ts';
import { localTime } from '../../../shared/core/time.ts';

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

describe('the instant of a local time', () => {
  it.each([
    ['in a zone without summer time', '2026-11-23', '08:00', 'Asia/Seoul', '2026-11-22T23:00Z'],
    ['in winter', '2026-01-12', '08:00', 'Europe/Berlin', '2026-01-12T07:00Z'],
    ['in summer', '2026-07-13', '08:00', 'Europe/Berlin', '2026-07-13T06:00Z'],
    ['that is midnight of the next day', '2026-11-23', '24:00', 'Asia/Seoul', '2026-11-23T15:00Z'],
    ['before the skipped hour', '2026-03-29', '01:59', 'Europe/Berlin', '2026-03-29T00:59Z'],
    ['that is the first skipped one', '2026-03-29', '02:00', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['that is skipped is when it is skipped', '2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['after the skipped hour', '2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['that comes twice is the first', '2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30Z'],
    ['after the doubled hour', '2026-10-25', '03:00', 'Europe/Berlin', '2026-10-25T02:00Z'],
    ['that is skipped in New York', '2026-03-08', '02:15', 'America/New_York', '2026-03-08T07:00Z'],
    ['that comes twice in New York', '2026-11-01', '01:30', 'America/New_York', '2026-11-01T05:30Z'],
    ['in a skipped hour after midnight', '2026-04-24', '00:30', 'Africa/Cairo', '2026-04-23T22:00Z'],
    ['in half an hour that is skipped', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30Z'],
    ['of a day that was skipped', '2011-12-30', '10:00', 'Pacific/Apia', '2011-12-30T10:00Z'],
  ])('%s: %s %s %s', (_, date, clock, timezone, instant) => {
    expect(instantOf(date, minutes(clock), timezone)).toEqual(new Date(instant));
  });

  it('is when the clocks there reach it; and never after a later one', () => {
    const anyDay = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });
    const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 1439 }), anyZone, (day, minute, timezone) => {
        const date = day.toISOString().slice(0, 10);
        const local = `${date} ${new Date(minute * 60_000).toISOString().slice(11, 16)} ${timezone}`;
        const instant = instantOf(date, minute, timezone);
        expect(localTime(instant, timezone) >= local).toBe(true);
        expect(localTime(new Date(instant.getTime() - 60_000), timezone) < local).toBe(true);
        expect(instantOf(date, minute + 1, timezone).getTime()).toBeGreaterThanOrEqual(instant.getTime());
      }),
    );
  });
});
