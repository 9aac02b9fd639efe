import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../shared/core/change.ts';
import { fillStopped, hasGaps, stopsIn } from '../../shared/core/known-idle.ts';
import { change, daysLater } from '../support/change-specimen.ts';

const DAY = 86_400_000;
const midnight = (day: number) => new Date(Date.UTC(2026, 10, 1 + day));
const noon = (day: number) => new Date(midnight(day).getTime() + DAY / 2);

/** Ten days, the last of them running. `_` stands for a day without data. */
const series = (text: string) => ({
  firstDay: midnight(0),
  values: [...text].map((one) => (one === '_' ? undefined : Number(one))),
});
const until = noon(9);
const shown = (values: readonly (number | undefined)[]) => values.map((one) => one ?? '_').join('');
const filled = (text: string, ...stops: [Date, Date][]) =>
  shown(
    fillStopped(
      series(text),
      stops.map(([from, to]) => ({ from: from.getTime(), to: to.getTime() })),
      until,
    ).values,
  );

describe('a day without data', () => {
  it('on which Lamplighter kept the resource stopped from beginning to end is known idle', () => {
    expect(filled('11____1111', [noon(1), noon(6)])).toBe('1100001111');
  });

  it('on which it was stopped for a part only stays unknown', () => {
    expect(filled('1_____1111', [noon(1), noon(5)])).toBe('1_000_1111');
  });

  it('on which nobody stopped it stays unknown', () => {
    expect(filled('11____1111')).toBe('11____1111');
  });

  it('that is still running stays unknown, and so does what the series does not reach', () => {
    expect(filled('11', [noon(0), noon(9)])).toBe('110000000_');
  });

  it('is filled in nowhere else, whatever the stops', () => {
    const stop = fc.tuple(fc.integer({ min: -2, max: 22 }), fc.integer({ min: 0, max: 22 }));
    fc.assert(
      fc.property(fc.array(stop), fc.stringMatching(/^[1-9_]{10}$/), (stops, text) => {
        const halves = stops.map(([from, length]): [Date, Date] => [
          new Date(midnight(0).getTime() + (from * DAY) / 2),
          new Date(midnight(0).getTime() + ((from + length) * DAY) / 2),
        ]);
        const now = filled(text, ...halves);
        for (const [day, before] of [...text].entries()) {
          if (before !== '_') expect(now[day]).toBe(before);
          if (before === '_' && now[day] === '0') {
            expect(halves.some(([from, to]) => from <= midnight(day) && midnight(day + 1) <= to)).toBe(true);
          }
        }
      }),
    );
  });
});

it.each([
  ['1111111111', false],
  ['111111111_', false],
  ['11111111', true],
  ['_111111111', true],
])('%s has gaps: %s', (text, has) => expect(hasGaps(series(text), until)).toBe(has));

describe('the stops of a resource', () => {
  const now = daysLater(20);
  const { proposal } = change();
  const id = 'db-ABC1';
  const times = (...changes: Change[]) =>
    stopsIn(changes, { arn: proposal.resource.arn, id }, now).map(({ from, to }) => [new Date(from), new Date(to)]);
  const ended = { endedAt: daysLater(5).toISOString(), endedBecause: 'started by somebody' };

  it('reach from the mutation to the end of the change', () => {
    expect(times(change(ended))).toEqual([[daysLater(1), daysLater(5)]]);
  });

  it.each(['kept', 'watching'] as const)('reach until now while it is %s', (outcome) => {
    expect(times(change({ outcome }))).toEqual([[daysLater(1), now]]);
  });

  it.each(['failed', 'stuck'] as const)('are unknown when it is %s: it may be in any state', (outcome) => {
    expect(times(change({ outcome }))).toEqual([]);
  });

  it('are none of what a schedule had off: that it was off says nothing of who uses it', () => {
    const scheduled = { ...proposal, rule: 'off-hours', schedule: { name: 'office' } } as const;
    expect(times(change({ ...ended, proposal: scheduled }))).toEqual([]);
  });

  it('are none of a size that it was given', () => {
    const action = {
      kind: 'resize-database',
      database: { arn: proposal.resource.arn, id },
      from: 'db.m5.xlarge',
      to: 'db.m5.large',
    } as const;
    expect(times(change({ ...ended, proposal: { ...proposal, rule: 'oversized-database', action } }))).toEqual([]);
  });

  it('are none of a change that never touched it, nor of what had the name before', () => {
    const { appliedAt: _never, ...skipped } = change({ outcome: 'skipped' });
    expect(times(skipped)).toEqual([]);
    expect(stopsIn([change(ended)], { arn: proposal.resource.arn, id: 'db-OTHER' }, now)).toEqual([]);
  });
});
