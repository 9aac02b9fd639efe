import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../shared/core/canonical.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import {
  ACTIONS_AT_ONCE,
  applyCaps,
  byWorth,
  capOf,
  countsOf,
  describeResource,
  digestOf,
  nameOfPart,
  type PlanDraft,
  type Proposal,
  partsOf,
  planForPart,
  planInName,
  SCHEDULED_AT_ONCE,
  sealPlan,
} from '../../shared/core/plan.ts';
import { parsePolicy, policyHash, type RuleId } from '../../shared/core/policy.ts';
import { anyPlanDraft } from '../ledger/any-plan.ts';
import { idleCluster, idleDatabase, idleInstance } from '../support/facts-specimen.ts';
import { DEFAULT_POLICY, deferral, left, many, plan, planDraft, proposal } from '../support/plan-specimen.ts';

const saving = (amount: number) => known({ monthly: money('USD', amount), basis: 'list' as const, stillBilled: [] });

function everyObjectIn(value: unknown): object[] {
  if (value === null || typeof value !== 'object') return [];
  return [value, ...Object.values(value).flatMap(everyObjectIn)];
}

describe('a sealed plan', () => {
  it('is frozen to the last detail', () => {
    const objects = everyObjectIn(plan());
    expect(objects.length).toBeGreaterThan(20);
    expect(objects.filter((one) => !Object.isFrozen(one))).toEqual([]);
  });

  it('is named by function, tick, account and hash', () => {
    const sealed = plan();
    expect(sealed.id).toBe(`right-size-2026-11-22-2000-123456789012-${sealed.hash.slice(0, 6)}`);
  });

  it('has a name that Lambda takes as the name of an execution', () => {
    fc.assert(
      fc.property(anyPlanDraft, (draft) => {
        expect(sealPlan(draft, DEFAULT_POLICY).id).toMatch(/^[A-Za-z0-9\-_]{1,64}$/);
      }),
    );
  });

  it('is hashed over its actions and the policy', () => {
    const { hash, act } = plan();
    expect(hash).toBe(hashOf({ actions: act.map((one) => one.action), policyHash: policyHash(DEFAULT_POLICY) }));
  });

  it.each<[string, Partial<PlanDraft>]>([
    ['the tick', { time: new Date('2026-11-23T20:00:00Z') }],
    ['why it acts', { act: [{ ...proposal(1), because: 'nobody connected for 36 days' }] }],
    ['what it saves', { act: [{ ...proposal(1), saving: unknown('no price') }] }],
    ['what waits', { deferred: [] }],
    ['what is left', { leave: many(9, left) }],
    ['what could not be read', { unreadable: [] }],
  ])('has the same hash whatever %s', (_, spoiled) => {
    expect(plan(spoiled).hash).toBe(plan().hash);
  });

  it.each<[string, Partial<PlanDraft>]>([
    ['another resource', { act: [proposal(2)] }],
    ['one more action', { act: [proposal(1), proposal(2)] }],
    ['no action', { act: [] }],
  ])('has another hash with %s', (_, spoiled) => {
    expect(plan(spoiled).hash).not.toBe(plan().hash);
  });

  it('has another hash for the order of the actions, and under another policy', () => {
    const two = plan({ act: [proposal(1), proposal(2)] });
    expect(plan({ act: [proposal(2), proposal(1)] }).hash).not.toBe(two.hash);
    expect(sealPlan(planDraft, parsePolicy({ timezone: 'Asia/Seoul' })).hash).not.toBe(plan().hash);
  });

  it('lists what is left by ARN, whoever answered first', () => {
    const names = (leave: PlanDraft['leave']) => plan({ leave }).leave.map((one) => one.resource.name);
    expect(names([left(3), left(1), left(2)])).toEqual(['orders-1', 'orders-2', 'orders-3']);
  });

  it('counts its verdicts', () => {
    const known = { ...left(4), because: 'in use' };
    const { unknown: _, ...inUse } = known;
    const counts = countsOf(plan({ act: many(2, proposal), leave: [left(3), inUse] }));
    expect(counts).toEqual({ act: 2, deferred: 1, leave: 2, unknown: 1 });
  });
});

