import { deadlineOf } from '../../shared/core/answer.ts';
import { type Change, needsAPerson } from '../../shared/core/change.ts';
import { changesMessage } from '../../shared/core/change-message.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { ACTING_MODES, type ActingMode, awaitAnswers, numbersIn } from './approval.ts';
import { type Durable, EVERY_ONE, patiently } from './durable.ts';
import type { CarryOutEvent } from './event.ts';
import { policyOf } from './gate.ts';
import type { Hands } from './hands.ts';
import { book } from './item.ts';
import { keepWatching } from './keep-watching.ts';
import { carryOutOne } from './one.ts';
import type { Terms } from './watch.ts';

/** What the execution returns: how each action ended, by its id. */
export type Report = { readonly plan: string; readonly outcomes: Readonly<Record<string, string>> };

/** Some actions failed or are stuck. Everything is recorded and announced; this makes the execution itself fail. */
class ChangesFailedError extends Error {
  override readonly name = 'ChangesFailedError';
  constructor(changes: readonly Change[]) {
    super(
      `a person is needed: ${changes.map(({ id, outcome, because }) => `${id} ${outcome}: ${because}`).join('; ')}`,
    );
  }
}

/** One plan, from its claim to the last outcome. */
export const carryOut = (hands: Hands) => {
  const planOf = remembered(hands);
  return async ({ plan: planId }: CarryOutEvent, durable: Durable): Promise<Report> => {
    const execution = durable.executionContext.durableExecutionArn;
    const opened = await durable.step('claim', () => open({ ...hands, planOf }, planId, execution), patiently);
    if (!opened.ours) return { plan: planId, outcomes: {} };

    const plan = await planOf(planId);
    const groups: Group[] = [];
    let from = new Date(opened.at);
    for (const mode of ACTING_MODES) {
      const deadline = opened.deadlines[mode];
      if (!deadline) continue;
      const group = await carryOutMode(hands, durable, { plan, mode, from, deadline: new Date(deadline) });
      groups.push(group);
      from = new Date(group.decidedAt);
    }
    await durable.step('close', () => hands.ledger.closePlan(planId), patiently);
    const ends = new Map(groups.flatMap(({ changes }) => changes).map((change) => [change.id, change]));
    for (const { changes, terms } of groups) {
      for (const change of await keepWatching(hands, durable, { plan, changes, terms })) ends.set(change.id, change);
    }

    const bad = [...ends.values()].filter(({ outcome }) => needsAPerson(outcome));
    if (bad.length > 0) throw new ChangesFailedError(bad);
    return { plan: planId, outcomes: Object.fromEntries([...ends].map(([id, { outcome }]) => [id, outcome])) };
  };
};

/** A plan is frozen, so what one replay has read serves the next ones in the same execution environment. */
function remembered({ ledger }: Hands): (id: string) => Promise<Plan> {
  const plans = new Map<string, Plan>();
  return async (id) => {
    const plan = plans.get(id) ?? (await ledger.plan(id));
    plans.set(id, plan);
    return plan;
  };
}

interface Opened {
  readonly ours: boolean;
  readonly at: string;
  readonly deadlines: { readonly [Mode in ActingMode]?: string };
}

type Opening = Hands & { readonly planOf: (id: string) => Promise<Plan> };

/** Makes the plan this execution's own, and fixes until when it waits under the policy of now. */
async function open({ ledger, planOf, clock }: Opening, planId: string, execution: string): Promise<Opened> {
  const now = clock();
  const at = now.toISOString();
  if (!(await ledger.claimPlan(planId, execution, now))) return { ours: false, at, deadlines: {} };
  const plan = await planOf(planId);
  const policy = await policyOf({ ledger });
  const deadlines = ACTING_MODES.filter((mode) => numbersIn(plan, mode).length > 0).map((mode) => {
    // A plan that comes late still gives people the whole time: it begins with the claim.
    const late = Math.max(0, now.getTime() - Date.parse(plan.time));
    const deadline = deadlineOf(plan, mode, policy);
    return [mode, deadline && new Date(deadline.getTime() + late).toISOString()] as const;
  });
  return { ours: true, at, deadlines: Object.fromEntries(deadlines) };
}

interface Waiting {
  readonly plan: Plan;
  readonly mode: ActingMode;
  readonly from: Date;
  readonly deadline: Date;
}

/** The actions of one mode, as they ended. */
interface Group {
  readonly changes: readonly Change[];
  readonly terms: Terms;
  readonly decidedAt: string;
}

/** Waits for the answers of one mode, carries its actions out and says at once how they ended. */
async function carryOutMode(hands: Hands, durable: Durable, waiting: Waiting): Promise<Group> {
  const { plan, mode } = waiting;
  const { permissions, terms, at: decidedAt } = await awaitAnswers(hands, durable, waiting);
  const results = await durable.map(
    `actions ${mode}`,
    [...permissions],
    async (child, { number, permission }) => {
      if (permission.granted) {
        return carryOutOne(hands, child, { item: { plan, number, approvedBy: permission.by }, terms });
      }
      const { outcome, because } = permission;
      return book(hands, child, { plan, number, approvedBy: '' }, { outcome, because });
    },
    { maxConcurrency: terms.parallel, ...EVERY_ONE },
  );
  const changes = results.getResults();
  await durable.step(`announce ${mode}`, () => announce(hands, { plan, changes, terms }), patiently);
  results.throwIfError(); // what could not even be booked
  return { changes, terms, decidedAt };
}

async function announce(
  hands: Hands,
  { plan, changes, terms }: { plan: Plan; changes: readonly Change[]; terms: Terms },
): Promise<void> {
  for (const { id, outcome, because } of changes) hands.log('change', { change: id, outcome, because });
  if (changes.length > 0) await hands.send(changesMessage(plan, changes, terms.timezone));
}
