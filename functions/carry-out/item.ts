import type { Change, Outcome } from '../../shared/core/change.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import { type Durable, patiently } from './durable.ts';
import type { Hands } from './hands.ts';

/** One action of a plan that somebody, or the grace, has let through. */
export interface Item {
  readonly plan: Plan;
  /** Its place in the plan, from 1. */
  readonly number: number;
  readonly approvedBy: string;
}

/** What there is to say at the end of an action. */
export interface Ending extends Partial<Pick<Change, 'snapshot' | 'appliedAt'>> {
  readonly outcome: Outcome;
  readonly because: string;
}

export const changeId = ({ plan, number }: Pick<Item, 'plan' | 'number'>): string => `${plan.id}/${number}`;

/** @throws when the plan has no such action, which a sealed plan rules out */
export function proposalOf({ plan, number }: Pick<Item, 'plan' | 'number'>): Proposal {
  const proposal = plan.act[number - 1];
  if (!proposal) throw new Error(`the plan ${plan.id} has no action ${number}`);
  return proposal;
}

/** Writes down how it ended; the same again changes nothing. */
export async function book(hands: Hands, durable: Durable, item: Item, ending: Ending): Promise<Change> {
  return durable.step(
    'book',
    async () => {
      const proposal = proposalOf(item);
      const change: Change = {
        id: changeId(item),
        planId: item.plan.id,
        account: item.plan.account,
        proposal,
        ...(item.approvedBy ? { approvedBy: item.approvedBy } : {}),
        finishedAt: hands.clock().toISOString(),
        ...(proposal.saving.known ? { saving: proposal.saving.value } : {}),
        ...ending,
      };
      await hands.ledger.recordChange(change);
      return change;
    },
    patiently,
  );
}
