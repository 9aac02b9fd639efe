import { describe, expect, it } from 'vitest';
import { NO_HOLIDAYS } from '../../../shared/core/calendar/holidays.ts';
import { known } from '../../../shared/core/evidence.ts';
import type { DailySeries, DatabaseFacts, Facts, InstanceFacts, Traffic } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { judgeIdleDatabase } from '../../../shared/core/rules/idle-database.ts';
import { judgeIdleInstance } from '../../../shared/core/rules/idle-instance.ts';
import { judgeLongStoppedInstance } from '../../../shared/core/rules/long-stopped-instance.ts';
import { judgeOversizedDatabase } from '../../../shared/core/rules/oversized-database.ts';
import { judgeOversizedInstance } from '../../../shared/core/rules/oversized-instance.ts';
import { judgeUndersizedInstance } from '../../../shared/core/rules/undersized-instance.ts';
import { judgeVolumeType } from '../../../shared/core/rules/volume-type.ts';
import { judgeAll, RULE_IDS } from '../../../shared/core/rules.ts';
import type { Judgement } from '../../../shared/core/verdict.ts';
import { context, idleDatabase, idleInstance, withEvidence } from '../../support/facts-specimen.ts';
import { office, policyWith, seoul } from '../../support/off-hours-specimen.ts';
import { OFFICE, officeHours, scheduledContext, whileOnDaily, whileOnHourly } from '../../support/on-hours.ts';
import { io1Volume, longStopped, oversizedDatabase, oversizedInstance } from '../../support/sized-specimen.ts';

/** The rules judge at five in the morning of a Monday in Seoul. */
const AUTO = scheduledContext();
const REPORT = scheduledContext(office({ mode: 'report' }));

const under = <T extends Facts>(facts: T, evidence: Partial<T['evidence']> = {}): T => ({
  ...withEvidence(facts, evidence),
  tags: OFFICE,
});

const series = (evidence: ReturnType<typeof whileOnDaily>): DailySeries => {
  if (!evidence.known) throw new Error(evidence.why);
  return evidence.value;
};
const hourly = (...args: Parameters<typeof whileOnHourly>) => {
  const evidence = whileOnHourly(...args);
  if (!evidence.known) throw new Error(evidence.why);
  return evidence.value;
};

const SATURDAY = '2026-11-14';
const WEEKDAYS = ['2026-11-10', '2026-11-11', '2026-11-12'];
const dayOf = (day: Date) => day.toISOString().slice(0, 10);
/** Without what CloudWatch should have on these days. */
const without = (days: readonly string[], value: number) =>
  whileOnDaily(value, (day) => (days.includes(dayOf(day)) ? undefined : value));

/** With a value on a day off: somebody has kept it on. */
function withDayOff(evidence: ReturnType<typeof whileOnDaily>, value: number) {
  const { firstDay, values } = series(evidence);
  const index = Math.round((Date.parse(SATURDAY) - firstDay.getTime()) / 86_400_000);
  return known({ firstDay, values: values.map((one, at) => (at === index ? value : one)) });
}

const share = (() => {
  const { billedShare } = officeHours();
  return billedShare.known ? billedShare.value : Number.NaN;
})();
const savingOf = (judged: Judgement) => ('saving' in judged && judged.saving?.known ? judged.saving.value : undefined);

