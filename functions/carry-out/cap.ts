import { directionOf, isSnapshotAction } from '../../shared/core/action.ts';
import { isRemedy, isScheduled } from '../../shared/core/plan.ts';
import { capIn, type Policy } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import type { CapOfDay, Word } from '../../shared/ports-acting.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf } from './item.ts';

/** The cap of a UTC day. */
export function capOf(item: Pick<Item, 'plan' | 'number'>, at: string): CapOfDay {
  const { rule, action } = proposalOf(item);
  return { account: item.plan.account, rule, direction: directionOf(action), day: at.slice(0, 10) };
}

/** Nothing where only the plan says how many: without `pruneAtMost` a day's deletes are as many as were planned on a day. */
function mostOf(item: Item, policy: Policy): number | undefined {
  const { rule, action } = proposalOf(item);
  return isSnapshotAction(action) ? policy.snapshots.pruneAtMost : (capIn(policy, rule)?.perDay ?? 0);
}

const reached = (item: Item, most: number): string =>
  `the day's cap of ${most} ${proposalOf(item).rule} actions is reached`;

/**
 * What gives something back is never too much, nor what a schedule wants, which has its own limit in each plan, nor what an alarm
 * wants, of which there are so many an hour.
 */
function isCapped(item: Item): boolean {
  const proposal = proposalOf(item);
  return directionOf(proposal.action) === 'takes' && !isScheduled(proposal) && !isRemedy(proposal);
}

/** Why there is no room in the day, as far as the ledger has said. */
export function capFull(item: Item, { policy }: JudgeContext, { counted }: Word): string | undefined {
  const most = mostOf(item, policy);
  if (!isCapped(item) || most === undefined || counted.size < most || counted.has(changeId(item))) return undefined;
  return reached(item, most);
}

/** Takes a place in the day, or says why there is none. */
export async function capReached(hands: Hands, item: Item, { policy, now }: JudgeContext): Promise<string | undefined> {
  const most = mostOf(item, policy);
  if (!isCapped(item) || most === undefined) return undefined;
  const count = { ...capOf(item, now.toISOString()), changeId: changeId(item), most };
  return (await hands.ledger.countAgainstCap(count)) ? undefined : reached(item, most);
}

/** Nothing was done although the gate of `at` had let it through: its place in the day is another's. */
export async function giveBack(hands: Hands, item: Item, at: string): Promise<void> {
  if (isCapped(item)) await hands.ledger.uncount({ ...capOf(item, at), changeId: changeId(item) });
}
