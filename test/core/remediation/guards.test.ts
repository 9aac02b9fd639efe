import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { Alarm, AlarmState } from '../../../shared/core/remediation/alarm.ts';
import {
  type Attempt,
  type GuardContext,
  type GuardId,
  heldAsChild,
  heldBeforeActing,
  heldByPassing,
  heldOnArrival,
  heldOnReading,
} from '../../../shared/core/remediation/guards.ts';
import {
  dueIn,
  forgetting,
  NOTHING_REMEMBERED,
  type Remediation,
  type RemediationMemory,
  timesUnattended,
  waitedFor,
  withAnswer,
  withChange,
  withEnd,
  withFlappingTold,
  withoutWaiting,
  withRemediation,
  withUnattended,
} from '../../../shared/core/remediation/memory.ts';
import { MOST } from '../../../shared/core/remediation/terms.ts';
import { alarm, minutesAgo, NOW, SCOPE } from './alarms.ts';

const policyWith = (remediation: object = {}) => parsePolicy({ remediation: { modes: MOST, ...remediation } });

const disk = alarm();
const changed = (state: AlarmState, minutes: number, spoiled: Partial<Alarm> = {}): Alarm =>
  alarm({ ...spoiled, state, since: minutesAgo(minutes) });
const remembering = (...changes: readonly Alarm[]): RemediationMemory =>
  changes.reduce((memory, one) => withChange(memory, { alarm: one }), NOTHING_REMEMBERED);

const context = (spoiled: Partial<GuardContext> = {}): GuardContext => ({
  policy: policyWith(),
  scopes: [{ account: SCOPE.account, regions: [SCOPE.region] }],
  memory: remembering(disk),
  now: NOW,
  ...spoiled,
});

const attempt: Attempt = { alarm: disk, runbook: 'database-storage-low', resource: 'the database orders' };

const turn = (spoiled: Partial<Remediation> = {}): Remediation => ({
  runbook: 'database-storage-low',
  resource: attempt.resource,
  plan: 'remediate-alarm-1',
  mode: 'auto',
  at: minutesAgo(20).toISOString(),
  until: minutesAgo(10).toISOString(),
  ...spoiled,
});
const withTurns = (...turns: readonly Remediation[]): Partial<GuardContext> => ({
  memory: turns.reduce(withRemediation, remembering(disk)),
});

const turns = (count: number, minutes: number, mode: Remediation['mode'] = 'auto') =>
  withTurns(
    ...Array.from({ length: count }, (_, index) =>
      turn({ plan: `p${index}`, resource: `r${index}`, at: minutesAgo(minutes).toISOString(), mode }),
    ),
  );

