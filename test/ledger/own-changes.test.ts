import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { ownChangesIn } from '../../shared/aws/ledger/own-changes.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import type { Change } from '../../shared/core/change.ts';
import { digestOf, type PlanDraft } from '../../shared/core/plan.ts';
import { change, daysLater } from '../support/change-specimen.ts';
import { ACCOUNT, plan, TICK } from '../support/plan-specimen.ts';
import { callsOf } from './faults.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';

let dynamo: LocalDynamo;
let table: LedgerTable;
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  table = await dynamo.table();
});
afterAll(() => dynamo.close());

const AROUND = { from: daysLater(-1), to: daysLater(3) };
const between = (range = AROUND, account = ACCOUNT) => ownChangesIn(table).between(account, range, 'Asia/Seoul');

/** A plan that was handed over, and how its first action ended. */
async function carriedOut(spoiled: Partial<Change> = {}, draft: Partial<PlanDraft> = {}): Promise<Change> {
  const sealed = plan(draft);
  const run = await dynamoLedger(table).record(sealed, digestOf(sealed));
  await dynamoLedger(table).announced(run, sealed.time);
  await dynamoLedger(table).handedOver(run);
  const ended = change(
    { appliedAt: daysLater(1).toISOString(), finishedAt: daysLater(1).toISOString(), ...spoiled },
    sealed,
  );
  await actingLedger(table).recordChange(ended);
  return ended;
}

describe('what Lamplighter itself changed', () => {
  it('is nothing before it changed anything', async () => {
    expect(await between()).toEqual([]);
  });

  it('is named with its action, its resource and its time', async () => {
    const { id, proposal } = await carriedOut();
    const [one, ...others] = await between();
    expect(others).toEqual([]);
    expect(one).toContain(
      `of ${proposal.resource.name} in ${proposal.resource.region} at 2026-11-24 05:00 Asia/Seoul (kept, change ${id})`,
    );
  });

  it('is what happened in the range, and its end as well', async () => {
    await carriedOut();
    expect(await between({ from: daysLater(2), to: daysLater(3) })).toEqual([]);
    const ended = { endedAt: daysLater(2).toISOString(), endedBecause: 'started by hand' };
    await carriedOut(ended);
    expect(await between({ from: daysLater(2), to: daysLater(3) })).toMatchObject([
      expect.stringContaining('started by hand'),
    ]);
  });

  it('is each account’s own, and nothing that never touched the resource', async () => {
    await carriedOut({ outcome: 'skipped', appliedAt: undefined } as never);
    expect(await between()).toEqual([]);
    expect(await between(AROUND, '999999999999')).toEqual([]);
  });

  it('is found without the index, which lags', async () => {
    await carriedOut();
    const calls = await callsOf(table.client, () => between());
    expect(new Set(calls)).toEqual(new Set(['Query', 'BatchGetItem']));
  });

  it('is also what a person took back', async () => {
    const sealed = plan({ function: 'undo', time: TICK });
    await answerLedger(table).record(sealed, digestOf(sealed));
    await actingLedger(table).recordChange(change({ appliedAt: daysLater(1).toISOString() }, sealed));
    expect(await between()).toHaveLength(1);
  });
});
