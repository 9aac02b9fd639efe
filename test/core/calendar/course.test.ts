import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Course,
  courseOf,
  type Duty,
  done,
  type Memory,
  type Power,
} from '../../../shared/core/calendar/course.ts';
import { keepOnAnswered, keepOnTagged, keptOn } from '../../../shared/core/calendar/keep-on.ts';
import { nextTransition, stateAt } from '../../../shared/core/calendar/state.ts';
import { anyCalendar, calendar, KIM, SEOUL, time } from './support.ts';

const office: Duty = { calendar: SEOUL, manual: 'respect' };
const enforced: Duty = { ...office, manual: 'enforce' };

/** Local time in Seoul, in the week of Monday, November 23rd. */
const seoul = (day: number, clock: string): Date => time(`2026-11-${day}T${clock}+09:00`);

const wasOn: Memory = { state: 'on', at: seoul(23, '20:55'), stoppedByUs: false };
const wasStopped = done('stop', seoul(23, '21:01'));
const wasNew: Memory = { state: 'off', at: seoul(23, '22:00'), stoppedByUs: false, leftOn: true };
const wasLeftOn: Memory = { state: 'off', at: seoul(23, '23:00'), stoppedByUs: false };

const running = (at: Date) => ({ power: 'running', at }) as const;
const stopped = (at: Date) => ({ power: 'stopped', at }) as const;
const restarted = (at: Date) => ({ power: 'running', startedBy: 'AWS', at }) as const;

