import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshotLedger } from '../../shared/aws/ledger/snapshotting.ts';
import { getItem, type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import { sealPlan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { SnapshotRun } from '../../shared/ports-snapshots.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';

const ACCOUNT = '123456789012';
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 16, 30));

const runOn = (day: number, spoiled: Partial<SnapshotRun> = {}): SnapshotRun => ({
  function: 'snapshot-databases',
  account: ACCOUNT,
  time: at(day).toISOString(),
  state: 'recorded',
  plans: [
    sealPlan(
      {
        function: 'snapshot-databases',
        account: ACCOUNT,
        time: at(day),
        act: [],
        deferred: [],
        leave: [],
        unreadable: [],
      },
      parsePolicy({}),
    ),
  ],
  messages: [],
  digest: 'digest',
  saidAt: at(day).toISOString(),
  breaches: [],
  report: { account: ACCOUNT },
  ...spoiled,
});

let dynamo: LocalDynamo;
let table: LedgerTable;
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  table = await dynamo.table();
});
afterAll(() => dynamo.close());

describe('a run of snapshot-databases', () => {
  it('is kept whole, however much it has to say', async () => {
    const ledger = snapshotLedger(table);
    // Random enough not to be compressed away: more than one item takes.
    const report = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36).slice(2, 14));
    const run = runOn(22, { report });
    await ledger.recordSnapshotRun(run);
    expect(await ledger.snapshotRun(run)).toEqual(run);
  });

  it('is recorded once: the first one counts', async () => {
    const ledger = snapshotLedger(table);
    await ledger.recordSnapshotRun(runOn(22));
    await ledger.recordSnapshotRun(runOn(22, { digest: 'another' }));
    expect(await ledger.snapshotRun(runOn(22))).toEqual(runOn(22));
  });

  it('goes on from state to state', async () => {
    const ledger = snapshotLedger(table);
    await ledger.recordSnapshotRun(runOn(22));
    await ledger.advance(runOn(22), 'announced');
    expect((await ledger.snapshotRun(runOn(22)))?.state).toBe('announced');
  });

  it('cannot go on when it is not there', async () => {
    await expect(snapshotLedger(table).advance(runOn(22), 'announced')).rejects.toMatchObject({
      name: 'LedgerCorruptError',
    });
  });

  it('knows the last one before it that was announced, of its own function and account', async () => {
    const ledger = snapshotLedger(table);
    const runs = [
      runOn(18),
      runOn(19),
      runOn(20),
      runOn(22),
      runOn(23),
      runOn(21, { function: 'fill-snapshots' }),
      runOn(21, { account: '210987654321' }),
    ];
    for (const run of runs) await ledger.recordSnapshotRun(run);
    for (const run of runs.filter(({ time }) => time !== at(20).toISOString())) await ledger.advance(run, 'announced');
    expect(await ledger.snapshotRunBefore(runOn(22))).toMatchObject({ time: at(19).toISOString(), state: 'announced' });
    expect(await ledger.snapshotRunBefore(runOn(18))).toBeUndefined();
  });

  it('is no run of the plans: those have items of their own', async () => {
    const ledger = snapshotLedger(table);
    await ledger.recordSnapshotRun(runOn(22));
    expect(await ledger.runs(runOn(22))).toEqual({});
    expect(
      await getItem(table, { pk: `RUN#snapshot-databases#${ACCOUNT}`, sk: `NIGHT#${at(22).toISOString()}` }),
    ).toBeDefined();
  });
});

describe('proofs', () => {
  const arn = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:snapshot:lamplighter-orders-1`;
  const proof = { pk: `PROOF#${ACCOUNT}`, sk: `SNAPSHOT#${arn}`, at: at(20).toISOString(), result: 'good' };

  it('are read by the snapshots that were restored', async () => {
    await putItem(table, proof);
    expect(await snapshotLedger(table).proofs(ACCOUNT)).toEqual(new Map([[arn, { at: at(20), result: 'good' }]]));
    expect(await snapshotLedger(table).proofs('210987654321')).toEqual(new Map());
  });

  it('that are none are an error, not a snapshot that is not proven', async () => {
    await putItem(table, { ...proof, result: 'perhaps' });
    await expect(snapshotLedger(table).proofs(ACCOUNT)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
  });
});
