import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetCalls, type Stage } from '../support/right-size.ts';
import {
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

/** Three groups a day in each view, which are forty pages a view for 400 days. */
async function large(policy: object = {}): Promise<Stage> {
  const stage = await spendStage(policy);
  stage.sandbox.estate.billing.add(
    billLine({ usual: 60 }),
    billLine({ usual: 40, account: '222222222222', service: 'AWS Glue', region: 'eu-central-1' }),
    billLine({ usual: 30, account: '333333333333', service: 'AWS Lambda', region: 'us-east-1' }),
  );
  stage.sandbox.estate.billing.groupsPerPage = 30;
  return stage;
}

const costsOf = (stage: Stage) => stage.sandbox.calls.byOperation('GetCostAndUsage');
const rangesOf = (stage: Stage): string[] => [
  ...new Set(
    costsOf(stage).map(({ input }) => {
      const { Start, End } = input.TimePeriod as { Start: string; End: string };
      return `${Start}/${End}`;
    }),
  ),
];

/** Leaves only so many of November's 200 paid calls. */
async function leaveCalls(stage: Stage, calls: number): Promise<void> {
  for (let call = calls; call < 200; call += 1) await ledgerOf(stage).countPaidCall(PAYER, '2026-11', 200);
}

describe('a history of a few pages', () => {
  it.each([
    [5_000, 1],
    [301, 4],
  ])('of %i groups is read at once, and never again', async (groupsPerPage, pages) => {
    const stage = await large();
    stage.sandbox.estate.billing.groupsPerPage = groupsPerPage;
    expect((await tickOn(stage, 0)).paidCalls).toBe(2 * pages);
    expect((await tickOn(stage, 1)).paidCalls).toBe(2);
  });

  it('of a young payer is not asked for again where it has nothing', async () => {
    const stage = await spendStage();
    const born = Date.parse('2026-08-01') / 86_400_000;
    stage.sandbox.estate.billing.add({ ...billLine({ usual: 60 }), unblended: (day) => (day < born ? undefined : 60) });
    expect((await tickOn(stage, 0)).paidCalls).toBe(2);
    for (const day of [1, 2]) expect(await tickOn(stage, day)).toMatchObject({ paidCalls: 2, anomalies: [] });
    forgetCalls(stage);
    await wakeSpend(stage, { from: '2026-06-01', to: '2026-11-01', mode: 'report' });
    await wakeSpend(stage, { from: '2026-06-01', to: '2026-11-01', mode: 'report' });
    expect(rangesOf(stage).filter((range) => range < '2026-07')).toEqual(['2025-10-01/2025-10-17']);
  });
});

describe('a history of more pages', () => {
  it('is read by the month, the newest first, for a few pages more than it has', async () => {
    const stage = await large();
    const { paidCalls: paid, note } = await tickOn(stage, 0);
    expect(rangesOf(stage).slice(0, 4)).toEqual([
      '2025-10-17/2026-11-22',
      '2026-11-01/2026-11-22',
      '2026-10-01/2026-11-01',
      '2026-09-01/2026-10-01',
    ]);
    // 401 days of three groups are 41 pages of thirty; each month may end on a page that is not full.
    expect(paid).toBeLessThanOrEqual(2 * (4 + 41 + 13));
    expect(note).toBeUndefined();
    stage.sandbox.estate.billing.groupsPerPage = 5_000;
    expect((await tickOn(stage, 1)).paidCalls).toBe(2);
  });

  it('is the same as one that was read at once', async () => {
    const [pieces, whole] = [await large(), await large()];
    whole.sandbox.estate.billing.groupsPerPage = 5_000;
    const spike = billLine({ usual: 0, service: 'AWS Glue', days: onDays(150, '2026-11-20', '2026-11-21') });
    const findings = [];
    for (const stage of [pieces, whole]) {
      stage.sandbox.estate.billing.add(spike);
      findings.push((await tickOn(stage, 0)).anomalies.map(({ explanation: _, ...one }) => one));
    }
    expect(findings[0]).toEqual(findings[1]);
    expect(findings[0]?.length).toBeGreaterThan(0);
  });

  it('that passes the month’s paid calls is kept as far as it was read, and read on where it stopped', async () => {
    const stage = await large();
    await leaveCalls(stage, 130);
    const first = await tickOn(stage, 0);
    expect(first.note).toMatch(/^The history begins with 2026-\d\d-01: the days from 2025-10-17 are not read yet/);
    // What the days to come will need is left.
    expect(130 - first.paidCalls).toBeGreaterThanOrEqual(8 * 2);
    forgetCalls(stage);
    const notes = [];
    for (const day of [9, 10]) notes.push((await tickOn(stage, day)).note);
    expect(notes[1]).toBeUndefined();
    // What the first run has kept of the services is not asked for again.
    const services = costsOf(stage).filter(({ input }) => JSON.stringify(input.GroupBy).includes('SERVICE'));
    const asked = services.map(({ input }) => (input.TimePeriod as { Start: string }).Start);
    expect(asked.filter((day) => day >= '2026-06' && day < '2026-11')).toEqual([]);
    expect(costsOf(stage).length).toBeLessThan(2 * 58);
    stage.sandbox.estate.billing.groupsPerPage = 5_000;
    expect((await tickOn(stage, 11)).paidCalls).toBe(2);
  });

  it('of which a page is lost goes on behind the month before it', async () => {
    const stage = await large();
    const lost = { error: { code: 'InternalFailure', message: 'lost', status: 400 } };
    const { billing } = stage.sandbox.estate;
    const { lines } = billing;
    vi.spyOn(billing, 'lines', 'get').mockImplementation(() => {
      if (paidCalls(stage) === 18) stage.sandbox.faults.add({ service: 'ce', fault: lost });
      return lines;
    });
    await expect(tickOn(stage, 0, 'first')).rejects.toMatchObject({ name: 'InternalFailure' });
    vi.restoreAllMocks();
    stage.sandbox.faults.clear();
    forgetCalls(stage);
    expect((await tickOn(stage, 0, 'first')).note).toBeUndefined();
    expect(rangesOf(stage)).not.toContain('2026-11-01/2026-11-22');
  });

  it('is read to its end by a backfill, or it says that it cannot be, and goes on when it can', async () => {
    const stage = await large();
    await leaveCalls(stage, 60);
    const range = { from: '2026-10-01', to: '2026-11-01' };
    await expect(wakeSpend(stage, range, 'first')).rejects.toMatchObject({ name: 'PaidCallsUsedUpError' });
    await stage.hub.storePolicy({ spend: { paidCallsPerMonth: 400 } });
    forgetCalls(stage);
    const { note } = await wakeSpend(stage, range, 'first');
    expect(note).not.toContain('The history begins');
    expect(paidCalls(stage)).toBeLessThan(90);
  });

  it('that Cost Explorer refuses to look into is left alone', async () => {
    const stage = await large();
    stage.sandbox.estate.billing.groupsPerPage = 5_000;
    await tickOn(stage, 0);
    const gone = { error: { code: 'DataUnavailableException', message: 'not ingested', status: 400 } };
    const { billing } = stage.sandbox.estate;
    const { lines } = billing;
    forgetCalls(stage);
    const look = vi.spyOn(billing, 'lines', 'get').mockImplementation(() => {
      // The two that were judged are there, what is missing before them is not.
      if (paidCalls(stage) === 2) stage.sandbox.faults.add({ service: 'ce', fault: gone });
      return lines;
    });
    const range = { from: '2026-05-01', to: '2026-06-01', mode: 'report' };
    expect((await wakeSpend(stage, range)).anomalies).toEqual([]);
    expect(rangesOf(stage)).toContain('2025-10-01/2025-10-17');
    look.mockRestore();
    stage.sandbox.faults.clear();
    forgetCalls(stage);
    await wakeSpend(stage, range);
    expect(paidCalls(stage)).toBe(2);
  });
});