describe('an alarm that arrives', () => {
  it('is looked into', () => {
    expect(heldOnArrival(disk, context())).toBeUndefined();
  });

  it.each<[GuardId, string, Alarm, Partial<GuardContext>, RegExp]>([
    [
      'out-of-scope',
      'of another account',
      alarm({ scope: { account: '999988887777', region: SCOPE.region } }),
      {},
      /eu-west-1 of the account 999988887777/,
    ],
    ['out-of-scope', 'of another region', alarm({ scope: { ...SCOPE, region: 'us-east-1' } }), {}, /us-east-1/],
    ['no-alarm', 'that is OK', changed('OK', 0), {}, /it is OK/],
    ['no-alarm', 'without data', changed('INSUFFICIENT_DATA', 0, { by: 'missing data' }), {}, /too few data/],
    ['too-old', 'that is old', changed('ALARM', 10.5), {}, /10 minutes ago, at most 10m/],
    ['set-by-hand', 'of a person', alarm({ by: 'a person', reason: 'testing' }), {}, /SetAlarmState.*wrote: testing/],
    ['muted', 'that is muted', alarm({ muted: 'its actions are disabled' }), {}, /its actions are disabled/],
    [
      'out-of-order',
      'that was told late',
      changed('ALARM', 2),
      { memory: remembering(changed('OK', 1), changed('ALARM', 2)) },
      /it is OK again since 2026-11-22 02:59 UTC, which was told first/,
    ],
    [
      'already-answered',
      'that came twice',
      disk,
      { memory: withAnswer(remembering(disk), disk.arn, { since: disk.since.toISOString() }) },
      /answered before/,
    ],
  ])('is left (%s) when it is one %s', (guard, _, one, spoiled, because) => {
    expect(heldOnArrival(one, context(spoiled))).toMatchObject({ guard, because: expect.stringMatching(because) });
  });

  it('is still young at the age that the policy allows', () => {
    expect(heldOnArrival(changed('ALARM', 10), context())).toBeUndefined();
    const policy = policyWith({ eventAge: '1h' });
    expect(heldOnArrival(changed('ALARM', 59), context({ policy }))).toBeUndefined();
  });

  it('goes on with its plan when it comes twice, also a little off', () => {
    const answer = { since: disk.since.toISOString(), plan: 'remediate-alarm-1' };
    const memory = withAnswer(withAnswer(remembering(disk), disk.arn, { since: answer.since }), disk.arn, answer);
    const again = { ...disk, since: new Date(disk.since.getTime() + 900) };
    expect(heldOnArrival(again, context({ memory }))).toMatchObject({ tell: 'nobody', plan: 'remediate-alarm-1' });
    const later = { ...disk, since: new Date(disk.since.getTime() + 10_000) };
    expect(heldOnArrival(later, context({ memory }))).toBeUndefined();
  });

  it('is looked into although it was off before', () => {
    const memory = remembering(changed('ALARM', 30), changed('OK', 20), disk);
    expect(heldOnArrival(disk, context({ memory }))).toBeUndefined();
  });

  it('cuts long words of a person short', () => {
    const held = heldOnArrival(alarm({ by: 'a person', reason: 'x'.repeat(1000) }), context());
    expect(held?.because.length).toBeLessThan(200);
  });
});

describe('an alarm that is read again', () => {
  it('is worked on when it is still on', () => {
    expect(heldOnReading(disk, context())).toBeUndefined();
  });

  it.each<[GuardId, Alarm | undefined, RegExp]>([
    ['deleted', undefined, /deleted/],
    ['over', changed('OK', 0), /it is OK again since 2026-11-22 03:00 UTC/],
    ['over', changed('INSUFFICIENT_DATA', 0), /INSUFFICIENT_DATA/],
    ['set-by-hand', alarm({ by: 'a person' }), /by hand/],
    ['muted', alarm({ muted: 'Actions suppressed by Alarm' }), /suppressed/],
  ])('is left: %s', (guard, one, because) => {
    expect(heldOnReading(one, context())).toMatchObject({ guard, because: expect.stringMatching(because) });
  });

  it('is left when only its composite brings it and it is old, which is said', () => {
    const old = changed('ALARM', 10.5);
    expect(heldOnReading(old, context())).toBeUndefined();
    expect(heldAsChild(old, context())).toMatchObject({ guard: 'too-old', tell: 'people' });
    expect(heldAsChild(changed('ALARM', 10), context())).toBeUndefined();
  });

  it('is left when its newer change was answered by now', () => {
    const memory = withAnswer(remembering(disk), disk.arn, { since: disk.since.toISOString(), plan: 'p' });
    expect(heldOnReading(disk, context({ memory }))).toMatchObject({ guard: 'already-answered', plan: 'p' });
  });
});

