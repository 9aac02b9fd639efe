import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { ownChangesIn } from '../../shared/aws/ledger/own-changes.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import type { Change } from '../../shared/core/change.ts';
import { digestOf, type PlanDraft } from '../../shared/core/plan.ts';
import type { SnapshotAction } from '../../shared/core/retention/action.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import type { SnapshotsBehind } from '../../shared/core/spend/own-snapshots.ts';
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
const between = (range = AROUND, account = ACCOUNT, snapshots: SnapshotsBehind = 'none') =>
  ownChangesIn(table).between({ account, planners: [ACCOUNT], snapshots }, range, 'Asia/Seoul');

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

  describe('of snapshots', () => {
    const VAULT = { account: '222222222222', region: 'eu-central-1' };
    const home = { account: ACCOUNT, region: 'ap-northeast-2' };
    const common = { form: 'instance' as const, scope: home, name: 'lamplighter-orders', tags: {} };
    const copy: SnapshotAction = {
      ...common,
      kind: 'copy-snapshot',
      purpose: 'off-site',
      scope: VAULT,
      databaseId: 'db-1',
      source: { arn: 'arn', scope: home, takenAt: TICK.toISOString() },
      withinHours: 24,
    };
    const gone: SnapshotAction = {
      ...common,
      kind: 'delete-snapshot',
      snapshot: 'arn',
      expect: { databaseId: 'db-1', status: 'available', tags: {}, instead: [], keepAtLeast: 3, newest: [] },
    };
    const plannedBy = (name: string, action: SnapshotAction, time = daysLater(1)): Partial<PlanDraft> => ({
      function: name,
      time,
      act: [proposalOf({ action, databaseName: 'orders', mode: 'auto', because: 'due' })],
    });

    it('counts only where the bill speaks of them', async () => {
      await carriedOut({}, plannedBy('snapshot-databases', copy));
      await carriedOut({}, plannedBy('prune-snapshots', gone));
      expect(await between(AROUND, ACCOUNT)).toEqual([]);
      const copied = expect.stringMatching(
        /^1 snapshot copied from ap-northeast-2 .* to eu-central-1 .* \(plan snapshot-databases-/,
      );
      expect(await between(AROUND, ACCOUNT, 'made')).toEqual([copied]);
      const deleted = expect.stringMatching(/^1 snapshot deleted in ap-northeast-2 .* \(plan prune-snapshots-/);
      expect(await between(AROUND, ACCOUNT, 'deleted')).toEqual([deleted]);
    });

    it('counts in the account that keeps a copy, whose plan it is not', async () => {
      await carriedOut({}, plannedBy('fill-snapshots', copy));
      expect(await between(AROUND, VAULT.account, 'made')).toHaveLength(1);
      expect(await between(AROUND, '999999999999', 'made')).toEqual([]);
    });

    it('counts when it was asked for, and is not looked for in plans of long before that did it at once', async () => {
      await carriedOut({}, plannedBy('snapshot-databases', copy));
      expect(await between({ from: daysLater(2), to: daysLater(3) }, ACCOUNT, 'made')).toEqual([]);
      const calls = await callsOf(table.client, () =>
        between({ from: daysLater(4), to: daysLater(5) }, ACCOUNT, 'made'),
      );
      expect(calls).not.toContain('BatchGetItem');
    });
  });

  it('is also what a person took back', async () => {
    const sealed = plan({ function: 'undo', time: TICK });
    await answerLedger(table).record(sealed, digestOf(sealed));
    await actingLedger(table).recordChange(change({ appliedAt: daysLater(1).toISOString() }, sealed));
    expect(await between()).toHaveLength(1);
  });
});
