import { switchesOff } from '../../shared/core/action.ts';
import type { Change, Pause } from '../../shared/core/change.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { stopAgain } from './again.ts';
import { type Durable, patiently } from './durable.ts';
import { end, type Followed, type Following, type Reason } from './end.ts';
import type { Hands } from './hands.ts';
import { type Look, lookAt } from './look-at.ts';
import { standsUntil } from './terms.ts';

/** Looks at what stays as it was left until its time is over or somebody changes it; stops again what AWS has restarted. */
export async function follow(hands: Hands, durable: Durable, followed: Following): Promise<Followed> {
  let following = followed;
  const { appliedAt = followed.change.finishedAt } = followed.change;
  const applied = Date.parse(appliedAt);
  const until = Date.parse(standsUntil(appliedAt, followed.terms));
  let [stoppedAt, seenAt] = [applied, applied];
  let now = await timeNow(hands, durable, 'from when');
  for (let round = 1; ; round++) {
    await durable.wait(`rest ${round}`, { seconds: restFor(following, { stoppedAt, now, until }) });
    const look = await lookOrNot(hands, durable, { change: following.change, stoppedAt, round });
    now = Date.parse(look.at);
    if (look.seen === 'as it was left') seenAt = now;
    const stoodUntil = Math.min(stoodTo(look, { stoppedAt, seenAt }), until);
    if (ENDS.has(look.seen)) return end(hands, durable, following, { at: stoodUntil, because: look.seen });
    if (now >= until)
      return end(hands, durable, following, overAt(look, { change: following.change, until, stoodUntil }));
    if (look.seen !== 'restarted by AWS') continue;
    const again = await stopAgain(hands, durable, { ...following, round, stoppedAt }).catch(() => undefined);
    if (!again) continue; // the ledger was out of reach for hours: the next look says how it is
    if (again.outcome !== 'kept') return end(hands, durable, following, { ...again, at: stoodUntil });
    stoppedAt = seenAt = Date.parse(again.appliedAt ?? look.at);
    const pause = { from: new Date(stoodUntil).toISOString(), to: new Date(stoppedAt).toISOString() };
    following = await interrupted(hands, durable, following, { pause, round });
  }
}

const ENDS: ReadonlySet<Look['seen']> = new Set(['gone', 'started by somebody', 'changed by somebody'] as const);

/** Until when it stood that stands no longer: AWS says when it was started, or else a look saw last that it was as it was left. */
const stoodTo = ({ startedAt }: Look, { stoppedAt, seenAt }: { stoppedAt: number; seenAt: number }): number =>
  startedAt ? Math.max(stoppedAt, Date.parse(startedAt)) : seenAt;

/** Writes down that it ran for a while, so that nothing is booked for that. Its end says it again. */
async function interrupted(
  hands: Hands,
  durable: Durable,
  following: Following,
  { pause, round }: { pause: Pause; round: number },
): Promise<Following> {
  const { change } = following;
  const next: Change = { ...change, pauses: [...(change.pauses ?? []), pause] };
  const work = () => hands.ledger.recordChange(next, change);
  await Promise.resolve(durable.step(`pause ${round}`, work, patiently)).catch(() => undefined);
  return { ...following, change: next };
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
const OVER_TOO = 'its time is over: nobody looks any more whether it stands';

interface Stood {
  readonly change: Change;
  readonly until: number;
  readonly stoodUntil: number;
}

/** What nobody has seen is not booked. */
function overAt({ seen }: Look, { change, until, stoodUntil }: Stood): Reason {
  const because = switchesOff(change.proposal.action) ? OVER : OVER_TOO;
  if (seen === 'as it was left') return { at: until, because };
  if (seen !== 'unknown') return { at: stoodUntil, because };
  return { at: stoodUntil, because, warning: 'at the end nobody could see whether it was as it was left' };
}
