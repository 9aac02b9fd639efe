import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Change, OUTCOMES, type Outcome } from '../../shared/core/change.ts';
import { type Lease, PRIORITY } from '../../shared/core/lease.ts';
import type { Plan, PlanDraft } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { CopySnapshot } from '../../shared/core/retention/action.ts';
import type { CapCount, Sharing, Telling } from '../../shared/ports-acting.ts';
import { answer, change, daysLater } from '../support/change-specimen.ts';
import { ACCOUNT, many, plan, proposal, TICK } from '../support/plan-specimen.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';
import { dynamoTwin, memoryTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const RESOURCE = proposal(1).resource.arn;
const at = (minutes: number) => new Date(TICK.getTime() + minutes * 60_000);

describe.each([
  ['in memory', async () => memoryTwin()],
  ['in DynamoDB', async () => dynamoTwin(await dynamo.table())],
])('the ledger of the function that acts, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  const record = async (spoiled: Partial<PlanDraft> = {}): Promise<Plan> => {
    const sealed = plan(spoiled);
    await twin.ledger.record(sealed, 'digest');
    return sealed;
  };

  describe('what is shared with another account', () => {
    const copy: CopySnapshot = {
      kind: 'copy-snapshot',
      purpose: 'off-site',
      form: 'instance',
      scope: { account: '222222222222', region: 'eu-central-1' },
      name: 'lamplighter-orders-dr',
      databaseId: 'db-1',
      source: {
        arn: `arn:aws:rds:ap-northeast-2:${ACCOUNT}:snapshot:lamplighter-orders`,
        scope: { account: ACCOUNT, region: 'ap-northeast-2' },
        takenAt: TICK.toISOString(),
      },
      tags: { 'lamplighter:database': 'db-1' },
      withinHours: 24,
      shareWith: '222222222222',
    };
    const sharing = (spoiled: Partial<Sharing> = {}): Sharing => ({
      change: 'plan/1',
      account: ACCOUNT,
      action: copy,
      until: at(60).toISOString(),
      state: 'reads',
      ...spoiled,
    });
    const changes = async (account = ACCOUNT) =>
      (await twin.acting.sharings(account)).map(({ change }) => change).sort();

    it('is known by the account of its plan, as it was written down', async () => {
      expect(await twin.acting.sharings(ACCOUNT)).toEqual([]);
      await twin.acting.keepSharing(sharing());
      await twin.acting.keepSharing(sharing({ change: 'plan-2/1', account: '333333333333' }));
      expect(await twin.acting.sharings(ACCOUNT)).toEqual([sharing()]);
      expect(await changes('333333333333')).toEqual(['plan-2/1']);
    });

    it('is known once for each change, as it is now', async () => {
      await twin.acting.keepSharing(sharing());
      await twin.acting.keepSharing(sharing({ until: at(120).toISOString(), state: 'ends' }));
      await twin.acting.keepSharing(sharing({ change: 'plan/2' }));
      expect(await changes()).toEqual(['plan/1', 'plan/2']);
      expect(await twin.acting.sharings(ACCOUNT)).toContainEqual(
        sharing({ until: at(120).toISOString(), state: 'ends' }),
      );
    });

    it('is not known any more once it is over, and is again when it is shared anew', async () => {
      await twin.acting.keepSharing(sharing());
      await twin.acting.keepSharing(sharing({ state: 'over' }));
      expect(await changes()).toEqual([]);
      await twin.acting.keepSharing(sharing());
      expect(await changes()).toEqual(['plan/1']);
    });
  });

  describe('what people are told', () => {
    const days = (count: number) => new Date(TICK.getTime() + count * 86_400_000);
    const telling = (by: string, day = 0, spoiled: Partial<Telling> = {}): Telling => ({
      account: ACCOUNT,
      about: 'a key',
      by,
      now: days(day),
      toldSince: days(day - 7),
      seenSince: days(day - 1.5),
      ...spoiled,
    });

    it('is told once, by whoever asks first, who may ask again', async () => {
      expect(await twin.acting.mayTell(telling('plan-1'))).toBe(true);
      expect(await twin.acting.mayTell(telling('plan-2'))).toBe(false);
      expect(await twin.acting.mayTell(telling('plan-1'))).toBe(true);
    });

    it('is its own for each account and each thing', async () => {
      await twin.acting.mayTell(telling('plan-1'));
      expect(await twin.acting.mayTell(telling('plan-2', 0, { account: '210987654321' }))).toBe(true);
      expect(await twin.acting.mayTell(telling('plan-2', 0, { about: 'another key' }))).toBe(true);
    });

    it('is told again when it is time, for as long as it is so', async () => {
      const told = [];
      for (let day = 0; day <= 8; day += 1) told.push(await twin.acting.mayTell(telling(`night ${day}`, day)));
      expect(told).toEqual([true, false, false, false, false, false, false, true, false]);
    });

    it('is news when it was not so for a while', async () => {
      await twin.acting.mayTell(telling('plan-1'));
      expect(await twin.acting.mayTell(telling('plan-2', 1))).toBe(false);
      expect(await twin.acting.mayTell(telling('plan-3', 3))).toBe(true);
    });
  });

  describe('how the actions of a plan ended', () => {
    it('is known by the plan, of those that did', async () => {
      const sealed = await record({ act: [proposal(1), proposal(2)] });
      expect(await twin.acting.changesOfPlan(sealed)).toEqual([]);
      const ended = change({ id: `${sealed.id}/2`, planId: sealed.id, proposal: proposal(2) });
      await twin.acting.recordChange(ended);
      await twin.acting.recordChange(change({ id: 'another/2', planId: 'another', proposal: proposal(2) }));
      expect(await twin.acting.changesOfPlan(sealed)).toEqual([ended]);
      expect(await twin.snapshots.changesOfPlan(sealed)).toEqual([ended]);
    });
  });

  describe('the execution of a plan', () => {
    it('is one, however many want to be it at once', async () => {
      const asked = many(5, (n) => twin.acting.claimPlan('plan', `execution ${n}`, TICK));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    it('may ask again, any time', async () => {
      expect(await twin.acting.claimPlan('plan', 'one', TICK)).toBe(true);
      expect(await twin.acting.claimPlan('plan', 'other', TICK)).toBe(false);
      await twin.acting.closePlan('plan', 'approve');
      expect(await twin.acting.claimPlan('plan', 'one', at(60))).toBe(true);
      expect(await twin.acting.claimPlan('plan', 'other', at(60))).toBe(false);
    });

    it('is each plan’s own', async () => {
      expect(await twin.acting.claimPlan('plan', 'one', TICK)).toBe(true);
      expect(await twin.acting.claimPlan('plan-2', 'other', TICK)).toBe(true);
    });

    it('leaves the plan as it was recorded', async () => {
      const sealed = await record();
      await twin.acting.claimPlan(sealed.id, 'one', TICK);
      await twin.acting.waitOn(sealed.id, 'approve', 'callback');
      expect(await twin.acting.plan(sealed.id)).toEqual(sealed);
    });

    it('can be woken from when it waits until it is closed, by its last callback', async () => {
      expect(await twin.answering.callbacksOf('plan')).toEqual([]);
      await twin.acting.claimPlan('plan', 'one', TICK);
      expect(await twin.answering.callbacksOf('plan')).toEqual([]);
      await twin.acting.waitOn('plan', 'approve', 'first');
      await twin.acting.waitOn('plan', 'approve', 'second');
      expect(await twin.answering.callbacksOf('plan')).toEqual(['second']);
      await twin.acting.closePlan('plan', 'approve');
      expect(await twin.answering.callbacksOf('plan')).toEqual([]);
    });

    it('cannot wait without a claim, and need not be there to be closed', async () => {
      await expect(twin.acting.waitOn('plan', 'approve', 'callback')).rejects.toMatchObject({
        name: 'LedgerCorruptError',
      });
      await twin.acting.closePlan('plan', 'approve');
      expect(await twin.acting.claimPlan('plan', 'one', TICK)).toBe(true);
    });
  });

  describe('a newer plan', () => {
    const handOver = async (spoiled: Partial<PlanDraft>): Promise<Plan> => {
      const newer = plan(spoiled);
      const run = await twin.ledger.record(newer, 'digest');
      await twin.ledger.announced(run, run.time);
      await twin.ledger.handedOver(run);
      return newer;
    };
    const other = { act: [proposal(2)] };
    const older = plan();

    it('takes the place of an older one once it is handed over', async () => {
      const newer = plan({ ...other, time: daysLater(1) });
      const run = await twin.ledger.record(newer, 'digest');
      expect(await twin.acting.supersededBy(older)).toBeUndefined();
      await twin.ledger.announced(run, run.time);
      expect(await twin.acting.supersededBy(older)).toBeUndefined();
      await twin.ledger.handedOver(run);
      expect(await twin.acting.supersededBy(older)).toBe(newer.id);
      expect(await twin.answering.supersededBy(older)).toBe(newer.id);
      expect(await twin.acting.supersededBy(newer)).toBeUndefined();
    });

    it('is the newest, behind however many that were never handed over', async () => {
      await handOver({ ...other, time: daysLater(1) });
      const newest = await handOver({ ...other, time: daysLater(2) });
      for (const days of many(12, (n) => n + 2)) await record({ ...other, time: daysLater(days) });
      expect(await twin.acting.supersededBy(older)).toBe(newest.id);
    });

    it.each<[string, Partial<PlanDraft>]>([
      ['it is older', { ...other, time: daysLater(-1) }],
      ['it is of another account', { ...other, time: daysLater(1), account: '210987654321' }],
      ['it is of another function', { ...other, time: daysLater(1), function: 'off-hours' }],
      ['it takes something back', { ...other, time: daysLater(1), function: 'undo' }],
      ['it is the same plan at another tick of its minute', { time: at(0.5) }],
    ])('takes nobody’s place when %s', async (_, spoiled) => {
      await twin.ledger.record(older, 'digest');
      await handOver(spoiled);
      expect(await twin.acting.supersededBy(older)).toBeUndefined();
    });

    it.each(['undo', 'prune-snapshots'])('takes no place of what stands for itself (%s)', async (name) => {
      await handOver({ ...other, function: name, time: daysLater(1) });
      expect(await twin.acting.supersededBy(plan({ function: name }))).toBeUndefined();
    });

    it('takes no place of what off-hours wanted at a tick before', async () => {
      await handOver({ ...other, function: 'off-hours', time: daysLater(1) });
      expect(await twin.acting.supersededBy(plan({ function: 'off-hours' }))).toBeUndefined();
    });
  });

  describe('the lease', () => {
    const wanted = (planId: string, spoiled: Partial<Lease> = {}) => ({
      resource: RESOURCE,
      planId,
      priority: PRIORITY['right-size'],
      until: at(60),
      ...spoiled,
    });
    const take = (planId: string, now = TICK, spoiled: Partial<Lease> = {}) =>
      twin.acting.takeLease(wanted(planId, spoiled), now);
    const leased = async (...taking: Parameters<typeof take>): Promise<Lease> => {
      const taken = await take(...taking);
      if ('heldBy' in taken) throw new Error(`held by ${taken.heldBy}`);
      return taken.lease;
    };

    it('of a free resource is had by who asks', async () => {
      expect(await take('one')).toEqual({ lease: { ...wanted('one'), fence: 1 } });
    });

    it('of two who ask at once is had by one, and the other hears by whom', async () => {
      const taken = await Promise.all(many(4, (n) => take(`plan ${n}`)));
      const [holder] = taken.flatMap((one) => ('lease' in one ? [one.lease.planId] : []));
      expect(taken.filter((one) => 'lease' in one)).toHaveLength(1);
      expect(taken.filter((one) => 'heldBy' in one)).toEqual(Array(3).fill({ heldBy: holder }));
    });

    it('is held until its end, and not a moment longer', async () => {
      await take('one');
      expect(await take('other', at(59))).toEqual({ heldBy: 'one' });
      expect(await take('other', at(60), { until: at(120) })).toMatchObject({ lease: { planId: 'other', fence: 2 } });
      expect(await take('one', at(61))).toEqual({ heldBy: 'other' });
    });

    it('is prolonged by its holder, under the same fence, also after its end', async () => {
      await take('one');
      expect(await take('one', at(30), { until: at(90) })).toEqual({
        lease: { ...wanted('one', { until: at(90) }), fence: 1 },
      });
      expect(await take('other', at(60))).toEqual({ heldBy: 'one' });
      expect(await leased('one', at(100), { until: at(200) })).toMatchObject({ fence: 1 });
      expect(await take('other', at(150))).toEqual({ heldBy: 'one' });
    });

    it('that is given back is free, and its next holder is a new one', async () => {
      await twin.acting.releaseLease(await leased('one'));
      expect(await leased('other', at(1))).toMatchObject({ planId: 'other', fence: 2 });
      await twin.acting.releaseLease(await leased('other', at(2)));
      expect(await leased('other', at(3))).toMatchObject({ planId: 'other', fence: 3 });
    });

    it('is given back by its plan also when it was taken anew since', async () => {
      const first = await leased('one');
      await twin.acting.releaseLease(first);
      await leased('one', at(1));
      await twin.acting.releaseLease(first);
      expect(await leased('other', at(2))).toMatchObject({ planId: 'other', fence: 3 });
    });

    it('is of one resource', async () => {
      await take('one');
      expect(await take('other', TICK, { resource: proposal(2).resource.arn })).toMatchObject({ lease: { fence: 1 } });
    });

    describe('wanted by something more important', () => {
      const urgent = { priority: PRIORITY.person };

      it('is lost before its holder begins to apply', async () => {
        const lost = await leased('one');
        expect(await take('urgent', at(1), urgent)).toMatchObject({ lease: { planId: 'urgent', fence: 2 } });
        expect(await twin.acting.beginApply(lost)).toBe(false);
        expect(await take('one', at(2))).toEqual({ heldBy: 'urgent' });
      });

      it('is not lost once its holder has begun', async () => {
        expect(await twin.acting.beginApply(await leased('one'))).toBe(true);
        expect(await take('urgent', at(1), urgent)).toEqual({ heldBy: 'one' });
      });

      it('is not lost when its holder prolongs it after it has begun', async () => {
        await twin.acting.beginApply(await leased('one'));
        await leased('one', at(30), { until: at(90) });
        expect(await take('urgent', at(60), urgent)).toEqual({ heldBy: 'one' });
      });

      it('is lost again by who took it, if he has not begun: what his predecessor began does not count', async () => {
        await twin.acting.beginApply(await leased('one'));
        await leased('other', at(60), { until: at(120) });
        expect(await take('urgent', at(61), urgent)).toMatchObject({ lease: { fence: 3 } });
      });

      it('is not lost to its equal', async () => {
        await take('one', TICK, urgent);
        expect(await take('other', TICK, urgent)).toEqual({ heldBy: 'one' });
        expect(await take('another')).toEqual({ heldBy: 'one' });
      });
    });

    describe('the last word before a mutation', () => {
      it('may be asked for again', async () => {
        const lease = await leased('one');
        expect([await twin.acting.beginApply(lease), await twin.acting.beginApply(lease)]).toEqual([true, true]);
      });

      it.each<[string, (lease: Lease) => Promise<unknown>]>([
        ['gave it back', (lease) => twin.acting.releaseLease(lease)],
        ['let it end, and somebody took it', () => take('other', at(60), { until: at(120) })],
        [
          'gave it back and took it again, for what he began before',
          async (lease) => {
            await twin.acting.releaseLease(lease);
            await take('one', at(1));
          },
        ],
      ])('is no for a holder who %s', async (_, lose) => {
        const lease = await leased('one');
        await lose(lease);
        expect(await twin.acting.beginApply(lease)).toBe(false);
      });

      it('is no for another plan that knows the fence', async () => {
        const lease = await leased('one');
        expect(await twin.acting.beginApply({ ...lease, planId: 'other' })).toBe(false);
        await twin.acting.releaseLease({ ...lease, planId: 'other' });
        expect(await take('another')).toEqual({ heldBy: 'one' });
      });

      it('is no where there never was a lease', async () => {
        expect(await twin.acting.beginApply({ ...wanted('one'), fence: 1 })).toBe(false);
        expect(await take('other')).toMatchObject({ lease: { fence: 1 } });
      });

      it('is one of the two when somebody overtakes at once', async () => {
        const lease = await leased('one');
        const [began, overtaken] = await Promise.all([
          twin.acting.beginApply(lease),
          take('urgent', at(1), { priority: PRIORITY.person }),
        ]);
        expect('lease' in overtaken).toBe(!began);
      });
    });

    describe('of a plan that only watches', () => {
      const urgent = { ...wanted('urgent'), priority: PRIORITY.person };
      const applied = async () => {
        const lease = await leased('one');
        await twin.acting.beginApply(lease);
        return lease;
      };

      it('is taken over by a person’s, and whoever had it hears by whom', async () => {
        const lost = await applied();
        expect(await twin.acting.overtakenBy(lost)).toBeUndefined();
        const lease = await twin.acting.takeOver('one', urgent);
        expect(lease).toEqual({ ...urgent, fence: 2 });
        expect(await twin.acting.takeOver('one', urgent)).toEqual(lease); // the first reply was lost
        expect(await twin.acting.overtakenBy(lost)).toEqual({ by: 'urgent', still: true });
        expect(await twin.acting.beginUndo(lost)).toBe(false);
        if (lease) await twin.acting.releaseLease(lease);
        expect(await twin.acting.overtakenBy(lost)).toEqual({ by: 'urgent', still: false });
      });

      it('is not taken over once that plan takes its change back itself', async () => {
        const lease = await applied();
        expect(await twin.acting.beginUndo(lease)).toBe(true);
        expect(await twin.acting.takeOver('one', urgent)).toBeUndefined();
        expect(await twin.acting.overtakenBy(lease)).toBeUndefined();
        await twin.acting.releaseLease(lease);
        expect(await leased('other', at(1))).toMatchObject({ fence: 2 });
        expect(await twin.acting.takeOver('other', urgent)).toMatchObject({ fence: 3 });
      });

      it.each<[string, string, Partial<Lease>]>([
        ['an equal', 'one', { priority: PRIORITY['right-size'] }],
        ['who takes it for another’s', 'nobody', {}],
      ])('is not taken over by %s', async (_, from, spoiled) => {
        const lease = await applied();
        expect(await twin.acting.takeOver(from, { ...urgent, ...spoiled })).toBeUndefined();
        expect(await twin.acting.overtakenBy(lease)).toBeUndefined();
      });

      it('is one of the two when it is taken over and taken back at once', async () => {
        const lease = await applied();
        const [began, taken] = await Promise.all([twin.acting.beginUndo(lease), twin.acting.takeOver('one', urgent)]);
        expect(taken !== undefined).toBe(!began);
      });
    });

    it('cannot be given back by who has lost it', async () => {
      const lost = await leased('one');
      await leased('urgent', at(1), { priority: PRIORITY.person });
      await twin.acting.releaseLease(lost);
      expect(await take('another', at(2))).toEqual({ heldBy: 'urgent' });
    });

    it('whatever happens in whatever order, lets at most one apply at a time', async () => {
      const plans = ['small', 'small too', 'urgent'] as const;
      const command = fc.record({
        what: fc.constantFrom('take', 'take', 'begin', 'begin', 'release'),
        who: fc.constantFrom(...plans),
        wait: fc.integer({ min: 0, max: 20 }),
        lasts: fc.integer({ min: 1, max: 40 }),
      });
      const bursts = fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(bursts, async (script) => {
          const { acting } = await open();
          const shown = new Map<string, Lease>(); // the last lease that each plan was given, which may be lost by now
          const applying = new Map<string, Lease>();
          const holders = new Map<number, string>();
          let minutes = 0;
          for (const burst of script) {
            minutes += burst[0]?.wait ?? 0;
            const now = at(minutes);
            for (const [who, lease] of applying) if (lease.until <= now) applying.delete(who);
            await Promise.all(
              burst.map(async ({ what, who, lasts }) => {
                const lease = shown.get(who);
                if (what === 'take') {
                  const priority = who === 'urgent' ? PRIORITY.person : PRIORITY['right-size'];
                  const taken = await acting.takeLease(wanted(who, { priority, until: at(minutes + lasts) }), now);
                  if ('heldBy' in taken) return;
                  shown.set(who, taken.lease);
                  expect(holders.get(taken.lease.fence) ?? who).toBe(who);
                  holders.set(taken.lease.fence, who);
                  if (applying.get(who)?.fence === taken.lease.fence) applying.set(who, taken.lease);
                } else if (lease && what === 'begin') {
                  // As the port demands: nobody begins on a lease that has ended.
                  if (lease.until > now && (await acting.beginApply(lease))) applying.set(who, lease);
                } else if (lease) {
                  await acting.releaseLease(lease);
                  applying.delete(who);
                }
              }),
            );
            expect(applying.size).toBeLessThanOrEqual(1);
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('the cap of a day', () => {
    const count = (changeId: string, spoiled: Partial<CapCount> = {}) =>
      twin.acting.countAgainstCap({
        account: ACCOUNT,
        rule: 'idle-database',
        direction: 'takes',
        day: '2026-11-23',
        changeId,
        most: 2,
        ...spoiled,
      });

    it('lets so many changes through, and each as often as it asks', async () => {
      expect([await count('a'), await count('b'), await count('c')]).toEqual([true, true, false]);
      expect([await count('b'), await count('a'), await count('c')]).toEqual([true, true, false]);
    });

    it('is reached by those who come at once', async () => {
      const counted = await Promise.all(many(7, (n) => count(`change ${n}`)));
      expect(counted.filter(Boolean)).toHaveLength(2);
    });

    it.each<[string, Partial<CapCount>]>([
      ['account', { account: '210987654321' }],
      ['rule', { rule: 'idle-instance' }],
      ['direction', { direction: 'gives' }],
      ['day', { day: '2026-11-24' }],
    ])('is each %s’s own', async (_, other) => {
      await Promise.all([count('a'), count('b')]);
      expect(await count('c', other)).toBe(true);
      expect(await count('c')).toBe(false);
    });

    it('that is lowered takes nothing back, and lets nothing more through', async () => {
      await Promise.all([count('a'), count('b')]);
      expect([await count('a', { most: 1 }), await count('c', { most: 1 })]).toEqual([true, false]);
      expect([await count('b', { most: 0 }), await count('c', { most: 3 })]).toEqual([true, true]);
    });

    it('has room again when a place is given back, however often, and by who has one only', async () => {
      await Promise.all([count('a'), count('b')]);
      const place = { account: ACCOUNT, rule: 'idle-database', direction: 'takes', day: '2026-11-23' } as const;
      for (const changeId of ['c', 'a', 'a']) await twin.acting.uncount({ ...place, changeId });
      expect([await count('c'), await count('d')]).toEqual([true, false]);
    });

    it('of nothing lets nothing through', async () => {
      expect(await count('a', { most: 0 })).toBe(false);
      expect(await count('a', { most: 1 })).toBe(true);
    });

    it('lets never more through than the most, whoever asks how often', async () => {
      const asking = fc.tuple(
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
      );
      await fc.assert(
        fc.asyncProperty(asking, async ([most, bursts]) => {
          const { acting } = await open();
          const through = new Set<number>();
          const asked = new Set<number>();
          for (const burst of bursts) {
            await Promise.all(
              burst.map(async (n) => {
                const [rule, direction, day] = ['idle-instance', 'takes', '2026-11-23'] as const;
                asked.add(n);
                const counted = { account: ACCOUNT, rule, direction, day, changeId: `change ${n}`, most };
                if (await acting.countAgainstCap(counted)) through.add(n);
                else expect(through.has(n)).toBe(false);
              }),
            );
          }
          expect(through.size).toBe(Math.min(most, asked.size));
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('everything that a gate asks', () => {
    const about = plan({ act: many(3, proposal) });
    const cap = { account: ACCOUNT, rule: 'idle-database', direction: 'takes', day: '2026-11-23' } as const;
    const question = { plan: about, numbers: [2], resources: [RESOURCE], cap, now: TICK };

    it('is nothing at first', async () => {
      expect(await twin.acting.word(question)).toEqual({ answers: { vetoes: [] }, vetoes: [], counted: new Set() });
    });

    it('is the policy with its holidays, the answers about the action, the vetoes of the resource and who has a place in the day', async () => {
      const policy = parsePolicy({ timezone: 'Asia/Seoul' });
      const holidays = {
        years: { first: 2026, last: 2027 },
        places: { KR: { '2026-10-05': 'National Foundation Day' } },
      };
      await twin.policies.store({ policy, holidays }, 'kim', TICK);
      const approval = answer({}, about);
      const vetoes = [answer({ say: 'veto', actions: [2] }, about), answer({ say: 'veto', actions: [3] }, about)];
      for (const one of [approval, ...vetoes]) await twin.answering.recordAnswer(about, one);
      const standing = { until: daysLater(3), by: 'kim', why: 'audit' };
      for (const resource of [RESOURCE, 'arn:aws:rds:eu-west-1:123456789012:db:another']) {
        await twin.answering.recordVeto(ACCOUNT, { resource, ...standing });
      }
      await twin.acting.countAgainstCap({ ...cap, changeId: 'a', most: 2 });
      expect(await twin.acting.word(question)).toEqual({
        policy,
        holidays,
        answers: { approval, vetoes: [vetoes[0]] },
        vetoes: [{ resource: RESOURCE, ...standing }],
        counted: new Set(['a']),
      });
    });

    it('leaves out a veto that has ended', async () => {
      await twin.answering.recordVeto(ACCOUNT, { resource: RESOURCE, until: at(1), by: 'kim', why: 'audit' });
      expect((await twin.acting.word(question)).vetoes).toHaveLength(1);
      expect((await twin.acting.word({ ...question, now: at(1) })).vetoes).toEqual([]);
    });

    it('is asked for a whole plan as well', async () => {
      const large = plan({ act: many(120, proposal) });
      const last = answer({ say: 'veto', actions: [120] }, large);
      await twin.answering.recordAnswer(large, last);
      const numbers = many(120, (number) => number);
      expect((await twin.acting.word({ ...question, plan: large, numbers })).answers).toEqual({ vetoes: [last] });
    });
  });

  describe('how a change ended', () => {
    beforeEach(() => record());
    const recorded = async (one: Change) => {
      await twin.acting.recordChange(one);
      return twin.answering.change(one.id);
    };
    const ended = { endedAt: daysLater(5).toISOString(), endedBecause: 'started by hand' };

    it('is kept as it was written', async () => {
      expect(await recorded(change())).toEqual(change());
    });

    it.each(OUTCOMES)('may be written again: %s', async (outcome) => {
      const one = change({ outcome });
      await recorded(one);
      expect(await recorded(one)).toEqual(one);
    });

    it('is as it was written first when a repetition reads the clock again', async () => {
      await recorded(change());
      expect(await recorded(change({ finishedAt: daysLater(2).toISOString(), because: 'later' }))).toEqual(change());
    });

    it('may be followed by its end, once', async () => {
      await recorded(change());
      expect(await recorded(change(ended))).toEqual(change(ended));
      expect(await recorded(change({ ...ended, endedAt: daysLater(6).toISOString() }))).toEqual(change(ended));
    });

    it('keeps its end when the first write comes late', async () => {
      await recorded(change(ended));
      expect(await recorded(change())).toEqual(change(ended));
    });

    it('that is stuck may become undone, and stays it', async () => {
      const stuck = change({ outcome: 'stuck', because: 'it does not start' });
      await recorded(stuck);
      const undone = change({ outcome: 'undone', because: 'kim has started it', ...ended });
      expect(await recorded(undone)).toEqual(undone);
      expect(await recorded(stuck)).toEqual(undone);
    });

    const watching = change({ outcome: 'watching', because: 'it is done', finishedAt: daysLater(1).toISOString() });
    it.each(['kept', 'undone', 'failed', 'stuck'] as const)(
      'takes the place of its being watched: %s',
      async (outcome) => {
        expect(await recorded(watching)).toEqual(watching);
        const end = change({ outcome, because: 'so', warning: 'but' });
        expect(await recorded(end)).toEqual(end);
        expect(await recorded(watching)).toEqual(end);
      },
    );

    it('is written in one go by who knows what was written last, and not over what somebody else wrote since', async () => {
      await twin.acting.recordChange(watching);
      await twin.acting.recordChange(change(), watching);
      expect(await twin.answering.change(change().id)).toEqual(change());
      await twin.acting.recordChange(change(ended), change());
      await twin.acting.recordChange(change({ ...ended, endedAt: daysLater(6).toISOString() }), change());
      expect(await twin.answering.change(change().id)).toEqual(change(ended));
    });

    it('is written whole when what should have been written before never was', async () => {
      await twin.acting.recordChange(change(), watching);
      expect(await twin.answering.change(change().id)).toEqual(change());
    });

    it('is known of those of a plan that are asked for, and of no other', async () => {
      const large = plan({ act: many(120, proposal) });
      expect(await twin.acting.changesOfPlan(large)).toEqual([]);
      const first = { ...change({ ...watching, id: `${large.id}/1`, planId: large.id }), proposal: proposal(1) };
      const last = { ...change({ id: `${large.id}/120`, planId: large.id }), proposal: proposal(120) };
      await twin.acting.recordChange(first);
      await twin.acting.recordChange(last);
      await twin.acting.recordChange({ ...last, id: 'another/3', planId: 'another', proposal: proposal(3) });
      const idsOf = async (numbers?: number[]) =>
        (await twin.acting.changesOfPlan(large, numbers)).map(({ id }) => id).sort();
      expect(await idsOf()).toEqual([first.id, last.id]);
      expect(await idsOf([2, 120])).toEqual([last.id]);
      expect(await idsOf([2, 3])).toEqual([]);
      expect(await idsOf([])).toEqual([]);
    });

    it('is among the changes of its resource', async () => {
      expect(await twin.acting.changesOf(RESOURCE)).toEqual([]);
      await twin.acting.recordChange(change());
      expect(await twin.acting.changesOf(RESOURCE)).toEqual([change()]);
      expect(await twin.ledger.changes(new Date(0))).toEqual([change()]);
      expect(await twin.acting.changesOf(`${RESOURCE}-2`)).toEqual([]);
    });

    it('never loses when it was applied', async () => {
      await recorded(change({ outcome: 'stuck' }));
      const { appliedAt, saving, snapshot: _, ...forgetful } = change({ outcome: 'undone', because: 'so', ...ended });
      expect(await recorded(forgetful)).toEqual({ ...forgetful, appliedAt, saving });
    });

    const others: [Outcome, Outcome][] = [
      ['kept', 'undone'],
      ['kept', 'skipped'],
      ['undone', 'kept'],
      ['skipped', 'kept'],
      ['vetoed', 'kept'],
      ['failed', 'undone'],
      ['stuck', 'kept'],
    ];
    it.each(others)('as %s cannot become %s', async (outcome, other) => {
      await recorded(change({ outcome }));
      await expect(recorded(change({ outcome: other }))).rejects.toMatchObject({
        name: 'ChangeRecordedError',
        changeId: change().id,
      });
      expect(await twin.answering.change(change().id)).toEqual(change({ outcome }));
    });

    it('is written by two at once without either being lost', async () => {
      await recorded(change({ outcome: 'stuck' }));
      const undone = change({ outcome: 'undone', because: 'kim has started it' });
      await Promise.all([undone, change({ outcome: 'stuck', ...ended })].map((one) => twin.acting.recordChange(one)));
      expect(await twin.answering.change(undone.id)).toEqual({ ...undone, ...ended });
    });
  });
});
