import type { Change } from '../../shared/core/change.ts';
import { changesMessage } from '../../shared/core/change-message.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type Durable, EVERY_ONE, patiently } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Look, lookAt } from './look-at.ts';
import { numberOf, revived, stopAgain, takeLease } from './one.ts';
import { tryUndo } from './undo.ts';
import type { Terms } from './watch.ts';

interface Group {
  readonly plan: Plan;
  readonly changes: readonly Change[];
  readonly terms: Terms;
}

interface Followed {
  readonly plan: Plan;
  readonly change: Change;
  readonly terms: Terms;
  /** How long it rests between two looks that nothing calls for. */
  readonly restMs: number;
}

/**
 * Watches what was stopped for as long as the policy's `stopFor`: a database that AWS restarts after seven days is stopped
 * again under the same approval, without a new snapshot; what somebody starts by hand is respected, and its saving ends.
 * What is stuck is tried again. Returns the changes that ended differently.
 */
export async function keepWatching(hands: Hands, durable: Durable, { plan, changes, terms }: Group): Promise<Change[]> {
  const open = changes.filter(
    ({ outcome, proposal }) => outcome === 'stuck' || (outcome === 'kept' && proposal.action.kind.startsWith('stop-')),
  );
  if (open.length === 0) return [];
  // A look a day; fewer when there is more to look at: an execution has room for 3,000 operations.
  const restMs = DAY_MS * Math.max(1, Math.ceil((open.length * terms.stopForDays) / 300));
  const results = await durable.map(
    'standing',
    open,
    (child, change) => (change.outcome === 'stuck' ? free : follow)(hands, child, { plan, change, terms, restMs }),
    { maxConcurrency: open.length, ...EVERY_ONE },
  );
  results.throwIfError();
  return results.getResults();
}

async function follow(hands: Hands, durable: Durable, followed: Followed): Promise<Change> {
  const { change, terms } = followed;
  const applied = Date.parse(change.appliedAt ?? change.finishedAt);
  const until = applied + terms.stopForDays * DAY_MS;
  let stoppedAt = applied;
  let now = Date.parse(await durable.step('from when', async () => hands.clock().toISOString(), patiently));
  for (let round = 1; ; round++) {
    await durable.wait(`rest ${round}`, { seconds: restFor(followed, { stoppedAt, now }) });
    const look = await durable.step(`look ${round}`, () => lookAt(hands, change, stoppedAt), patiently);
    now = Date.parse(look.at);
    if (look.seen === 'gone' || look.seen === 'started by somebody')
      return end(hands, durable, followed, { at: look.at, because: look.seen });
    if (now >= until) return end(hands, durable, followed, { at: look.at, because: OVER });
    if (look.seen === 'restarted by AWS') {
      const again = await stopAgain(hands, durable, { ...followed, round });
      if (again.outcome === 'failed')
        hands.log('change', { change: change.id, outcome: 'failed', because: again.because });
      if (again.outcome !== 'kept') return end(hands, durable, followed, { at: look.at, because: again.because });
      stoppedAt = now;
    }
  }
}

const OVER = 'its time is over: nobody keeps it stopped any more';

/** AWS restarts a stopped database seven days after its stop; a quarter of an hour later it can be stopped again. */
const AWS_RESTARTS_AFTER_MS = 7 * DAY_MS + 15 * 60_000;

/** Seconds until the next look: the usual rest, or until AWS has just restarted the database; an hour while it moves. */
function restFor({ change, restMs }: Followed, { stoppedAt, now }: { stoppedAt: number; now: number }): number {
  const toRestart = stoppedAt + AWS_RESTARTS_AFTER_MS - now;
  if (change.proposal.action.kind !== 'stop-database') return restMs / 1000;
  return toRestart > 0 ? Math.ceil(Math.min(restMs, toRestart) / 1000) : 3600;
}

/** What is stuck is tried again four times a day for a week, until somebody or something has freed it. */
const FREEING = { seconds: 6 * 3600, times: 28 } as const;

async function free(hands: Hands, durable: Durable, followed: Followed): Promise<Change> {
  const { plan, change } = followed;
  const item = { plan, number: numberOf(change), approvedBy: change.approvedBy ?? '' };
  for (let round = 1; round <= FREEING.times; round++) {
    await durable.wait(`before freeing ${round}`, { seconds: FREEING.seconds });
    const lease = await durable.step(`lease to free ${round}`, () => takeLease(hands, item), patiently);
    if ('heldBy' in lease) continue;
    const failed = await tryUndo(hands, durable, item, `to free ${round}`);
    await durable.step(`release freed ${round}`, () => hands.ledger.releaseLease(revived(lease)), patiently);
    if (!failed)
      return say(hands, durable, followed, { outcome: 'undone', because: `taken back at last: ${change.because}` });
  }
  return change;
}

/** Ends the saving in the ledger, and says so. */
const end = (hands: Hands, durable: Durable, followed: Followed, by: Pick<Look, 'at'> & { because: string }) =>
  say(hands, durable, followed, { endedAt: by.at, endedBecause: by.because });

async function say(
  hands: Hands,
  durable: Durable,
  { plan, change, terms }: Followed,
  how: Partial<Change>,
): Promise<Change> {
  return durable.step(
    'end',
    async () => {
      const ended: Change = { ...change, ...how };
      await hands.ledger.recordChange(ended);
      hands.log('change ended', { change: change.id, because: ended.endedBecause ?? ended.because });
      await hands.send(changesMessage(plan, [ended], terms.timezone));
      return ended;
    },
    patiently,
  );
}
