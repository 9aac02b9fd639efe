import { digestOf, type Plan } from '../../shared/core/plan.ts';
import type { Policy, RuleId } from '../../shared/core/policy.ts';
import { rulesInForce } from '../../shared/core/rules.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { Ledger } from '../../shared/ports.ts';
import { claimOf, type Delivery, deliver, type Said } from '../../shared/runtime/deliver.ts';
import { decide, wanted } from './decide.ts';
import { gather, type Sources } from './gather.ts';
import { typesOf } from './tick.ts';

export interface Account {
  readonly account: string;
  readonly regions: readonly string[];
}

export interface Run {
  readonly ledger: Ledger;
  readonly sources: Sources;
  readonly policy: Policy;
  readonly now: Date;
  readonly delivery: Delivery;
}

/** What a full run did for one account. */
export interface Outcome {
  readonly plan: Plan;
  readonly said: Said;
}

/** One account, from the tick to the message. A second delivery of the tick goes on from where the first one stopped. */
export const run =
  ({ ledger, sources, policy, now, delivery }: Run) =>
  async (account: Account): Promise<Outcome> => {
    const key = { function: 'right-size', account: account.account, time: now.toISOString() };
    const { current, previous } = await ledger.runs(key);
    const { recorded, plan } = current
      ? { recorded: current, plan: await ledger.plan(current.planId) }
      : await decideAndRecord(account, { ledger, sources, policy, now, delivery });
    const said = await deliver(delivery, { run: recorded, plan, ...(previous ? { previous } : {}) });
    return { plan, said };
  };

async function decideAndRecord(account: Account, { delivery, ...looking }: Run) {
  const { ledger, policy } = looking;
  const decided = await look({ ...looking, rules: rulesInForce(policy) })(account);
  const recorded = await ledger.record(decided, digestOf(decided), claimOf(delivery));
  // Another delivery of this tick may have recorded its plan first: then that one is the plan.
  const plan = recorded.planId === decided.id ? decided : await ledger.plan(recorded.planId);
  return { recorded, plan };
}

export interface Look extends Pick<Run, 'ledger' | 'sources' | 'policy' | 'now'> {
  readonly rules: readonly RuleId[];
}

/** Gather and decide, and leave no trace: what a narrowed event gets. */
export const look =
  ({ ledger, sources, policy, now, rules }: Look) =>
  async (account: Account): Promise<Plan> => {
    const context = { now, policy, rules, vetoes: await ledger.vetoes(account.account, now) };
    const facts = await gather(sources, {
      ...account,
      types: typesOf(rules),
      range: windowOf(policy, rules, now),
      wanted: (known) => wanted(known, context),
    });
    return decide(facts, context);
  };
