import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { BERLIN, NEW_YORK, NIGHTS, SEOUL, type Turn, type Year } from '../calendar/years.ts';
import { World } from './world.ts';

const MINUTE_MS = 60_000;
const LATE_MS = 6 * 60 * MINUTE_MS;

/** At each turn it is woken, five minutes before it, and once in between. */
const around = ([at]: Turn, index: number, turns: readonly Turn[]): number[] => {
  const [time, next] = [at, turns[index + 1]?.[0] ?? at].map((one) => Date.parse(one)) as [number, number];
  return [time - 5 * MINUTE_MS, time, Math.floor((time + next) / 2)];
};

const policyOf = (named: object) =>
  parsePolicy({ calendars: { one: named }, schedules: { office: { calendar: 'one', mode: 'auto' } } });

type Happening = ReadonlyMap<number, (world: World, at: Date) => void>;

/** Everything that is stopped or started in a year, and when. It is woken for what happens, too. */
function acted({ named, begins, turns }: Year, happening: Happening = new Map()): Turn[] {
  const world = new World(policyOf(named));
  const start = Date.parse(begins);
  const times = new Set([start, ...turns.flatMap(around), ...happening.keys()]);
  return [...times]
    .filter((time) => time >= start)
    .sort((a, b) => a - b)
    .flatMap((time) => {
      const at = new Date(time);
      happening.get(time)?.(world, at);
      return world.tick(at, 'kept').acts.map(({ act }): Turn => [at.toISOString(), act === 'stop' ? 'off' : 'on']);
    });
}

/** What runs when it is first seen is left on until the first turn to off. */
const fromTheFirstStop = (turns: readonly Turn[]): Turn[] =>
  turns.slice(turns.findIndex(([, state]) => state === 'off'));

describe('a year of decisions', () => {
  it.each<[string, Year]>([
    ['in Seoul', SEOUL],
    ['in Berlin', BERLIN],
    ['in New York', NEW_YORK],
    ['of nights in Berlin', NIGHTS],
  ])('%s stops and starts at every turn that a person would expect, and at no other time', (_, year) => {
    expect(acted(year)).toEqual(fromTheFirstStop(year.turns));
  });

  it('has somebody who works late every Tuesday: what is kept on is stopped when that is over', () => {
    const isLate = ([at, state]: Turn) => state === 'off' && new Date(at).getUTCDay() === 2;
    const later = (at: string) => new Date(Date.parse(at) + LATE_MS);
    const happening: Happening = new Map(
      BERLIN.turns.filter(isLate).flatMap(([at]) => [
        [Date.parse(at) - 5 * MINUTE_MS, (world: World) => world.keepOn(later(at))],
        [later(at).getTime(), () => undefined],
      ]),
    );
    const expected = BERLIN.turns.map((turn): Turn => (isLate(turn) ? [later(turn[0]).toISOString(), 'off'] : turn));
    expect(acted(BERLIN, happening)).toEqual(fromTheFirstStop(expected));
  });

  it('has somebody who starts it in every night: it is left on until the next evening', () => {
    const nights = NEW_YORK.turns.filter(([, state]) => state === 'off');
    const start = (world: World, at: Date) => world.happen('person starts', at);
    const happening: Happening = new Map(nights.map(([at]) => [Date.parse(at) + 5 * MINUTE_MS, start]));
    expect(acted(NEW_YORK, happening)).toEqual(nights);
  });
});
