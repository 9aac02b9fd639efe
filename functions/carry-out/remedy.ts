import { type Action, describeDone } from '../../shared/core/action.ts';
import { type Change, inverseOf } from '../../shared/core/change.ts';
import type { Progress } from '../../shared/ports-acting.ts';
import { announce } from './announce.ts';
import type { Durable } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Ending, proposalOf } from './item.ts';
import type { Leased } from './lease.ts';
import { mayGoBack, type Terms } from './terms.ts';
import { undo } from './undo.ts';
import { verify } from './verify.ts';

/** What a runbook wanted, after its mutation. */
export interface Remedied {
  readonly item: Leased;
  readonly terms: Terms;
  /** When it was applied. */
  readonly since: string;
  /** As it was recorded last, if it was. */
  readonly watching: Change | undefined;
  readonly settled: Progress;
}

/**
 * From there to its end: it is kept when its alarm is OK again in time. If it is not, people are called; what makes it worse is
 * taken back where that helps.
 */
export async function endRemedy(hands: Hands, durable: Durable, remedied: Remedied): Promise<Ending> {
  const { item, terms, since, settled } = remedied;
  const { action, alarm } = proposalOf(item);
  if (!alarm) return { outcome: 'failed', because: 'no alarm says whether it has helped' };
  const unsettled = await settleOrNot(hands, durable, remedied, settled);
  if (unsettled) return unsettled;
  const verified = await verify(hands, durable, { item, terms, since, alarm });
  switch (verified.state) {
    case 'resolved':
    case 'in effect':
      return { outcome: 'kept', ...worded(verified) };
    case 'overtaken':
      return { outcome: 'undone', because: verified.because };
    case 'unresolved':
      return { outcome: 'failed', ...worded(verified), because: `${verified.because}; it is ${describeDone(action)}` };
    case 'worse':
      return takeBack(hands, durable, remedied, verified.because);
    default:
      return verified satisfies never;
  }
}

const worded = ({ because, warning }: Pick<Ending, 'because' | 'warning'>): Pick<Ending, 'because' | 'warning'> => ({
  because,
  ...(warning ? { warning } : {}),
});

/** What is not as it should be goes back; but what was stopped only to be started has to come up, and then it is. */
async function settleOrNot(
  hands: Hands,
  durable: Durable,
  remedied: Remedied,
  settled: Progress,
): Promise<Ending | undefined> {
  if (settled.state === 'done') return undefined;
  const because = settled.state === 'failed' ? settled.because : `it is still ${settled.seen}`;
  const { item } = remedied;
  if (proposalOf(item).action.kind !== 'move-instance') return takeBack(hands, durable, remedied, because);
  await sayThatItIsDown(hands, durable, remedied, because);
  const brought = await bringBack(hands, durable, remedied, because);
  return brought.outcome === 'undone' ? undefined : brought;
}

const DOWN = 'it is down: its start is asked for again within the hour, and then four times a day';

/** At once, and besides how it ends: who depends on it is waiting. */
async function sayThatItIsDown(
  hands: Hands,
  durable: Durable,
  { item, terms, watching }: Remedied,
  because: string,
): Promise<void> {
  if (!watching) return;
  const change: Change = { ...watching, because, warning: DOWN, escalated: true };
  await announce(hands, durable, {
    name: 'announce that it is down',
    plan: item.plan,
    changes: [change],
    timezone: terms.timezone,
  });
}

const bringBack = (hands: Hands, durable: Durable, { item, terms, watching }: Remedied, because: string) =>
  undo(hands, durable, { item, because, watching, timezone: terms.timezone });

/** Only people may decide on a second outage. */
async function takeBack(hands: Hands, durable: Durable, remedied: Remedied, because: string): Promise<Ending> {
  const { item, terms } = remedied;
  const { action } = proposalOf(item);
  if (!mayGoBack(action, terms)) return { outcome: 'failed', because: `${because}; ${leftTo(action)}` };
  const ending = await bringBack(hands, durable, remedied, because);
  return ending.outcome === 'undone' ? { ...ending, escalated: true } : ending;
}

const leftTo = (action: Action): string =>
  inverseOf(action)
    ? 'taking it back is a second outage, which the policy leaves to people'
    : `it is ${describeDone(action)}, which cannot be taken back`;
