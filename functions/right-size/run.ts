import type { HolidayBook } from '../../shared/core/calendar/holidays.ts';
import type { OnDemand } from '../../shared/core/commitments.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import { onHoursOf } from '../../shared/core/on-hours.ts';
import { digestOf, type Plan } from '../../shared/core/plan.ts';
import { type Policy, type RuleId, rulesInForce } from '../../shared/core/policy.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { Ledger } from '../../shared/ports.ts';
import { claimOf, type Delivery, deliver, type Said } from '../../shared/runtime/deliver.ts';
import { type DecideContext, decide, ladderAfter, wanted } from './decide.ts';
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
  /** The holidays that were stored with it. */
  readonly holidays: HolidayBook;
  readonly now: Date;
  /** What no commitment covers, read once for all accounts; undefined where the policy wants list prices. */
  readonly onDemand: () => Promise<Evidence<OnDemand> | undefined>;
  readonly delivery: Delivery;
}

/** What a full run did for one account. */
export interface Outcome {
  readonly plan: Plan;
  readonly said: Said;
}

/** One account, from the tick to the message. A second delivery of the tick goes on from where the first one stopped. */
export const run =
  ({ delivery, ...looking }: Run) =>
  async (account: Account): Promise<Outcome> => {
    const { ledger, now } = looking;
    const key = { function: 'right-size', account: account.account, time: now.toISOString() };
    const { current, previous } = await ledger.runs(key);
    const { recorded, plan } = current
      ? { recorded: current, plan: await ledger.plan(current.planId) }
      : await decideAndRecord(account, { ...looking, delivery });
    const said = await deliver(delivery, { run: recorded, plan, ...(previous ? { previous } : {}) });
    return { plan, said };
  };

async function decideAndRecord(account: Account, { delivery, ...looking }: Run) {
  const { ledger, policy, now } = looking;
  const { plan: decided, facts, context } = await lookAt(account, { ...looking, rules: rulesInForce(policy) });
  // Before the run, which makes the plan count: who dies in between climbs the same steps again.
  await ledger.keepLadder(account.account, ladderAfter(facts, decided, context), now);
  const recorded = await ledger.record(decided, digestOf(decided), claimOf(delivery));
  // Another delivery of this tick may have recorded its plan first: then that one is the plan.
  const plan = recorded.planId === decided.id ? decided : await ledger.plan(recorded.planId);
  return { recorded, plan };
}

export interface Look extends Omit<Run, 'delivery'> {
  readonly rules: readonly RuleId[];
}

/** Gather and decide, and leave no trace: what a narrowed event gets. */
export const look =
  (looking: Look) =>
  async (account: Account): Promise<Plan> =>
    (await lookAt(account, looking)).plan;

async function lookAt(account: Account, { ledger, sources, policy, holidays, now, rules, onDemand }: Look) {
  const window = windowOf(policy, rules, now);
  const context: DecideContext = {
    now,
    policy,
    rules,
    onHours: onHoursOf({ policy, holidays, window }),
    vetoes: await ledger.vetoes(account.account, now),
    ladder: await ledger.ladder(account.account),
    first: new Set(await ledger.idleAlarms(account.account)),
    onDemand: await onDemand(),
  };
  const facts = await gather(sources, {
    ...account,
    types: typesOf(rules),
    range: window,
    wanted: (known) => wanted(known, context),
  });
  return { plan: decide(facts, context), facts, context };
}
