import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { AlarmState, StateChange } from '../../../shared/core/remediation/alarm.ts';
import { GUARD_IDS } from '../../../shared/core/remediation/guards.ts';
import { type ReplayContext, type ReplayedAlarm, replay, summaryOf } from '../../../shared/core/remediation/replay.ts';
import { RUNBOOK_IDS, type RunbookId } from '../../../shared/core/remediation/runbook.ts';
import { alarm, SCOPE } from './alarms.ts';

const FROM = new Date('2026-10-23T00:00:00Z');
const TO = new Date('2026-11-22T00:00:00Z');
const at = (minutes: number): Date => new Date(FROM.getTime() + minutes * 60_000);

const seconds = Object.fromEntries(RUNBOOK_IDS.map((id) => [id, 600])) as Record<RunbookId, number>;
const context = (spoiled: Partial<ReplayContext> = {}): ReplayContext => ({
  policy: parsePolicy({}), // report only: a replay shows what would be
  scopes: [{ account: SCOPE.account, regions: [SCOPE.region] }],
  from: FROM,
  to: TO,
  seconds,
  ...spoiled,
});

const change = (minutes: number, to: AlarmState, by: StateChange['by'] = 'data'): StateChange => ({
  at: at(minutes),
  from: to === 'ALARM' ? 'OK' : 'ALARM',
  to,
  by,
});

const disk = (changes: readonly StateChange[], spoiled: Partial<ReplayedAlarm> = {}): ReplayedAlarm => ({
  alarm: alarm(),
  chosen: { runbook: 'database-storage-low', resource: 'orders' },
  changes,
  ...spoiled,
});

describe('a time that an alarm went off', () => {
  it.each<[string, readonly StateChange[], string, RegExp]>([
    ['stayed', [change(0, 'ALARM')], 'needed', /after 10 min; it was not OK/],
    ['lasted longer', [change(0, 'ALARM'), change(10, 'OK')], 'needed', /not OK/],
    ['was over by itself', [change(0, 'ALARM'), change(9, 'OK')], 'wrong', /OK again by itself after 9 min/],
    ['was ended by hand', [change(0, 'ALARM'), change(9, 'OK', 'a person')], 'unknown', /somebody set it to OK/],
    ['lost its data first', [change(0, 'ALARM'), change(3, 'INSUFFICIENT_DATA'), change(9, 'OK')], 'wrong', /itself/],
  ])('and %s would have been answered', (_, changes, outcome, because) => {
    expect(replay([disk(changes)], context())).toEqual([
      {
        alarm: expect.objectContaining({ name: 'orders-disk', state: 'ALARM', since: at(0) }),
        would: 'act',
        runbook: 'database-storage-low',
        outcome,
        because: expect.stringMatching(because),
      },
    ]);
  });

  it('and Lamplighter mended is not called wrong: nobody knows what would have come of it', () => {
    const flaps = [change(0, 'ALARM'), change(5, 'OK'), change(200, 'ALARM'), change(205, 'OK')];
    const answered = [{ since: at(0), plan: 'remediate-alarm-1' }];
    expect(replay([disk(flaps, { answered })], context())).toMatchObject([
      { outcome: 'unknown', because: 'the plan remediate-alarm-1 answered it, and it was OK again after 5 min' },
      { outcome: 'wrong' },
    ]);
  });

  it('just before the end is not judged', () => {
    const last = { ...change(0, 'ALARM'), at: new Date(TO.getTime() - 60_000) };
    expect(replay([disk([last])], context())).toMatchObject([
      { outcome: 'unknown', because: expect.stringContaining('after the end') },
    ]);
  });

  it('is only looked at by a runbook that does nothing', () => {
    const chosen = { runbook: 'replica-lag', resource: 'orders' } as const;
    expect(replay([disk([change(0, 'ALARM')], { chosen })], context())).toMatchObject([{ would: 'look' }]);
  });

  it('is left where there is no runbook, with why', () => {
    const chosen = { because: 'there is no runbook for HTTP errors' };
    expect(replay([disk([change(0, 'ALARM')], { chosen })], context())).toMatchObject([
      { would: 'leave', guard: 'no-runbook', because: 'there is no runbook for HTTP errors' },
    ]);
  });

  it.each([
    ['off', {}, parsePolicy({ remediation: { modes: { 'database-storage-low': 'off' } } })],
    ['set-by-hand', { by: 'a person' as const }, parsePolicy({})],
    ['no-data', { by: 'missing data' as const }, parsePolicy({})],
  ])('is left: %s', (guard, spoiled, policy) => {
    const changes = [{ ...change(0, 'ALARM'), ...spoiled }];
    expect(replay([disk(changes)], context({ policy }))).toMatchObject([{ would: 'leave', guard }]);
  });

  it('before the range is only remembered', () => {
    const before = [change(-30, 'ALARM'), change(-20, 'OK'), change(-10, 'ALARM'), change(-5, 'OK')];
    const times = replay([disk([...before, change(0, 'ALARM')])], context());
    expect(times).toMatchObject([{ would: 'leave', guard: 'flapping' }]);
  });

  it('is not muted because it is so today', () => {
    const muted = disk([change(0, 'ALARM')], { alarm: alarm({ muted: 'its actions are disabled' }) });
    expect(replay([muted], context())).toMatchObject([{ would: 'act' }]);
  });
});