describe('the digest', () => {
  const same = (spoiled: Partial<PlanDraft>) => digestOf(plan(spoiled)) === digestOf(plan());

  it.each<[string, Partial<PlanDraft>]>([
    ['the tick', { time: new Date('2026-11-23T20:00:00Z') }],
    ['the evidence of an action', { act: [{ ...proposal(1), because: 'nobody connected for 36 days' }] }],
    ['a price', { act: [{ ...proposal(1), saving: saving(366) }] }],
    ['the evidence of what waits', { deferred: [{ ...deferral(2), because: 'idle', deferredBecause: 'cap' }] }],
    ['the reasons of what is left', { leave: [{ ...left(3), because: 'connections unknown: Throttled' }] }],
    ['how many are left', { leave: many(9, left) }],
    [
      'why something could not be read',
      { unreadable: [{ account: '123456789012', region: 'eu-west-1', what: 'database', why: 'OptInRequired' }] },
    ],
  ])('is the same when only this moves: %s', (_, spoiled) => {
    expect(same(spoiled)).toBe(true);
  });

  it('is the same when a price moves and with it the order', () => {
    const acts = [proposal(1), { ...proposal(2), saving: saving(100) }];
    const before = digestOf(plan({ act: acts, deferred: [deferral(3), deferral(4)] }));
    expect(digestOf(plan({ act: acts.toReversed(), deferred: [deferral(4), deferral(3)] }))).toBe(before);
  });

  it.each<[string, Partial<PlanDraft>]>([
    ['another action', { act: [proposal(9)] }],
    ['one action more', { act: [proposal(1), proposal(9)] }],
    ['the mode', { act: [{ ...proposal(1), mode: 'off' }] }],
    ['the rule', { act: [{ ...proposal(1), rule: 'idle-instance' }] }],
    ['what waits', { deferred: [deferral(9)] }],
    ['nothing that waits', { deferred: [] }],
    ['everything readable', { unreadable: [] }],
    [
      'another region unreadable',
      { unreadable: [{ account: '123456789012', region: 'eu-west-2', what: 'database', why: 'AccessDenied' }] },
    ],
    [
      'another type unreadable',
      { unreadable: [{ account: '123456789012', region: 'eu-west-1', what: 'instance', why: 'AccessDenied' }] },
    ],
    ['nothing unknown any more', { leave: [] }],
  ])('is another one for %s', (_, spoiled) => {
    expect(same(spoiled)).toBe(false);
  });
});

describe('the cap', () => {
  it.each([
    [0, 1],
    [1, 1],
    [39, 1],
    [40, 2],
    [199, 9],
    [200, 10],
    [10_000, 10],
  ])('of %d judged resources lets %d through by default', (judged, allowed) => {
    expect(capOf('idle-database', judged, DEFAULT_POLICY)).toBe(allowed);
  });

  it.each([
    [{ count: 3, share: '100%' }, 200, 3],
    [{ count: 100, share: '29%' }, 100, 29],
    [{ count: 100, share: '0.5%' }, 100, 1],
    [{ count: 100, share: '0.5%' }, 400, 2],
    [{ count: 100, share: '100%' }, 7, 7],
  ])('%j of %d judged resources lets %d through', (cap, judged, allowed) => {
    const policy = parsePolicy({ rules: { 'idle-instance': { cap } } });
    expect(capOf('idle-instance', judged, policy)).toBe(allowed);
  });

  it('is never more than the share, and less than one only for nobody', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 5000 }), (percent, judged) => {
        const cap = { count: 100, share: `${percent}%` };
        const allowed = capOf('idle-instance', judged, parsePolicy({ rules: { 'idle-instance': { cap } } }));
        expect(allowed).toBe(Math.max(1, Math.min(100, Math.floor((percent * judged) / 100))));
      }),
    );
  });
});