describe('off-hours stops', () => {
  it.each<[string, Duty, Memory | undefined, Power & { readonly at: Date }]>([
    ['what runs when its schedule turns off', office, wasOn, running(seoul(23, '21:00'))],
    ['what runs hours after a turn that no tick saw', office, wasOn, running(seoul(24, '03:00'))],
    ['what runs after a whole day that no tick saw', office, wasOn, running(seoul(24, '21:05'))],
    ['what somebody started, at the next turn', office, wasLeftOn, running(seoul(24, '21:00'))],
    ['what somebody started, a turn on and off later', office, wasLeftOn, running(seoul(27, '23:00'))],
    ['what AWS restarted', office, wasStopped, restarted(seoul(24, '02:00'))],
    ['what somebody started, at once where that is enforced', enforced, wasStopped, running(seoul(23, '22:00'))],
    [
      'what it had left on when it saw it for the first time, at the next turn',
      enforced,
      wasNew,
      running(seoul(24, '21:00')),
    ],
  ])('%s', (_, duty, memory, now) => expect(courseOf(duty, memory, now)).toMatchObject({ act: 'stop' }));

  it('with the reason', () => {
    expect(courseOf(office, wasOn, running(seoul(23, '21:00')))).toEqual({
      act: 'stop',
      because: 'off: outside Mon-Fri 08:00-21:00',
      memory: wasOn,
    });
    expect(courseOf(office, wasStopped, restarted(seoul(24, '02:00')))).toEqual({
      act: 'stop',
      because: 'AWS restarted it after seven days; off: outside Mon-Fri 08:00-21:00',
      memory: wasStopped,
    });
  });

  it('what runs when a new policy, or an override that was taken away, turns it off', () => {
    const shorter = { ...office, calendar: calendar({ timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-14:00' }) };
    const settled: Memory = { state: 'on', at: seoul(23, '15:00'), stoppedByUs: false };
    expect(courseOf(shorter, settled, running(seoul(23, '15:05')))).toMatchObject({ act: 'stop' });
    expect(courseOf(office, { ...settled, at: seoul(28, '15:00') }, running(seoul(28, '15:05'))).act).toBe('stop');
  });
});

describe('off-hours starts', () => {
  it.each([
    ['what it stopped, when its schedule turns on', stopped(seoul(24, '08:00'))],
    ['what it stopped, after a turn that no tick saw', stopped(seoul(24, '11:00'))],
    ['what it stopped, after days that no tick saw', stopped(seoul(26, '11:00'))],
  ])('%s', (_, now) => {
    expect(courseOf(office, wasStopped, now)).toEqual({
      act: 'start',
      because: 'on: weekly window Mon-Fri 08:00-21:00',
      memory: wasStopped,
    });
  });

  it('what it stopped, when somebody wants it kept on; also when nobody can say until when', () => {
    const night = seoul(23, '22:00');
    for (const one of [
      keepOnAnswered({ until: seoul(24, '00:00'), timezone: 'Asia/Seoul', by: KIM }),
      keepOnTagged({ 'lamplighter:keep-on-until': 'soon' }, 'Asia/Seoul')!,
    ]) {
      const kept = { ...office, calendar: keptOn(SEOUL, [one]) };
      expect(courseOf(kept, wasStopped, stopped(night))).toMatchObject({ act: 'start', because: `on: ${one.because}` });
    }
  });
});

describe('off-hours leaves', () => {
  const left = (memory: Memory | undefined, now: Power & { readonly at: Date }, duty = office) =>
    courseOf(duty, memory, now);

  it.each<[string, Memory | undefined, Power & { readonly at: Date }, string, Memory]>([
    [
      'what runs in its window',
      wasStopped,
      running(seoul(24, '08:05')),
      'on: weekly window Mon-Fri 08:00-21:00',
      { state: 'on', at: seoul(24, '08:05'), stoppedByUs: false },
    ],
    [
      'what is stopped outside of it, and remembers who did that',
      wasStopped,
      stopped(seoul(24, '03:00')),
      'off: outside Mon-Fri 08:00-21:00',
      { state: 'off', at: seoul(24, '03:00'), stoppedByUs: true },
    ],
    [
      'what somebody started, until the next turn to off',
      wasStopped,
      running(seoul(23, '22:00')),
      'somebody started it: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
      { state: 'off', at: seoul(23, '22:00'), stoppedByUs: false },
    ],
    [
      'what AWS restarted, if somebody else had stopped it',
      { ...wasStopped, stoppedByUs: false },
      restarted(seoul(23, '22:00')),
      'somebody started it: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
      { state: 'off', at: seoul(23, '22:00'), stoppedByUs: false },
    ],
    [
      'what it sees for the first time',
      undefined,
      running(seoul(23, '22:00')),
      'seen for the first time: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
      { state: 'off', at: seoul(23, '22:00'), stoppedByUs: false, leftOn: true },
    ],
    [
      'what somebody stopped',
      wasOn,
      stopped(seoul(24, '08:00')),
      'not started: off-hours did not stop it',
      { state: 'on', at: seoul(24, '08:00'), stoppedByUs: false },
    ],
    [
      'what is stopped when it sees it for the first time',
      undefined,
      stopped(seoul(24, '08:00')),
      'not started: off-hours did not stop it',
      { state: 'on', at: seoul(24, '08:00'), stoppedByUs: false },
    ],
  ])('%s', (_, memory, now, because, remembered) => {
    expect(left(memory, now)).toEqual({ act: 'nothing', because, memory: remembered });
  });

  it('what is changing or unknown, and remembers nothing new', () => {
    const at = seoul(23, '21:00');
    expect(left(wasOn, { power: 'changing', at })).toMatchObject({ act: 'nothing', memory: wasOn });
    expect(left(wasOn, { power: 'unknown', why: 'denied', at })).toEqual({
      act: 'nothing',
      because: 'denied',
      unknown: true,
      memory: wasOn,
    });
  });

  it('what somebody started and stopped again, though it could not stop it in between', () => {
    const held = courseOf(enforced, wasStopped, running(seoul(23, '22:00')));
    expect(held).toMatchObject({ act: 'stop', memory: { stoppedByUs: false } });
    expect(left(held.memory, stopped(seoul(24, '08:00')), enforced).act).toBe('nothing');
  });

  it('everything at a tick that comes too late: a later one has looked already', () => {
    const late = left(wasStopped, stopped(seoul(23, '20:55')));
    expect(late).toEqual({ act: 'nothing', because: 'a later tick has looked at it already', memory: wasStopped });
  });

  it('what somebody stopped in its window, whatever is enforced', () => {
    expect(left(wasOn, stopped(seoul(24, '09:00')), enforced)).toMatchObject({ act: 'nothing' });
  });
});

/** What happens in a world with ticks at any time, people and AWS; at most one of them between two ticks. */
const anyHistory = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 4 * 24 * 60 }),
    before: fc.constantFrom('nothing', 'nothing', 'nothing', 'person starts', 'person stops', 'AWS restarts'),
    tick: fc.constantFrom('works', 'works', 'works', 'is missed', 'fails to act', 'comes twice'),
  }),
  { minLength: 1, maxLength: 25 },
);

