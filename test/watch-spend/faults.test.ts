import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetCalls, type Stage } from '../support/right-size.ts';
import {
  anomaliesIn,
  billLine,
  ledgerOf,
  NOW,
  onDays,
  PAYER,
  paidCalls,
  spendStage,
  tickOn,
  wakeSpend,
} from '../support/watch-spend.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const RISE = onDays(150, '2026-11-20', '2026-11-21');

/** A database, some storage, and what a test adds or spoils. */
async function billed(days: Record<string, number> = {}, policy: object = {}): Promise<Stage> {
  const stage = await spendStage(policy);
  stage.sandbox.estate.billing.add(
    billLine({ usual: 60 }),
    billLine({ usual: 0, usageType: 'APN2-InstanceUsage:db.r6g.4xlarge', days }),
    billLine({ usual: 40, service: 'Amazon Simple Storage Service', usageType: 'APN2-TimedStorage-ByteHrs' }),
  );
  return stage;
}

/** From this day on Cost Explorer has no group at all. */
function unanswered(stage: Stage, from: string): void {
  const { billing } = stage.sandbox.estate;
  const lines = billing.lines.map((line) => ({
    ...line,
    unblended: (day: number) => (day * 86_400_000 < Date.parse(from) ? line.unblended(day) : undefined),
  }));
  vi.spyOn(billing, 'lines', 'get').mockImplementation(() => lines);
}

/** Nothing was found, nothing was said, and nothing says that all is quiet. */
async function expectNothing(stage: Stage): Promise<void> {
  expect(stage.sent()).toEqual([]);
  expect(await anomaliesIn(stage)).toEqual([]);
  expect(await ledgerOf(stage).run(PAYER, NOW.toISOString())).toBeUndefined();
}