describe('what the caps let through', () => {
  const anyCandidate = fc
    .record({
      number: fc.integer({ min: 0, max: 1_000_000 }),
      rule: fc.constantFrom<RuleId>('idle-database', 'idle-instance'),
      worth: fc.option(fc.constantFrom(0, 5, 5, 60)),
    })
    .map(({ number, rule, worth }) => ({
      proposal: { ...proposal(number), rule, saving: worth === null ? unknown('no price') : saving(worth) } as Proposal,
    }));
  const anyCandidates = fc.uniqueArray(anyCandidate, { selector: ({ proposal: { resource } }) => resource.arn });
  const anyCaps = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })).map(
    ([databases, instances]): ReadonlyMap<RuleId, number> =>
      new Map([
        ['idle-database', databases],
        ['idle-instance', instances],
      ]),
  );

  it('is the dearest of each rule, at most so many; the rest waits and nothing is lost', () => {
    fc.assert(
      fc.property(anyCandidates, anyCaps, (candidates, caps) => {
        const { within, beyond } = applyCaps(candidates, caps);
        expect(new Set([...within, ...beyond])).toEqual(new Set(candidates));
        expect(within.length + beyond.length).toBe(candidates.length);
        for (const [rule, cap] of caps) {
          const ofRule = (all: typeof candidates) => all.filter((one) => one.proposal.rule === rule);
          expect(ofRule(within)).toHaveLength(Math.min(cap, ofRule(candidates).length));
          const inOrder = [...ofRule(within), ...ofRule(beyond)].map((one) => one.proposal);
          expect(inOrder).toEqual(inOrder.toSorted(byWorth));
        }
      }),
    );
  });

  it('begins with what comes first, whatever it is worth', () => {
    fc.assert(
      fc.property(anyCandidates, anyCaps, fc.nat(), (candidates, caps, nth) => {
        const chosen = candidates[nth % Math.max(1, candidates.length)];
        fc.pre(chosen !== undefined);
        const { arn } = chosen.proposal.resource;
        const { within } = applyCaps(candidates, caps, new Set([arn]));
        const isAllowed = (caps.get(chosen.proposal.rule as RuleId) ?? 0) > 0;
        expect(within[0] === chosen).toBe(isAllowed);
      }),
    );
  });

  it('does not depend on the order of the candidates', () => {
    const shuffled = anyCandidates.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, anyCaps, ([one, other], caps) => {
        expect(applyCaps(other, caps)).toEqual(applyCaps(one, caps));
      }),
    );
  });

  it('is ordered by worth, then by ARN; what has no known worth comes behind what saves nothing', () => {
    const all = [
      { ...proposal(1), saving: unknown('no price') },
      { ...proposal(2), saving: saving(0) },
      { ...proposal(4), saving: saving(9) },
      { ...proposal(3), saving: saving(9) },
    ];
    expect(all.sort(byWorth).map((one) => one.resource.name)).toEqual(['orders-3', 'orders-4', 'orders-2', 'orders-1']);
  });
});

