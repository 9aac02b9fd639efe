import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOpening } from '../../shared/core/maintenance-window.ts';

const at = (time: string): Date => new Date(`2026-11-${time}:00Z`);

/** The 22nd is a Sunday. */
describe('a weekly window', () => {
  it.each([
    ['before it', 'sun:19:00-sun:19:30', '22T10:00', '22T19:00'],
    ['a minute before it', 'sun:19:00-sun:19:30', '22T18:59', '22T19:00'],
    ['as it opens', 'sun:19:00-sun:19:30', '22T19:00', '22T19:00'],
    ['in it', 'sun:19:00-sun:19:30', '22T19:29', '22T19:29'],
    ['as it closes', 'sun:19:00-sun:19:30', '22T19:30', '29T19:00'],
    ['on the day before it', 'Sun:19:00-Sun:19:30', '21T19:10', '22T19:00'],
    ['in one over the end of the week, before midnight', 'sat:23:45-sun:00:15', '21T23:50', '21T23:50'],
    ['in one over the end of the week, after midnight', 'sat:23:45-sun:00:15', '22T00:10', '22T00:10'],
    ['after one over the end of the week', 'sat:23:45-sun:00:15', '22T00:15', '28T23:45'],
  ])('%s (%s) at %s is open next at %s', (_, window, now, opens) => {
    expect(nextOpening(window, at(now))).toEqual(at(opens));
  });

  it.each(['', 'sunday', 'sun:19:00', 'sun:25:00-sun:26:00', 'abc:19:00-abc:19:30', 'sun:19:60-sun:20:00'])(
    'cannot be %j',
    (text) => {
      expect(() => nextOpening(text, at('22T10:00'))).toThrow(RangeError);
    },
  );

  it('is within a week, and open then', () => {
    const hour = fc.integer({ min: 0, max: 23 }).map((one) => String(one).padStart(2, '0'));
    const day = fc.constantFrom('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat');
    const now = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(day, hour, now, (weekday, hours, time) => {
        const window = `${weekday}:${hours}:00-${weekday}:${hours}:30`;
        const opens = nextOpening(window, time);
        const wait = opens.getTime() - time.getTime();
        expect(wait >= 0 && wait < 7 * 86_400_000).toBe(true);
        expect(nextOpening(window, opens)).toEqual(opens);
      }),
    );
  });
});
