import { type PlanAnswer, AlreadyAnsweredError as RefusedByLedger } from '../../shared/core/answer.ts';
import { nameOfPart, type Plan, partsOf } from '../../shared/core/plan.ts';
import {
  type Asking,
  admit,
  answeredBefore,
  changeId,
  type Decision,
  decide,
  numbersOf,
  type PlanRequest,
  type PlanState,
  stamp,
  vetoEnd,
} from './decide.ts';
import { meansNoPlan, UnknownPlanError } from './errors.ts';
import { leaveAlone } from './leave-alone.ts';
import type { Ports, Said } from './ports.ts';

/** Approves or vetoes a plan, or some of its actions. */
export async function answerPlan(ports: Ports, request: PlanRequest, asking: Asking): Promise<Said> {
  const plan = await planFor(ports, request.about.plan);
  const { account } = plan;
  admit(account, asking);
  const until = request.until && vetoEnd(request.until, asking);
  const decision = await decideAndRecord(ports, { request, plan, asking });
  const resources = numbersOf(request, plan).flatMap((number) => plan.act[number - 1]?.resource.arn ?? []);
  const left = until && (await leaveAlone(ports, { account, resources, until, note: request.note }, asking));
  const said = { plan: plan.id, say: request.say, ...(left || {}) };
  if (decision.decision === 'standing-only') {
    return { ...said, said: left && left.said === 'before' ? 'before' : 'now', ...stamp(asking) };
  }
  const { by, at, actions } = decision.answer;
  return {
    ...said,
    said: decision.decision === 'before' ? 'before' : 'now',
    ...(actions ? { actions } : {}),
    by,
    at,
    execution: await wake(ports, plan), // also when it was said before: the first time may have died before this
  };
}

async function planFor({ ledger }: Ports, id: string): Promise<Plan> {
  try {
    return await ledger.plan(id);
  } catch (error) {
    if (meansNoPlan(error)) throw new UnknownPlanError(id);
    throw error;
  }
}

interface Answering {
  readonly request: PlanRequest;
  readonly plan: Plan;
  readonly asking: Asking;
}

/** Two people at once: the ledger takes one of them, and the other is judged again by what stands then. */
async function decideAndRecord(ports: Ports, { request, plan, asking }: Answering): Promise<Decision> {
  const decision = decide(request, await stateOf(ports, plan, request), asking);
  if (decision.decision !== 'record') return decision;
  const refused = await recordAnswer(ports, plan, decision.answer);
  if (!refused) return decision;
  const again = decide(request, await stateOf(ports, plan, request), asking);
  if (again.decision === 'record') throw answeredBefore(refused, asking);
  return again;
}

/** @returns the answer that stands in the way */
export async function recordAnswer({ ledger }: Ports, plan: Plan, answer: PlanAnswer): Promise<PlanAnswer | undefined> {
  try {
    await ledger.recordAnswer(plan, answer);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedByLedger) return error.standing;
    throw error;
  }
}

async function stateOf({ ledger }: Ports, plan: Plan, request: PlanRequest): Promise<PlanState> {
  const [answers, supersededBy] = await Promise.all([ledger.answers(plan.id), ledger.supersededBy(plan)]);
  const changes = await Promise.all(numbersOf(request, plan).map((number) => ledger.change(changeId(plan, number))));
  return {
    plan,
    answers,
    ...(supersededBy ? { supersededBy } : {}),
    changes: changes.filter((change) => change !== undefined),
  };
}

/** Wakes whatever waits for an answer to the plan: each of its executions, in each of the modes. */
async function wake({ ledger, waker, onWakeFailed }: Ports, plan: Plan): Promise<NonNullable<Said['execution']>> {
  const callbacks = await Promise.all(partsOf(plan).map((part) => ledger.callbacksOf(nameOfPart(part))));
  const ends = await Promise.all(
    callbacks.flat().map((callbackId) =>
      waker.wake(callbackId).catch((error: unknown) => {
        onWakeFailed(plan.id, error);
        return 'failed' as const;
      }),
    ),
  );
  if (ends.includes('failed')) return 'failed';
  return ends.includes('woken') ? 'woken' : 'not waiting';
}