describe('an instance under a schedule', () => {
  const idle: InstanceFacts = {
    ...under(idleInstance, { peakCpuPercent: whileOnDaily(1.2), networkBytes: whileOnDaily(120_000) }),
    launchedAt: seoul('2026-11-20 08:03'), // as on every morning
  };

  it('is idle when nobody used it while that was on; the days off and its age say nothing', () => {
    expect(judgeIdleInstance(idle, AUTO)).toMatchObject({
      verdict: 'act',
      because:
        'CPU at most 1.2 % and network at most 0.1 MB on any day of 28, on 24 of which its schedule office was on',
    });
    expect(judgeIdleInstance({ ...idle, tags: {} }, AUTO)).toMatchObject({
      verdict: 'leave',
      because: '2 days old, younger than the window of 28 days',
    });
  });

  it('saves what it costs while that is on, where it is stopped for the rest', () => {
    expect(savingOf(judgeIdleInstance(idle, AUTO))).toEqual({
      monthly: money('USD', share * 86.14),
      basis: 'list',
      share,
      stillBilled: ['100 GiB of gp3 volumes'],
    });
    expect(share).toBeCloseTo((245 * 13) / (364 * 24), 6); // fifteen of its workdays are holidays
  });

  it('saves all that it costs while nothing stops it', () => {
    expect(savingOf(judgeIdleInstance(idle, REPORT))).toEqual({
      monthly: money('USD', 86.14),
      basis: 'list',
      stillBilled: ['100 GiB of gp3 volumes'],
    });
  });

  it('is left when that saves too little', () => {
    const policy = policyWith({ defaults: { minMonthlySaving: 40 } });
    expect(judgeIdleInstance(idle, scheduledContext(policy))).toMatchObject({
      verdict: 'leave',
      because: expect.stringMatching(/^idle, but stopping it saves \$3\d\.\d\d a month, less than/) as string,
    });
  });

  it.each([
    ['one day that was on', WEEKDAYS.slice(0, 1), 'find', 'there is no data for 1 of 24 days'],
    ['three of them', WEEKDAYS, 'leave', 'CPU incomplete: no data for 3 of 24 days'],
  ])('is not surely idle without data of %s', (_, days, verdict, why) => {
    const judged = judgeIdleInstance(withEvidence(idle, { peakCpuPercent: without(days, 1.2) }), AUTO);
    expect(judged).toMatchObject(
      judged.verdict === 'find' ? { verdict, note: why } : { verdict, because: why, unknown: true },
    );
  });

  it('is in use when somebody used it while that was off', () => {
    const used = withEvidence(idle, { peakCpuPercent: withDayOff(whileOnDaily(1.2), 60) });
    expect(judgeIdleInstance(used, AUTO)).toMatchObject({
      verdict: 'leave',
      used: true,
      because: /^in use: CPU up to 60 %/,
    });
  });

  it('is unknown when that was never on', () => {
    const policy = policyWith({
      calendars: { seoul: { timezone: 'Asia/Seoul', on: '2027-01-04 09:00-18:00' } },
      schedules: { office: { calendar: 'seoul', mode: 'auto' } },
    });
    expect(judgeIdleInstance(idle, scheduledContext(policy))).toMatchObject({
      verdict: 'leave',
      because: 'its schedule was off on all of the 28 days',
      unknown: true,
    });
  });

  it('is left while it is stopped, whoever stopped it', () => {
    const verdicts = judgeAll([{ ...idle, state: 'stopped', stoppedAt: seoul('2026-11-20 21:03') }], RULE_IDS, AUTO);
    expect(verdicts.map(({ judgement }) => judgement.verdict)).toEqual(['leave', 'leave', 'leave', 'leave']);
  });
});

describe('what is under a schedule of which nobody knows when it was on', () => {
  const tagged = { ...idleInstance, tags: { 'lamplighter:schedule': 'offcie' } };
  const facts: readonly Facts[] = [
    tagged,
    { ...longStopped, tags: tagged.tags },
    { ...idleDatabase, tags: tagged.tags },
    { ...oversizedInstance, tags: tagged.tags },
    { ...oversizedDatabase, tags: tagged.tags },
    { ...io1Volume, tags: tagged.tags },
  ];

  it.each([
    ['its tag names none', facts, AUTO, /names no schedule of the policy/],
    [
      'its holidays are not stored',
      facts.map((one) => ({ ...one, tags: OFFICE })),
      scheduledContext(policyWith(), NO_HOLIDAYS),
      /^the holidays of KR are not known/,
    ],
  ])('is left as unknown: %s', (_, resources, where, why) => {
    const judged = judgeAll(resources, RULE_IDS, where).map(({ judgement }) => judgement);
    expect(judged.filter(({ verdict }) => verdict === 'act' || verdict === 'find')).toEqual([]);
    const unknowns = judged.filter((one) => one.verdict === 'leave' && one.unknown && why.test(one.because));
    expect(unknowns.length).toBeGreaterThanOrEqual(resources.length);
  });
});

