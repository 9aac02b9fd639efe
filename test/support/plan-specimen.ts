import type { Deferral, Left, Plan, PlanDraft, Proposal, Resource } from '../../shared/core/plan.ts';
import { sealPlan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';

export const ACCOUNT = '123456789012';
export const TICK = new Date('2026-11-22T20:00:00.000Z');
export const DEFAULT_POLICY = parsePolicy({});

/** An idle database; every number is another one. */
function resource(number = 1): Resource {
  const name = `orders-${number}`;
  return {
    arn: `arn:aws:rds:ap-northeast-2:${ACCOUNT}:db:${name}`,
    name,
    region: 'ap-northeast-2',
    what: 'db.r6g.large postgres, Multi-AZ',
    owner: 'team-orders',
  };
}

export function proposal(number = 1): Proposal {
  const stopped = resource(number);
  return {
    rule: 'idle-database',
    mode: 'report',
    action: {
      kind: 'stop-database',
      database: { arn: stopped.arn, id: `db-ABC${number}` },
      expect: { status: 'available', form: 'instance' },
    },
    resource: stopped,
    because: 'nobody connected for 35 days',
    saving: {
      known: true,
      value: { monthly: { currency: 'USD', amount: 365.73 }, basis: 'list', stillBilled: ['100 GB of gp3 storage'] },
    },
    undo: { reversibility: 'full' },
  };
}

export const deferral = (number: number): Deferral => ({
  ...proposal(number),
  deferredBecause: 'beyond the cap of 10 idle-database actions a plan',
});

export const left = (number: number): Left => ({
  rule: 'idle-database',
  resource: resource(number),
  because: `connections unknown: AccessDenied ${number}`,
  unknown: true,
});

/** A plan of one action, one deferral, one left resource and one region that could not be read. */
export const planDraft: PlanDraft = {
  function: 'right-size',
  account: ACCOUNT,
  time: TICK,
  act: [proposal(1)],
  deferred: [deferral(2)],
  leave: [left(3)],
  unreadable: [{ account: ACCOUNT, region: 'eu-west-1', what: 'database', why: 'AccessDenied' }],
};

/** The specimen, spoiled where the test wants it. */
export const plan = (spoiled: Partial<PlanDraft> = {}): Plan => sealPlan({ ...planDraft, ...spoiled }, DEFAULT_POLICY);

/** `make` called with the numbers from one to `count`. */
export const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));
