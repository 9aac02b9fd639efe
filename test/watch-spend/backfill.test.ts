import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetCalls } from '../support/right-size.ts';
import {
  anomaliesIn,
  billLine,
  NOW,
  onDays,
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

const RANGE = { from: '2026-08-01', to: '2026-11-20' };

/** Two rises months apart, one of them eighty days ago. */
async function twice() {
  const stage = await spendStage();
  stage.sandbox.estate.billing.add(
    billLine({ usual: 60 }),
    billLine({
      usual: 0,
      usageType: 'APN2-InstanceUsage:db.r6g.4xlarge',
      days: onDays(150, '2026-08-20', '2026-08-21', '2026-10-14'),
    }),
    billLine({ usual: 40, account: '222222222222', service: 'AWS Glue', days: onDays(170, '2026-09-09') }),
  );
  return stage;
}

describe('a backfill', () => {
  it('records what it finds, each as of its day, and sends one digest', async () => {
    const stage = await twice();
    const { said, anomalies, note } = await wakeSpend(stage, RANGE);
    expect(said).toBe('sent');
    expect(note).toContain('AWS has restated days since');
    expect(anomalies.map(({ firstDay, state }) => [firstDay, state]).sort()).toEqual([
      ['2026-08-20', 'resolved'],
      ['2026-09-09', 'resolved'],
      ['2026-10-14', 'resolved'],
    ]);
    expect(await anomaliesIn(stage)).toHaveLength(3);
    expect(stage.sent()).toHaveLength(1);
    expect(stage.sent()[0]?.subject).toMatch(/^\[Lamplighter\] backfill, /);
    expect(stage.sent()[0]?.text).toContain('for every day from 2026-08-01 to before 2026-11-20');
    expect(stage.sent()[0]?.text).toContain('unknown, CloudTrail keeps 90 days');
  });

  it('changes nothing when it is run again', async () => {
    const stage = await twice();
    await wakeSpend(stage, RANGE, 'first');
    const before = await anomaliesIn(stage);
    vi.setSystemTime(new Date(NOW.getTime() + 3_600_000));
    forgetCalls(stage);
    expect(await wakeSpend(stage, RANGE, 'second')).toMatchObject({ said: 'nothing' });
    expect(await anomaliesIn(stage)).toEqual(before);
    expect(stage.sent()).toHaveLength(1);
    expect(paidCalls(stage)).toBe(2);
  });

  it('that dies while it looks for causes goes on where it was, and pays for none of them twice', async () => {
    const [stage, undisturbed] = [await twice(), await twice()];
    const { anomalies } = await wakeSpend(undisturbed, RANGE);
    const asked = ({ sandbox }: typeof stage) =>
      sandbox.calls.byOperation('GetCostAndUsage').map(({ input }) => JSON.stringify([input.Filter, input.TimePeriod]));
    const { billing } = stage.sandbox.estate;
    const { lines } = billing;
    const dying = vi.spyOn(billing, 'lines', 'get').mockImplementation(() => {
      // The history in two views and the first cause are there; with the second one it dies.
      if (paidCalls(stage) === 4) stage.sandbox.faults.add({ service: 'dynamodb', fault: 'accessDenied' });
      return lines;
    });
    await expect(wakeSpend(stage, RANGE, 'first')).rejects.toThrow();
    dying.mockRestore();
    stage.sandbox.faults.clear();
    const [cause] = asked(stage).slice(2);
    expect(stage.sent()).toEqual([]);
    vi.setSystemTime(new Date(NOW.getTime() + 3_600_000));
    const second = await wakeSpend(stage, RANGE, 'first');
    expect(second.anomalies).toEqual(anomalies);
    expect(asked(stage).filter((one) => one === cause)).toHaveLength(1);
    expect(stage.sent()).toHaveLength(1);
  });

  it('leaves what the daily runs know as it is', async () => {
    const stage = await twice();
    stage.sandbox.estate.billing.add(
      billLine({
        usual: 30,
        service: 'AWS Lambda',
        days: onDays(130, '2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'),
      }),
    );
    for (const day of [0, 1]) await tickOn(stage, day);
    const before = await anomaliesIn(stage);
    await wakeSpend(stage, { from: '2026-11-18', to: '2026-11-22' });
    expect((await anomaliesIn(stage)).filter(({ service }) => service === 'AWS Lambda')).toEqual(before);
    expect(stage.sent()).toHaveLength(1);
  });

  it('follows what is open at its end through the days that the ledger knows, and pays for none', async () => {
    const stage = await spendStage();
    const days = onDays(130, '2026-09-02', '2026-09-03', '2026-09-04');
    stage.sandbox.estate.billing.add(billLine({ usual: 30, days }));
    await tickOn(stage, 0);
    forgetCalls(stage);
    const { anomalies } = await wakeSpend(stage, { from: '2026-08-25', to: '2026-09-04' });
    expect(anomalies).toMatchObject([{ firstDay: '2026-09-02', lastDay: '2026-09-04', state: 'resolved' }]);
    const asked = stage.sandbox.calls.byOperation('GetCostAndUsage');
    const ends = asked.map(({ input }) => (input.TimePeriod as { End: string }).End);
    expect(ends.filter((end) => end > '2026-09-05')).toEqual([]); // the cause is asked for up to its last day
    expect((await tickOn(stage, 1)).said).toBe('nothing');
    expect(await anomaliesIn(stage)).toEqual([expect.objectContaining({ state: 'resolved' })]);
  });

  it('leaves what is open at its end to the next morning when nothing is known behind it', async () => {
    const stage = await spendStage();
    const days = ['2026-09-18', '2026-09-19', '2026-09-20', '2026-09-21', '2026-09-22'];
    stage.sandbox.estate.billing.add(billLine({ usual: 30, days: onDays(130, ...days) }));
    await wakeSpend(stage, { from: '2026-09-01', to: '2026-09-20' }, 'backfill');
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'open', lastDay: '2026-09-19' }]);
    expect((await tickOn(stage, 0)).said).toBe('sent');
    expect(await anomaliesIn(stage)).toMatchObject([{ state: 'resolved', lastDay: '2026-09-22' }]);
    expect(stage.sent().at(-1)?.subject).toMatch(/is over$/);
    expect((await tickOn(stage, 1)).said).toBe('nothing');
  });

  it('judges drops on its last days, which are settled by now', async () => {
    const stage = await twice();
    stage.sandbox.estate.billing.add(
      billLine({ usual: 120, service: 'AWS Lambda', days: onDays(0, '2026-11-16', '2026-11-17') }),
    );
    const { anomalies } = await wakeSpend(stage, { from: '2026-11-10', to: '2026-11-18', service: 'AWS Lambda' });
    expect(anomalies).toMatchObject([{ kind: 'drop', firstDay: '2026-11-16', lastDay: '2026-11-17' }]);
  });

  it('of one day is that day', async () => {
    const stage = await twice();
    const { anomalies } = await wakeSpend(stage, { day: '2026-10-14' });
    expect(anomalies.map(({ firstDay, state }) => [firstDay, state])).toEqual([['2026-10-14', 'open']]);
  });

  it.each([
    [{ account: '222222222222' }, ['2026-09-09']],
    [{ service: 'Amazon Relational Database Service' }, ['2026-08-20', '2026-10-14']],
  ])('narrowed by %j finds the rest of nothing', async (narrow, days) => {
    const stage = await twice();
    const { anomalies } = await wakeSpend(stage, { ...RANGE, ...narrow });
    expect(anomalies.map(({ firstDay }) => firstDay).sort()).toEqual(days);
    expect(await anomaliesIn(stage)).toHaveLength(days.length);
  });

  it('narrowed to a service leaves a new region as it is', async () => {
    const stage = await twice();
    stage.sandbox.estate.billing.add(
      billLine({ usual: 0, region: 'eu-central-1', days: onDays(90, '2026-11-19', '2026-11-20', '2026-11-21') }),
    );
    await tickOn(stage, 0);
    const regions = async () => (await anomaliesIn(stage)).filter(({ kind }) => kind === 'new-region');
    const before = await regions();
    expect(before).toHaveLength(1);
    await wakeSpend(stage, { from: '2026-11-20', to: '2026-11-22', service: 'AWS Glue' });
    expect(await regions()).toEqual(before);
  });

  it('with mode report records and sends nothing', async () => {
    const stage = await twice();
    expect((await wakeSpend(stage, { ...RANGE, mode: 'report' })).anomalies).toHaveLength(3);
    expect(await anomaliesIn(stage)).toEqual([]);
    expect(stage.sent()).toEqual([]);
  });

  it('reaches as far back as Cost Explorer keeps, more than 92 days', async () => {
    const stage = await twice();
    const { anomalies } = await wakeSpend(stage, { from: '2026-02-01', to: '2026-11-22', mode: 'report' });
    expect(anomalies).toHaveLength(3);
  });

  it.each([
    ['older than Cost Explorer keeps', { from: '2025-09-30', to: '2025-11-01' }, 'from: not before 2025-10-01'],
    ['in the future', { from: '2026-11-20', to: '2026-11-24' }, 'to: not after today'],
    ['with `from` after `to`', { from: '2026-11-20', to: '2026-11-01' }, 'to: a day after `from`'],
    ['without an end', { from: '2026-11-20' }, 'to: `from` and `to` go together'],
  ])('%s is refused', async (_, event, problem) => {
    const stage = await twice();
    await expect(wakeSpend(stage, event)).rejects.toMatchObject({
      name: 'InvalidEventError',
      message: expect.stringContaining(problem),
    });
    expect(paidCalls(stage)).toBe(0);
  });
});
