import type { PlanAnswer } from '../../shared/core/answer.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { ACCOUNT, plan, proposal, TICK } from './plan-specimen.ts';

/** So many days after the tick. */
export const daysLater = (days: number): Date => new Date(TICK.getTime() + days * DAY_MS);

/** The first action of a plan, stopped a day after the tick, watched for two hours and kept. */
export function change(spoiled: Partial<Change> = {}, of: Plan = plan()): Change {
  const stopped = of.act[0] ?? proposal(1);
  return {
    id: `${of.id}/1`,
    planId: of.id,
    account: ACCOUNT,
    proposal: stopped,
    outcome: 'kept',
    because: 'no alarm in 2 hours; watched: 2 of its own',
    approvedBy: 'arn:aws:iam::123456789012:user/kim',
    appliedAt: daysLater(1).toISOString(),
    standsUntil: daysLater(31).toISOString(),
    finishedAt: daysLater(1 + 1 / 12).toISOString(),
    ...(stopped.saving.known ? { saving: stopped.saving.value } : {}),
    ...spoiled,
  };
}

/** Kim approves the whole plan an hour after the tick. */
export const answer = (spoiled: Partial<PlanAnswer> = {}, to: Plan = plan()): PlanAnswer => ({
  planId: to.id,
  hash: to.hash,
  say: 'approve',
  by: 'arn:aws:iam::123456789012:user/kim',
  at: daysLater(1 / 24).toISOString(),
  ...spoiled,
});
