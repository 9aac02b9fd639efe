import { isSnapshotAction, targetOf } from '../../shared/core/action.ts';
import type { Change, Outcome } from '../../shared/core/change.ts';
import { GRACE, POLICY } from '../../shared/core/gates.ts';
import { parseArn, type Scope } from '../../shared/core/identity.ts';
import { isOffHours, isRemediation, isScheduled, type Plan, type Proposal } from '../../shared/core/plan.ts';
import { ATTEMPTS, type Durable, FEW_ATTEMPTS, insistently, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';

/** One action of a plan that somebody, or the grace, has let through. */
export interface Item {
  readonly plan: Plan;
  /** Its place in the plan, from 1. */
  readonly number: number;
  readonly approvedBy: string;
  /** What a person should know of it, however it ends. */
  readonly warning?: string;
}

/** What there is to say at the end of an action. */
export interface Ending
  extends Pick<Change, 'because' | 'warning' | 'escalated' | 'snapshot' | 'made' | 'appliedAt' | 'standsUntil'> {
  readonly outcome: Outcome;
}

/** So often AWS is asked before what it refuses for now has failed. */
export const attemptsOf = ({ plan }: Pick<Item, 'plan'>): number => (isOffHours(plan) ? FEW_ATTEMPTS : ATTEMPTS);

export const changeId = ({ plan, number }: Pick<Item, 'plan' | 'number'>): string => `${plan.id}/${number}`;

/** The action's place in its plan. */
export const numberOf = ({ id }: Pick<Change, 'id'>): number => Number(id.split('/').at(-1));

/** @throws when the plan has no such action, which a sealed plan rules out */
export function proposalOf({ plan, number }: Pick<Item, 'plan' | 'number'>): Proposal {
  const proposal = plan.act[number - 1];
  if (!proposal) throw new Error(`the plan ${plan.id} has no action ${number}`);
  return proposal;
}

/** Whether no person has said yes to it: the grace is over, or the policy lets it happen at once. */
export const asksNobody = ({ approvedBy }: Pick<Item, 'approvedBy'>): boolean =>
  approvedBy === GRACE || approvedBy === POLICY;

/** The account and region that the action's target is in. */
export function scopeOf({ action }: Proposal): Scope {
  const { account = '', region = '' } = parseArn(targetOf(action).arn) ?? {};
  return { account, region };
}

/** Writes down that it is applied and watched, so that a person can see it and take it back. */
export async function recordWatching(
  hands: Hands,
  durable: Durable,
  { item, ...known }: { item: Item } & Pick<Change, 'warning' | 'appliedAt' | 'standsUntil' | 'snapshot'>,
): Promise<Change> {
  const work = async () => {
    const proposal = proposalOf(item);
    const isAwaited = isSnapshotAction(proposal.action) || isScheduled(proposal);
    const because = isAwaited ? 'it was asked for and is awaited' : 'it is done and watched';
    const change = changeOf(item, hands.clock(), { outcome: 'watching', because, ...known });
    await hands.ledger.recordChange(change);
    return change;
  };
  return durable.step('record', work, patiently);
}

/** Writes down how it ended; the same again changes nothing. */
export async function book(
  hands: Hands,
  durable: Durable,
  { item, ending, watching }: { item: Item; ending: Ending; watching?: Change },
): Promise<Change> {
  const doubt = await ifLeftOn(hands, durable, { item, ending });
  const warning = [ending.warning ?? item.warning, doubt].filter(Boolean).join('; ');
  const work = async () => {
    const change = changeOf(item, hands.clock(), { ...ending, ...(doubt ? { warning } : {}) });
    await hands.ledger.recordChange(change, watching);
    hands.log('change', { change: change.id, outcome: change.outcome, because: change.because });
    return change;
  };
  return insistently(durable, 'book', work);
}

/** What a remedy that nobody made leaves behind: an alarm that stays on sends no second event, so people are told here. */
async function ifLeftOn(
  { remedies }: Hands,
  durable: Durable,
  { item, ending }: { readonly item: Item; readonly ending: Ending },
): Promise<string> {
  const { alarm } = proposalOf(item);
  const isLeft = ending.outcome === 'skipped' || ending.outcome === 'expired';
  if (!isLeft || !alarm || !isRemediation(item.plan)) return '';
  // One try: who waits to be told waits for an alarm.
  const look = async () => {
    try {
      const [now] = await remedies.alarms(alarm.scope, [alarm.name]);
      return now?.state === 'ALARM' ? `the alarm ${alarm.name} is on, and nothing was done about it` : '';
    } catch (error) {
      return `nothing was done, and nobody knows whether the alarm ${alarm.name} is on (${reasonOf(error)})`;
    }
  };
  return durable.step('whether its alarm is on', look, patiently);
}

type Told = Pick<
  Change,
  'outcome' | 'because' | 'warning' | 'escalated' | 'snapshot' | 'made' | 'appliedAt' | 'standsUntil'
>;

function changeOf(item: Item, now: Date, told: Told): Change {
  const proposal = proposalOf(item);
  return {
    id: changeId(item),
    planId: item.plan.id,
    account: item.plan.account,
    proposal,
    ...(item.approvedBy ? { approvedBy: item.approvedBy } : {}),
    finishedAt: now.toISOString(),
    ...(proposal.saving.known ? { saving: proposal.saving.value } : {}),
    ...(item.warning ? { warning: item.warning } : {}),
    ...told,
  };
}
