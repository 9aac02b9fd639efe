import { describe, expect, it } from 'vitest';
import { type Leaf, rankCauses } from '../../../shared/core/spend/cause.ts';
import { addDays } from '../../../shared/core/spend/day.ts';

const FIRST_DAY = '2026-10-01';
const PAST = 42;
const DAYS = 3;

const SPAN = { from: addDays(FIRST_DAY, PAST), to: addDays(FIRST_DAY, PAST + DAYS), direction: 'up' } as const;

/** What one part of the bill costs on each day of its past, and of the span. */
const leaf = (name: string, past: (day: number) => number | undefined, span = past): Leaf => ({
  keys: [name],
  costs: {
    firstDay: FIRST_DAY,
    amounts: Array.from({ length: PAST + DAYS }, (_, day) => (day < PAST ? past(day) : span(day))),
  },
});

const steady = (dollars: number) => () => dollars;
const names = (leaves: readonly Leaf[], span: Parameters<typeof rankCauses>[1] = SPAN) =>
  rankCauses(leaves, span).map(({ keys }) => keys[0]);

describe('causes', () => {
  it('are the parts that cost more than their past, the largest first, with their shares', () => {
    const leaves = [
      leaf('instances', steady(100), steady(130)),
      leaf('gateways', steady(10), steady(100)),
      leaf('disks', steady(500)),
      leaf('snapshots', steady(50), steady(20)),
    ];
    expect(rankCauses(leaves, SPAN)).toEqual([
      { keys: ['gateways'], amount: 270, share: 0.75 },
      { keys: ['instances'], amount: 90, share: 0.25 },
    ]);
  });

  it('of a drop are the parts that cost less', () => {
    const leaves = [leaf('instances', steady(100), steady(0)), leaf('disks', steady(10), steady(40))];
    expect(rankCauses(leaves, { ...SPAN, direction: 'down' })).toEqual([
      { keys: ['instances'], amount: -300, share: 1 },
    ]);
  });

  it('may never have cost anything before', () =>
    expect(names([leaf('disks', steady(500)), leaf('new', steady(0), steady(20))])).toEqual(['new']));

  it('know their weekdays', () => {
    const weekly = (day: number) => (day % 7 === PAST % 7 ? 900 : 100);
    expect(names([leaf('batch', weekly), leaf('gateways', steady(10), steady(20))])).toEqual(['gateways']);
  });

  it('are not what had its new level before', () => {
    const grown = (day: number) => (day < PAST - 10 ? 100 : 400);
    expect(names([leaf('grown', grown), leaf('gateways', steady(10), steady(40))])).toEqual(['gateways']);
  });

  it('come after what never moved when they always change from week to week', () => {
    // Every other week at the double, so that its same weekdays, its last week and its last day may well agree.
    const swinging = (day: number) => (Math.floor((PAST - day - 1) / 7) % 2 === 0 ? 100 : 200);
    const leaves = [leaf('swinging', swinging, steady(310)), leaf('steady', steady(10), steady(120))];
    expect(names(leaves)[0]).toBe('steady');
    expect(names([leaf('still', steady(200), steady(310)), leaf('steady', steady(10), steady(60))])[0]).toBe('still');
  });

  it('come after what never moved when they had begun to move before', () => {
    const moving = (day: number) => (day === PAST - 1 ? 300 : 100);
    const leaves = [leaf('moving', moving, steady(400)), leaf('steady', steady(10), steady(210))];
    expect(names(leaves)[0]).toBe('steady');
  });

  it('are told by the days of the span together: one day alone does not decide', () => {
    const once = (day: number) => (day === PAST + DAYS - 1 ? 250 : 100);
    expect(names([leaf('once', steady(100), once), leaf('all', steady(100), steady(150))])[0]).toBe('all');
  });

  it('leave unknown days out', () => {
    const gaps = leaf(
      'gaps',
      (day) => (day % 5 === 0 ? undefined : 100),
      (day) => (day === PAST ? undefined : 150),
    );
    expect(rankCauses([gaps], SPAN)).toMatchObject([{ keys: ['gaps'], amount: 100 }]);
  });

  it('are none where nothing is known of the past', () => {
    expect(names([leaf('unknown', () => undefined, steady(100))])).toEqual([]);
    expect(names([])).toEqual([]);
  });

  it('may have a past of a few days', () => {
    const young = {
      keys: ['young'],
      costs: { firstDay: addDays(FIRST_DAY, PAST - 3), amounts: [10, 10, 10, 40, 40, 40] },
    };
    expect(rankCauses([young], SPAN)).toEqual([{ keys: ['young'], amount: 90, share: 1 }]);
  });
});
