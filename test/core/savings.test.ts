import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../shared/core/change.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import { money } from '../../shared/core/money.ts';
import { addedUp, type Booking, bookingsOf, realisedSavings } from '../../shared/core/savings.ts';
import { change } from '../support/change-specimen.ts';
import { proposal } from '../support/plan-specimen.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date('2027-03-10T00:00:00Z');

/** Saves 73 dollars a month, so ten cents an hour. */
const dime = (spoiled: Partial<Change> = {}): Change =>
  change({
    saving: { monthly: money('USD', 73), basis: 'list', stillBilled: [] },
    appliedAt: '2027-03-01T00:00:00.000Z',
    finishedAt: '2027-03-01T02:00:00.000Z',
    standsUntil: '2029-01-01T00:00:00.000Z',
    ...spoiled,
  });

const on = (number: number) => ({ id: `plan/${number}`, proposal: proposal(number) });

const bookings = (changes: readonly Change[], { now = NOW, timezone = 'UTC' } = {}) =>
  bookingsOf(changes, { now, timezone });

/** Month and amount of what is known. */
const booked = (changes: readonly Change[], context?: Parameters<typeof bookings>[1]) =>
  bookings(changes, context).map(({ month, saved }) => [month, saved.known ? saved.value.amount : saved.why]);

describe('a change books', () => {
  it.each<[string, Partial<Change>, (string | number)[][]]>([
    ['up to now while it stands', {}, [['2027-03', 21.6]]],
    [
      'until it was to end, when nobody wrote down that it did',
      { standsUntil: '2027-03-02T00:00:00.000Z' },
      [['2027-03', 2.4]],
    ],
    [
      'the same while it is watched',
      { outcome: 'watching', standsUntil: '2027-03-02T00:00:00.000Z' },
      [['2027-03', 2.4]],
    ],
    [
      'as unknown what nobody knows the end of',
      { standsUntil: undefined } as never,
      [['2027-03', 'until when it may stand']],
    ],
    [
      'nothing for the hours in which AWS had started it',
      {
        pauses: [
          { from: '2027-03-02T00:00:00.000Z', to: '2027-03-02T10:00:00.000Z' },
          { from: '2027-03-09T23:00:00.000Z', to: '2027-03-10T03:00:00.000Z' },
        ],
      },
      [['2027-03', 20.5]],
    ],
    ['until it ended', { endedAt: '2027-03-02T00:00:00.000Z' }, [['2027-03', 2.4]]],
    [
      'until it was undone, when that was written down',
      { outcome: 'undone', endedAt: '2027-03-01T01:00:00.000Z' },
      [['2027-03', 0.1]],
    ],
    ['until it was finished when it was undone', { outcome: 'undone' }, [['2027-03', 0.2]]],
    ['nothing of what comes after now', { endedAt: '2028-01-01T00:00:00.000Z' }, [['2027-03', 21.6]]],
    ['nothing when it ended as it began', { endedAt: '2027-03-01T00:00:00.000Z' }, []],
    ['nothing when it ended before it began', { endedAt: '2027-02-01T00:00:00.000Z' }, []],
    ['nothing before it is applied', { appliedAt: '2027-03-10T00:00:00.000Z' }, []],
    [
      'in each month its own hours',
      { appliedAt: '2027-01-31T23:00:00.000Z', endedAt: '2027-03-01T01:00:00.000Z' },
      [
        ['2027-01', 0.1],
        ['2027-02', 67.2],
        ['2027-03', 0.1],
      ],
    ],
    [
      'nothing in a month that it only touches',
      { appliedAt: '2027-02-28T23:00:00.000Z', endedAt: '2027-03-01T00:00:00.000Z' },
      [['2027-02', 0.1]],
    ],
    [
      'an unknown saving as unknown, each month',
      { saving: undefined, appliedAt: '2027-02-28T00:00:00.000Z' } as never,
      [
        ['2027-02', 'its saving is not known'],
        ['2027-03', 'its saving is not known'],
      ],
    ],
    ['as unknown what is stuck', { outcome: 'stuck' }, [['2027-03', 'how long it stood: it is stuck']]],
    ['what was stuck once it has ended', { outcome: 'stuck', endedAt: '2027-03-01T03:00:00.000Z' }, [['2027-03', 0.3]]],
    [
      'as unknown what failed after it was applied',
      { outcome: 'failed' },
      [['2027-03', 'how long it stood: it is failed']],
    ],
  ])('%s', (_, spoiled, expected) => {
    expect(booked([dime(spoiled)])).toEqual(expected);
  });

  it.each<[string, Change]>([
    ['never touched its resource', (({ appliedAt: _, ...rest }) => ({ ...rest, outcome: 'skipped' }) as const)(dime())],
    [
      'gives',
      dime({
        proposal: {
          ...proposal(1),
          action: {
            kind: 'start-database',
            database: { arn: 'arn', id: 'db' },
            expect: { status: 'stopped', form: 'instance' },
          },
        },
      }),
    ],
  ])('nothing when it %s', (_, one) => {
    expect(bookings([one])).toEqual([]);
  });

  it('by the months of people: in Seoul March begins nine hours earlier', () => {
    const one = dime({ appliedAt: '2027-02-28T14:00:00.000Z', endedAt: '2027-02-28T17:00:00.000Z' });
    expect(booked([one], { timezone: 'Asia/Seoul' })).toEqual([
      ['2027-02', 0.1],
      ['2027-03', 0.2],
    ]);
  });

  it('every hour of a month in which the clock is put forward, and no more', () => {
    const march = dime({ appliedAt: '2027-02-01T00:00:00.000Z', endedAt: '2027-05-01T00:00:00.000Z' });
    const [, , ...rest] = booked([march], { now: new Date('2027-06-01T00:00:00Z'), timezone: 'Europe/Berlin' });
    expect(booked([march], { now: new Date('2027-06-01T00:00:00Z'), timezone: 'Europe/Berlin' })[1]).toEqual([
      '2027-03',
      74.3,
    ]);
    expect(rest).toEqual([
      ['2027-04', 72],
      ['2027-05', 0.2],
    ]);
  });
});