describe('the parts of a plan', () => {
  const of = (actions: number) => plan({ act: many(actions, proposal) });

  it.each([
    [0, 1],
    [1, 1],
    [ACTIONS_AT_ONCE, 1],
    [ACTIONS_AT_ONCE + 1, 2],
    [3 * ACTIONS_AT_ONCE, 3],
  ])('with %d actions are %d', (actions, parts) => expect(partsOf(of(actions))).toHaveLength(parts));

  it('are the plan itself, by its own name, when there is one', () => {
    const { id } = of(ACTIONS_AT_ONCE);
    expect(partsOf(of(ACTIONS_AT_ONCE))).toEqual([{ plan: id }]);
    expect(nameOfPart({ plan: id })).toBe(id);
    expect(planInName(id)).toBe(id);
  });

  it('are named after the plan, which the name tells, and which Lambda takes for a name', () => {
    const { id } = of(3 * ACTIONS_AT_ONCE);
    const names = partsOf(of(3 * ACTIONS_AT_ONCE)).map(nameOfPart);
    expect(names).toEqual([`${id}-1`, `${id}-2`, `${id}-3`]);
    for (const name of names) expect([planInName(name), /^[\w-]{1,64}$/.test(name)]).toEqual([id, true]);
  });

  it('have each action exactly once, and at most so many as an execution has room for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (actions) => {
        const whole = { ...plan(), act: many(actions, (number) => ({ ...proposal(number), mode: 'auto' as const })) };
        const shares = partsOf(whole).map((part) => {
          const seen = planForPart(whole, part);
          expect([seen.id, seen.hash, seen.act.map(({ action }) => action)]).toEqual([
            whole.id,
            whole.hash,
            whole.act.map(({ action }) => action),
          ]);
          return seen.act.flatMap(({ mode }, index) => (mode === 'auto' ? [index + 1] : []));
        });
        expect(shares.flat()).toEqual(many(actions, (number) => number));
        for (const share of shares) expect(share.length).toBeLessThanOrEqual(ACTIONS_AT_ONCE);
      }),
    );
  });

  it('of what schedules want are larger, and none has actions of two steps', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, (numbers) => {
        const scheduled = { ...proposal(1), rule: 'off-hours', mode: 'auto' } as const;
        const whole = { ...plan(), act: numbers.map((step) => ({ ...scheduled, step })) };
        const shares = partsOf(whole).map((part) =>
          planForPart(whole, part).act.flatMap(({ mode }, index) => (mode === 'auto' ? [index] : [])),
        );
        expect(shares.flat().sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index));
        for (const share of shares) {
          expect(new Set(share.map((index) => numbers[index])).size).toBe(1);
          expect(share.length).toBeLessThanOrEqual(SCHEDULED_AT_ONCE);
        }
        const stepsInTurn = shares.map(([first = 0]) => numbers[first] ?? 0);
        expect(stepsInTurn).toEqual([...stepsInTurn].sort((a, b) => a - b));
        expect(shares).toHaveLength(
          [...Map.groupBy(numbers, (step) => step).values()].reduce(
            (parts, { length }) => parts + Math.ceil(length / SCHEDULED_AT_ONCE),
            0,
          ),
        );
      }),
    );
  });

  it('tell no id apart from a plan whose hash has digits only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.integer({ min: 1, max: 99_999 }), (hash, part) => {
        const id = `right-size-2026-11-22-2000-123456789012-${hash.toString(16).padStart(6, '0')}`;
        expect([planInName(id), planInName(nameOfPart({ plan: id, part }))]).toEqual([id, id]);
      }),
    );
  });
});

describe('what a message says of a resource', () => {
  it.each<[Facts, string]>([
    [idleInstance, 'm5.large'],
    [idleDatabase, 'db.r6g.large postgres'],
    [{ ...idleDatabase, multiAz: true }, 'db.r6g.large postgres, Multi-AZ'],
    [idleCluster, '2 x db.r6g.large aurora-mysql'],
    [{ ...idleCluster, classes: ['db.r6g.large', 'db.serverless'] }, '2 x db.r6g.large and db.serverless aurora-mysql'],
    [{ ...idleCluster, classes: ['db.r6g.large'] }, 'db.r6g.large aurora-mysql'],
    [{ ...idleCluster, classes: [] }, 'no instances aurora-mysql'],
  ])('$type $name: %s', (facts, what) => {
    expect(describeResource(facts, DEFAULT_POLICY)).toEqual({
      arn: facts.identity.arn,
      name: facts.name,
      region: 'ap-northeast-2',
      what,
      owner: 'team-orders',
    });
  });

  it('names the owner by the tag of the policy, and nobody when there is none', () => {
    const policy = parsePolicy({ defaults: { ownerTag: 'team' } });
    expect(describeResource({ ...idleInstance, tags: { team: 'kim' } }, policy).owner).toBe('kim');
    expect(describeResource(idleInstance, policy)).not.toHaveProperty('owner');
    expect(describeResource({ ...idleInstance, tags: { team: '' } }, policy)).not.toHaveProperty('owner');
  });
});
