import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { climbed, noticeOf, type Rung, type Sight } from '../../shared/core/ladder.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { DAY_MS } from '../../shared/core/time.ts';

const NOTICE_DAYS = 5;
const policy = parsePolicy({
  defaults: { mode: 'approve' },
  rules: { 'idle-instance': { notice: `${NOTICE_DAYS}d` } },
});
const FIRST = Date.parse('2026-11-01T06:00:00Z');
const tick = (day: number) => new Date(FIRST + day * DAY_MS);
const time = (day: number) => tick(day).toISOString();

const ONE = { rule: 'idle-instance', resource: 'arn:aws:ec2:eu-west-1:1:instance/i-1', id: 'i-1' } as const;
const OTHER = { ...ONE, id: 'i-2' } as const;
const see = (seen: Sight['seen'], one: Omit<Sight, 'seen'> = ONE): Sight[] => [{ ...one, seen }];

/** What a resource was seen as, day by day; a day without a tick is left out. */
type Days = readonly (readonly [day: number, seen: Sight['seen']])[];

const ladderAfter = (days: Days): Rung[] =>
  days.reduce<Rung[]>((ladder, [day, seen]) => climbed(ladder, see(seen), { policy, now: tick(day) }), []);

const mayAct = (ladder: readonly Rung[], day: number): boolean =>
  noticeOf(ladder, ONE, { policy, now: tick(day) }) === undefined;

const rung = { ...ONE, step: 'notify', since: time(0), seen: time(0) } as const;

describe('the ladder', () => {
  it('begins with a notice', () => {
    expect(ladderAfter([[0, 'unused']])).toEqual([rung]);
    expect(noticeOf([], ONE, { policy, now: tick(0) })).toEqual({ since: time(0), until: time(NOTICE_DAYS) });
  });

  it('is climbed once the notice has lasted for its days, and no day earlier', () => {
    const noticed = ladderAfter([
      [0, 'unused'],
      [NOTICE_DAYS - 1, 'unused'],
    ]);
    expect(noticed).toEqual([{ ...rung, seen: time(NOTICE_DAYS - 1) }]);
    expect([mayAct(noticed, NOTICE_DAYS - 1), mayAct(noticed, NOTICE_DAYS)]).toEqual([false, true]);
    expect(climbed(noticed, see('unused'), { policy, now: tick(NOTICE_DAYS) })).toEqual([
      { ...rung, step: 'act', since: time(NOTICE_DAYS), seen: time(NOTICE_DAYS) },
    ]);
  });

  it('is fallen down when the resource is used, which is remembered until it is unused again', () => {
    const woken = ladderAfter([
      [0, 'unused'],
      [NOTICE_DAYS, 'unused'],
      [NOTICE_DAYS + 1, 'used'],
    ]);
    expect(woken.map(({ wokeAt }) => wokeAt)).toEqual([time(NOTICE_DAYS + 1)]);
    expect(noticeOf(woken, ONE, { policy, now: tick(50) })).toEqual({
      since: time(50),
      until: time(50 + NOTICE_DAYS),
      wokeAt: time(NOTICE_DAYS + 1),
    });
    expect(climbed(woken, see('unused'), { policy, now: tick(50) })).toEqual([
      { ...rung, since: time(50), seen: time(50) },
    ]);
  });

  it('is stood on while nothing can be said', () => {
    const ladder = ladderAfter([
      [0, 'unused'],
      [1, 'unclear'],
    ]);
    expect(ladder).toEqual([rung]);
  });

  it('begins anew after a week in which nobody was told', () => {
    const lapsed = ladderAfter([
      [0, 'unused'],
      [7.01, 'unused'],
    ]);
    expect(lapsed).toEqual([{ ...rung, since: time(7.01), seen: time(7.01) }]);
    expect(
      ladderAfter([
        [0, 'unused'],
        [7, 'unused'],
      ])[0]?.step,
    ).toBe('act');
  });

  it('knows a resource by its immutable id: another one of the name begins at the bottom', () => {
    const ladder = ladderAfter([
      [0, 'unused'],
      [NOTICE_DAYS, 'unused'],
    ]);
    expect(noticeOf(ladder, OTHER, { policy, now: tick(NOTICE_DAYS) })?.since).toBe(time(NOTICE_DAYS));
  });

  it.each([
    ['the mode is report', { defaults: { mode: 'report' } }],
    ['the policy wants no notice', { defaults: { mode: 'auto' }, rules: { 'idle-instance': { notice: '0d' } } }],
  ])('holds nothing back where %s', (_, written) => {
    expect(noticeOf([], ONE, { policy: parsePolicy(written), now: tick(0) })).toBeUndefined();
  });

  it('counts what was announced in mode report', () => {
    const report = parsePolicy({ rules: { 'idle-instance': { notice: `${NOTICE_DAYS}d` } } });
    const told = [0, 3].reduce<Rung[]>(
      (ladder, day) => climbed(ladder, see('unused'), { policy: report, now: tick(day) }),
      [],
    );
    expect(mayAct(told, NOTICE_DAYS)).toBe(true);
  });

  describe('of a volume, which nothing measures on a stopped instance,', () => {
    const VOLUME = { ...ONE, rule: 'unattached-volume' } as const;
    const volumes = parsePolicy({
      defaults: { mode: 'approve' },
      rules: { 'unattached-volume': { window: '20d', notice: '3d' } },
    });
    const seenOn = (...days: number[]) =>
      days.reduce<Rung[]>(
        (ladder, day) => climbed(ladder, see('unused', VOLUME), { policy: volumes, now: tick(day) }),
        [],
      );
    const until = (ladder: readonly Rung[], day: number) =>
      noticeOf(ladder, VOLUME, { policy: volumes, now: tick(day) })?.until;

    it('lasts for the whole window from the first tick that saw it loose', () => {
      expect(until([], 0)).toBe(time(20));
      expect(until(seenOn(0, 6, 12, 18), 19)).toBe(time(20));
      expect(until(seenOn(0, 6, 12, 18), 20)).toBeUndefined();
    });

    it('begins anew after a week in which no tick saw it', () => {
      expect(until(seenOn(0, 6, 12), 20)).toBe(time(40));
    });
  });

  it('is only for the rules of what is unused', () => {
    const resize = { ...ONE, rule: 'oversized-instance' } as const;
    expect(noticeOf([], resize, { policy, now: tick(0) })).toBeUndefined();
  });
});