const restarted = { ...proposal(1), action: { ...proposal(1).action, kind: 'start-database' } } as Change['proposal'];

describe('of one resource', () => {
  it('no hour is booked twice: the next change ends the one before', () => {
    const again = dime({ id: 'later/1', appliedAt: '2027-03-02T00:00:00.000Z' });
    expect(booked([again, dime()])).toEqual([
      ['2027-03', 19.2],
      ['2027-03', 2.4],
    ]);
  });

  it('an undo ends the saving, also when nobody wrote that down', () => {
    const undo = dime({ id: 'undo/1', proposal: restarted, appliedAt: '2027-03-01T05:00:00.000Z' });
    expect(booked([dime(), undo])).toEqual([['2027-03', 0.5]]);
  });

  it('that has only the name of another, both are booked', () => {
    const renamed = proposal(1).action as Extract<Change['proposal']['action'], { kind: 'stop-database' }>;
    const other = { ...proposal(1), action: { ...renamed, database: { ...renamed.database, id: 'db-NEW' } } };
    expect(booked([dime(), dime({ id: 'other/1', proposal: other })])).toEqual([
      ['2027-03', 21.6],
      ['2027-03', 21.6],
    ]);
  });
});

describe('the sums', () => {
  it('are by month, rule, owner and account, a currency apart, and what is unknown is counted', () => {
    const yuan = { monthly: money('CNY', 73), basis: 'list', stillBilled: [] } as const;
    const owned = (number: number, owner?: string) => {
      const { owner: _, ...resource } = proposal(number).resource;
      return { ...on(number), proposal: { ...proposal(number), resource: { ...resource, ...(owner && { owner }) } } };
    };
    const lasting = { appliedAt: '2027-02-28T23:00:00.000Z', endedAt: '2027-03-01T01:00:00.000Z' };
    const all = [
      dime({ ...owned(1, 'team-b'), ...lasting }),
      dime({ ...owned(2, 'team-a'), ...lasting, account: '210987654321' }),
      dime({ ...owned(3, 'team-a'), ...lasting, saving: yuan }),
      (({ saving: _, ...rest }) => rest)(dime({ ...owned(4), ...lasting })),
    ];
    const usd = (amount: number) => ({ currency: 'USD', amount });
    const cny = (amount: number) => ({ currency: 'CNY', amount });
    expect(realisedSavings(bookings(all))).toEqual({
      total: { saved: [cny(0.2), usd(0.4)], unknown: 1 },
      byMonth: [
        { of: '2027-02', saved: [cny(0.1), usd(0.2)], unknown: 1 },
        { of: '2027-03', saved: [cny(0.1), usd(0.2)], unknown: 1 },
      ],
      byRule: [{ of: 'idle-database', saved: [cny(0.2), usd(0.4)], unknown: 1 }],
      byOwner: [
        { of: '', saved: [], unknown: 1 },
        { of: 'team-a', saved: [cny(0.2), usd(0.2)], unknown: 0 },
        { of: 'team-b', saved: [usd(0.2)], unknown: 0 },
      ],
      byAccount: [
        { of: '123456789012', saved: [cny(0.2), usd(0.2)], unknown: 1 },
        { of: '210987654321', saved: [usd(0.2)], unknown: 0 },
      ],
      bySchedule: [],
    });
  });

  it('of nothing are nothing', () => {
    expect(realisedSavings([])).toEqual({
      total: { saved: [], unknown: 0 },
      byMonth: [],
      byRule: [],
      byOwner: [],
      byAccount: [],
      bySchedule: [],
    });
  });

  it('of what was made smaller go on through the nights that its schedule has it off', () => {
    const action = {
      kind: 'resize-database',
      database: { arn: proposal(1).resource.arn, id: 'db-ABC1' },
      from: 'db.m5.xlarge',
      to: 'db.m5.large',
    } as const;
    const resized = dime({ id: 'resize/1', proposal: { ...proposal(1), rule: 'oversized-database', action } });
    const night = dime({
      id: 'off-hours/1',
      proposal: { ...proposal(1), rule: 'off-hours', schedule: { name: 'office' } },
      appliedAt: '2027-03-01T20:00:00.000Z',
      standsUntil: '2027-03-02T08:00:00.000Z',
    });
    const stopped = dime({ id: 'stop/1', appliedAt: '2027-03-05T00:00:00.000Z' });
    expect(booked([resized, night])).toEqual([
      ['2027-03', 21.6],
      ['2027-03', 1.2],
    ]);
    expect(booked([resized, night, stopped]), 'until somebody else stops it').toEqual([
      ['2027-03', 9.6],
      ['2027-03', 1.2],
      ['2027-03', 12],
    ]);
  });

  it('by schedule are of what it wanted, with the hours that everything was off', () => {
    const night = (number: number, schedule: string, spoiled: Partial<Change> = {}): Change =>
      dime({
        id: `off-hours/${number}`,
        proposal: { ...proposal(number), rule: 'off-hours', schedule: { name: schedule } },
        appliedAt: '2027-03-01T20:00:00.000Z',
        standsUntil: '2027-03-02T08:00:00.000Z',
        ...spoiled,
      });
    const morning = night(1, 'office', {
      id: 'off-hours/9',
      appliedAt: '2027-03-02T05:00:00.000Z',
      proposal: { ...night(1, 'office').proposal, action: restarted.action },
    });
    const all = [
      dime(on(7)),
      night(1, 'office'),
      morning,
      night(2, 'office'),
      night(3, 'batch', { outcome: 'failed' }),
      night(4, 'batch'),
    ];
    expect(realisedSavings(bookings(all)).bySchedule).toEqual([
      { of: 'batch', hours: 12, saved: [money('USD', 1.2)], unknown: 1 },
      { of: 'office', hours: 9 + 12, saved: [money('USD', 2.1)], unknown: 0 },
    ]);
  });
});

