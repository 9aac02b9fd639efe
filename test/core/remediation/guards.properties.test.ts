import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, parsePolicy } from '../../../shared/core/policy.ts';
import { parseSpan } from '../../../shared/core/quantity.ts';
import type { Alarm } from '../../../shared/core/remediation/alarm.ts';
import {
  type GuardContext,
  type Held,
  heldBeforeActing,
  heldOnArrival,
  heldOnReading,
} from '../../../shared/core/remediation/guards.ts';
import {
  dueIn,
  forgetting,
  isSameChange,
  NOTHING_REMEMBERED,
  overAt,
  type Remediation,
  type RemediationMemory,
  WAITED_MS,
  withAnswer,
  withChange,
  withEnd,
  withoutWaiting,
  withRemediation,
} from '../../../shared/core/remediation/memory.ts';
import type { RunbookId } from '../../../shared/core/remediation/runbook.ts';
import { MOST, modeOfRunbook } from '../../../shared/core/remediation/terms.ts';
import { alarm, arnOf, NOW, SCOPE } from './alarms.ts';

const HOUR_MS = 3_600_000;

/** Which runbook each alarm has, and at what. */
const ALARMS: Readonly<Record<string, readonly [RunbookId, resource: string, within?: string]>> = {
  'orders-disk': ['database-storage-low', 'orders'],
  'orders-disk-2': ['database-storage-low', 'orders'],
  'orders-cpu': ['database-saturated', 'orders'],
  'carts-disk': ['database-storage-low', 'carts'],
  'web-check': ['instance-unwell', 'web'],
  'web-credits': ['credits-exhausted', 'web'],
  'api-check': ['instance-unwell', 'api'],
  'shop-cpu': ['database-saturated', 'shop'],
  'shop-1-cpu': ['database-saturated', 'shop-1', 'shop'],
  'shop-1-disk': ['database-storage-low', 'shop-1', 'shop'],
  'shop-2-cpu': ['database-saturated', 'shop-2', 'shop'],
};

const anyStep = fc.record({
  seconds: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 4 * 3600 })),
  name: fc.constantFrom(...Object.keys(ALARMS)),
  state: fc.constantFrom('ALARM' as const, 'ALARM' as const, 'ALARM' as const, 'OK' as const),
  /** How long it was under way, and whether it comes again. */
  lateSeconds: fc.constantFrom(0, 0, 0, 5, 120, 3600),
  twice: fc.boolean(),
  lastsMinutes: fc.integer({ min: 0, max: 90 }),
  endsEarly: fc.boolean(),
});
const anyNight = fc.array(anyStep, { minLength: 1, maxLength: 60 });
const anyPolicy = fc
  .record({
    cooldown: fc.constantFrom('5m', '1h', '1d'),
    atMostPerHour: fc.integer({ min: 1, max: 6 }),
    flapping: fc.record({ changes: fc.integer({ min: 3, max: 8 }), within: fc.constantFrom('10m', '1h', '6h') }),
  })
  .map((remediation) => parsePolicy({ remediation: { modes: MOST, ...remediation } }));

type Night = typeof anyNight extends fc.Arbitrary<infer One> ? One : never;
interface Told {
  readonly alarm: Alarm;
  readonly at: Date;
  readonly step: Night[number];
  /** It was left for a while, and looked at again. */
  readonly again?: true;
}