describe('a flapping alarm', () => {
  const flaps = [
    changed('ALARM', 50),
    changed('OK', 40),
    changed('ALARM', 30),
    changed('OK', 20),
    disk, // the fifth
  ];

  it('is left from so many changes on, which is said', () => {
    expect(heldOnArrival(disk, context({ memory: remembering(...flaps.slice(1)) }))).toBeUndefined();
    expect(heldOnArrival(disk, context({ memory: remembering(...flaps) }))).toEqual({
      guard: 'flapping',
      tell: 'people',
      because: 'it flaps: 5 changes within 1h. It is left alone until it is quiet (`remediation.flapping`)',
      again: minutesAgo(-10), // by then the first of them is an hour old
    });
  });

  it('is said to have changed more often than is remembered', () => {
    const long = Array.from({ length: 50 }, (_, index) => changed(index % 2 === 0 ? 'ALARM' : 'OK', 51 - index));
    expect(heldOnArrival(disk, context({ memory: remembering(...long, disk) }))?.because).toContain(
      'it flaps: 40 changes or more within 1h',
    );
  });

  it('is said once, until it was quiet', () => {
    const { remediation } = policyWith();
    const told = withFlappingTold(remembering(...flaps), disk.arn, NOW);
    expect(heldOnReading(disk, context({ memory: forgetting(told, remediation, NOW) }))).toMatchObject({
      tell: 'nobody',
    });

    const later = new Date(NOW.getTime() + 2 * 3_600_000);
    const quiet = forgetting(told, remediation, later);
    const again = flaps.map((one) => ({ ...one, since: new Date(one.since.getTime() + 2 * 3_600_000) }));
    const memory = again.reduce((so, one) => withChange(so, { alarm: one }), quiet);
    expect(heldOnReading(again[4], context({ memory, now: later }))).toMatchObject({
      guard: 'flapping',
      tell: 'people',
    });
  });

  it('is not flapping by a person, by another alarm, or by the same event again', () => {
    const byHand = flaps.map((one) => (one === disk ? one : { ...one, by: 'a person' as const }));
    const others = flaps.map((one) =>
      one === disk ? one : alarm({ ...one, name: 'carts-disk', arn: `${one.arn}-2` }),
    );
    const same = Array.from({ length: 9 }, () => disk);
    for (const changes of [byHand, others, same]) {
      expect(heldOnArrival(disk, context({ memory: remembering(...changes) }))).toBeUndefined();
    }
  });

  it('is what the policy calls so', () => {
    const policy = policyWith({ flapping: { changes: 3, within: '30m' } });
    expect(heldOnArrival(disk, context({ policy, memory: remembering(...flaps) }))).toBeUndefined();
    const memory = remembering(changed('ALARM', 29), changed('OK', 20), disk);
    expect(heldOnArrival(disk, context({ policy, memory }))).toMatchObject({ guard: 'flapping' });
  });
});

