import type { Change } from '../../shared/core/change.ts';
import type { DatabaseFacts } from '../../shared/core/facts.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { exemptFromAll } from '../../shared/core/rules/exempt.ts';
import { utcMidnight } from '../../shared/core/time.ts';
import { passAndApply } from './apply.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import { mayBeStoppedAgain } from './gate.ts';
import type { Hands } from './hands.ts';
import { type Ending, type Item, numberOf } from './item.ts';
import { type Leased, release, revived, takeLease } from './lease.ts';
import { awaitProgress } from './progress.ts';
import type { Found } from './recheck.ts';

interface Again {
  readonly plan: Plan;
  readonly change: Change;
  readonly round: number;
  /** When it was stopped last, in epoch milliseconds. */
  readonly stoppedAt: number;
}

/**
 * Stops a database again that AWS has restarted: under the approval that it was stopped with, without a new snapshot, but
 * through the same lease and gates. It is no new change, so it counts against no cap.
 */
export async function stopAgain(hands: Hands, durable: Durable, again: Again): Promise<Ending> {
  const { plan, change, round } = again;
  const item: Item = { plan, number: numberOf(change), approvedBy: change.approvedBy ?? '' };
  const taken = await durable.step(`lease again ${round}`, () => takeLease(hands, item), patiently);
  if ('heldBy' in taken)
    return { outcome: 'skipped', because: `AWS restarted it, and ${taken.heldBy} works on it now` };
  const leased = { ...item, lease: revived(taken) };
  const ending = await underLease(hands, durable, { ...again, item: leased }).catch((error: unknown) =>
    failed(`AWS restarted it, and it stays on: ${reasonOf(error)}`),
  );
  await release(hands, durable, { lease: leased.lease, name: `release again ${round}` });
  return ending;
}

const WARNING = 'it runs again and costs, and nothing more is tried: look at it in the console';

const failed = (because: string): Ending => ({ outcome: 'failed', because, warning: WARNING });

async function underLease(
  hands: Hands,
  durable: Durable,
  { item, round, stoppedAt }: Again & { item: Leased },
): Promise<Ending> {
  const gate = () => mayBeStoppedAgain(hands, item, (found) => whyNotAgain(found, new Date(stoppedAt)));
  const applied = await passAndApply(hands, durable, { item, name: `apply again ${round}`, gate });
  if ('closed' in applied) {
    const because = `AWS restarted it, and it stays on: ${applied.closed}`;
    return { outcome: 'skipped', because, ...(applied.unknown ? { warning: WARNING } : {}) };
  }
  if ('refused' in applied) return failed(`AWS restarted it and refused to stop it: ${applied.refused}`);
  if ('unclear' in applied) return failed(`AWS restarted it; ${applied.unclear}`);
  const settled = await awaitProgress(hands, durable, { item, what: 'settled', name: `settled again ${round}` });
  return settled.state === 'done'
    ? { outcome: 'kept', because: 'stopped again after the restart by AWS', appliedAt: applied.at }
    : failed('AWS restarted it, and it did not stop again');
}

/** Protected or vetoed by now, or somebody has connected since it runs. */
async function whyNotAgain({ reader, facts, context }: Found, stoppedAt: Date): Promise<string | undefined> {
  const exempt = exemptFromAll(facts, context);
  if (exempt || facts.type !== 'database') return exempt;
  const peak = await peakSince({ reader, context }, facts, stoppedAt);
  const { monitoringConnections } = context.policy.rules['idle-database'];
  return peak > monitoringConnections ? `in use since then: up to ${peak} connections` : undefined;
}

/** @throws while CloudWatch says nothing about today, or may not be asked: unknown is not nobody */
async function peakSince(
  { reader, context }: Pick<Found, 'reader' | 'context'>,
  facts: DatabaseFacts,
  since: Date,
): Promise<number> {
  const range = { from: since, to: context.now };
  const connections = (await reader.readMetrics(facts, ['peakConnections'], range)).get('peakConnections');
  if (!connections?.known) throw new Error(`its connections are unknown: ${connections?.why ?? 'not answered'}`);
  const { firstDay, values } = connections.value;
  const today = values[Math.round((utcMidnight(context.now).getTime() - firstDay.getTime()) / 86_400_000)];
  if (today === undefined) throw new Error('its connections are unknown: no data since the restart yet');
  return Math.max(...values.filter((value) => value !== undefined));
}