interface World {
  at: Date;
  power: 'running' | 'stopped';
  startedBy: 'AWS' | undefined;
  stoppedBy: 'off-hours' | 'a person' | undefined;
  memory: Memory | undefined;
}

type Step = typeof anyHistory extends fc.Arbitrary<(infer One)[]> ? One : never;

/** Plays a history; `look` hears of every course that a tick takes, before it is carried out. */
function play(
  duty: Duty,
  history: readonly Step[],
  look: (course: Course, world: Readonly<World>, step: Step) => void,
): World {
  const world: World = {
    at: time('2026-03-23T00:00Z'),
    power: 'running',
    startedBy: undefined,
    stoppedBy: undefined,
    memory: undefined,
  };
  for (const step of history) {
    world.at = new Date(world.at.getTime() + step.minutes * 60_000);
    if (step.before === 'person starts') Object.assign(world, { power: 'running', startedBy: undefined });
    if (step.before === 'person stops' && world.power === 'running') {
      // Who stops what AWS restarted puts it back as off-hours had it.
      Object.assign(world, { power: 'stopped', ...(world.startedBy === 'AWS' ? {} : { stoppedBy: 'a person' }) });
    }
    if (step.before === 'AWS restarts' && world.power === 'stopped') {
      Object.assign(world, { power: 'running', startedBy: 'AWS' });
    }
    if (step.tick !== 'is missed') tick(duty, world, { step, look });
    if (step.tick === 'comes twice') tick(duty, world, { step, look });
  }
  return world;
}

function tick(
  duty: Duty,
  world: World,
  { step, look }: { step: Step; look: (course: Course, world: Readonly<World>, step: Step) => void },
): void {
  const { power, startedBy, at } = world;
  const course = courseOf(
    duty,
    world.memory,
    power === 'running' && startedBy ? { power, startedBy, at } : { power, at },
  );
  look(course, world, step);
  world.memory = course.memory;
  if (course.act !== 'nothing' && step.tick !== 'fails to act') {
    world.memory = done(course.act, at);
    if (course.act === 'stop') Object.assign(world, { power: 'stopped', stoppedBy: 'off-hours' });
    else Object.assign(world, { power: 'running', startedBy: undefined });
  }
}

const anyDuty = fc.record({ calendar: anyCalendar, manual: fc.constantFrom('respect' as const, 'enforce' as const) });