describe('Cost Explorer', () => {
  it('throttles for a while: it is waited for', async () => {
    const stage = await billed(RISE);
    stage.sandbox.faults.add({ service: 'ce', times: 3, fault: 'throttle' });
    expect((await tickOn(stage, 0)).anomalies).toHaveLength(1);
  });

  it('throttles without end: the run fails, and the next delivery finds the same', async () => {
    const stage = await billed(RISE);
    const fault = stage.sandbox.faults.add({ service: 'ce', fault: 'throttle' });
    await expect(tickOn(stage, 0)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await expectNothing(stage);
    fault.remove();
    expect((await tickOn(stage, 0)).anomalies).toHaveLength(1);
  });

  it('is closed to a member account: it says so, and judges nothing', async () => {
    const stage = await billed(RISE, { spend: { payer: '222222222222' } });
    stage.sandbox.estate.account('222222222222').role('lamplighter-look', { externalId: 'lamplighter' });
    stage.sandbox.estate.billing.linkedAccountAccess = false;
    await expect(tickOn(stage, 0)).rejects.toMatchObject({ name: 'AccessDeniedError' });
    await expectNothing(stage);
  });

  it('is in an account that does not let us in', async () => {
    const stage = await billed(RISE, { spend: { payer: '333333333333' } });
    await expect(tickOn(stage, 0)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: expect.stringContaining('333333333333:role/lamplighter-look'),
    });
  });

  it('has no group on any of the last days: that is unknown, and not a drop of everything', async () => {
    const stage = await billed();
    await tickOn(stage, 0);
    unanswered(stage, '2026-11-22');
    for (const day of [1, 2]) {
      expect(await tickOn(stage, day)).toMatchObject({ anomalies: [], note: expect.stringContaining('2026-11-22') });
    }
    await expect(tickOn(stage, 3)).rejects.toMatchObject({
      name: 'NoCostDataError',
      message: expect.stringContaining('nothing about the days after 2026-11-21'),
    });
    expect(stage.sent()).toEqual([]);
  });

  it('has nothing about yesterday yet: the days before are judged, and it says from where on nothing is known', async () => {
    const stage = await billed(onDays(150, '2026-11-19', '2026-11-20'));
    unanswered(stage, '2026-11-21');
    const { asOf, anomalies, note } = await tickOn(stage, 0);
    expect(asOf).toBe('2026-11-20');
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-19', lastDay: '2026-11-20', news: 'opened' }]);
    expect(note).toContain('nothing yet about the days from 2026-11-21');
    expect(stage.sent()).toHaveLength(1);
  });

  it('has never answered anything: it says so', async () => {
    const stage = await spendStage();
    stage.sandbox.estate.billing.add(billLine({ usual: 0 }));
    await expect(tickOn(stage, 0)).rejects.toMatchObject({
      name: 'NoCostDataError',
      message: expect.stringContaining('nothing at all'),
    });
  });

  it('leaves one group out of the newest day and has it the day after: nothing is unusual', async () => {
    const stage = await billed();
    const { billing } = stage.sandbox.estate;
    const late = (line: (typeof billing.lines)[number]) => ({
      ...line,
      unblended: (day: number) => {
        const isNew = (day + 2) * 86_400_000 > stage.sandbox.clock.now().getTime();
        return isNew && line.service.includes('Storage') ? undefined : line.unblended(day);
      },
    });
    const lines = billing.lines.map(late);
    vi.spyOn(billing, 'lines', 'get').mockImplementation(() => lines);
    for (const day of [0, 1, 2, 3]) expect((await tickOn(stage, day)).anomalies).toEqual([]);
    expect(stage.sent()).toEqual([]);
  });

  it('loses a page: half an answer is none', async () => {
    const stage = await billed(RISE);
    stage.sandbox.estate.billing.groupsPerPage = 500;
    const pages = () => stage.sandbox.calls.count('GetCostAndUsage');
    await expect(
      (async () => {
        const fault = stage.sandbox.faults.add({
          service: 'ce',
          share: 0.5,
          fault: { error: { code: 'InternalFailure', message: 'lost', status: 400 } },
        });
        try {
          await tickOn(stage, 0);
        } finally {
          fault.remove();
        }
      })(),
    ).rejects.toMatchObject({ name: 'InternalFailure' });
    expect(pages()).toBeGreaterThan(0);
    await expectNothing(stage);
    expect((await tickOn(stage, 0)).anomalies).toHaveLength(1);
  });

  it('has its answer on many pages: all of them are read', async () => {
    const stage = await billed(RISE);
    stage.sandbox.estate.billing.groupsPerPage = 100;
    const { anomalies, paidCalls: paid } = await tickOn(stage, 0);
    expect(anomalies).toHaveLength(1);
    expect(paid).toBe(paidCalls(stage));
    expect(paid).toBeGreaterThan(8);
  });

  it('changes its currency: amounts in two currencies are never compared', async () => {
    const stage = await billed();
    await tickOn(stage, 0);
    for (const account of ['111111111111', PAYER]) stage.sandbox.estate.billing.currencies.set(account, 'EUR');
    await expect(tickOn(stage, 1)).rejects.toMatchObject({
      name: 'CurrencyChangedError',
      message: expect.stringContaining('answers in EUR, the history in the ledger is in USD'),
    });
    expect(stage.sent()).toEqual([]);
  });

  it('answers in two currencies at once: it says so', async () => {
    const stage = await billed(RISE);
    stage.sandbox.estate.billing.add(billLine({ usual: 10, account: '222222222222' }));
    stage.sandbox.estate.billing.currencies.set('222222222222', 'CNY');
    await expect(tickOn(stage, 0)).rejects.toMatchObject({ name: 'MixedCurrenciesError' });
    await expectNothing(stage);
  });

  it('has a gap of days: they are unknown, and no drop', async () => {
    const stage = await billed();
    const { billing } = stage.sandbox.estate;
    const gap = new Set(['2026-11-16', '2026-11-17', '2026-11-18']);
    const lines = billing.lines.map((line) => ({
      ...line,
      unblended: (day: number) =>
        gap.has(new Date(day * 86_400_000).toISOString().slice(0, 10)) ? undefined : line.unblended(day),
    }));
    vi.spyOn(billing, 'lines', 'get').mockImplementation(() => lines);
    for (const day of [0, 1, 2]) expect((await tickOn(stage, day)).anomalies).toEqual([]);
  });

  it('has negative amounts: they are amounts', async () => {
    const stage = await billed(onDays(-30, '2026-11-10', '2026-11-21'));
    stage.sandbox.estate.billing.add(billLine({ usual: -5, service: 'AWS Data Transfer', usageType: 'Discount' }));
    for (const day of [0, 1, 2, 3]) {
      const { anomalies } = await tickOn(stage, day);
      for (const one of anomalies) expect(Number.isFinite(one.impact)).toBe(true);
      expect(anomalies.filter(({ service }) => service === 'AWS Data Transfer')).toEqual([]);
    }
  });
});

