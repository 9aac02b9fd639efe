import { describe, expect, it } from 'vitest';
import type { Pending, Remembered } from '../../../shared/core/off-hours/memory.ts';
import { resolvedAll } from '../../../shared/core/off-hours/resolve.ts';
import {
  changeOf,
  decideAt,
  instance,
  memoryIn,
  office,
  recordFor,
  seoul,
  wasOn,
} from '../../support/off-hours-specimen.ts';
import { type Fate, World } from './world.ts';

const web = instance('web');

/** Every five minutes from one time to another. */
function every5(world: World, from: string, to: string, fate: Fate): void {
  for (let at = seoul(from).getTime(); at <= seoul(to).getTime(); at += 5 * 60_000) world.tick(new Date(at), fate);
}

describe('a plan that nobody has heard of for half an hour', () => {
  it('and that stops it all the same, while the next plan finds it at work, has it started in the morning', () => {
    const world = new World(office({}));
    world.tick(seoul('2026-11-23 20:55'), 'kept');
    every5(world, '2026-11-23 21:00', '2026-11-23 22:30', 'late');
    expect([world.power, world.kept?.memories]).toMatchObject(['stopped', [{ stoppedByUs: true }]]);
    expect(world.kept?.memories[0]).not.toHaveProperty('unheard');
    every5(world, '2026-11-24 07:55', '2026-11-24 08:05', 'kept');
    expect(world.power).toBe('running');
  });

  it('and that starts it all the same is done: nothing is left of it', () => {
    const world = new World(office({}));
    world.tick(seoul('2026-11-23 20:55'), 'kept');
    every5(world, '2026-11-23 21:00', '2026-11-23 21:05', 'kept');
    every5(world, '2026-11-24 08:00', '2026-11-24 10:00', 'late');
    const [memory] = world.kept?.memories ?? [];
    expect([world.power, memory]).toMatchObject(['running', { state: 'on', stoppedByUs: false }]);
    for (const key of ['unheard', 'trouble', 'pending']) expect(memory).not.toHaveProperty(key);
  });
});

describe('what may be at it', () => {
  const evening = recordFor(decideAt('2026-11-23 21:00', [web], { memories: [wasOn(web)] }));
  const { pending, ...without } = memoryIn(evening, 'web') as Remembered & { readonly pending: Pending };
  const lost: Remembered = { ...without, unheard: [pending] };
  const at = (text: string, outcome?: 'watching' | 'kept' | 'skipped') => {
    const times = { appliedAt: seoul('2026-11-23 21:40').toISOString(), finishedAt: seoul(text).toISOString() };
    const change = outcome && changeOf(evening, 1, { outcome, ...(outcome === 'skipped' ? {} : times) });
    return resolvedAll(lost, () => change, seoul(text));
  };

  it('is asked for until its schedule wants something else', () => {
    expect(at('2026-11-24 07:55')).toEqual(lost);
    expect(at('2026-11-24 08:00')).toEqual(without);
  });

  it('and is, is waited for', () => {
    expect(at('2026-11-23 22:00', 'watching')).toEqual(lost);
  });

  it.each([
    ['kept', true],
    ['skipped', false],
  ] as const)('and has %s it, is not asked for any more', (outcome, stoppedByUs) => {
    expect(at('2026-11-23 22:00', outcome)).toMatchObject({ stoppedByUs });
    expect(at('2026-11-23 22:00', outcome)).not.toHaveProperty('unheard');
  });

  it('leaves alone what a later plan is at', () => {
    const later = { ...pending, planId: 'another', since: seoul('2026-11-23 21:35').toISOString() };
    const changes = new Map([[pending.planId, changeOf(evening, 1, { outcome: 'kept', appliedAt: evening.time })]]);
    const known = resolvedAll(
      { ...lost, pending: later },
      ({ planId }) => changes.get(planId),
      seoul('2026-11-23 21:45'),
    );
    expect(known).toMatchObject({ stoppedByUs: true, pending: later });
  });
});
