import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepOnAnswered, keepOnTagged, keptOn } from '../../../shared/core/calendar/keep-on.ts';
import { stateAt, transitions } from '../../../shared/core/calendar/state.ts';
import { anyCalendar, anyRange, anyTime, KIM, SEOUL, time } from './support.ts';

const tagged = (value: string, timezone: string) => keepOnTagged({ 'lamplighter:keep-on-until': value }, timezone)!;

describe('the tag that keeps a resource on', () => {
  it.each([
    ['a local time', '2026-11-27T18-00', '2026-11-27T18:00+09:00'],
    ['a local time with a colon', '2026-11-27T18:00', '2026-11-27T18:00+09:00'],
    ['a day, to its end', '2026-11-27', '2026-11-28T00:00+09:00'],
    ['a day that is never to come', '9999-12-31', '+010000-01-01T00:00:00+09:00'],
    ['midnight', '2026-11-28T00-00', '2026-11-28T00:00+09:00'],
    ['a time with blanks around it', ' 2026-11-27T18-00 ', '2026-11-27T18:00+09:00'],
  ])('says %s', (_, value, until) => {
    expect(tagged(value, 'Asia/Seoul')).toMatchObject({ until: time(until) });
    expect(tagged(value, 'Asia/Seoul')).not.toHaveProperty('problem');
  });

  it('is in the local time of the calendar, also where that is skipped', () => {
    expect(tagged('2026-03-29T02-30', 'Europe/Berlin').until).toEqual(time('2026-03-29T01:00Z'));
  });

  it.each([
    '',
    'yes',
    'tomorrow',
    '2026-02-30',
    '2026-11-27T24-00',
    '2026-11-27T18-60',
    '2026-11-27T18',
    '2026-11-27 18:00',
    '27.11.2026',
  ])('that says %j keeps it on until it is mended, and is said to be wrong', (value) => {
    const keepOn = tagged(value, 'Asia/Seoul');
    expect(keepOn.problem).toBe(
      'the tag lamplighter:keep-on-until is no local time such as 2026-11-27T18-00 and no day such as 2026-11-27: kept on until it is',
    );
    expect(stateAt(keptOn(SEOUL, [keepOn]), time('2027-11-27T03:00Z')).state).toBe('on');
  });

  it('that is not there says nothing', () => {
    expect(keepOnTagged({ Name: '2026-11-27' }, 'Asia/Seoul')).toBeUndefined();
  });

  it('may say anything at all without harm', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const { until, problem } = tagged(value, 'Europe/Berlin');
        expect((until === undefined) === (problem !== undefined)).toBe(true);
      }),
    );
  });
});

describe('an override', () => {
  const saturday = time('2026-11-28T10:00+09:00');
  const untilNoon = keepOnAnswered({ until: time('2026-11-28T12:00+09:00'), timezone: 'Asia/Seoul', by: KIM });

  it('keeps on what would be off, with its end as the reason', () => {
    expect(stateAt(keptOn(SEOUL, [untilNoon]), saturday)).toEqual({
      state: 'on',
      because: 'override until 2026-11-28 12:00 Asia/Seoul by kim (role sre-oncall)',
    });
  });

  it('lapses by itself', () => {
    const range = { from: saturday, to: time('2026-11-30T12:00+09:00') };
    const turns = transitions(keptOn(SEOUL, [untilNoon]), range);
    expect(turns.map(({ at, state }) => [at.toISOString(), state])).toEqual([
      ['2026-11-28T03:00:00.000Z', 'off'],
      ['2026-11-29T23:00:00.000Z', 'on'],
    ]);
  });

  it('that ends while a window is open ends nothing', () => {
    const until = keepOnAnswered({ until: time('2026-11-30T12:00+09:00'), timezone: 'Asia/Seoul', by: KIM });
    const range = { from: saturday, to: time('2026-11-30T23:00+09:00') };
    expect(transitions(keptOn(SEOUL, [until]), range).map(({ at }) => at)).toEqual([time('2026-11-30T21:00+09:00')]);
    expect(stateAt(keptOn(SEOUL, [until]), time('2026-11-30T11:00+09:00')).because).toBe(
      'weekly window Mon-Fri 08:00-21:00',
    );
  });

  it('that ends last counts; one without an end outlasts all', () => {
    const untilNine = keepOnAnswered({ until: time('2026-11-28T09:00+09:00'), timezone: 'Asia/Seoul', by: KIM });
    const endless = tagged('?', 'Asia/Seoul');
    expect(stateAt(keptOn(SEOUL, [untilNine, untilNoon, untilNine]), saturday).state).toBe('on');
    expect(stateAt(keptOn(SEOUL, [untilNine]), saturday).state).toBe('off');
    expect(keptOn(SEOUL, [untilNoon, endless, untilNine]).keepOn).toBe(endless);
    expect(keptOn(SEOUL, [])).toBe(SEOUL);
  });

  it('is on until its end, and after that everything is as without it', () => {
    fc.assert(
      fc.property(anyCalendar, anyTime, anyRange, (any, until, { from, to }) => {
        const kept = keptOn(any, [keepOnAnswered({ until, timezone: any.timezone, by: KIM })]);
        for (const at of [from, to]) {
          expect(stateAt(kept, at).state).toBe(at < until ? 'on' : stateAt(any, at).state);
        }
        const after = transitions(kept, { from, to }).filter(({ at }) => at > until);
        expect(after).toEqual(transitions(any, { from, to }).filter(({ at }) => at > until));
      }),
    );
  });
});