describe('a runbook', () => {
  it('has its turn', () => {
    expect(heldBeforeActing(attempt, context())).toBeUndefined();
  });

  it.each<[GuardId, string, Partial<Attempt>, Partial<GuardContext>, RegExp]>([
    ['off', 'it is off', {}, { policy: policyWith({ modes: { 'database-storage-low': 'off' } }) }, /is off/],
    ['stopped-by-us', 'it was stopped', { stoppedBy: 'off-hours' }, {}, /stopped on purpose, by off-hours/],
    ['no-data', 'nothing was measured', { alarm: alarm({ by: 'missing data' }) }, {}, /without data/],
    [
      'busy',
      'another one is at it',
      {},
      withTurns(turn({ runbook: 'database-saturated', until: minutesAgo(-10).toISOString() })),
      /database-saturated is at it already \(plan remediate-alarm-1\)/,
    ],
    ['cool-down', 'it was at it', {}, withTurns(turn()), /was at it, .+ until 2026-11-22 03:50 UTC/],
    [
      'cool-down',
      'it has only looked, and does no more',
      {},
      {
        policy: policyWith({ modes: { 'database-storage-low': 'report' } }),
        ...withTurns(turn({ mode: 'report' })),
      },
      /looked into it, .+ until 2026-11-22 03:50 UTC/,
    ],
  ])('leaves a resource alone (%s) when %s', (guard, _, own, spoiled, because) => {
    const held = heldBeforeActing({ ...attempt, ...own }, context(spoiled));
    expect(held).toMatchObject({ guard, because: expect.stringMatching(because) });
  });

  it('that is expected tells nobody, even without data', () => {
    const stopped = { ...attempt, alarm: alarm({ by: 'missing data' }), stoppedBy: 'off-hours' };
    expect(heldBeforeActing(stopped, context())).toMatchObject({ guard: 'stopped-by-us', tell: 'nobody' });
  });

  it.each<[string, string, string | undefined, string, string | undefined]>([
    ['a member, while its cluster is worked at', 'shop-1', 'shop', 'shop', undefined],
    ['a cluster, while a member is worked at', 'shop', undefined, 'shop-1', 'shop'],
    ['a member, while another one is worked at', 'shop-2', 'shop', 'shop-1', 'shop'],
  ])('leaves alone %s', (_, resource, within, busy, of) => {
    const placed = (own: string, cluster?: string) => ({ resource: own, ...(cluster ? { within: cluster } : {}) });
    const running = withTurns(turn({ ...placed(busy, of), until: minutesAgo(-10).toISOString() }));
    const held = heldBeforeActing({ ...attempt, ...placed(resource, within) }, context(running));
    expect(held?.because).toBe(
      'database-storage-low is at its cluster, or at a member of that, already (plan remediate-alarm-1)',
    );
    const elsewhere = heldBeforeActing({ ...attempt, ...placed('carts-1', 'carts') }, context(running));
    expect(elsewhere).toBeUndefined();
  });

  it('names no plan that is only about to be made', () => {
    const held = heldBeforeActing(
      attempt,
      context(withTurns(turn({ plan: '', until: minutesAgo(-10).toISOString() }))),
    );
    expect(held).toEqual({
      guard: 'busy',
      because: 'database-storage-low is at it already',
      tell: 'people',
      again: minutesAgo(-15),
    });
  });

  it('names the plan that is at it', () => {
    const running = withTurns(turn({ until: minutesAgo(-10).toISOString() }));
    expect(heldBeforeActing(attempt, context(running))).toMatchObject({ guard: 'busy', plan: 'remediate-alarm-1' });
  });

  it.each<[GuardId, Partial<GuardContext>, number]>([
    ['busy', withTurns(turn({ until: minutesAgo(-300).toISOString() })), 15],
    ['cool-down', withTurns(turn()), 50],
    ['hourly-cap', { ...turns(7, 20), policy: policyWith({ atMostPerHour: 7 }) }, 40],
  ])('that is kept back for a while (%s) is looked at again, but not for ever', (guard, spoiled, minutes) => {
    const again = minutesAgo(-minutes);
    expect(heldBeforeActing(attempt, context(spoiled))).toMatchObject({ guard, again });
    const old = { ...disk, since: minutesAgo(48 * 60 - minutes - 1) };
    expect(heldBeforeActing({ ...attempt, alarm: old }, context(spoiled))).toMatchObject({ guard, again });
    const older = { ...disk, since: minutesAgo(48 * 60 - minutes) };
    expect(heldBeforeActing({ ...attempt, alarm: older }, context(spoiled))).not.toHaveProperty('again');
  });

  it('is looked at again when the hour has room for one', () => {
    const times = [50, 40, 30, 20].map((minutes, index) =>
      turn({ plan: `p${index}`, resource: `r${index}`, at: minutesAgo(minutes).toISOString() }),
    );
    const policy = policyWith({ atMostPerHour: 2 });
    expect(heldBeforeActing(attempt, context({ ...withTurns(...times), policy }))?.again).toEqual(minutesAgo(-30));
  });

  it('rests from the end of its last turn on, and only at its resource', () => {
    const ended = (minutes: number) => ({
      memory: withEnd(
        withTurns(turn({ until: minutesAgo(-60).toISOString() })).memory ?? NOTHING_REMEMBERED,
        {
          plan: 'remediate-alarm-1',
        },
        minutesAgo(minutes),
      ),
    });
    expect(heldBeforeActing(attempt, context(ended(59)))).toMatchObject({ guard: 'cool-down' });
    expect(heldBeforeActing(attempt, context(ended(60)))).toBeUndefined();
    expect(heldBeforeActing({ ...attempt, resource: 'the database carts' }, context(ended(1)))).toBeUndefined();
    expect(heldBeforeActing({ ...attempt, runbook: 'replica-lag' }, context(ended(1)))).toBeUndefined();
  });

  it('is not kept back by a turn that only reported', () => {
    const reporting = withTurns(turn({ mode: 'report', until: minutesAgo(-10).toISOString() }));
    expect(heldBeforeActing(attempt, context(reporting))).toBeUndefined();
    const reported = withTurns(turn({ mode: 'report', until: minutesAgo(20).toISOString() }));
    expect(heldBeforeActing(attempt, context(reported))).toBeUndefined();
    const policy = policyWith({ modes: { 'database-storage-low': 'report' } });
    expect(heldBeforeActing(attempt, context({ ...reported, policy }))).toMatchObject({ guard: 'cool-down' });
  });

  it('has its turn however many plans wait for an approval, and waits for one itself whatever was done', () => {
    expect(heldBeforeActing(attempt, context(turns(9, 5, 'approve')))).toBeUndefined();
    const policy = policyWith({ modes: { 'database-storage-low': 'approve' } });
    expect(heldBeforeActing(attempt, context({ ...turns(9, 5), policy }))).toBeUndefined();
  });

  it('has its turn at most so often an hour, over all resources', () => {
    expect(heldBeforeActing(attempt, context(turns(4, 59)))).toBeUndefined();
    expect(heldBeforeActing(attempt, context(turns(5, 60)))).toBeUndefined();
    expect(heldBeforeActing(attempt, context(turns(5, 59)))).toMatchObject({
      guard: 'hourly-cap',
      tell: 'people',
      because: expect.stringContaining('5 remediations within an hour; at most 5'),
    });
    expect(heldBeforeActing({ ...attempt, runbook: 'replica-lag' }, context(turns(5, 59)))).toBeUndefined();
  });
});