/** The events of a night in the order in which they arrive. */
function arrivals(night: Night): Told[] {
  let since = NOW.getTime();
  return night
    .flatMap((step) => {
      since += step.seconds * 1000;
      const one = alarm({ name: step.name, state: step.state, since: new Date(since) });
      const at = new Date(since + step.lateSeconds * 1000);
      const told = { alarm: one, at, step };
      return step.twice ? [told, { ...told, at: new Date(at.getTime() + 30_000) }] : [told];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Plays a night; the memory is kept as JSON between two events, as it is in truth. Each takes along what is due again. */
function play(
  night: Night,
  policy: Policy,
): { readonly turns: readonly Remediation[]; readonly acted: readonly Told[] } {
  const [turns, acted]: [Remediation[], Told[]] = [[], []];
  let memory: RemediationMemory = NOTHING_REMEMBERED;
  const contextAt = (now: Date): GuardContext => ({
    policy,
    scopes: [{ account: SCOPE.account, regions: [SCOPE.region] }],
    memory,
    now,
  });
  const judge = (told: Told, heldFirst: Held | undefined) => {
    const { at: now, step, alarm: one } = told;
    const since = one.since.toISOString();
    const [runbook, resource, within] = ALARMS[step.name] as [RunbookId, string, string?];
    const place = { resource, ...(within ? { within } : {}) };
    const held = heldFirst ?? heldBeforeActing({ alarm: one, runbook, ...place }, contextAt(now));
    if (held?.again) {
      const waits = { for: held.guard, again: held.again.toISOString() };
      memory = withAnswer(memory, one.arn, { since, waits });
    }
    if (held) return;
    const plan = `plan-${turns.length}`;
    const until = new Date(now.getTime() + step.lastsMinutes * 60_000).toISOString();
    const mode = modeOfRunbook(policy, runbook) === 'auto' ? 'auto' : 'approve';
    const turn: Remediation = { runbook, ...place, plan, mode, at: now.toISOString(), until };
    memory = withAnswer(withRemediation(memory, turn), one.arn, { since, plan });
    const early = new Date(now.getTime() + step.lastsMinutes * 30_000);
    if (step.endsEarly) memory = withEnd(memory, { plan }, early);
    turns.push({ ...turn, ...(step.endsEarly ? { ended: early.toISOString() } : {}) });
    acted.push(told);
  };
  for (const told of arrivals(night)) {
    const { at: now } = told;
    memory = JSON.parse(JSON.stringify(withChange(forgetting(memory, policy.remediation, now), told)));
    judge(told, heldOnArrival(told.alarm, contextAt(now)));
    for (const { arn, since } of dueIn(memory, now)) {
      const seen = stateAt(night, arn, now);
      if (seen?.alarm.state === 'ALARM' && isSameChange(seen.alarm.since, since))
        judge({ ...seen, at: now, again: true }, heldOnReading(seen.alarm, contextAt(now)));
      else memory = withoutWaiting(memory, arn);
    }
  }
  return { turns, acted };
}

/** What CloudWatch says of an alarm, whoever was told. */
const stateAt = (night: Night, arn: string, now: Date): Told | undefined =>
  arrivals(night)
    .filter(({ alarm: one }) => one.arn === arn && one.since <= now)
    .sort((a, b) => a.alarm.since.getTime() - b.alarm.since.getTime())
    .at(-1);

const from = ({ at }: Remediation): number => Date.parse(at);
const to = (one: Remediation): number => Date.parse(overAt(one));

const whatever = (law: (night: Night, policy: Policy) => void) =>
  fc.assert(fc.property(anyNight, anyPolicy, law), { numRuns: 300 });

describe('whatever goes off', () => {
  it('there are never more remediations that nobody is asked about within an hour than the policy allows', () => {
    whatever((night, policy) => {
      const turns = play(night, policy).turns.filter(({ mode }) => mode === 'auto');
      for (const one of turns) {
        const within = turns.filter((other) => from(other) >= from(one) && from(other) < from(one) + HOUR_MS);
        expect(within.length).toBeLessThanOrEqual(policy.remediation.atMostPerHour);
      }
    });
  });

  it('there are never two at one resource at once', () => {
    whatever((night, policy) => {
      const { turns } = play(night, policy);
      for (const [index, one] of turns.entries()) {
        const others = turns.slice(index + 1).filter(({ resource }) => resource === one.resource);
        for (const other of others) expect(from(other)).toBeGreaterThanOrEqual(to(one));
      }
    });
  });

  it('there are never two at one cluster at once, be it at its members or as a whole', () => {
    whatever((night, policy) => {
      const ofShop = play(night, policy).turns.filter(({ resource, within }) => (within ?? resource) === 'shop');
      for (const [index, one] of ofShop.entries()) {
        for (const other of ofShop.slice(index + 1)) expect(from(other)).toBeGreaterThanOrEqual(to(one));
      }
    });
  });

  it('a runbook rests between two turns at one resource', () => {
    whatever((night, policy) => {
      const { turns } = play(night, policy);
      const rest = parseSpan(policy.remediation.cooldown);
      for (const [index, one] of turns.entries()) {
        const same = turns
          .slice(index + 1)
          .filter((other) => other.resource === one.resource && other.runbook === one.runbook);
        for (const other of same) expect(from(other)).toBeGreaterThanOrEqual(to(one) + rest);
      }
    });
  });

  it('nothing is done for an alarm that flaps', () => {
    whatever((night, policy) => {
      const { changes, within } = policy.remediation.flapping;
      const told = arrivals(night);
      for (const { alarm: one, at } of play(night, policy).acted) {
        const before = told.filter(
          (other) =>
            other.alarm.arn === one.arn &&
            other.at <= at &&
            other.alarm.since.getTime() > at.getTime() - parseSpan(within),
        );
        const distinct = new Set(before.map((other) => `${other.alarm.state} ${other.alarm.since.getTime()}`));
        // What comes in the same instant may be told after it.
        const same = told.filter((other) => other.alarm.arn === one.arn && other.at.getTime() === at.getTime());
        expect(distinct.size - same.length).toBeLessThan(changes);
      }
    });
  });

  it('each change is answered at most once, young or after it was left for a while, and not after its alarm was OK again', () => {
    whatever((night, policy) => {
      const { acted } = play(night, policy);
      const keys = acted.map(({ alarm: one }) => `${one.arn} ${one.since.toISOString()}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { alarm: one, at, again } of acted) {
        expect(one.state).toBe('ALARM');
        const oldest = again ? WAITED_MS : parseSpan(policy.remediation.eventAge);
        expect(at.getTime() - one.since.getTime()).toBeLessThanOrEqual(oldest);
        const ok = arrivals(night).filter((other) => other.alarm.arn === one.arn && other.alarm.state === 'OK');
        const toldBefore = ok.filter((other) => other.at < at && other.alarm.since > one.since);
        expect(toldBefore).toEqual([]);
      }
    });
  });

  it('what was answered stays so for as long as its alarm stays on, however many days', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(fc.integer({ min: 0, max: 96 }), { maxLength: 12 }), (policy, hours) => {
        const one = alarm({ since: NOW });
        const answer = { since: NOW.toISOString(), plan: 'plan-0' };
        let memory = withAnswer(withChange(NOTHING_REMEMBERED, { alarm: one }), one.arn, answer);
        let now = NOW;
        for (const pause of hours) {
          now = new Date(now.getTime() + pause * HOUR_MS);
          if (now.getTime() - NOW.getTime() >= 30 * 24 * HOUR_MS) return;
          memory = forgetting(memory, policy.remediation, now);
          const scopes = [{ account: SCOPE.account, regions: [SCOPE.region] }];
          expect(heldOnReading(one, { policy, scopes, memory, now })).toMatchObject({ guard: 'already-answered' });
        }
      }),
    );
  });

  it('some of it is answered only when it is looked at again', () => {
    const policy = parsePolicy({ remediation: { modes: MOST, atMostPerHour: 1 } });
    const step = { state: 'ALARM', lateSeconds: 0, twice: false, lastsMinutes: 1, endsEarly: false } as const;
    const night: Night = [
      { ...step, seconds: 0, name: 'orders-disk' },
      { ...step, seconds: 60, name: 'carts-disk' },
      { ...step, seconds: 3600, name: 'web-credits' },
    ];
    expect(play(night, policy).acted.map(({ step: { name }, again }) => [name, again])).toEqual([
      ['orders-disk', undefined],
      ['web-credits', undefined],
      ['carts-disk', true],
    ]);
  });

  it('an alarm alone in the world is answered', () => {
    const lone = { seconds: 0, name: 'orders-disk', state: 'ALARM', lateSeconds: 0, twice: true } as const;
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const { acted } = play([{ ...lone, lastsMinutes: 5, endsEarly: false }], policy);
        expect(acted.map(({ alarm: one }) => one.arn)).toEqual([arnOf('orders-disk')]);
      }),
    );
  });
});
