import { describe, expect, it } from 'vitest';
import { createClock, HOUR } from '../../sandbox/clock.ts';

const START = new Date('2026-11-02T00:00:00Z');

describe('the sandbox clock', () => {
  it('stands still until it is advanced', () => {
    const clock = createClock(START);
    expect(clock.now()).toEqual(START);
    clock.advance({ days: 1, hours: 2, minutes: 3, seconds: 4 });
    expect(clock.now()).toEqual(new Date('2026-11-03T02:03:04Z'));
  });

  it('runs what falls due in order, each at its own moment', () => {
    const clock = createClock(START);
    const seen: string[] = [];
    const note = (what: string) => () => void seen.push(`${what} at ${clock.now().toISOString().slice(11, 16)}`);
    clock.after({ hours: 2 }, note('late'));
    clock.after({ hours: 1 }, note('early'));
    clock.after({ hours: 1 }, note('early too'));
    clock.after({ hours: 9 }, note('not yet'));
    clock.advance({ hours: 3 });
    expect(seen).toEqual(['early at 01:00', 'early too at 01:00', 'late at 02:00']);
    expect(clock.nextDue()).toEqual(new Date('2026-11-02T09:00:00Z'));
  });

  it('also runs what a transition begins, if that falls due on the way', () => {
    const clock = createClock(START);
    const seen: Date[] = [];
    clock.after(HOUR, () => void clock.after(HOUR, () => void seen.push(clock.now())));
    clock.advance(3 * HOUR);
    expect(seen).toEqual([new Date('2026-11-02T02:00:00Z')]);
  });

  it('does not run what was called off, nor go back', () => {
    const clock = createClock(START);
    const callOff = clock.after(HOUR, () => expect.unreachable());
    callOff();
    clock.advance(2 * HOUR);
    expect(() => clock.advanceTo(START)).toThrow('cannot go back');
  });
});