describe('a database under a schedule', () => {
  const idle: DatabaseFacts = under(idleDatabase, {
    peakConnections: whileOnDaily(0),
    peakIops: whileOnDaily(0.4),
  });

  it('is idle when nobody connected while that was on, and saves what it costs then', () => {
    const judged = judgeIdleDatabase(idle, AUTO);
    expect(judged).toMatchObject({
      verdict: 'act',
      because: 'no connection and at most 0.4 IOPS at any time in 35 days, on 30 of which its schedule office was on',
    });
    expect(savingOf(judged)?.monthly.amount).toBeCloseTo(share * 0.251 * 730, 4);
    expect(judgeIdleDatabase({ ...idle, tags: {} }, AUTO)).toMatchObject({
      because: 'connections incomplete: no data for 5 of 35 days',
      unknown: true,
    });
  });

  it('is unknown without data of a single day that was on', () => {
    const judged = judgeIdleDatabase(withEvidence(idle, { peakConnections: without(WEEKDAYS.slice(0, 1), 0) }), AUTO);
    expect(judged).toMatchObject({ because: 'connections incomplete: no data for 1 of 30 days', unknown: true });
  });

  it('is in use when somebody connected while that was off', () => {
    const judged = judgeIdleDatabase(withEvidence(idle, { peakConnections: withDayOff(whileOnDaily(0), 3) }), AUTO);
    expect(judged).toMatchObject({ verdict: 'leave', used: true });
  });
});

/** Everything that was read of a machine while its schedule had it on. */
const whileOn = (cpuPercent: number) => {
  const flow = (value: number) => ({ hourly: hourly(value), daily: series(whileOnDaily(value)) });
  return {
    peakCpuPercent: whileOnDaily(cpuPercent),
    cpuDays: known({ p99: series(whileOnDaily(cpuPercent)), 'p99.9': series(whileOnDaily(cpuPercent)) }),
    cpuHours: whileOnHourly(cpuPercent),
    traffic: known({ network: flow(1e6), storageBytes: flow(1e6), storageOperations: flow(100) } satisfies Traffic),
  };
};