describe('whatever the changes', () => {
  const time = fc.integer({ min: Date.parse('2026-06-01'), max: Date.parse('2027-06-01') });
  const zone = fc.constantFrom('UTC', 'Asia/Seoul', 'America/St_Johns', 'Pacific/Apia', 'Europe/Berlin');
  const monthly = fc.integer({ min: 0, max: 10 ** 10 }).map((millionths) => millionths / 1e6);
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
  const anyChange = (id: string) =>
    fc
      .record({
        number: fc.integer({ min: 1, max: 4 }),
        outcome: fc.constantFrom('kept' as const, 'undone' as const, 'stuck' as const),
        times: fc.tuple(time, time, fc.option(time)),
        saving: fc.option(fc.tuple(monthly, fc.constantFrom('USD', 'CNY'))),
      })
      .map(({ number, outcome, times: [appliedAt, finishedAt, endedAt], saving }): Change => {
        const { saving: _, ...rest } = change();
        return {
          ...rest,
          id,
          proposal: proposal(number),
          outcome,
          appliedAt: iso(appliedAt),
          finishedAt: iso(Math.max(appliedAt, finishedAt)),
          standsUntil: '2100-01-01T00:00:00.000Z',
          ...(endedAt !== null && { endedAt: iso(endedAt) }),
          ...(saving && { saving: { monthly: money(saving[1], saving[0]), basis: 'list', stillBilled: [] } }),
        };
      });
  const anyChanges = fc
    .integer({ min: 0, max: 8 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => anyChange(`plan/${index + 1}`))));

  it('splitting by month never changes the total, to the millionth', () => {
    fc.assert(
      fc.property(anyChange('plan/1'), zone, time, (one, timezone, now) => {
        const context = { now: new Date(now), timezone };
        const pieces = bookings([one], context).map(({ saved }) => saved);
        if (!one.saving || one.outcome === 'stuck') return;
        const end = one.endedAt ?? (one.outcome === 'undone' ? one.finishedAt : iso(now));
        const hours = Math.max(0, Math.min(Date.parse(end), now) - Date.parse(one.appliedAt!)) / HOUR_MS;
        const whole = money('any', (one.saving.monthly.amount * hours) / 730).amount;
        const sum = pieces.reduce(
          (total, piece) => total + (piece.known ? Math.round(piece.value.amount * 1e6) : 0),
          0,
        );
        expect(sum).toBe(Math.round(whole * 1e6));
      }),
    );
  });

  it('each month is booked once a change, in order, and nothing is negative', () => {
    fc.assert(
      fc.property(anyChanges, zone, time, (all, timezone, now) => {
        const found = bookings(all, { now: new Date(now), timezone });
        expect(found.every(({ saved }) => !saved.known || saved.value.amount >= 0)).toBe(true);
        for (const { id } of all) {
          const months = found.filter(({ changeId }) => changeId === id).map(({ month }) => month);
          expect(months).toEqual([...new Set(months)].sort());
        }
      }),
    );
  });

  it('their order makes no difference', () => {
    const shuffled = anyChanges.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, zone, ([all, mixed], timezone) => {
        expect(realisedSavings(bookings(mixed, { timezone }))).toEqual(realisedSavings(bookings(all, { timezone })));
      }),
    );
  });

  it('adding up the sums of some resources at a time makes no difference', () => {
    fc.assert(
      fc.property(anyChanges, zone, fc.integer({ min: 1, max: 4 }), (all, timezone, number) => {
        const scheduled = all.map((one) => ({
          ...one,
          proposal: { ...one.proposal, schedule: { name: one.outcome } },
        }));
        const isFirst = ({ proposal: { resource } }: Change) => resource.name === `orders-${number}`;
        const sums = [scheduled.filter(isFirst), scheduled.filter((one) => !isFirst(one)), []];
        const [first, second, nothing] = sums.map((some) => realisedSavings(bookings(some, { timezone })));
        const together = addedUp(addedUp(first!, second!), nothing!);
        expect(together).toEqual(realisedSavings(bookings(scheduled, { timezone })));
      }),
    );
  });

  it('a resource never saves more hours than there are', () => {
    const full = { monthly: money('USD', 730), basis: 'list', stillBilled: [] } as const;
    fc.assert(
      fc.property(anyChanges, (all) => {
        const same = all.map((one) => ({ ...one, proposal: proposal(1), saving: full }));
        const [total] = realisedSavings(bookings(same)).total.saved;
        const first = Math.min(...same.map(({ appliedAt }) => Date.parse(appliedAt!)));
        const hours = Math.max(0, NOW.getTime() - first) / HOUR_MS;
        expect(total?.amount ?? 0).toBeLessThanOrEqual(hours + 1e-5);
      }),
    );
  });

  it('every sum is of the same money', () => {
    const bookingOf = (saved: Booking['saved'], month: string): Booking => ({
      changeId: 'plan/1',
      month,
      rule: 'idle-database',
      account: '1',
      hours: saved.known ? known(1) : saved,
      saved,
    });
    const { total, byMonth } = realisedSavings([
      bookingOf({ known: true, value: money('USD', 0.1) }, '2027-01'),
      bookingOf({ known: true, value: money('USD', 0.2) }, '2027-02'),
      bookingOf(unknown('why'), '2027-02'),
    ]);
    expect(total).toEqual({ saved: [money('USD', 0.3)], unknown: 1 });
    expect(byMonth.map(({ unknown: count }) => count)).toEqual([0, 1]);
  });
});
