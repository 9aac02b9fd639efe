import { mayRunUnattended } from '../../shared/core/action.ts';
import { type PlanAnswers, standingOf } from '../../shared/core/answer.ts';
import { GRACE, POLICY } from '../../shared/core/gates.ts';
import { isScheduled, needsGrace, type Plan } from '../../shared/core/plan.ts';

/** Why waiting ended. */
export type Waited = { readonly ended: 'answered' | 'time' } | { readonly ended: 'superseded'; readonly by: string };

/** Whether one action may go on, after the waiting. */
export type Permission =
  | { readonly granted: true; readonly by: string }
  | { readonly granted: false; readonly outcome: 'vetoed' | 'expired' | 'skipped'; readonly because: string };

export function permissionFor(
  number: number,
  { plan, answers, waited }: { plan: Plan; answers: PlanAnswers; waited: Waited },
): Permission {
  const proposal = plan.act[number - 1];
  const standing = standingOf(number, answers);
  if (standing.standing === 'vetoed') {
    return {
      granted: false,
      outcome: 'vetoed',
      because: `vetoed by ${standing.by}${standing.note ? `: ${standing.note}` : ''}`,
    };
  }
  if (standing.standing === 'approved') return { granted: true, by: standing.by };
  if (waited.ended === 'superseded')
    return { granted: false, outcome: 'expired', because: `the newer plan ${waited.by} took its place` };
  if (proposal?.mode !== 'auto') return { granted: false, outcome: 'expired', because: 'nobody approved it in time' };
  if (!isScheduled(proposal) && !mayRunUnattended(proposal)) {
    return {
      granted: false,
      outcome: 'skipped',
      because: 'it could not be taken back in full, so it needs an approval',
    };
  }
  return { granted: true, by: needsGrace(proposal) ? GRACE : POLICY };
}
