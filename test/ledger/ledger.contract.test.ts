import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { Rung } from '../../shared/core/ladder.ts';
import { digestOf, type PlanDraft, sealPlan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { PriceQuery } from '../../shared/core/price-query.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import type { Run } from '../../shared/ports.ts';
import { ACCOUNT, DEFAULT_POLICY, deferral, left, many, plan, proposal, TICK } from '../support/plan-specimen.ts';
import { anyPlanDraft } from './any-plan.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';
import { dynamoTwin, memoryTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const later = (days: number) => new Date(TICK.getTime() + days * DAY_MS);
const keyAt = (time: Date) => ({ function: 'right-size', account: ACCOUNT, time: time.toISOString() });
const record = ({ ledger }: Twin, spoiled: Partial<PlanDraft> = {}) => {
  const sealed = plan(spoiled);
  return ledger.record(sealed, digestOf(sealed));
};

describe.each([
  ['in memory', async () => memoryTwin()],
  ['in DynamoDB', async () => dynamoTwin(await dynamo.table())],
])('the ledger %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  describe('recording', () => {
    it('returns the run and keeps the plan as it was, frozen', async () => {
      const sealed = plan();
      const run = await twin.ledger.record(sealed, 'digest');
      expect(run).toEqual({ ...keyAt(TICK), planId: sealed.id, state: 'recorded', digest: 'digest' });
      const kept = await twin.ledger.plan(sealed.id);
      expect(kept).toEqual(sealed);
      expect(
        [kept, kept.act, kept.act[0]?.saving, kept.leave[0]?.resource, kept.unreadable[0]].every(Object.isFrozen),
      ).toBe(true);
    });

    it('of two deliveries of a tick with different plans keeps one run, and tells both', async () => {
      const [one, other] = await Promise.all([record(twin), record(twin, { act: [proposal(7)] })]);
      expect(other).toEqual(one);
      expect((await twin.ledger.runs(keyAt(TICK))).current).toEqual(one);
      expect((await twin.ledger.plan(one.planId)).id).toBe(one.planId);
    });

    it('a second delivery after the announcement gets the run as it stands', async () => {
      await twin.ledger.announced(await record(twin), TICK.toISOString());
      expect(await record(twin)).toMatchObject({ state: 'announced', saidAt: TICK.toISOString() });
    });

    it('lets the first plan of a minute stand when a later tick in it decides on the same actions', async () => {
      const first = plan();
      const second = plan({
        time: new Date(TICK.getTime() + 1000),
        leave: [left(8), left(9)],
        deferred: [],
        unreadable: [],
      });
      expect([second.id, second.hash]).toEqual([first.id, first.hash]);
      const runs = [await twin.ledger.record(first, 'first'), await twin.ledger.record(second, 'second')];
      expect(runs.map(({ time, planId, digest }) => ({ time, planId, digest }))).toEqual([
        { time: first.time, planId: first.id, digest: 'first' },
        { time: second.time, planId: first.id, digest: 'second' },
      ]);
      expect(await twin.ledger.plan(first.id)).toEqual(first);
    });

    it('mixes nothing when plans of one id are recorded at once', async () => {
      const plans = many(6, (n) => plan({ act: [{ ...proposal(1), because: `because ${n}` }], leave: many(n, left) }));
      const runs = await Promise.all(plans.map((one) => twin.ledger.record(one, 'digest')));
      expect(new Set(runs.map(({ planId }) => planId)).size).toBe(1);
      expect(plans).toContainEqual(await twin.ledger.plan(runs[0]!.planId));
    });

    it('refuses a plan of other actions under an id that is taken', async () => {
      await record(twin);
      const impostor = { ...plan({ act: [proposal(7)] }), id: plan().id };
      const attempt = twin.ledger.record(impostor, 'digest');
      await expect(attempt).rejects.toMatchObject({ name: 'PlanIdTakenError', planId: impostor.id });
      expect(await twin.ledger.plan(impostor.id)).toEqual(plan());
    });

    it('keeps plans of any size whole', async () => {
      const big = plan({
        act: many(80, proposal),
        deferred: many(300, deferral),
        leave: many(5000, left),
      });
      await twin.ledger.record(big, 'digest');
      expect(await twin.ledger.plan(big.id)).toEqual(big);
    });

    it('keeps any plan as it was', async () => {
      await fc.assert(
        fc.asyncProperty(anyPlanDraft, async (draft) => {
          const fresh = await open();
          const sealed = sealPlan(draft, DEFAULT_POLICY);
          await fresh.ledger.record(sealed, 'digest');
          expect(await fresh.ledger.plan(sealed.id)).toEqual(sealed);
        }),
        { numRuns: 25 },
      );
    });

    it('knows no plan that was never recorded', async () => {
      const attempt = twin.ledger.plan('right-size-2026-11-22-123456789012-000000');
      await expect(attempt).rejects.toMatchObject({ name: 'LedgerCorruptError' });
    });
  });

  describe('the runs', () => {
    const recordAt = (days: number) => record(twin, { time: later(days), act: [proposal(100 + days)] });
    const announceAt = async (days: number) => twin.ledger.announced(await recordAt(days), later(days).toISOString());
    const timesOf = async (days: number) => {
      const { current, previous } = await twin.ledger.runs(keyAt(later(days)));
      return [current?.time, previous?.time];
    };
    const iso = (days: number) => later(days).toISOString();

    it('are none before the first', async () => {
      expect(await twin.ledger.runs(keyAt(TICK))).toEqual({});
    });

    it('are the one of this tick and the last announced one before it', async () => {
      await announceAt(1);
      await announceAt(2);
      await recordAt(3);
      await recordAt(4);
      expect(await timesOf(4)).toEqual([iso(4), iso(2)]);
      expect(await timesOf(5)).toEqual([undefined, iso(2)]);
    });

    it('say what was said, and when', async () => {
      const run = await recordAt(1);
      await twin.ledger.announced(run, iso(0));
      const announced = { ...run, state: 'announced', saidAt: iso(0) };
      expect(await twin.ledger.runs(keyAt(later(1)))).toEqual({ current: announced });
      expect(await twin.ledger.runs(keyAt(later(2)))).toEqual({ previous: announced });
    });

    it('of later ticks do not count: a retry sees what its tick saw', async () => {
      await announceAt(1);
      await recordAt(2);
      await announceAt(3);
      expect(await timesOf(2)).toEqual([iso(2), iso(1)]);
    });

    it('are found behind many that were never announced', async () => {
      await announceAt(1);
      for (const days of many(20, (n) => n + 1)) await recordAt(days);
      expect(await timesOf(21)).toEqual([iso(21), iso(1)]);
    });

    it('of other functions and accounts do not count', async () => {
      for (const other of [{ account: '210987654321' }, { function: 'off-hours' }]) {
        await twin.ledger.announced(await record(twin, { ...other, time: later(-1) }), iso(-1));
      }
      expect(await twin.ledger.runs(keyAt(TICK))).toEqual({});
    });
  });

  describe('the claim', () => {
    const at = (minutes: number) => new Date(TICK.getTime() + minutes * 60_000);
    const claim = (holder: string, [now, until]: [number, number]) => ({ holder, now: at(now), until: at(until) });
    let run: Run;
    beforeEach(async () => {
      run = await record(twin);
    });

    it('goes to one of those who ask at once', async () => {
      const asked = many(5, (n) => twin.ledger.claim(run, claim(`delivery ${n}`, [0, 10])));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    it('is held against others until it ends, and not a moment longer', async () => {
      await twin.ledger.claim(run, claim('one', [0, 10]));
      expect(await twin.ledger.claim(run, claim('other', [9, 19]))).toBe(false);
      expect(await twin.ledger.claim(run, claim('other', [10, 20]))).toBe(true);
      expect(await twin.ledger.claim(run, claim('one', [11, 21]))).toBe(false);
    });

    it('can be taken again by its holder, and lasts as long as it said last', async () => {
      await twin.ledger.claim(run, claim('one', [0, 10]));
      expect(await twin.ledger.claim(run, claim('one', [5, 15]))).toBe(true);
      expect(await twin.ledger.claim(run, claim('other', [12, 22]))).toBe(false);
    });

    it('can be given back', async () => {
      await twin.ledger.claim(run, claim('one', [0, 10]));
      await twin.ledger.release(run, 'one');
      expect(await twin.ledger.claim(run, claim('other', [1, 11]))).toBe(true);
    });

    it('cannot be given back by somebody else', async () => {
      await twin.ledger.claim(run, claim('one', [0, 10]));
      await twin.ledger.release(run, 'other');
      expect(await twin.ledger.claim(run, claim('other', [1, 11]))).toBe(false);
    });

    it('is nobody’s once the run is announced', async () => {
      await twin.ledger.claim(run, claim('one', [0, 10]));
      await twin.ledger.announced(run, run.time);
      expect(await twin.ledger.claim(run, claim('one', [1, 11]))).toBe(false);
      expect(await twin.ledger.claim(run, claim('other', [20, 30]))).toBe(false);
    });

    it('on a run that was never recorded is nobody’s', async () => {
      expect(await twin.ledger.claim({ ...run, time: later(1).toISOString() }, claim('one', [0, 10]))).toBe(false);
    });
  });

  describe('the announcement', () => {
    it('is kept once: the second changes nothing', async () => {
      const run = await record(twin);
      await twin.ledger.announced(run, later(-3).toISOString());
      await twin.ledger.announced(run, later(0).toISOString());
      const { current } = await twin.ledger.runs(keyAt(TICK));
      expect(current).toEqual({ ...run, state: 'announced', saidAt: later(-3).toISOString() });
    });

    it('that comes late does not call a run back that is handed over', async () => {
      const run = await record(twin);
      await twin.ledger.announced(run, later(-3).toISOString());
      await twin.ledger.handedOver(run);
      await twin.ledger.announced(run, later(0).toISOString());
      const { current } = await twin.ledger.runs(keyAt(TICK));
      expect(current).toEqual({ ...run, state: 'handed-over', saidAt: later(-3).toISOString() });
    });

    it('of a run that is not there is an error', async () => {
      const run: Run = { ...keyAt(TICK), planId: 'none', state: 'recorded', digest: 'none' };
      await expect(twin.ledger.announced(run, run.time)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
      expect(await twin.ledger.runs(keyAt(TICK))).toEqual({});
    });
  });

  describe('the hand-over', () => {
    it('is kept once, and is what a second delivery finds', async () => {
      const run = await record(twin);
      await twin.ledger.announced(run, run.time);
      await twin.ledger.handedOver(run);
      await twin.ledger.handedOver(run);
      const handedOver = { ...run, state: 'handed-over', saidAt: run.time };
      expect(await record(twin)).toEqual(handedOver);
      expect(await twin.ledger.runs(keyAt(later(1)))).toEqual({ previous: handedOver });
    });

    it('leaves nothing to claim', async () => {
      const run = await record(twin);
      await twin.ledger.announced(run, run.time);
      await twin.ledger.handedOver(run);
      expect(await twin.ledger.claim(run, { holder: 'one', now: TICK, until: later(1) })).toBe(false);
    });

    it('of a run that is not there, or that nobody has heard of, is an error', async () => {
      const run: Run = { ...keyAt(TICK), planId: 'none', state: 'recorded', digest: 'none' };
      await expect(twin.ledger.handedOver(run)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
      const recorded = await record(twin);
      await expect(twin.ledger.handedOver(recorded)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
      expect((await twin.ledger.runs(keyAt(TICK))).current).toEqual(recorded);
    });
  });

  describe('vetoes', () => {
    const veto = { resource: proposal(1).resource.arn, until: later(3), by: 'kim', why: 'audit' };

    it('hold until their end, for their account', async () => {
      await twin.answering.recordVeto(ACCOUNT, veto);
      expect(await twin.ledger.vetoes(ACCOUNT, new Date(later(3).getTime() - 1))).toEqual([veto]);
      expect(await twin.ledger.vetoes(ACCOUNT, later(3))).toEqual([]);
      expect(await twin.ledger.vetoes('210987654321', TICK)).toEqual([]);
    });

    it('are one a resource: a new one replaces it', async () => {
      await twin.answering.recordVeto(ACCOUNT, veto);
      await twin.answering.recordVeto(ACCOUNT, { ...veto, until: later(9) });
      expect(await twin.ledger.vetoes(ACCOUNT, later(5))).toEqual([{ ...veto, until: later(9) }]);
    });

    it('are all there, however many', async () => {
      const why = 'because '.repeat(250); // 2 KB each: more than one page of DynamoDB's
      for (const n of many(600, (one) => one))
        await twin.answering.recordVeto(ACCOUNT, { ...veto, why, resource: `${veto.resource}${n}` });
      expect(await twin.ledger.vetoes(ACCOUNT, TICK)).toHaveLength(600);
    });
  });

  describe('the ladder', () => {
    const rung = (id: string): Rung => ({
      rule: 'idle-instance',
      resource: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/${id}`,
      id,
      step: 'notify',
      since: TICK.toISOString(),
      seen: TICK.toISOString(),
    });

    it('of an account is empty at first, and then what was kept last', async () => {
      const { ledger } = twin;
      expect(await ledger.ladder(ACCOUNT)).toEqual([]);
      await ledger.keepLadder(ACCOUNT, [rung('i-1')], TICK);
      const later = [rung('i-1'), { ...rung('i-2'), wokeAt: TICK.toISOString() }];
      await ledger.keepLadder(ACCOUNT, later, new Date(TICK.getTime() + 1));
      expect(await ledger.ladder(ACCOUNT)).toEqual(later);
      expect(await ledger.ladder('999999999999')).toEqual([]);
    });

    it('of a later tick is not replaced by that of an earlier one, but by its own', async () => {
      const { ledger } = twin;
      await ledger.keepLadder(ACCOUNT, [rung('i-1')], TICK);
      await ledger.keepLadder(ACCOUNT, [], new Date(TICK.getTime() - 1));
      expect(await ledger.ladder(ACCOUNT)).toEqual([rung('i-1')]);
      await ledger.keepLadder(ACCOUNT, [rung('i-2')], TICK);
      expect(await ledger.ladder(ACCOUNT)).toEqual([rung('i-2')]);
    });
  });

  describe('prices', () => {
    const query = (instanceType: string): PriceQuery => ({
      service: 'AmazonRDS',
      region: 'ap-northeast-2',
      attributes: { instanceType, databaseEngine: 'PostgreSQL' },
    });
    const price = known({ currency: 'USD', amount: 0.501 });
    const asked = query('db.r6g.large');

    it('are found for the questions that were put, known or not', async () => {
      const nothing = query('db.r6g.huge');
      await twin.prices.put(asked, price, TICK);
      await twin.prices.put(nothing, unknown('no list price'), TICK);
      const found = await twin.prices.get([asked, nothing, query('db.t4g.micro')], TICK);
      expect([...found]).toEqual([
        [asked, price],
        [nothing, unknown('no list price')],
      ]);
    });

    it('are found by the attributes, in whatever order, as often as they are asked for', async () => {
      await twin.prices.put(asked, price, TICK);
      const turned = { ...asked, attributes: { databaseEngine: 'PostgreSQL', instanceType: 'db.r6g.large' } };
      const elsewhere = { ...asked, region: 'eu-west-1' };
      const found = await twin.prices.get([asked, turned, elsewhere, { ...asked, usage: 'BackupUsage' }], TICK);
      expect([...found]).toEqual([
        [asked, price],
        [turned, price],
      ]);
    });

    it('are forgotten after seven days', async () => {
      await twin.prices.put(asked, price, TICK);
      expect((await twin.prices.get([asked], later(7))).size).toBe(1);
      expect((await twin.prices.get([asked], new Date(later(7).getTime() + 1))).size).toBe(0);
    });

    it('are renewed by a new one', async () => {
      await twin.prices.put(asked, unknown('no list price'), TICK);
      await twin.prices.put(asked, price, later(5));
      expect((await twin.prices.get([asked], later(10))).get(asked)).toEqual(price);
    });

    it('are found for hundreds of questions, and for none', async () => {
      const queries = many(230, (n) => query(`db.type-${n}`));
      for (const one of queries) await twin.prices.put(one, price, TICK);
      expect((await twin.prices.get(queries, TICK)).size).toBe(230);
      expect((await twin.prices.get([], TICK)).size).toBe(0);
    });
  });

  describe('the policy', () => {
    const strict = parsePolicy({ rules: { 'idle-database': { window: '90d' } } });

    it('is none before the first', async () => {
      expect(await twin.ledger.currentPolicy()).toBeUndefined();
    });

    it('is the one that was stored last, with its version, who and when', async () => {
      const first = await twin.policies.store({ policy: DEFAULT_POLICY }, 'kim', TICK);
      expect(first).toEqual({ version: 1, policy: DEFAULT_POLICY, storedAt: TICK, storedBy: 'kim' });
      expect(await twin.ledger.currentPolicy()).toEqual(first);
      const second = await twin.policies.store({ policy: strict }, 'lee', later(1));
      expect(second).toEqual({ version: 2, policy: strict, storedAt: later(1), storedBy: 'lee' });
      expect(await twin.ledger.currentPolicy()).toEqual(second);
    });

    it('is not stored again when nothing has changed', async () => {
      const first = await twin.policies.store({ policy: strict }, 'kim', TICK);
      expect(await twin.policies.store({ policy: structuredClone(strict) }, 'lee', later(1))).toEqual(first);
      expect(await twin.ledger.currentPolicy()).toEqual(first);
    });

    const book = { years: { first: 2026, last: 2027 }, places: { KR: { '2026-10-05': 'National Foundation Day' } } };

    it('keeps the holidays that it was stored with', async () => {
      const stored = await twin.policies.store({ policy: strict, holidays: book }, 'kim', TICK);
      expect(stored).toEqual({ version: 1, policy: strict, holidays: book, storedAt: TICK, storedBy: 'kim' });
      expect(await twin.ledger.currentPolicy()).toEqual(stored);
    });

    it('is stored again when the holidays are others, and not when they are the same', async () => {
      await twin.policies.store({ policy: strict }, 'kim', TICK);
      await twin.policies.store({ policy: strict, holidays: book }, 'kim', TICK);
      const same = await twin.policies.store({ policy: strict, holidays: structuredClone(book) }, 'lee', later(1));
      expect(same).toMatchObject({ version: 2, storedBy: 'kim' });
      const moved = { ...book, places: { KR: { '2026-10-06': 'National Foundation Day' } } };
      await twin.policies.store({ policy: strict, holidays: moved }, 'lee', later(1));
      expect(await twin.ledger.currentPolicy()).toMatchObject({ version: 3, policy: strict, holidays: moved });
    });

    it('may go back to an earlier one, under a new version', async () => {
      for (const one of [DEFAULT_POLICY, strict, DEFAULT_POLICY])
        await twin.policies.store({ policy: one }, 'kim', TICK);
      expect(await twin.ledger.currentPolicy()).toMatchObject({ version: 3, policy: DEFAULT_POLICY });
    });
  });
});