describe('a month', () => {
  it('is told in figures', () => {
    const night = (start: number) => [change(start, 'ALARM'), change(start + 5, 'OK')];
    const cpu = disk([change(1, 'ALARM'), change(200, 'OK')], {
      alarm: alarm({ name: 'orders-cpu' }),
      chosen: { runbook: 'database-saturated', resource: 'orders' },
    });
    const lag = disk([change(5000, 'ALARM')], {
      alarm: alarm({ name: 'orders-lag' }),
      chosen: { runbook: 'replica-lag', resource: 'orders' },
    });
    const changes = [...night(0), ...night(30), ...night(2000), change(4000, 'ALARM')];
    expect(summaryOf(replay([disk(changes), cpu, lag], context()))).toEqual({
      acted: { needed: 1, wrong: 2, unknown: 0 },
      looked: 1,
      left: { busy: 1, 'cool-down': 1 },
    });
  });

  it('of flapping is left, after the first times', () => {
    const flaps = Array.from({ length: 20 }, (_, index) => change(index * 5, index % 2 ? 'OK' : 'ALARM'));
    const policy = parsePolicy({ remediation: { cooldown: '5m' } });
    const { acted, left } = summaryOf(replay([disk(flaps)], context({ policy })));
    expect(acted.wrong).toBe(1);
    expect(left.flapping).toBe(8);
  });

  const anyAlarms = fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      runbook: fc.constantFrom(...RUNBOOK_IDS),
      resource: fc.constantFrom('orders', 'carts', 'web'),
      gaps: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 20 }),
    }),
    { maxLength: 8 },
  );
  const alarmsOf = (some: typeof anyAlarms extends fc.Arbitrary<infer T> ? T : never): ReplayedAlarm[] =>
    some.map(({ name, runbook, resource, gaps }, index) => {
      let minutes = 0;
      const changes = gaps.map((gap, turn) => {
        minutes += gap;
        return change(minutes, turn % 2 ? 'OK' : 'ALARM');
      });
      return { alarm: alarm({ name: `${name}-${index}` }), chosen: { runbook, resource }, changes };
    });

  it('keeps to what the guards promise, and leaves out no alarm', () => {
    fc.assert(
      fc.property(anyAlarms, (some) => {
        const alarms = alarmsOf(some);
        const times = replay(alarms, context());
        expect(times).toHaveLength(alarms.flatMap(({ changes }) => changes.filter(({ to }) => to === 'ALARM')).length);

        const resourceOf = new Map(
          alarms.map((one) => [one.alarm.name, 'resource' in one.chosen ? one.chosen.resource : '']),
        );
        const acted = times
          .filter(({ would }) => would === 'act')
          .map(({ alarm: { name, since }, ...one }) => ({
            resource: resourceOf.get(name),
            from: since.getTime(),
            isUnattended: 'runbook' in one && ['database-storage-low', 'instance-unwell'].includes(one.runbook),
          }));
        const unattended = acted.filter(({ isUnattended }) => isUnattended);
        for (const one of acted) {
          const hour = unattended.filter(({ from }) => from >= one.from && from < one.from + 3_600_000);
          expect(hour.length).toBeLessThanOrEqual(5);
          const here = acted.filter(
            (other) => other !== one && other.resource === one.resource && other.from >= one.from,
          );
          for (const other of here) expect(other.from).toBeGreaterThanOrEqual(one.from + 600_000);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('adds up', () => {
    fc.assert(
      fc.property(anyAlarms, (some) => {
        const times = replay(alarmsOf(some), context());
        const { acted, looked, left } = summaryOf(times);
        const figures = [...Object.values(acted), looked, ...Object.values(left)];
        expect(figures.reduce((sum, one) => sum + one, 0)).toBe(times.length);
        expect(Object.keys(left).every((guard) => [...GUARD_IDS, 'no-runbook'].includes(guard))).toBe(true);
      }),
    );
  });

  it('is the same in whatever order the histories come', () => {
    fc.assert(
      fc.property(anyAlarms, (some) => {
        const alarms = alarmsOf(some);
        const backwards = alarms.map((one) => ({ ...one, changes: [...one.changes].reverse() })).reverse();
        expect(replay(backwards, context())).toEqual(replay(alarms, context()));
      }),
    );
  });
});