describe('a remedy that does nothing now', () => {
  const remedy = { because: 'its status is backing-up' };

  it('because of what ends by itself is looked at again', () => {
    expect(heldByPassing({ ...remedy, passes: 'soon' }, disk, { now: NOW })).toEqual({
      guard: 'passing',
      tell: 'people',
      because: remedy.because,
      again: minutesAgo(-15),
    });
    const passes = minutesAgo(-300);
    expect(heldByPassing({ ...remedy, passes }, disk, { now: NOW })).toMatchObject({ again: passes });
  });

  it('for another reason is not', () => {
    expect(heldByPassing(remedy, disk, { now: NOW })).toBeUndefined();
  });
});

describe('an alarm that waits', () => {
  const again = minutesAgo(-10);
  const waits = { for: 'busy', again: again.toISOString() } as const;
  const answer = { since: disk.since.toISOString(), waits };
  const waiting = withAnswer(remembering(disk), disk.arn, answer);
  const due = [{ arn: disk.arn, since: answer.since }];

  it('is answered until it is due, and then looked into, however old it is', () => {
    expect(heldOnReading(disk, context({ memory: waiting, now: minutesAgo(-9) }))).toMatchObject({
      guard: 'already-answered',
    });
    expect(heldOnReading(disk, context({ memory: waiting, now: again }))).toBeUndefined();
    expect([dueIn(waiting, minutesAgo(-9)), dueIn(waiting, again)]).toEqual([[], due]);
    expect(waitedFor(waiting, disk)).toBe('busy');
  });

  it('does not wait once it has changed, whichever event comes first', () => {
    expect(dueIn(withChange(waiting, { alarm: changed('OK', 0) }), again)).toEqual([]);
    expect(dueIn(withChange(waiting, { alarm: changed('OK', 5) }), again)).toEqual(due);
  });

  it('does not wait once it is answered by something else', () => {
    expect(dueIn(withAnswer(waiting, disk.arn, { since: answer.since }), again)).toEqual([]);
    expect(dueIn(withAnswer(waiting, disk.arn, { since: answer.since, plan: 'p' }), again)).toEqual([]);
    expect(dueIn(withoutWaiting(waiting, disk.arn), again)).toEqual([]);
    const planned = withAnswer(remembering(disk), disk.arn, { since: answer.since, plan: 'p' });
    expect(withAnswer(planned, disk.arn, answer)).toEqual(planned);
  });

  it('waits for two days at most', () => {
    const { remediation } = policyWith();
    const later = (hours: number) => new Date(disk.since.getTime() + hours * 3_600_000);
    expect(dueIn(forgetting(waiting, remediation, later(47)), later(47))).toEqual(due);
    expect(dueIn(forgetting(waiting, remediation, later(48)), later(48))).toEqual([]);
  });
});

