import fc from 'fast-check';
import type { Evidence } from '../../shared/core/evidence.ts';
import { money, type Saving } from '../../shared/core/money.ts';
import type { Deferral, Left, PlanDraft, Proposal, Resource } from '../../shared/core/plan.ts';
import { ACCOUNT, TICK } from '../support/plan-specimen.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });

const anyResource: fc.Arbitrary<Resource> = fc.record(
  { arn: text, name: text, region: text, what: text, owner: text },
  { requiredKeys: ['arn', 'name', 'region', 'what'] },
);

const anySaving: fc.Arbitrary<Evidence<Saving>> = fc.oneof(
  fc.record({ known: fc.constant(false as const), why: text }),
  fc.record({
    known: fc.constant(true as const),
    value: fc.record({
      monthly: fc.integer({ min: 0, max: 10 ** 12 }).map((millionths) => money('USD', millionths / 1e6)),
      basis: fc.constantFrom('list' as const, 'pool estimate' as const, 'realised' as const),
      stillBilled: fc.array(text, { maxLength: 3 }),
    }),
  }),
);

const anyAction = fc
  .record({ arn: text, id: text })
  .chain((identity) =>
    fc.constantFrom<Proposal['action']>(
      { kind: 'stop-database', database: identity, expect: { status: 'available', form: 'cluster' } },
      { kind: 'stop-instance', instance: identity, expect: { state: 'running', instanceType: 'm5.large' } },
    ),
  );

const proposalParts = {
  rule: fc.constantFrom('idle-database' as const, 'idle-instance' as const),
  mode: fc.constantFrom('report' as const, 'off' as const),
  action: anyAction,
  resource: anyResource,
  because: text,
  saving: anySaving,
  undo: fc.record(
    { reversibility: fc.constantFrom('full' as const, 'partial' as const, 'none' as const), loses: text },
    { requiredKeys: ['reversibility'] },
  ),
};

const anyDeferral: fc.Arbitrary<Deferral> = fc.record({ ...proposalParts, deferredBecause: text });

const anyLeft: fc.Arbitrary<Left> = fc.record(
  { rule: proposalParts.rule, resource: anyResource, because: text, unknown: fc.constant(true as const) },
  { requiredKeys: ['rule', 'resource', 'because'] },
);

/** Whatever a scanner may decide, strange texts and empty lists included; more than one batch of actions too. */
export const anyPlanDraft: fc.Arbitrary<PlanDraft> = fc.record({
  function: fc.constant('right-size'),
  account: fc.constant(ACCOUNT),
  time: fc.constant(TICK),
  act: fc.array(fc.record(proposalParts), { maxLength: 60 }),
  deferred: fc.array(anyDeferral, { maxLength: 5 }),
  leave: fc.array(anyLeft, { maxLength: 5 }),
  unreadable: fc.array(
    fc.record({
      account: text,
      region: text,
      what: fc.constantFrom('instance' as const, 'database' as const),
      why: text,
    }),
    { maxLength: 3 },
  ),
});
