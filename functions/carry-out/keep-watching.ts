import { isFollowed } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { isScheduled, type Plan } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type Durable, EVERY_ONE, reasonOf } from './durable.ts';
import type { Followed, Following } from './end.ts';
import { follow } from './follow.ts';
import { free } from './free.ts';
import type { Hands } from './hands.ts';
import type { Terms } from './terms.ts';

interface Group {
  readonly plan: Plan;
  readonly changes: readonly Change[];
  readonly terms: Terms;
}

/**
 * Watches what was stopped, shrunk or deleted for as long as the policy's `stopFor`, which is how long it is booked: a database that AWS restarts after seven days is stopped
 * again under the same approval, without a new snapshot; what somebody starts by hand is respected, and its saving ends.
 * What is stuck is tried again. What a schedule wants is off-hours' to look at.
 */
export async function keepWatching(
  hands: Hands,
  durable: Durable,
  { plan, changes, terms }: Group,
): Promise<Followed[]> {
  const open = changes.filter(
    ({ outcome, proposal }) =>
      outcome === 'stuck' || (outcome === 'kept' && isFollowed(proposal.action) && !isScheduled(proposal)),
  );
  if (open.length === 0) return [];
  // A look a day; fewer when there is more to look at: an execution has room for 3,000 operations.
  const restMs = DAY_MS * Math.max(1, Math.ceil((open.length * terms.stopForDays) / 300));
  const results = await durable.map(
    'standing',
    open,
    (child, change) => followOrSay(hands, child, { plan, change, terms, restMs }),
    { maxConcurrency: open.length, ...EVERY_ONE },
  );
  return results.getResults();
}

/** One that cannot be followed any more keeps nobody from following the others. */
function followOrSay(hands: Hands, durable: Durable, following: Following): Promise<Followed> {
  const { change } = following;
  const work = change.outcome === 'stuck' ? free : follow;
  return work(hands, durable, following).catch((error: unknown) => ({
    change,
    troubles: [`${change.id} could not be followed: ${reasonOf(error)}`],
  }));
}
