import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf, endOfDay, isDecided, lastDeadline, type PlanAnswer } from '../../shared/core/answer.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { DAY_MS, localDate } from '../../shared/core/time.ts';
import { hours, KIM, POLICY, planOf, takings } from './support.ts';

describe('the end of a day', () => {
  it.each([
    ['2026-12-31', 'UTC', '2026-12-31T23:59:59.999Z'],
    ['2026-12-31', 'Asia/Seoul', '2026-12-31T14:59:59.999Z'],
    ['2026-11-01', 'America/New_York', '2026-11-02T04:59:59.999Z'], // 25 hours long
    ['2026-03-08', 'America/New_York', '2026-03-09T03:59:59.999Z'], // 23 hours long
    ['2026-06-01', 'Pacific/Kiritimati', '2026-06-01T09:59:59.999Z'],
    ['2026-06-01', 'Pacific/Niue', '2026-06-02T10:59:59.999Z'],
    ['2011-12-29', 'Pacific/Apia', '2011-12-30T09:59:59.999Z'], // the day after it was left out
  ])('%s in %s is %s', (date, timezone, end) => expect(endOfDay(date, timezone).toISOString()).toBe(end));

  it('is the last millisecond of the day, whatever the zone', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Seoul', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const day = fc.integer({ min: 0, max: 4000 }).map((n) => new Date(Date.UTC(2024, 0, 1) + n * DAY_MS));
    fc.assert(
      fc.property(day, zone, (time, timezone) => {
        const date = time.toISOString().slice(0, 10);
        const end = endOfDay(date, timezone);
        expect(localDate(end, timezone)).toBe(date);
        expect(localDate(new Date(end.getTime() + 1), timezone) > date).toBe(true);
      }),
    );
  });
});

describe('deadlines', () => {
  it('are those of the mode, from the tick on', () => {
    const plan = planOf(['approve', 'auto', 'report']);
    expect(plan.act.map((proposal) => deadlineOf(plan, proposal, POLICY))).toEqual([hours(72), hours(168), undefined]);
    expect(lastDeadline(plan, POLICY)).toEqual(hours(168));
    expect(lastDeadline(planOf(['auto', 'approve']), POLICY)).toEqual(hours(168));
    expect(lastDeadline(planOf(['report', 'off']), POLICY)).toBeUndefined();
  });

  it('of a snapshot in mode auto is the tick: it waits for nobody, and has no grace', () => {
    const plan = takings(['auto', 'approve']);
    expect(plan.act.map((proposal) => deadlineOf(plan, proposal, POLICY))).toEqual([hours(0), hours(72)]);
    expect(lastDeadline(takings(['auto']), POLICY)).toEqual(hours(0));
  });
});

describe('deadlines of what a schedule wants', () => {
  const until = '2026-12-07T23:00:00.000Z';
  const schedule = { name: 'office', until };
  const wanted = { ...planOf(['approve', 'auto']), function: 'off-hours' };
  const asks = (mode: Proposal['mode'], from: Partial<Proposal> = { schedule }): Proposal => ({
    ...wanted.act[0]!,
    rule: 'off-hours',
    mode,
    ...from,
  });

  it('are its next turn, and none is waited for in mode auto', () => {
    expect(deadlineOf(wanted, asks('approve'), POLICY)).toEqual(new Date(until));
    expect(deadlineOf(wanted, asks('auto'), POLICY)).toEqual(new Date(wanted.time));
    expect(deadlineOf(wanted, asks('report'), POLICY)).toBeUndefined();
  });

  it('are those of the mode where it has no next turn, or where a person wants it', () => {
    expect(deadlineOf(wanted, asks('approve', { schedule: { name: 'never' } }), POLICY)).toEqual(hours(72));
    expect(deadlineOf({ ...wanted, function: 'undo' }, asks('approve'), POLICY)).toEqual(hours(72));
  });
});

describe('a plan is decided', () => {
  const mixed = planOf(['approve', 'approve', 'auto', 'report']);
  const said = (say: PlanAnswer['say'], ...actions: number[]): PlanAnswer => ({
    planId: mixed.id,
    hash: mixed.hash,
    say,
    actions,
    by: KIM,
    at: hours(1).toISOString(),
  });

  it.each([
    ['when everything that asks is approved', { approval: said('approve', 1, 2, 3), vetoes: [] }, true],
    ['when everything that asks is vetoed', { vetoes: [said('veto', 1, 2), said('veto', 3)] }, true],
    ['not before anybody said anything', { vetoes: [] }, false],
    ['not while one is open', { vetoes: [said('veto', 1, 2)] }, false],
    ['not by an approval that leaves out what has a grace', { approval: said('approve', 1, 2), vetoes: [] }, false],
    [
      'by an approval that leaves out what only a person could let through',
      { approval: said('approve', 1, 3), vetoes: [] },
      true,
    ],
  ])('%s', (_, answers, decided) => expect(isDecided(mixed, answers)).toBe(decided));

  it('mode by mode', () => {
    const answers = { approval: said('approve', 1), vetoes: [] };
    expect([isDecided(mixed, answers, 'approve'), isDecided(mixed, answers, 'auto')]).toEqual([true, false]);
    const vetoed = { vetoes: [said('veto', 3)] };
    expect([isDecided(mixed, vetoed, 'approve'), isDecided(mixed, vetoed, 'auto')]).toEqual([false, true]);
  });

  it('by itself when it asks nobody', () => expect(isDecided(planOf(['report']), { vetoes: [] })).toBe(true));
});
