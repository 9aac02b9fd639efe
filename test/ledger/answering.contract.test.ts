import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PlanAnswer, standingOf } from '../../shared/core/answer.ts';
import type { Change } from '../../shared/core/change.ts';
import { ACTIONS_AT_ONCE, nameOfPart, type Plan, type PlanDraft, partsOf } from '../../shared/core/plan.ts';
import type { ChangeKind } from '../../shared/ports.ts';
import { answer, change, daysLater } from '../support/change-specimen.ts';
import { ACCOUNT, left, many, plan, proposal, TICK } from '../support/plan-specimen.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';
import { dynamoTwin, memoryTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const KIM = 'arn:aws:iam::123456789012:user/kim';
const LEE = 'arn:aws:sts::123456789012:assumed-role/sre/lee';
const THREE = plan({ act: many(3, proposal) });

describe.each([
  ['in memory', async () => memoryTwin()],
  ['in DynamoDB', async () => dynamoTwin(await dynamo.table())],
])('the ledger of people’s words, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  describe('what is kept on', () => {
    const ORDERS = 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1';
    const kept = {
      resource: ORDERS,
      until: daysLater(1),
      timezone: 'Asia/Seoul',
      by: LEE,
      at: TICK,
      note: 'month-end',
    };

    it('is nothing at first', async () => {
      expect(await twin.keptOn.keepOnAnswers(ACCOUNT, TICK)).toEqual([]);
      expect(await twin.keptOn.overrides(ACCOUNT, TICK)).toEqual(new Map());
    });

    it('is read as it was said, and as what a calendar takes', async () => {
      const { note: _, ...without } = kept;
      const web = { ...without, resource: 'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1' };
      for (const one of [kept, web]) await twin.keptOn.recordKeepOn(ACCOUNT, one);
      expect(new Set(await twin.keptOn.keepOnAnswers(ACCOUNT, TICK))).toEqual(new Set([kept, web]));
      const because = 'override until 2026-11-24 05:00 Asia/Seoul by lee (role sre)';
      expect((await twin.keptOn.overrides(ACCOUNT, TICK)).get(ORDERS)).toEqual({ until: kept.until, because });
    });

    it('is the last word about a resource, and lapses by itself', async () => {
      await twin.keptOn.recordKeepOn(ACCOUNT, kept);
      await twin.keptOn.recordKeepOn(ACCOUNT, { ...kept, until: daysLater(2) });
      expect((await twin.keptOn.overrides(ACCOUNT, daysLater(1))).get(ORDERS)?.until).toEqual(daysLater(2));
      expect(await twin.keptOn.overrides(ACCOUNT, daysLater(2))).toEqual(new Map());
      expect(await twin.keptOn.keepOnAnswers(ACCOUNT, daysLater(2))).toEqual([]);
    });

    it('is each account’s own, and no veto', async () => {
      await twin.keptOn.recordKeepOn(ACCOUNT, kept);
      expect(await twin.keptOn.overrides('111111111111', TICK)).toEqual(new Map());
      expect(await twin.ledger.vetoes(ACCOUNT, TICK)).toEqual([]);
    });
  });

  describe('answers to a plan', () => {
    const say = async (spoiled: Partial<PlanAnswer> = {}) => {
      const said = answer(spoiled, THREE);
      await twin.answering.recordAnswer(THREE, said);
      return said;
    };
    const veto = (spoiled: Partial<PlanAnswer> = {}) => say({ say: 'veto', ...spoiled });
    const standings = async () => {
      const answers = await twin.acting.answers(THREE.id);
      return [1, 2, 3].map((number) => standingOf(number, answers).standing);
    };
    const refused = (standing: PlanAnswer) => ({ name: 'AlreadyAnsweredError', standing });

    it('are none before the first', async () => {
      expect(await twin.acting.answers(THREE.id)).toEqual({ vetoes: [] });
    });

    it('are read as they were given, by both who ask', async () => {
      const approval = await say({ actions: [1, 2], note: 'fine' });
      const no = await veto({ actions: [2], by: LEE, note: 'not this one' });
      expect(await twin.acting.answers(THREE.id)).toEqual({ approval, vetoes: [no] });
      expect(await twin.answering.answers(THREE.id)).toEqual({ approval, vetoes: [no] });
      expect(await standings()).toEqual(['approved', 'vetoed', 'open']);
    });

    it('are each plan’s own', async () => {
      await say();
      expect(await twin.acting.answers(plan().id)).toEqual({ vetoes: [] });
    });

    it('are kept apart from the vetoes of an account', async () => {
      await twin.answering.recordVeto(ACCOUNT, { resource: 'arn', until: daysLater(3), by: KIM, why: 'audit' });
      await veto();
      expect(await twin.ledger.vetoes(ACCOUNT, TICK)).toHaveLength(1);
      expect((await twin.acting.answers(THREE.id)).vetoes).toHaveLength(1);
    });

    it('may be given again: the same is the same', async () => {
      const approval = await say();
      await say();
      const later = daysLater(1).toISOString();
      await veto({ actions: [1, 2], at: later });
      await veto({ actions: [1, 2], at: later });
      const { vetoes, ...rest } = await twin.acting.answers(THREE.id);
      expect(rest).toEqual({ approval });
      expect(vetoes.map(({ actions }) => actions)).toEqual([[1], [2]]);
    });

    it('are the same after somebody has vetoed all of it: a lost reply is no new approval', async () => {
      const approval = await say();
      await veto({ by: LEE });
      await say();
      expect((await twin.acting.answers(THREE.id)).approval).toEqual(approval);
      expect(await standings()).toEqual(['vetoed', 'vetoed', 'vetoed']);
    });

    it('name those who said it first, first', async () => {
      await veto({ actions: [3], at: daysLater(1).toISOString() });
      await veto({ by: LEE, at: daysLater(2).toISOString() });
      const { vetoes } = await twin.acting.answers(THREE.id);
      expect(vetoes.map(({ by }) => by)).toEqual([KIM, LEE]);
    });

    it('of an approval are one', async () => {
      const approval = await say();
      await expect(say({ by: LEE })).rejects.toMatchObject(refused(approval));
      await expect(say({ actions: [1] })).rejects.toMatchObject(refused(approval));
      expect(await twin.acting.answers(THREE.id)).toEqual({ approval, vetoes: [] });
    });

    it('say who has said what, and when', async () => {
      await say();
      await expect(say({ by: LEE })).rejects.toThrow(
        `${KIM} approved the plan at 2026-11-22T21:00:00.000Z; nothing was recorded`,
      );
      await veto({ actions: [2], by: LEE });
      await expect(veto({ actions: [2] })).rejects.toThrow(`${LEE} vetoed action 2 of the plan at`);
    });

    it('may be a veto after an approval', async () => {
      await say();
      await veto({ by: LEE });
      expect(await standings()).toEqual(['vetoed', 'vetoed', 'vetoed']);
    });

    it('are no approval after a veto of all', async () => {
      const no = await veto({ by: LEE });
      await expect(say()).rejects.toMatchObject(refused(no));
      await expect(say({ actions: [2] })).rejects.toMatchObject(refused(no));
      expect(await twin.acting.answers(THREE.id)).toEqual({ vetoes: [no] });
    });

    it('are no approval of what is vetoed, one by one', async () => {
      const no = await veto({ actions: [2], by: LEE });
      await expect(say({ actions: [2] })).rejects.toMatchObject(refused(no));
      await say({ actions: [1, 2] });
      expect(await standings()).toEqual(['approved', 'vetoed', 'open']);
    });

    it('are no second veto of what is vetoed', async () => {
      const no = await veto({ actions: [2], by: LEE });
      await expect(veto({ actions: [2] })).rejects.toMatchObject(refused(no));
      const all = await veto({ by: LEE });
      await expect(veto()).rejects.toMatchObject(refused(all));
      await expect(veto({ actions: [1] })).rejects.toMatchObject(refused(all));
    });

    it('record what is new of a veto of several', async () => {
      await veto({ actions: [2], by: LEE });
      await veto({ actions: [1, 2, 2, 3] });
      const { vetoes } = await twin.acting.answers(THREE.id);
      expect(new Set(vetoes.map(({ by, actions }) => `${actions} ${by}`))).toEqual(
        new Set([`1 ${KIM}`, `2 ${LEE}`, `3 ${KIM}`]),
      );
    });

    it('of two approvals at once are one', async () => {
      const all = await Promise.allSettled([say(), say({ by: LEE })]);
      expect(all.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('of a yes and a no at once are a no', async () => {
      await Promise.allSettled([say(), veto({ by: LEE })]);
      expect(await standings()).toEqual(['vetoed', 'vetoed', 'vetoed']);
    });

    it('are seen by who waits, or see whom to wake, when both come at once', async () => {
      await twin.acting.claimPlan(THREE.id, 'one', TICK);
      const [seen, woken] = await Promise.all([
        (async () => {
          await twin.acting.waitOn(THREE.id, 'approve', 'callback');
          return (await twin.acting.answers(THREE.id)).approval !== undefined;
        })(),
        (async () => {
          await say();
          return (await twin.answering.callbacksOf(THREE.id)).length > 0;
        })(),
      ]);
      expect(seen || woken).toBe(true);
    });
  });

  const record = async (spoiled: Partial<PlanDraft> = {}): Promise<Plan> => {
    const sealed = plan(spoiled);
    await twin.ledger.record(sealed, 'digest');
    return sealed;
  };

  describe('a change', () => {
    it('is found by its id', async () => {
      await twin.ledger.record(THREE, 'digest');
      const second = change({ id: `${THREE.id}/2`, proposal: proposal(2) }, THREE);
      await twin.acting.recordChange(second);
      expect(await twin.answering.change(second.id)).toEqual(second);
      expect(await twin.answering.change(`${THREE.id}/1`)).toBeUndefined();
    });

    it.each([
      'nothing-2026-11-22-2000-123456789012-3f9a1c/1',
      `${THREE.id}/4`,
      `${THREE.id}/0`,
      `${THREE.id}/01`,
      THREE.id,
      '',
      '/1',
    ])('is none when there is none: %j', async (id) => {
      await twin.ledger.record(THREE, 'digest');
      expect(await twin.answering.change(id)).toBeUndefined();
    });

    it('of a tenth action is not that of the first', async () => {
      const twelve = await record({ act: many(12, proposal) });
      for (const number of [1, 10, 11]) {
        await twin.acting.recordChange(change({ id: `${twelve.id}/${number}`, proposal: proposal(number) }, twelve));
      }
      expect((await twin.answering.change(`${twelve.id}/1`))?.proposal).toEqual(proposal(1));
      expect((await twin.answering.change(`${twelve.id}/10`))?.proposal).toEqual(proposal(10));
      expect(await twin.answering.change(`${twelve.id}/12`)).toBeUndefined();
    });
  });

  describe('the changes since some time', () => {
    const changed = async (number: number, spoiled: Partial<Change> = {}) => {
      const id = `plan/${number}`;
      await twin.acting.recordChange(change({ id, planId: 'plan', proposal: proposal(number), ...spoiled }));
    };
    const finished = (days: number) => ({ finishedAt: daysLater(days).toISOString() });
    const since = async (days: number) => (await twin.answering.changes(daysLater(days))).map(({ id }) => id.slice(5));

    it('are those that were finished or still stood then, newest first', async () => {
      await changed(1, finished(1));
      await changed(2, { ...finished(2), outcome: 'skipped' });
      await changed(3, { ...finished(3), outcome: 'undone' });
      await changed(4, { ...finished(1.5), endedAt: daysLater(8).toISOString() });
      await changed(5, { ...finished(6), outcome: 'failed' });
      expect(await since(0)).toEqual(['5', '3', '2', '4', '1']);
      expect(await since(3)).toEqual(['5', '3', '4', '1']);
      expect(await since(7)).toEqual(['4', '1']);
      expect(await since(8)).toEqual(['1']);
    });

    it('are of what a schedule wanted those that it wanted still: nobody writes down that they end', async () => {
      const scheduled = (number: number, until: number) => ({
        ...proposal(number),
        rule: 'off-hours' as const,
        schedule: { name: 'office', until: daysLater(until).toISOString() },
      });
      const stood = (days: number) => ({ ...finished(1), standsUntil: daysLater(days).toISOString() });
      await changed(1, { ...stood(5), proposal: scheduled(1, 5) });
      const { standsUntil: _, ...started } = change({ id: 'plan/2', planId: 'plan', proposal: scheduled(2, 4) });
      await twin.acting.recordChange({ ...started, ...finished(1.5) });
      await changed(3, { ...stood(5), proposal: scheduled(3, 5), outcome: 'failed' });
      await changed(4, { ...stood(5), proposal: scheduled(4, 5), outcome: 'watching' });
      expect(await since(0)).toEqual(['2', '1', '3', '4']);
      expect(await since(2), 'a start until the next stop: it may have ended a stop before its time').toEqual([
        '2',
        '1',
        '4',
      ]);
      expect(await since(4.5)).toEqual(['1', '4']);
      expect(await since(6), 'what is not done yet').toEqual(['4']);
    });

    it('are of one kind for whoever asks for it', async () => {
      await changed(1);
      await changed(2, { proposal: { ...proposal(2), rule: 'off-hours' as const } });
      const ids = async (kind?: ChangeKind) =>
        (await twin.ledger.changes(daysLater(0), kind)).map(({ id }) => id).sort();
      expect(await ids('unscheduled')).toEqual(['plan/1']);
      expect(await ids('scheduled')).toEqual(['plan/2']);
      expect(await ids()).toEqual(['plan/1', 'plan/2']);
    });

    it('are whole, and as they ended', async () => {
      await changed(1);
      const ended = { endedAt: daysLater(9).toISOString(), endedBecause: 'started by hand' };
      await changed(1, ended);
      expect(await twin.answering.changes(daysLater(5))).toEqual([change({ id: 'plan/1', planId: 'plan', ...ended })]);
      expect(await since(10)).toEqual([]);
    });

    it('are all there, however many', async () => {
      const because = 'because '.repeat(1000); // 8 KB each: more than one page of DynamoDB's, and more than one batch
      for (const number of many(130, (n) => n)) await changed(number, { because });
      expect(await since(0)).toHaveLength(130);
    });

    it('are none before the first', async () => {
      expect(await since(0)).toEqual([]);
    });

    it('come some resources at a time, too, each with all of its changes', async () => {
      const scheduled = (number: number) => ({ ...proposal(number), rule: 'off-hours' as const });
      for (const number of many(660, (n) => n)) await changed(number, { proposal: scheduled(number % 6) });
      await changed(661, { proposal: proposal(1) });
      await changed(662, { ...finished(2), proposal: scheduled(2) });
      const lots = [];
      for await (const lot of twin.answering.changesByResource(daysLater(0))) lots.push(lot);
      const resources = lots.map((lot) => new Set(lot.map((one) => one.proposal.resource.arn)));
      expect(lots.length).toBeGreaterThan(1);
      expect(resources.reduce((sum, { size }) => sum + size, 0)).toBe(6);
      const ids = (changes: readonly Change[]) => changes.map(({ id }) => id).sort();
      expect(ids(lots.flat())).toEqual(ids(await twin.answering.changes(daysLater(0))));
    });

    it('come some resources at a time without those that were over before', async () => {
      await changed(1, { ...finished(1), outcome: 'skipped' });
      await changed(2, { ...finished(3), outcome: 'skipped', proposal: proposal(1) });
      const lots = [];
      for await (const lot of twin.answering.changesByResource(daysLater(2))) lots.push(...lot);
      expect(lots.map(({ id }) => id)).toEqual(['plan/2']);
    });
  });

  describe('the plans that wait', () => {
    const waiting = async (days: number) => {
      const one = await record({ time: daysLater(days), act: [proposal(days)], leave: many(3, left) });
      await twin.acting.claimPlan(one.id, 'one', daysLater(days));
      await twin.acting.waitOn(one.id, 'approve', 'callback');
      return one;
    };

    it('are none before the first, and none that nobody carries out, or that wait for nobody', async () => {
      const one = await record();
      expect(await twin.answering.openPlans()).toEqual([]);
      await twin.acting.claimPlan(one.id, 'one', TICK);
      expect(await twin.answering.openPlans()).toEqual([]);
    });

    it('are those that wait and are not closed, newest first', async () => {
      const [first, second, third] = [await waiting(1), await waiting(2), await waiting(3)];
      expect(await twin.answering.openPlans()).toEqual([third, second, first]);
      await twin.acting.closePlan(second.id, 'approve');
      expect(await twin.answering.openPlans()).toEqual([third, first]);
    });

    it('wait until nobody waits in either mode', async () => {
      const one = await waiting(1);
      await twin.acting.waitOn(one.id, 'auto', 'another');
      expect(await twin.answering.callbacksOf(one.id)).toEqual(['callback', 'another']);
      await twin.acting.closePlan(one.id, 'approve');
      expect(await twin.answering.callbacksOf(one.id)).toEqual(['another']);
      expect(await twin.answering.openPlans()).toEqual([one]);
      await twin.acting.closePlan(one.id, 'auto');
      expect(await twin.answering.openPlans()).toEqual([]);
    });

    it('have a large plan among them once, until nobody waits for any part of it', async () => {
      const large = await record({ act: many(ACTIONS_AT_ONCE + 1, proposal), leave: [] });
      for (const name of partsOf(large).map(nameOfPart)) {
        await twin.acting.claimPlan(name, name, TICK);
        await twin.acting.waitOn(name, 'approve', `callback of ${name}`);
      }
      expect(await twin.answering.openPlans()).toEqual([large]);
      await twin.acting.closePlan(`${large.id}-1`, 'approve');
      expect(await twin.answering.openPlans()).toEqual([large]);
      await twin.acting.closePlan(`${large.id}-2`, 'approve');
      expect(await twin.answering.openPlans()).toEqual([]);
    });

    it('are not opened again by a claim that is repeated', async () => {
      const one = await waiting(1);
      await twin.acting.closePlan(one.id, 'approve');
      await twin.acting.claimPlan(one.id, 'one', daysLater(2));
      expect(await twin.answering.openPlans()).toEqual([]);
    });
  });
});
