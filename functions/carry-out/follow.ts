import type { Change } from '../../shared/core/change.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { stopAgain } from './again.ts';
import { type Durable, patiently } from './durable.ts';
import { end, type Followed, type Following, type Reason } from './end.ts';
import type { Hands } from './hands.ts';
import { type Look, lookAt } from './look-at.ts';

/** Looks at what stays stopped until its time is over or somebody starts it; stops again what AWS has restarted. */
export async function follow(hands: Hands, durable: Durable, following: Following): Promise<Followed> {
  const { change, terms } = following;
  const applied = Date.parse(change.appliedAt ?? change.finishedAt);
  const until = applied + terms.stopForDays * DAY_MS;
  let [stoppedAt, seenAt] = [applied, applied];
  let now = await timeNow(hands, durable, 'from when');
  for (let round = 1; ; round++) {
    await durable.wait(`rest ${round}`, { seconds: restFor(following, { stoppedAt, now, until }) });
    const look = await lookOrNot(hands, durable, { change, stoppedAt, round });
    now = Date.parse(look.at);
    if (look.seen === 'stopped') seenAt = now;
    if (look.seen === 'gone' || look.seen === 'started by somebody')
      return end(hands, durable, following, { at: Math.min(now, until), because: look.seen });
    if (now >= until) return end(hands, durable, following, overAt(look, { until, seenAt }));
    if (look.seen !== 'restarted by AWS') continue;
    const again = await stopAgain(hands, durable, { ...following, round, stoppedAt }).catch(() => undefined);
    if (!again) continue; // the ledger was out of reach for hours: the next look says how it is
    if (again.outcome !== 'kept') return end(hands, durable, following, { ...again, at: now });
    stoppedAt = seenAt = now;
  }
}

/** A look that fails for hours says nothing about the database: it is looked at again after the next rest. */
async function lookOrNot(
  hands: Hands,
  durable: Durable,
  { change, stoppedAt, round }: { change: Change; stoppedAt: number; round: number },
): Promise<Look> {
  try {
    return await durable.step(`look ${round}`, () => lookAt(hands, change, stoppedAt), patiently);
  } catch {
    return { seen: 'unknown', at: new Date(await timeNow(hands, durable, `time of look ${round}`)).toISOString() };
  }
}

const timeNow = async (hands: Hands, durable: Durable, name: string): Promise<number> =>
  Date.parse(await durable.step(name, async () => hands.clock().toISOString(), patiently));

/** AWS restarts a stopped database seven days after its stop; a quarter of an hour later it can be stopped again. */
const AWS_RESTARTS_AFTER_MS = 7 * DAY_MS + 15 * 60_000;

/**
 * Seconds until the next look: the usual rest, or until AWS has just restarted the database. For a day after that, an hour:
 * it moves. Never more than what is left of its time.
 */
function restFor(
  { change, restMs }: Following,
  { stoppedAt, now, until }: { stoppedAt: number; now: number; until: number },
): number {
  const toRestart = stoppedAt + AWS_RESTARTS_AFTER_MS - now;
  const isDue = change.proposal.action.kind === 'stop-database' && toRestart > -DAY_MS;
  const toLook = isDue ? (toRestart > 0 ? toRestart : HOUR_MS) : restMs;
  return Math.max(1, Math.ceil(Math.min(restMs, toLook, until - now) / 1000));
}

const HOUR_MS = 3_600_000;

const OVER = 'its time is over: nobody keeps it stopped any more';

/** What nobody has seen is not booked. */
function overAt({ seen }: Look, { until, seenAt }: { until: number; seenAt: number }): Reason {
  if (seen !== 'unknown') return { at: until, because: OVER };
  return { at: seenAt, because: OVER, warning: 'at the end nobody could see whether it was still stopped' };
}
