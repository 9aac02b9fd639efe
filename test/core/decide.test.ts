import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecideContext, decide, wanted } from '../../functions/right-size/decide.ts';
import { known } from '../../shared/core/evidence.ts';
import type { AccountFacts, EvidenceKind, Facts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import { capOf, type Plan } from '../../shared/core/plan.ts';
import { type Cause, isRule, parsePolicy, type RuleId } from '../../shared/core/policy.ts';
import { judgeAll } from '../../shared/core/rules.ts';
import {
  context,
  daily,
  idleDatabase,
  idleInstance,
  numbered,
  withEvidence,
  withOnly,
} from '../support/facts-specimen.ts';
import { many, TICK } from '../support/plan-specimen.ts';
import { accountOf, anyFleet, partlyRead } from './any-fleet.ts';

/** Two rules are enough to see what becomes of verdicts. */
const IDLE: readonly RuleId[] = ['idle-database', 'idle-instance'];
const under = (spoiled: Partial<DecideContext> = {}): DecideContext => ({ ...context(), rules: IDLE, ...spoiled });

/** Caps from the tightest to none at all. */
const anyContext = fc
  .record({ count: fc.integer({ min: 1, max: 100 }), share: fc.constantFrom('1%', '5%', '29%', '100%') })
  .map((cap) => {
    const policy = parsePolicy({ rules: { 'idle-database': { cap }, 'idle-instance': { cap } } });
    return under({ policy });
  });

/** What each resource is judged to be when everything is read. */
const arnsOf = (all: readonly { readonly resource: { readonly arn: string } }[]) => all.map((one) => one.resource.arn);

const everythingIn = ({ act, deferred, findings = [], leave }: Plan) =>
  arnsOf([...act, ...deferred, ...findings, ...leave]);

const countByRule = (account: AccountFacts, rule: Cause): number =>
  isRule(rule) ? judgeAll(account.resources, [rule], under()).length : 0;

/** Reads as gather does: round by round what is wanted, from what there is to know. */
function readAsWanted(
  account: AccountFacts,
  decideUnder: DecideContext,
  onRound: (wants: Map<Facts, EvidenceKind>) => void,
) {
  const truth = new Map(account.resources.map((facts) => [facts.identity.arn, facts.evidence]));
  let facts = partlyRead(account, () => false);
  for (;;) {
    const wants = wanted(facts, decideUnder);
    if (wants.size === 0) return facts;
    onRound(wants);
    const resources = facts.resources.map((one) => {
      const kind = wants.get(one);
      if (!kind) return one;
      const answer = truth.get(one.identity.arn)?.[kind as never];
      return { ...one, evidence: { ...one.evidence, [kind]: answer } } as Facts;
    });
    facts = { ...facts, resources };
  }
}

describe('the plan', () => {
  it('proposes what is idle, holds back what is beyond the cap, and leaves the rest with its reason', () => {
    const idle = many(30, (n) => numbered(idleInstance, n));
    const busy = many(10, (n) => numbered(withEvidence(idleInstance, { peakCpuPercent: daily(80) }), 100 + n));
    const plan = decide(accountOf([...idle, ...busy]), under());
    expect([plan.act.length, plan.deferred.length, plan.leave.length]).toEqual([2, 28, 10]); // 5 % of 40
    expect(new Set(plan.deferred.map((one) => one.deferredBecause))).toEqual(
      new Set(['beyond the cap of 2 idle-instance actions a plan']),
    );
    expect(plan.leave[0]).toMatchObject({ rule: 'idle-instance', because: 'in use: CPU up to 80 % in 28 days' });
    expect(plan.leave[0]).not.toHaveProperty('unknown');
  });

  it('says of a proposal all that a person needs to decide', () => {
    const { act } = decide(accountOf([idleDatabase]), under());
    expect(act).toEqual([
      {
        rule: 'idle-database',
        mode: 'report',
        action: {
          kind: 'stop-database',
          database: idleDatabase.identity,
          expect: { status: 'available', form: 'instance' },
        },
        resource: {
          arn: idleDatabase.identity.arn,
          name: 'orders-qa',
          region: 'ap-northeast-2',
          what: 'db.r6g.large postgres',
          owner: 'team-orders',
        },
        because: 'no connection and at most 0.4 IOPS at any time in 35 days',
        charts: {
          'connections (maximum) by day, 0..0': '▁'.repeat(36),
          'IOPS (maximum) by day, 0..0.4': '█'.repeat(36),
        },
        saving: known({
          monthly: money('USD', 183.23),
          basis: 'list',
          stillBilled: ['100 GiB of gp3 storage and backups'],
        }),
        undo: { reversibility: 'full' },
      },
    ]);
  });

  it('carries the mode of the rule, the tick, the account and what could not be read', () => {
    const policy = parsePolicy({ rules: { 'idle-instance': { mode: 'off' } } });
    const unreadable = [{ account: '1', region: 'eu-west-1', what: 'instance', why: 'AccessDenied' }] as const;
    const plan = decide({ ...accountOf([idleInstance]), unreadable }, under({ policy }));
    expect(plan).toMatchObject({
      function: 'right-size',
      account: '123456789012',
      time: TICK.toISOString(),
      unreadable,
    });
    expect(plan.act[0]?.mode).toBe('off');
  });

  it('proposes at least one, however small the fleet', () => {
    expect(decide(accountOf([idleInstance, numbered(idleInstance, 2)]), under()).act).toHaveLength(1);
  });

  it('counts the cap of each rule apart', () => {
    const fleet = [idleInstance, numbered(idleInstance, 2), idleDatabase, numbered(idleDatabase, 2)];
    const { act, deferred } = decide(accountOf(fleet), under());
    expect(act.map((one) => one.rule).sort()).toEqual(['idle-database', 'idle-instance']);
    expect(deferred.map((one) => one.rule).sort()).toEqual(['idle-database', 'idle-instance']);
  });

  it('takes the dearest first, and what has no known price last', () => {
    const prices = [known(money('USD', 0.2)), { known: false, why: 'none' } as const, known(money('USD', 0.9))];
    const fleet = prices.map((hourlyPrice, n) => numbered(withEvidence(idleDatabase, { hourlyPrice }), n));
    const policy = parsePolicy({ rules: { 'idle-database': { cap: { share: '100%' } } } });
    const { act } = decide(accountOf(fleet), under({ policy }));
    expect(act.map((one) => one.resource.name)).toEqual(['orders-qa-2', 'orders-qa-0', 'orders-qa-1']);
  });

  it('judges by the rules in force only', () => {
    const plan = decide(accountOf([idleInstance, idleDatabase]), under({ rules: ['idle-database'] }));
    expect(everythingIn(plan)).toEqual([idleDatabase.identity.arn]);
    expect(everythingIn(decide(accountOf([idleInstance]), under({ rules: [] })))).toEqual([]);
  });

  it.each<[string, Facts, string]>([
    ['evidence', withOnly(idleInstance, []), 'peakCpuPercent was not read'],
    [
      'the last check',
      withOnly(idleInstance, ['peakCpuPercent', 'networkBytes', 'instanceStore', 'volumes', 'hourlyPrice']),
      'it would be proposed, but its last safety check was not read',
    ],
  ])('leaves alone what lacks %s', (_, facts, because) => {
    const { act, deferred, leave } = decide(accountOf([facts]), under());
    expect([act, deferred]).toEqual([[], []]);
    expect(leave).toEqual([expect.objectContaining({ because, unknown: true })]);
  });
});

describe('whatever the fleet', () => {
  const anyPartlyRead = fc
    .tuple(anyFleet, fc.func(fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0)))
    .map(([fleet, keep]) => partlyRead(fleet, (facts, kind) => keep(facts.name, kind)));

  it('every judged resource is in the plan exactly once', () => {
    fc.assert(
      fc.property(anyPartlyRead, anyContext, (fleet, decideUnder) => {
        const all = everythingIn(decide(fleet, decideUnder));
        expect(all.sort()).toEqual(fleet.resources.map((facts) => facts.identity.arn).sort());
      }),
    );
  });

  it('no rule proposes more than its cap', () => {
    fc.assert(
      fc.property(anyPartlyRead, anyContext, (fleet, decideUnder) => {
        const { act } = decide(fleet, decideUnder);
        for (const rule of IDLE) {
          const cap = capOf(rule, countByRule(fleet, rule), decideUnder.policy);
          expect(act.filter((one) => one.rule === rule).length).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });

  it('nothing is held back while the cap has room', () => {
    fc.assert(
      fc.property(anyFleet, anyContext, (fleet, decideUnder) => {
        const { act, deferred } = decide(fleet, decideUnder);
        for (const rule of new Set(deferred.map((one) => one.rule))) {
          const cap = capOf(rule, countByRule(fleet, rule), decideUnder.policy);
          expect(act.filter((one) => one.rule === rule)).toHaveLength(cap);
        }
      }),
    );
  });

  it('nothing is proposed on evidence that is unknown or was not read', () => {
    const SAFETY = {
      instance: ['peakCpuPercent', 'networkBytes', 'instanceStore', 'stopProtection'],
      database: ['peakConnections', 'peakIops'],
      volume: [],
      snapshot: [],
    } as const satisfies Record<Facts['type'], readonly EvidenceKind[]>;
    fc.assert(
      fc.property(anyPartlyRead, anyContext, (fleet, decideUnder) => {
        const factsOf = new Map(fleet.resources.map((facts) => [facts.identity.arn, facts]));
        for (const { resource } of decide(fleet, decideUnder).act) {
          const { type, evidence } = factsOf.get(resource.arn) as Facts;
          const read = evidence as Record<string, { known: boolean } | undefined>;
          expect(SAFETY[type].filter((kind) => !read[kind]?.known)).toEqual([]);
        }
      }),
    );
  });

  it('the order in which AWS listed the resources changes nothing', () => {
    const shuffled = anyPartlyRead.chain((fleet) =>
      fc.tuple(
        fc.constant(fleet),
        fc
          .shuffledSubarray([...fleet.resources], { minLength: fleet.resources.length })
          .map((resources) => ({ ...fleet, resources })),
      ),
    );
    fc.assert(
      fc.property(shuffled, anyContext, ([fleet, other], decideUnder) => {
        expect(decide(other, decideUnder)).toEqual(decide(fleet, decideUnder));
      }),
    );
  });

  it('the facts are not touched', () => {
    fc.assert(
      fc.property(anyFleet, anyContext, (fleet, decideUnder) => {
        const before = structuredClone(fleet);
        decide(fleet, decideUnder);
        expect(fleet).toEqual(before);
      }),
    );
  });
});

describe('what is wanted', () => {
  it('is never asked for twice, and comes to an end', () => {
    fc.assert(
      fc.property(anyFleet, anyContext, (fleet, decideUnder) => {
        const asked = new Set<string>();
        readAsWanted(fleet, decideUnder, (wants) => {
          for (const [facts, kind] of wants) {
            const question = `${facts.identity.arn} ${kind}`;
            expect(asked).not.toContain(question);
            asked.add(question);
          }
        });
      }),
    );
  });

  it('asks for what is costly only for as many as the plan can hold', () => {
    fc.assert(
      fc.property(anyFleet, anyContext, (fleet, decideUnder) => {
        const cap = capOf('idle-instance', countByRule(fleet, 'idle-instance'), decideUnder.policy);
        readAsWanted(fleet, decideUnder, (wants) => {
          const costly = [...wants.values()].filter((kind) => kind === 'stopProtection' || kind === 'volumes');
          expect(costly.length).toBeLessThanOrEqual(cap);
        });
      }),
    );
  });

  it('is enough: the plan proposes what it would propose if everything had been read', () => {
    fc.assert(
      fc.property(anyFleet, anyContext, (fleet, decideUnder) => {
        const plan = decide(
          readAsWanted(fleet, decideUnder, () => {}),
          decideUnder,
        );
        expect(plan.act).toEqual(decide(fleet, decideUnder).act);
        expect(plan.leave.filter(({ because }) => because.includes('not read'))).toEqual([]);
      }),
    );
  });

  it('is nothing for what is exempt or busy', () => {
    const read = accountOf([
      { ...withOnly(idleInstance, []), state: 'stopped' },
      withOnly(withEvidence(idleDatabase, { peakConnections: daily(9) }), ['peakConnections']),
    ]);
    expect(wanted(read, under())).toEqual(new Map());
  });

  it('is read for every resource at once when AWS serves it by the hundred', () => {
    const bare = many(40, (n) => withOnly(numbered(idleInstance, n), []));
    expect(wanted(accountOf(bare), under())).toEqual(new Map(bare.map((facts) => [facts, 'peakCpuPercent'])));
  });
});
