import fc from 'fast-check';
import { expect, it } from 'vitest';
import { previewOf } from '../../../shared/core/calendar/preview.ts';
import { stateAt, transitions } from '../../../shared/core/calendar/state.ts';
import { DAY_MS } from '../../../shared/core/time.ts';
import { anyCalendar, anyTime, SEOUL, time } from './support.ts';

it('a preview of the week of Seollal says each turn in local time, and which days are closed', () => {
  expect(previewOf(SEOUL, { from: time('2026-02-13T18:00+09:00'), days: 7 })).toEqual({
    timezone: 'Asia/Seoul',
    now: { state: 'on', because: 'weekly window Mon-Fri 08:00-21:00' },
    turns: [
      {
        local: 'Fri 2026-02-13 21:00',
        at: '2026-02-13T12:00:00.000Z',
        state: 'off',
        because: 'outside Mon-Fri 08:00-21:00',
      },
      {
        local: 'Thu 2026-02-19 08:00',
        at: '2026-02-18T23:00:00.000Z',
        state: 'on',
        because: 'weekly window Mon-Fri 08:00-21:00',
      },
      {
        local: 'Thu 2026-02-19 21:00',
        at: '2026-02-19T12:00:00.000Z',
        state: 'off',
        because: 'outside Mon-Fri 08:00-21:00',
      },
      {
        local: 'Fri 2026-02-20 08:00',
        at: '2026-02-19T23:00:00.000Z',
        state: 'on',
        because: 'weekly window Mon-Fri 08:00-21:00',
      },
    ],
    closed: [
      { day: 'Mon 2026-02-16', because: 'holiday: Korean New Year' },
      { day: 'Tue 2026-02-17', because: 'holiday: Korean New Year' },
      { day: 'Wed 2026-02-18', because: 'holiday: Korean New Year' },
    ],
  });
});

it('a preview is what the transitions are', () => {
  fc.assert(
    fc.property(anyCalendar, anyTime, fc.integer({ min: 1, max: 31 }), (any, from, days) => {
      const preview = previewOf(any, { from, days });
      const to = new Date(from.getTime() + days * DAY_MS);
      expect(preview.turns.map(({ at, state, because }) => ({ at: time(at), state, because }))).toEqual(
        transitions(any, { from, to }),
      );
      expect(preview.now).toEqual(stateAt(any, from));
    }),
  );
});
