import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, type Plan, sealPlan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import type { RunKey } from '../../shared/ports.ts';
import type { SnapshotRun } from '../../shared/ports-snapshots.ts';
import { ACCOUNT } from '../support/plan-specimen.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';
import { dynamoTwin, memoryTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const OTHER = '210987654321';
const POLICY = parsePolicy({});
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 16, 30));
const minutes = (count: number): Date => new Date(at(22).getTime() + count * 60_000);
const key = (day: number, spoiled: Partial<RunKey> = {}): RunKey => ({
  function: 'snapshot-databases',
  account: ACCOUNT,
  time: at(day).toISOString(),
  ...spoiled,
});

/** A plan of one snapshot. */
function planOn(day: number, name = 'snapshot-databases'): Plan {
  const scope = { account: ACCOUNT, region: 'ap-northeast-2' };
  const database = { arn: `arn:aws:rds:${scope.region}:${ACCOUNT}:db:orders`, id: 'db-1' };
  const taken = {
    kind: 'create-snapshot',
    form: 'instance',
    scope,
    name: `lamplighter-orders-${day}`,
    database,
  } as const;
  const action = { ...taken, tags: { 'lamplighter:database': 'db-1' }, expect: { statuses: ['available'] } };
  const act = [proposalOf({ action, databaseName: 'orders', mode: 'auto', because: 'due' })];
  const draft = { function: name, account: ACCOUNT, time: at(day), act, deferred: [], leave: [], unreadable: [] };
  return sealPlan(draft, POLICY);
}

const runOn = (day: number, spoiled: Partial<SnapshotRun> = {}): SnapshotRun => ({
  ...key(day),
  state: 'recorded',
  plans: [planOn(day)],
  messages: [],
  digest: 'digest',
  saidAt: at(day).toISOString(),
  breaches: [],
  waiting: 0,
  following: [],
  report: { account: ACCOUNT },
  ...spoiled,
});