describe('whatever happens', () => {
  it('it starts only what it stopped itself, and nothing that runs; and stops nothing that is stopped', () => {
    // An unseen start by hand, followed by an unseen stop by hand, cannot be told from a stop of our own.
    const seen = anyHistory.map((history) =>
      history.map((step) => (step.tick === 'is missed' ? { ...step, before: 'nothing' as const } : step)),
    );
    fc.assert(
      fc.property(anyDuty, seen, (duty, history) => {
        play(duty, history, (course, world) => {
          if (course.act === 'start') expect(world).toMatchObject({ power: 'stopped', stoppedBy: 'off-hours' });
          if (course.act === 'stop') expect(world.power).toBe('running');
        });
      }),
    );
  });

  it('it only does what its schedule wants', () => {
    fc.assert(
      fc.property(anyDuty, anyHistory, (duty, history) => {
        play(duty, history, (course, { at }) => {
          if (course.act !== 'nothing')
            expect(stateAt(duty.calendar, at).state).toBe(course.act === 'stop' ? 'off' : 'on');
        });
      }),
    );
  });

  it('a tick that comes twice does nothing the second time', () => {
    fc.assert(
      fc.property(anyDuty, anyHistory, (duty, history) => {
        let last: Date | undefined;
        play(duty, history, (course, { at }) => {
          if (at === last) expect(course.act).toBe('nothing');
          last = at;
        });
      }),
    );
  });

  it('what was held back is decided on again, until it is done', () => {
    fc.assert(
      fc.property(anyDuty, anyHistory, (duty, history) => {
        play(duty, history, (course, world, step) => {
          if (course.act === 'nothing' || step.tick !== 'fails to act') return;
          const later = new Date(world.at.getTime() + 60_000);
          if (stateAt(duty.calendar, later).state !== stateAt(duty.calendar, world.at).state) return;
          const { power, startedBy } = world;
          const now = power === 'running' && startedBy ? { power, startedBy } : { power };
          expect(courseOf(duty, world.memory, { ...now, at: later }).act).toBe(course.act);
        });
      }),
    );
  });

  it('what a person starts is left alone until the next transition, and stopped after the next one to off', () => {
    fc.assert(
      fc.property(anyCalendar, anyHistory, fc.integer({ min: 1, max: 6000 }), (one, history, minutes) => {
        const duty: Duty = { calendar: one, manual: 'respect' };
        const { memory, at, power } = play(duty, history, () => undefined);
        if (!memory || power !== 'stopped' || stateAt(one, at).state === 'on') return;
        const started = running(new Date(at.getTime() + 1));
        const seen = courseOf(duty, memory, started);
        if (stateAt(one, started.at).state !== 'off' || seen.act !== 'nothing') return;
        const next = nextTransition(one, started.at);
        const later = new Date(started.at.getTime() + minutes * 60_000);
        const isStopped = next !== undefined && next.at <= later && stateAt(one, later).state === 'off';
        expect(courseOf(duty, seen.memory, running(later)).act).toBe(isStopped ? 'stop' : 'nothing');
      }),
    );
  });

  it('where nobody interferes, a tick leaves what it stopped as the schedule wants it, however many were missed', () => {
    const quiet = anyHistory.map((history) =>
      history.map(({ minutes, tick }) => ({
        minutes,
        before: 'nothing' as const,
        tick: tick === 'fails to act' ? ('is missed' as const) : tick,
      })),
    );
    fc.assert(
      fc.property(anyDuty, quiet, (duty, history) => {
        const world = play(duty, [...history, { minutes: 1, before: 'nothing', tick: 'works' }], () => undefined);
        const wanted = stateAt(duty.calendar, world.at).state === 'on' ? 'running' : 'stopped';
        // What was on when it was first seen in its off-hours is left so until the next turn.
        const isLeftOn = world.memory?.state === 'off' && !world.memory.stoppedByUs;
        if (!isLeftOn) expect(world.power).toBe(wanted);
      }),
    );
  });

  it('databases stay off over any number of restarts by AWS', () => {
    let now = seoul(23, '21:01');
    let memory: Memory | undefined = done('stop', now);
    const closed: Duty = {
      calendar: calendar({ timezone: 'Asia/Seoul', on: '2027-03-01 08:00-09:00' }),
      manual: 'respect',
    };
    for (let week = 0; week < 5; week++) {
      now = new Date(now.getTime() + 7 * 86_400_000);
      expect(courseOf(closed, memory, restarted(now)).act).toBe('stop');
      memory = done('stop', now);
      const after = courseOf(closed, memory, stopped(new Date(now.getTime() + 300_000)));
      expect(after).toMatchObject({ act: 'nothing', memory: { stoppedByUs: true } });
      memory = after.memory;
    }
    expect(courseOf(closed, memory, stopped(time('2027-03-01T08:30+09:00'))).act).toBe('start');
  });
});
