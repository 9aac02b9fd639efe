import { directionOf } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Lease, PRIORITY } from '../../shared/core/lease.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type Durable, patiently } from './durable.ts';
import { applyAgain, type Leased, reasonOf, recheckAndApply } from './gate.ts';
import type { Hands } from './hands.ts';
import { book, type Ending, type Item, proposalOf } from './item.ts';
import { awaitProgress } from './progress.ts';
import { protect } from './protect.ts';
import { undo } from './undo.ts';
import { type Terms, watch } from './watch.ts';

/** Outlives the longest snapshot, watch (seven days) and undo; an execution that never comes back blocks no longer. */
const LEASE_MS = 12 * DAY_MS;

/** One action from its lease to its entry in the ledger. Whatever happens to it becomes an outcome. */
export async function carryOutOne(
  hands: Hands,
  durable: Durable,
  { item, terms }: { item: Item; terms: Terms },
): Promise<Change> {
  const lease = await durable.step('lease', () => takeLease(hands, item), patiently);
  if ('heldBy' in lease)
    return book(hands, durable, item, { outcome: 'skipped', because: `${lease.heldBy} works on it` });
  const leased = { ...item, lease: revived(lease) };
  const ending = await underLease(hands, durable, { item: leased, terms }).catch(
    (error: unknown): Ending => ({ outcome: 'failed', because: reasonOf(error) }),
  );
  const change = await book(hands, durable, item, ending);
  await durable.step('release', () => hands.ledger.releaseLease(leased.lease), patiently);
  return change;
}

async function underLease(
  hands: Hands,
  durable: Durable,
  { item, terms }: { item: Leased; terms: Terms },
): Promise<Ending> {
  const protection = await protect(hands, durable, item);
  if (protection.state === 'closed') return { outcome: 'skipped', because: protection.because };
  if (protection.state === 'failed') return { outcome: 'failed', because: protection.because };
  const snapshot = protection.snapshot ? { snapshot: protection.snapshot } : {};

  const applied = await recheckAndApply(hands, durable, item);
  if ('closed' in applied) return { outcome: 'skipped', because: applied.closed, ...snapshot };
  if ('refused' in applied) return { outcome: 'failed', because: applied.refused, ...snapshot };
  if ('unclear' in applied) return { outcome: 'failed', because: applied.unclear, appliedAt: applied.at, ...snapshot };
  const done = { ...snapshot, appliedAt: applied.at };

  const settled = await awaitProgress(hands, durable, { item, what: 'settled', name: 'settled' });
  const unsettled =
    settled.state === 'failed' ? settled.because : settled.state === 'pending' ? `still ${settled.seen}` : undefined;
  // To stop again what somebody had started, because it woke an alarm or starts slowly, would be no help to anybody.
  if (directionOf(proposalOf(item).action) === 'gives') {
    return unsettled
      ? { outcome: 'failed', because: unsettled, ...done }
      : { outcome: 'kept', because: 'it runs again', ...done };
  }
  if (unsettled) return { ...(await undo(hands, durable, item, unsettled)), ...done };
  const health = await watch(hands, durable, { item, since: applied.at, terms });
  if (health.healthy) return { outcome: 'kept', because: health.because, ...done };
  return { ...(await undo(hands, durable, item, health.because)), ...done };
}

export async function takeLease(
  hands: Hands,
  { plan, number }: Pick<Item, 'plan' | 'number'>,
): Promise<{ lease: Lease } | { heldBy: string }> {
  const now = hands.clock();
  const wanted = {
    resource: proposalOf({ plan, number }).resource.arn,
    planId: plan.id,
    priority: plan.function === 'undo' ? PRIORITY.person : PRIORITY['right-size'],
    until: new Date(now.getTime() + LEASE_MS),
  };
  return hands.ledger.takeLease(wanted, now);
}

/** Steps remember JSON: the lease's end comes back as text. */
export const revived = ({ lease }: { lease: Lease }): Lease => ({ ...lease, until: new Date(lease.until) });

/**
 * Stops a database again that AWS has restarted: under the approval that it was stopped with, without a new snapshot, but
 * through the same lease and gates. It is no new change, so it counts against no cap.
 */
export async function stopAgain(
  hands: Hands,
  durable: Durable,
  { plan, change, round }: { plan: Plan; change: Change; round: number },
): Promise<Ending> {
  const item: Item = { plan, number: numberOf(change), approvedBy: change.approvedBy ?? '' };
  const lease = await durable.step(`lease again ${round}`, () => takeLease(hands, item), patiently);
  if ('heldBy' in lease)
    return { outcome: 'skipped', because: `AWS restarted it, and ${lease.heldBy} works on it now` };
  const leased = { ...item, lease: revived(lease) };
  const ending = await again(hands, durable, { item: leased, round }).catch(
    (error: unknown): Ending => ({
      outcome: 'failed',
      because: `AWS restarted it, and it stays on: ${reasonOf(error)}`,
    }),
  );
  await durable.step(`release again ${round}`, () => hands.ledger.releaseLease(leased.lease), patiently);
  return ending;
}

async function again(
  hands: Hands,
  durable: Durable,
  { item, round }: { item: Leased; round: number },
): Promise<Ending> {
  const applied = await applyAgain(hands, durable, { item, round });
  if ('closed' in applied)
    return { outcome: 'skipped', because: `AWS restarted it, and it stays on: ${applied.closed}` };
  if ('refused' in applied)
    return { outcome: 'failed', because: `AWS restarted it and refused to stop it: ${applied.refused}` };
  if ('unclear' in applied) return { outcome: 'failed', because: `AWS restarted it; ${applied.unclear}` };
  const settled = await awaitProgress(hands, durable, { item, what: 'settled', name: `settled again ${round}` });
  return settled.state === 'done'
    ? { outcome: 'kept', because: 'stopped again after the restart by AWS' }
    : { outcome: 'failed', because: 'AWS restarted it, and it did not stop again' };
}

/** The action's place in its plan. */
export const numberOf = ({ id }: Pick<Change, 'id'>): number => Number(id.split('/').at(-1));