describe('whatever is seen, on whatever days', () => {
  const seen = fc.constantFrom<Sight['seen']>('unused', 'unused', 'unused', 'used', 'unclear');
  /** Ticks in their order, with gaps in which the schedule missed some. */
  const anyDays = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 4 }), seen), { minLength: 1, maxLength: 40 })
    .map((steps) => {
      let day = 0;
      return steps.map(([gap, what]) => {
        day += gap;
        return [day, what] as const;
      });
    });

  it('nothing is acted on before it was announced for the days of the notice, and unused ever since', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const [day, what] = days.at(-1) as (typeof days)[number];
        const before = days.slice(0, -1);
        if (what !== 'unused' || !mayAct(ladderAfter(before), day)) return;
        const lastUse = before.findLastIndex(([, one]) => one === 'used');
        const first = before.slice(lastUse + 1).find(([, one]) => one === 'unused');
        expect(first).toBeDefined();
        expect(day - (first?.[0] ?? day)).toBeGreaterThanOrEqual(NOTICE_DAYS);
      }),
    );
  });

  it('no tick goes up more than a step, and each step begins at a tick', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const begun = new Set(days.map(([day]) => time(day)));
        for (const [index] of days.entries()) {
          const [before] = ladderAfter(days.slice(0, index));
          const [now] = ladderAfter(days.slice(0, index + 1));
          if (now?.step === 'act') expect(before).toBeDefined();
          if (now) expect(begun).toContain(now.since);
        }
      }),
    );
  });

  it('a tick that comes twice, or too late, changes nothing', () => {
    fc.assert(
      fc.property(anyDays, seen, fc.integer({ min: 0, max: 30 }), (days, what, ago) => {
        const ladder = ladderAfter(days);
        const last = days.at(-1) as (typeof days)[number];
        expect(climbed(ladder, see(last[1]), { policy, now: tick(last[0]) })).toEqual(ladder);
        const [standing] = ladder;
        if (!standing) return;
        const late = new Date(Date.parse(standing.wokeAt ?? standing.seen) - ago * DAY_MS);
        expect(climbed(ladder, see(what), { policy, now: late })).toEqual(ladder);
      }),
    );
  });

  it('what was used last is on no step', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const last = days.at(-1) as (typeof days)[number];
        const ladder = ladderAfter([...days, [last[0] + 1, 'used']]);
        expect(ladder.every(({ wokeAt }) => wokeAt !== undefined)).toBe(true);
        expect(mayAct(ladder, last[0] + 2)).toBe(false);
      }),
    );
  });
});
