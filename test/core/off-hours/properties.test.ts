import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../../shared/core/calendar/calendar.ts';
import { courseOf } from '../../../shared/core/calendar/course.ts';
import { transitions } from '../../../shared/core/calendar/state.ts';
import { memoryOf } from '../../../shared/core/off-hours/memory.ts';
import { type Policy, parsePolicy } from '../../../shared/core/policy.ts';
import { BOOK } from '../../support/off-hours-specimen.ts';
import { anyNamed } from '../calendar/support.ts';
import { type Event, type Fate, World } from './world.ts';

const policyOf = (named: unknown, more: object = {}): Policy =>
  parsePolicy({ calendars: { one: named }, schedules: { office: { calendar: 'one', mode: 'auto', ...more } } });

const anyPolicy = fc
  .record({ named: anyNamed, manual: fc.constantFrom('respect', 'enforce') })
  .map(({ named, manual }) => ({
    ...policyOf(named, { manual }),
    [fc.toStringMethod]: () => JSON.stringify({ named, manual }),
  }));

const anyEvent = fc.constantFrom<Event | 'nothing'>(
  ...(['nothing', 'nothing', 'nothing', 'person starts', 'person stops'] as const),
  ...(['AWS restarts', 'keep on', 'keep on no longer'] as const),
);
const anyFate = fc.constantFrom<Fate>(
  ...(['kept', 'kept', 'kept', 'slow', 'late', 'unclear', 'skipped', 'failed', 'vetoed', 'lost'] as const),
);

/**
 * At most one thing happens between two ticks that are kept: an unseen start by hand, followed by an unseen stop by hand, cannot be
 * told from a stop of our own.
 */
const anyStep = fc
  .record({
    minutes: fc.oneof(fc.constant(5), fc.integer({ min: 1, max: 2 * 24 * 60 })),
    event: anyEvent,
    fate: anyFate,
    tick: fc.constantFrom('works', 'works', 'works', 'comes twice', 'dies before it is kept'),
  })
  .map((step) => (step.tick === 'dies before it is kept' ? { ...step, event: 'nothing' as const } : step));
const anyHistory = fc.array(anyStep, { minLength: 1, maxLength: 30 });

type History = typeof anyHistory extends fc.Arbitrary<infer One> ? One : never;

const START = Date.parse('2026-03-23T00:00Z');

/** Plays a history; `look` sees each decision with the world as it was when it was made. */
function play(
  policy: Policy,
  history: History,
  look: (decision: ReturnType<World['tick']>, before: Pick<World, 'power' | 'stoppedBy' | 'wanted'>, at: Date) => void,
): World {
  const world = new World(policy);
  let at = START;
  for (const { minutes, event, fate, tick } of history) {
    at += minutes * 60_000;
    const now = new Date(at);
    world.pass(now);
    if (event !== 'nothing') world.happen(event, now);
    for (let round = tick === 'comes twice' ? 2 : 1; round > 0; round -= 1) {
      const before = { power: world.power, stoppedBy: world.stoppedBy, wanted: world.wanted.bind(world) };
      look(world.tick(now, fate, tick === 'dies before it is kept'), before, now);
    }
  }
  return world;
}

describe('whatever happens', () => {
  it('off-hours never starts what it did not stop', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, (policy, history) => {
        play(policy, history, ({ acts }, before) => {
          for (const { act } of acts) {
            if (act === 'start') expect(before).toMatchObject({ power: 'stopped', stoppedBy: 'off-hours' });
          }
        });
      }),
    );
  });

  it('off-hours never stops anything while it is on, or under an override', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, (policy, history) => {
        play(policy, history, ({ acts }, { power, wanted }, at) => {
          for (const { act } of acts) {
            expect(wanted(at)).toBe(act === 'stop' ? 'off' : 'on');
            if (act === 'stop') expect(power).toBe('running');
          }
        });
      }),
    );
  });

  it('a tick that comes twice plans nothing the second time', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, (policy, history) => {
        let last: { readonly at: Date; readonly acts: number } | undefined;
        play(policy, history, ({ acts }, _, at) => {
          const isKept = last?.at.getTime() === at.getTime() && last.acts > 0;
          if (isKept) expect(acts).toEqual([]);
          last = { at, acts: acts.length };
        });
      }),
    );
  });

  it('a tick that comes late, after a later one, does nothing', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, fc.integer({ min: 1, max: 3000 }), (policy, history, minutes) => {
        const world = play(policy, history, () => undefined);
        const memory = world.kept?.memories[0];
        if (!memory || memory.pending) return;
        const late = new Date(Date.parse(memory.at) - minutes * 60_000);
        const course = courseOf(
          { calendar: calendarOf(policy.calendars.one!, policy, BOOK), manual: 'respect' },
          memoryOf(memory),
          { power: world.power, at: late },
        );
        expect(course.act).toBe('nothing');
      }),
    );
  });
});

describe('where nobody interferes', () => {
  const anyTicks = fc.array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 30 * 60 }),
      tick: fc.constantFrom('works', 'is lost', 'comes twice', 'dies before it is kept'),
      fate: fc.constantFrom<Fate>('kept', 'slow'),
    }),
    { minLength: 1, maxLength: 40 },
  );

  it('each turn is acted on exactly once, whatever ticks are lost, doubled or die', () => {
    fc.assert(
      fc.property(anyNamed, anyTicks, (named, ticks) => {
        const policy = policyOf(named);
        const world = new World(policy);
        const calendar = calendarOf(policy.calendars.one!, policy, BOOK);
        // It is seen while it is on, or it would be left on until the first turn to off.
        world.tick(new Date(START), 'kept');
        let [at, seen, acts] = [START, START, 0];
        for (const { minutes, tick, fate } of ticks) {
          at += minutes * 60_000;
          const now = new Date(at);
          if (tick === 'is lost') continue;
          const dies = tick === 'dies before it is kept';
          const rounds = tick === 'comes twice' ? 2 : 1;
          let planned = 0;
          for (let round = 0; round < rounds; round += 1) {
            const { acts: some, schedules } = world.tick(now, fate, dies);
            if (schedules.get('office')?.broken) return; // it is not on any more for longer than anybody looks ahead
            planned += some.length;
          }
          const turns = transitions(calendar, { from: new Date(seen), to: now });
          expect(planned).toBeLessThanOrEqual(1);
          if (turns.length === 0 && acts > 0) expect(planned).toBe(0);
          if (dies) continue;
          if (turns.length > 0) acts = 0;
          acts += planned;
          seen = at;
          const isLeftOn = world.kept?.memories[0]?.state === 'off' && !world.stoppedBy;
          if (!isLeftOn) expect(world.power).toBe(world.wanted(now) === 'on' ? 'running' : 'stopped');
        }
      }),
    );
  });
});