describe('the size of what is under a schedule', () => {
  const GIB = 1024 ** 3;
  const database = under(oversizedDatabase, {
    ...whileOn(10),
    memoryHours: known({ freeable: hourly(28 * GIB), swap: hourly(0) }),
    peakConnections: whileOnDaily(40),
  });
  const instance: InstanceFacts = {
    ...under(oversizedInstance, { ...whileOn(10), memoryDays: whileOnDaily(10), memoryHours: whileOnHourly(10) }),
    launchedAt: seoul('2026-11-20 08:03'),
  };

  it('is judged by its hours on: without the schedule they are too few', () => {
    expect(judgeOversizedDatabase(database, AUTO)).toMatchObject({ verdict: 'act', saving: { known: true } });
    expect(judgeOversizedDatabase({ ...database, tags: {} }, AUTO)).toMatchObject({
      verdict: 'leave',
      because: /of the last 14 days is known$/,
      unknown: true,
    });
  });

  it('saves the difference while it is on', () => {
    const [scheduled, always] = [AUTO, REPORT].map((one) => savingOf(judgeOversizedDatabase(database, one)));
    expect(scheduled?.monthly.amount).toBeCloseTo(share * (always?.monthly.amount ?? 0), 4);
    expect([scheduled?.share, always?.share]).toEqual([share, undefined]);
  });

  it('is not smaller for the nights of the time before it had a schedule', () => {
    const busy = { ...whileOn(33), cpuHours: whileOnHourly(40, 0) };
    const verdictOf = (tags: object) =>
      judgeOversizedDatabase({ ...withEvidence(database, busy), tags: { ...tags } }, AUTO).verdict;
    expect([verdictOf(OFFICE), verdictOf({})]).toEqual(['leave', 'find']);
  });

  it('of an instance is only suggested: what is started anew every morning may have been of another type', () => {
    expect(judgeOversizedInstance(instance, AUTO)).toMatchObject({
      verdict: 'find',
      kind: 'suggestion',
      note: 'its schedule starts it anew: nobody can tell since when it is of this type',
    });
    expect(judgeOversizedInstance({ ...instance, launchedAt: seoul('2026-11-01 08:00') }, AUTO).verdict).toBe('act');
  });

  it('is too small when its hours on say so, however quiet its nights were', () => {
    const full = (hour: number) => (hour % 65 < 1 ? 97 : 40); // one hour on a week
    const evidence = { memoryDays: whileOnDaily(97), memoryHours: whileOnHourly(full, 5) };
    const [scheduled, always] = [OFFICE, {}].map((tags) =>
      judgeUndersizedInstance(
        { ...withEvidence(instance, evidence), tags, launchedAt: seoul('2026-03-01 08:00') },
        AUTO,
      ),
    );
    expect(scheduled).toMatchObject({ verdict: 'find', because: /^its memory is 97 % full/ });
    expect(always).toMatchObject({ verdict: 'leave' });
  });

  it('of an instance that is too small says what more would cost while it is on', () => {
    const short = { ...whileOn(97), memoryDays: whileOnDaily(10), memoryHours: whileOnHourly(10) };
    const [scheduled, always] = [AUTO, REPORT].map((one) =>
      judgeUndersizedInstance(withEvidence(instance, short), one),
    );
    const costs = [scheduled, always].map((one) => {
      const because = one?.verdict === 'find' ? one.because : '';
      return Number(/costs \$([\d.]+) a month more$/.exec(because)?.[1]);
    });
    expect(costs[0]).toBeCloseTo(share * (costs[1] ?? 0), 1);
    expect(scheduled).toMatchObject({ note: /; its schedule starts it anew: nobody can tell/ });
  });
});

describe('a volume under a schedule', () => {
  const volume = under(io1Volume, { peakOperations: whileOnDaily(400), peakBytes: whileOnDaily(1e6) });

  it('has no metrics while its instance is off, and is billed all the same', () => {
    const [tagged, untagged] = [volume, { ...volume, tags: {} }].map((one) => judgeVolumeType(one, AUTO));
    expect(tagged).toMatchObject({ verdict: 'act' });
    expect(tagged && savingOf(tagged)).toEqual(savingOf(judgeVolumeType(io1Volume, context())));
    expect(untagged).toMatchObject({ because: 'IOPS incomplete: no data for 4 of 28 days', unknown: true });
  });
});

describe('an instance that is stopped for long', () => {
  const seldom = scheduledContext(
    policyWith({
      calendars: { seoul: { timezone: 'Asia/Seoul', on: ['2026-09-07 09:00-18:00', '2027-01-04 09:00-18:00'] } },
      schedules: { office: { calendar: 'seoul', mode: 'auto' } },
    }),
  );
  const since = (text: string) => ({ ...longStopped, tags: OFFICE, stoppedAt: seoul(text) });

  it('because its schedule has been off ever since is left', () => {
    expect(judgeLongStoppedInstance(since('2026-09-07 18:03'), seldom)).toEqual({
      verdict: 'leave',
      because: 'its schedule office has been off ever since',
    });
  });

  it('although its schedule has been on since is told: it was somebody else', () => {
    expect(judgeLongStoppedInstance(since('2026-09-07 18:03'), AUTO)).toMatchObject({ verdict: 'find' });
  });
});
