import { describe, expect, it } from 'vitest';
import { transitions } from '../../../shared/core/calendar/state.ts';
import { calendar, time } from './support.ts';
import { BERLIN, NEW_YORK, NIGHTS, SEOUL, type Year } from './years.ts';

const turnsOf = ({ named, begins, ends }: Year) =>
  transitions(calendar(named), { from: time(begins), to: time(ends) }).map(({ at, state }) => [
    at.toISOString(),
    state,
  ]);

describe('a year of office hours', () => {
  it('in Seoul has every holiday: lunar, substitute, elections, and the days of the own list', () => {
    expect(turnsOf(SEOUL)).toEqual(SEOUL.turns);
    expect(SEOUL.turns).toHaveLength(2 * (261 - 17));
  });

  it('in Berlin follows the clocks through summer time, and keeps the holidays of Berlin', () => {
    expect(turnsOf(BERLIN)).toEqual(BERLIN.turns);
  });

  it('in New York follows other clocks, and keeps the holidays of New York', () => {
    expect(turnsOf(NEW_YORK)).toEqual(NEW_YORK.turns);
  });

  it('of nights in Berlin has every night, the two on which the clocks change too', () => {
    expect(turnsOf(NIGHTS)).toEqual(NIGHTS.turns);
  });
});