describe.each([
  ['in memory', async () => memoryTwin()],
  ['in DynamoDB', async () => dynamoTwin(await dynamo.table())],
])('the ledger of snapshot-databases, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  describe('a turn', () => {
    const claim = (holder: string, from = 0) => ({ holder, now: minutes(from), until: minutes(from + 15) });

    it('is one delivery’s, also when it asks again, until it ends', async () => {
      expect(await twin.snapshots.begin(ACCOUNT, claim('first'))).toBe(true);
      expect(await twin.snapshots.begin(ACCOUNT, claim('second', 1))).toBe(false);
      expect(await twin.snapshots.begin(ACCOUNT, claim('first', 2))).toBe(true);
      await twin.snapshots.end(ACCOUNT, 'second');
      expect(await twin.snapshots.begin(ACCOUNT, claim('second', 3))).toBe(false);
      await twin.snapshots.end(ACCOUNT, 'first');
      expect(await twin.snapshots.begin(ACCOUNT, claim('second', 4))).toBe(true);
    });

    it('ends by itself when its holder has died', async () => {
      await twin.snapshots.begin(ACCOUNT, claim('first'));
      expect(await twin.snapshots.begin(ACCOUNT, claim('second', 14))).toBe(false);
      expect(await twin.snapshots.begin(ACCOUNT, claim('second', 15))).toBe(true);
    });

    it('of several at once is one', async () => {
      const taken = await Promise.all(['a', 'b', 'c'].map((holder) => twin.snapshots.begin(ACCOUNT, claim(holder))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('is not that of watch-spend', async () => {
      await twin.snapshots.begin(ACCOUNT, claim('first'));
      expect(await twin.spend.begin(ACCOUNT, claim('second'))).toBe(true);
    });
  });

  describe('a run', () => {
    it('is read as it was recorded', async () => {
      expect(await twin.snapshots.snapshotRun(key(22))).toBeUndefined();
      await twin.snapshots.recordSnapshotRun(runOn(22));
      expect(await twin.snapshots.snapshotRun(key(22))).toEqual(runOn(22));
    });

    it('is kept whole, however much it has to say', async () => {
      // Random enough not to be compressed away: more than one item takes.
      const report = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36).slice(2, 14));
      await twin.snapshots.recordSnapshotRun(runOn(22, { report }));
      expect(await twin.snapshots.snapshotRun(key(22))).toEqual(runOn(22, { report }));
    });

    it('is recorded once: the first one counts', async () => {
      await twin.snapshots.recordSnapshotRun(runOn(22));
      await twin.snapshots.recordSnapshotRun(runOn(22, { digest: 'another' }));
      expect(await twin.snapshots.snapshotRun(key(22))).toEqual(runOn(22));
    });

    it('goes on from state to state, and stays what it is', async () => {
      await twin.snapshots.recordSnapshotRun(runOn(22));
      for (const state of ['announced', 'handed-over'] as const) {
        await twin.snapshots.advance(key(22), state);
        expect(await twin.snapshots.snapshotRun(key(22))).toEqual(runOn(22, { state }));
      }
    });

    it('cannot go on when it is not there', async () => {
      await expect(twin.snapshots.advance(key(22), 'announced')).rejects.toMatchObject({ name: 'LedgerCorruptError' });
    });

    it('knows the last one before it that was announced, of its own function and account', async () => {
      const before = [18, 19, 20, 22, 23].map((day) => runOn(day));
      const others = [runOn(21, { function: 'fill-snapshots' }), runOn(21, { account: OTHER })];
      for (const run of [...before, ...others]) await twin.snapshots.recordSnapshotRun(run);
      for (const run of [...before, ...others]) {
        if (run.time !== at(20).toISOString()) await twin.snapshots.advance(run, 'announced');
      }
      expect(await twin.snapshots.snapshotRunBefore(key(22))).toEqual(runOn(19, { state: 'announced' }));
      expect(await twin.snapshots.snapshotRunBefore(key(18))).toBeUndefined();
    });

    it('is no run of the plans: those have runs of their own', async () => {
      await twin.snapshots.recordSnapshotRun(runOn(22));
      expect(await twin.snapshots.runs(key(22))).toEqual({});
      expect(await twin.snapshots.runsBetween(key(22), { from: at(1), to: at(30) })).toEqual([]);
      await expect(twin.snapshots.plan(planOn(22).id)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
    });
  });

  describe('its plans', () => {
    const handOver = async (plan: Plan) => {
      const run = await twin.snapshots.record(plan, digestOf(plan));
      await twin.snapshots.announced(run, plan.time);
      await twin.snapshots.handedOver(run);
    };

    it('are recorded, announced and handed over once, however often', async () => {
      await handOver(planOn(22));
      await handOver(planOn(22));
      expect(await twin.snapshots.plan(planOn(22).id)).toEqual(planOn(22));
      expect((await twin.snapshots.runs(key(22))).current).toMatchObject({
        state: 'handed-over',
        planId: planOn(22).id,
      });
    });

    it('are found by their days, the oldest first, each function for itself', async () => {
      for (const day of [22, 20, 21]) await handOver(planOn(day));
      await handOver(planOn(21, 'prune-snapshots'));
      const days = async (from: Date, to: Date) =>
        (await twin.snapshots.runsBetween(key(22), { from, to })).map(({ time }) => time.slice(8, 10));
      expect(await days(at(20), at(22))).toEqual(['20', '21', '22']);
      expect(await days(minutes(-1440), minutes(-1))).toEqual(['21']);
      expect(await twin.snapshots.runsBetween({ ...key(22), account: OTHER }, { from: at(1), to: at(30) })).toEqual([]);
    });
  });

  it('knows the policy in force, and the vetoes that stand', async () => {
    expect(await twin.snapshots.currentPolicy()).toBeUndefined();
    await twin.policies.store({ policy: POLICY }, 'kim', at(20));
    expect((await twin.snapshots.currentPolicy())?.policy).toEqual(POLICY);
    const veto = { resource: 'arn:aws:rds:eu-west-1:1:snapshot:a', until: at(23), by: 'kim', why: 'an audit' };
    await twin.answering.recordVeto(ACCOUNT, veto);
    expect(await twin.snapshots.vetoes(ACCOUNT, at(22))).toEqual([veto]);
    expect(await twin.snapshots.vetoes(ACCOUNT, at(24))).toEqual([]);
  });

  it('knows which snapshots of an account were restored, and how that ended', async () => {
    const snapshot = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:snapshot:lamplighter-orders-1`;
    expect(await twin.snapshots.proofs(ACCOUNT)).toEqual(new Map());
    await twin.prove(ACCOUNT, snapshot, { at: at(20), result: 'good' });
    await twin.prove(ACCOUNT, snapshot, { at: at(21), result: 'bad' });
    expect(await twin.snapshots.proofs(ACCOUNT)).toEqual(new Map([[snapshot, { at: at(21), result: 'bad' }]]));
    expect(await twin.snapshots.proofs(OTHER)).toEqual(new Map());
  });
});
