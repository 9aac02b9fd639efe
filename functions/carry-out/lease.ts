import { nameOfPerson } from '../../shared/core/approvers.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Lease, PRIORITY } from '../../shared/core/lease.ts';
import { isOffHours, isRemediation, type Plan } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type Durable, patiently } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

export interface Leased extends Item {
  readonly lease: Lease;
  /** What was made to protect it, e.g. a snapshot. */
  readonly protection?: string;
}

export type Taken = { readonly lease: Lease } | { readonly heldBy: string };

/** Outlives the longest snapshot, watch (seven days) and undo; an execution that never comes back blocks no longer. */
const LEASE_MS = 12 * DAY_MS;

/** Outlives what a schedule wants, which is not watched: the day after, it is the next turn's again, whatever became of it. */
const SCHEDULED_LEASE_MS = 2 * DAY_MS;

/** Outlives a day of settling, a day in which the alarm is to be OK again, and hours of undo. */
const REMEDY_LEASE_MS = 3 * DAY_MS;

/** Who takes it, and for how long at most. */
function termsOf(plan: Plan): { readonly priority: number; readonly forMs: number } {
  if (isRemediation(plan)) return { priority: PRIORITY.remediation, forMs: REMEDY_LEASE_MS };
  if (isOffHours(plan)) return { priority: PRIORITY['off-hours'], forMs: SCHEDULED_LEASE_MS };
  return { priority: plan.function === 'undo' ? PRIORITY.person : PRIORITY['right-size'], forMs: LEASE_MS };
}

/** Takes or prolongs the lease of the action's resource. A person's plan, and a remedy, also take it from one that only watches. */
export async function takeLease(hands: Hands, { plan, number }: Pick<Item, 'plan' | 'number'>): Promise<Taken> {
  const now = hands.clock();
  const { priority, forMs } = termsOf(plan);
  const wanted = {
    resource: proposalOf({ plan, number }).resource.arn,
    planId: plan.id,
    priority,
    until: new Date(now.getTime() + forMs),
  };
  const taken = await hands.ledger.takeLease(wanted, now);
  if ('lease' in taken || priority < PRIORITY.remediation) return taken;
  const changes = await hands.ledger.changesOf(wanted.resource);
  const watching = changes.find(({ planId, outcome }) => planId === taken.heldBy && outcome === 'watching');
  const yields = watching && (priority === PRIORITY.person || (await isSettled(hands, watching)));
  const lease = yields ? await hands.ledger.takeOver(taken.heldBy, wanted) : undefined;
  return lease ? { lease } : taken;
}

/** Whether only the watch is left of it: nobody but a person steps into a change that is under way. */
async function isSettled({ verbsFor }: Hands, { proposal }: Change): Promise<boolean> {
  const { settled } = await verbsFor(scopeOf(proposal), proposal.action);
  return (await settled(proposal.action)).state === 'done';
}

/** Steps remember JSON: the lease's end comes back as text. */
export const revived = ({ lease }: { lease: Lease }): Lease => ({ ...lease, until: new Date(lease.until) });

/** Why the mutation may not be made, if the lease is lost. From here on nobody overtakes. */
export async function lostLease({ ledger, clock }: Hands, lease: Lease): Promise<string | undefined> {
  if (await ledger.beginApply(lease)) return undefined;
  const now = await ledger.takeLease(lease, clock());
  if ('heldBy' in now) return `${now.heldBy} has overtaken it`;
  await ledger.releaseLease(now.lease); // free again, and no longer as it was when this plan looked at it
  return 'somebody of higher priority has worked on it meanwhile';
}

/** Whose plan it is that overtook another: a person's, by their name. */
export async function whoseIs(hands: Hands, planId: string): Promise<string> {
  const { approval } = await hands.ledger.answers(planId);
  return approval ? `${nameOfPerson(approval.by)} (${planId})` : planId;
}

/** Gives a lease back. One that nobody gives back ends by itself, so that a ledger out of reach holds nothing else up. */
export async function release(
  { ledger }: Hands,
  durable: Durable,
  { lease, name }: { lease: Lease; name: string },
): Promise<void> {
  await Promise.resolve(durable.step(name, () => ledger.releaseLease(lease), patiently)).catch(() => undefined);
}