describe('the month’s paid calls', () => {
  it('are used up: the run says so, and judges nothing', async () => {
    const stage = await billed(RISE);
    for (let call = 0; call < 200; call += 1) await ledgerOf(stage).countPaidCall(PAYER, '2026-11', 200);
    await expect(tickOn(stage, 0)).rejects.toMatchObject({
      name: 'PaidCallsUsedUpError',
      message: expect.stringContaining('spend.paidCallsPerMonth'),
    });
    expect(paidCalls(stage)).toBe(0);
    await expectNothing(stage);
  });

  it('are those of the month in which they are made, also for a tick of the month before', async () => {
    const stage = await billed(RISE);
    const later = new Date('2026-12-01T00:10:00Z');
    stage.sandbox.clock.advance(later.getTime() - NOW.getTime());
    vi.setSystemTime(later);
    for (let call = 0; call < 200; call += 1) await ledgerOf(stage).countPaidCall(PAYER, '2026-12', 200);
    await expect(wakeSpend(stage, { time: NOW.toISOString() })).rejects.toMatchObject({
      name: 'PaidCallsUsedUpError',
      message: expect.stringContaining('2026-12'),
    });
    expect(paidCalls(stage)).toBe(0);
  });

  it('are left to the daily reading when only some are left: the cause is unknown then', async () => {
    const stage = await billed(RISE);
    for (let call = 0; call < 150; call += 1) await ledgerOf(stage).countPaidCall(PAYER, '2026-11', 200);
    expect((await tickOn(stage, 0)).paidCalls).toBeLessThan(10);
    expect(stage.sent()[0]?.text).toContain(
      'unknown, the 138 paid calls to Cost Explorer that 2026-11 has for this are used up',
    );
  });
});

describe('CloudTrail', () => {
  it.each([
    ['denies', 'accessDenied', 'AccessDenied'],
    ['throttles', 'throttle', 'ThrottlingException'],
  ] as const)('%s: who did it is unknown, and the anomaly is told', async (_, fault, code) => {
    const stage = await billed(RISE);
    stage.sandbox.estate.account('111111111111').role('lamplighter-look', { externalId: 'lamplighter' });
    stage.sandbox.faults.add({ service: 'cloudtrail', fault });
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toMatch(new RegExp(`CloudTrail in ap-northeast-2: unknown, .*${code}`));
  });

  it('is in an account that does not let us in: unknown as well', async () => {
    const stage = await billed(RISE);
    await tickOn(stage, 0);
    expect(stage.sent()[0]?.text).toMatch(/CloudTrail in ap-northeast-2: unknown, may not assume/);
  });
});

describe('the clock', () => {
  it('has to have come to the time of the event, give or take some minutes', async () => {
    const stage = await billed(RISE);
    const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000).toISOString();
    await expect(wakeSpend(stage, { time: at(6) })).rejects.toMatchObject({
      name: 'InvalidEventError',
      message: expect.stringContaining('time: not after now, 2026-11-22T07:30:00.000Z'),
    });
    await expect(wakeSpend(stage, { time: at(7 * 24 * 60), selfTest: true })).rejects.toMatchObject({
      name: 'InvalidEventError',
    });
    expect(paidCalls(stage)).toBe(0);
    expect(stage.sent()).toEqual([]);
    expect(await wakeSpend(stage, { time: at(4) })).toMatchObject({ said: 'sent' });
  });

  it('stands at the boundary of a month: the day before is judged, and its month counts the calls', async () => {
    const stage = await billed(onDays(150, '2026-11-30'));
    vi.setSystemTime(new Date('2026-12-01T00:00:00Z'));
    stage.sandbox.clock.advance(Date.parse('2026-12-01T00:00:00Z') - NOW.getTime());
    const { asOf, anomalies } = await wakeSpend(stage, { time: '2026-12-01T00:00:00Z' });
    expect(asOf).toBe('2026-11-30');
    expect(anomalies).toMatchObject([{ firstDay: '2026-11-30' }]);
    const [first] = stage.sandbox.calls.byOperation('GetCostAndUsage');
    // Thirteen months before December: Cost Explorer keeps no more.
    expect(first?.input.TimePeriod).toEqual({ Start: '2025-11-01', End: '2026-12-01' });
  });

  it('is that of the tick: a retry hours later judges the same days', async () => {
    const stage = await billed(RISE);
    stage.sandbox.clock.advance(20 * 3_600_000);
    expect((await wakeSpend(stage, { time: NOW.toISOString() })).asOf).toBe('2026-11-21');
  });
});

describe('a service without spend', () => {
  it('changes nothing', async () => {
    const [with_, without] = [await billed(RISE), await billed(RISE)];
    with_.sandbox.estate.billing.add({ ...billLine({ usual: 0, service: 'AWS Config' }), unblended: () => 0 });
    const findings = async (stage: Stage) => (await tickOn(stage, 0)).anomalies.map(({ id, impact }) => [id, impact]);
    expect(await findings(with_)).toEqual(await findings(without));
    forgetCalls(with_);
  });
});
