import type { PlanAnswer } from '../../shared/core/answer.ts';
import { digestOf } from '../../shared/core/plan.ts';
import { recordAnswer } from './answer-plan.ts';
import { type Asking, admit, answeredBefore, stamp } from './decide.ts';
import { UnknownChangeError } from './errors.ts';
import type { Ports, Said } from './ports.ts';
import { type UndoRequest, undoPlan } from './undo.ts';

/**
 * Plan, approval, start, in this order: a crash in between leaves a plan that nobody carries out. Asked again within the
 * minute it is the same plan; later it is another one, which finds that there is nothing left to take back.
 */
export async function takeBack(ports: Ports, request: UndoRequest, asking: Asking): Promise<Said> {
  const change = await ports.ledger.change(request.about.change);
  if (!change) throw new UnknownChangeError(request.about.change);
  admit(change.account, asking);
  const drafted = undoPlan(change, request, asking);
  await ports.ledger.record(drafted, digestOf(drafted));
  const plan = await ports.ledger.plan(drafted.id); // another request of this minute may have come first, with its words
  const { note } = request;
  const answer: PlanAnswer = {
    planId: plan.id,
    hash: plan.hash,
    say: 'approve',
    ...stamp(asking),
    ...(note ? { note } : {}),
  };
  const before = (await ports.ledger.answers(plan.id)).approval ?? (await recordAnswer(ports, plan, answer));
  if (before && before.by !== asking.by) throw answeredBefore(before, asking);
  await ports.starter.start({ plan: plan.id });
  const { by, at } = before ?? answer;
  return {
    said: before ? 'before' : 'now',
    say: 'undo',
    change: change.id,
    resource: change.proposal.resource.arn,
    plan: plan.id,
    by,
    at,
    execution: 'started',
  };
}
