import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshotLedger } from '../../shared/aws/ledger/snapshotting.ts';
import { getItem, type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';

const ACCOUNT = '123456789012';
const TIME = '2026-11-22T16:30:00.000Z';

let dynamo: LocalDynamo;
let table: LedgerTable;
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  table = await dynamo.table();
});
afterAll(() => dynamo.close());

it('a run of snapshot-databases is kept beside the runs of its plans, and for as long', async () => {
  await snapshotLedger(table).recordSnapshotRun({
    function: 'snapshot-databases',
    account: ACCOUNT,
    time: TIME,
    state: 'recorded',
    plans: [],
    messages: [],
    digest: 'digest',
    saidAt: TIME,
    breaches: [],
    waiting: 0,
    following: [],
    report: {},
  });
  const item = await getItem(table, { pk: `RUN#snapshot-databases#${ACCOUNT}`, sk: `NIGHT#${TIME}` });
  expect(item).toMatchObject({ state: 'recorded', expires: Date.parse(TIME) / 1000 + 400 * 86_400 });
});

describe('a proof', () => {
  it('that is none is an error, not a snapshot that is not proven', async () => {
    const arn = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:snapshot:lamplighter-orders-1`;
    await putItem(table, { pk: `PROOF#${ACCOUNT}`, sk: `SNAPSHOT#${arn}`, at: TIME, result: 'perhaps' });
    await expect(snapshotLedger(table).proofs(ACCOUNT)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
  });
});