describe('what is remembered', () => {
  const { remediation } = policyWith({ cooldown: '2h' });

  it('is the same when it comes twice, in any order', () => {
    const changes = [changed('ALARM', 5), changed('OK', 3), disk];
    const memory = remembering(...changes);
    expect(remembering(...changes, ...changes)).toEqual(memory);
    expect(remembering(...[...changes].reverse())).toEqual(memory);
    expect(withRemediation(withRemediation(memory, turn()), turn())).toEqual(withRemediation(memory, turn()));
  });

  it('has both of two changes within a second', () => {
    const [off, on] = [changed('OK', 1), changed('ALARM', 1)];
    const soon = { ...on, since: new Date(on.since.getTime() + 500) };
    expect(remembering(off, soon).alarms[0]?.changes.map(({ to }) => to)).toEqual(['OK', 'ALARM']);
  });

  it('is forgotten after a day, but not a turn that is not over', () => {
    const day = new Date(NOW.getTime() + 25 * 3_600_000);
    const running = turn({ plan: 'waits', until: new Date(NOW.getTime() + 72 * 3_600_000).toISOString() });
    const memory = [turn(), running].reduce(withRemediation, remembering(disk));
    expect(forgetting(memory, remediation, minutesAgo(-60))).toEqual(memory);
    expect(forgetting(memory, remediation, day)).toEqual({ alarms: [], remediations: [running] });
  });

  describe('of an alarm that stays on', () => {
    const since = disk.since.toISOString();
    const answered = withRemediation(
      withAnswer(remembering(disk), disk.arn, { since, plan: 'remediate-alarm-1' }),
      turn(),
    );
    const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

    it('is kept with its turn for as long as it was not seen to change, at most 30 days', () => {
      const late = forgetting(answered, remediation, later(20));
      expect(late).toEqual({
        alarms: [{ arn: disk.arn, changes: [], answers: [{ since, plan: 'remediate-alarm-1' }] }],
        remediations: [turn()],
      });
      expect(heldOnReading(disk, context({ memory: late, now: later(20) }))).toMatchObject({
        guard: 'already-answered',
      });
      expect(forgetting(late, remediation, later(30))).toEqual(NOTHING_REMEMBERED);
    });

    it('is forgotten once it was OK, and a day is over', () => {
      const ok = { ...disk, state: 'OK' as const, since: later(3) };
      const over = withChange(forgetting(answered, remediation, later(3)), { alarm: ok });
      expect(forgetting(over, remediation, later(3.5)).alarms[0]?.answers).toEqual([]);
      expect(forgetting(over, remediation, later(5))).toEqual(NOTHING_REMEMBERED);
    });
  });

  it('has what nobody was asked about in 30 days, each plan once', () => {
    const { resource, runbook } = turn();
    const done = (plan: string, days: number) => ({
      resource,
      runbook,
      plan,
      at: minutesAgo(days * 1440).toISOString(),
    });
    const unattended = [
      done('a', 31),
      done('b', 29),
      done('b', 29),
      done('c', 0),
      { ...done('c', 0), resource: 'other' },
      { ...done('d', 0), runbook: 'instance-unwell' as const },
    ];
    const memory = unattended.reduce(withUnattended, NOTHING_REMEMBERED);
    const times = (days: number) => timesUnattended(memory, { resource, runbook, days }, NOW);
    expect([times(30), times(1)]).toEqual([2, 1]);
    const kept = forgetting(memory, remediation, NOW);
    expect(kept.unattended).toEqual([unattended[1], ...unattended.slice(3)]);
    expect(forgetting(kept, remediation, minutesAgo(-31 * 1440))).toEqual(NOTHING_REMEMBERED);
  });

  it('stays small, however often an alarm changes', () => {
    const changes = Array.from({ length: 500 }, (_, index) => changed(index % 2 ? 'OK' : 'ALARM', index));
    expect(remembering(...changes).alarms[0]?.changes.length).toBeLessThanOrEqual(40);
  });

  it('ends all turns of a plan, or the one at a resource', () => {
    const memory = [turn(), turn({ resource: 'other' })].reduce(withRemediation, NOTHING_REMEMBERED);
    const ends = (one: RemediationMemory) => one.remediations.map(({ ended }) => ended);
    const now = NOW.toISOString();
    expect(ends(withEnd(memory, { plan: 'remediate-alarm-1' }, NOW))).toEqual([now, now]);
    expect(ends(withEnd(memory, { plan: 'remediate-alarm-1', resource: 'other' }, NOW))).toEqual([undefined, now]);
    const later = withEnd(
      withEnd(memory, { plan: 'remediate-alarm-1' }, NOW),
      { plan: 'remediate-alarm-1' },
      minutesAgo(-9),
    );
    expect(ends(later)).toEqual([now, now]);
  });
});
