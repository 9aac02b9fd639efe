import type { Action } from '../action.ts';
import { done } from '../calendar/course.ts';
import type { Change } from '../change.ts';
import { DAY_MS } from '../time.ts';
import type { Capacity } from './action.ts';
import {
  type Pending,
  type Remembered,
  type Trouble,
  troubleOver,
  withMemory,
  withMuted,
  withoutTrouble,
} from './memory.ts';

/** Whether its schedule may still want what was planned. */
export const isCurrent = ({ until }: Pending, now: Date): boolean => until === undefined || now < new Date(until);

/** What nobody has written down the end of for so long has none. */
const FORGOTTEN_DAYS = 7;

/**
 * What is remembered of a resource once it is known how far the plan has come that was at it.
 * @param change what the ledger has of the pending action; nothing when it has nothing yet
 */
export function resolved(one: Remembered, change: Change | undefined, now: Date): Remembered {
  const { pending, ...settled } = one;
  if (!pending) return one;
  if (!change) return unheardOf(one, pending, now);
  switch (change.outcome) {
    case 'watching':
      // It was asked for and takes longer than it is wanted: what stands still by then does so because of us.
      return isCurrent(pending, now) ? one : withStop(one, change);
    case 'kept':
    case 'undone':
      return obeyed(settled, change, { pending, now });
    case 'vetoed':
      return isCurrent(pending, now)
        ? { ...settled, trouble: vetoed(pending, change.because) }
        : withoutTrouble(settled);
    case 'expired':
      return withoutTrouble(settled);
    case 'skipped':
      return { ...settled, trouble: failed(one, pending, change) };
    case 'stuck':
      return { ...withStop(settled, change), trouble: failed(one, pending, change) };
    case 'failed':
      return {
        ...withMuted(withStop(settled, change), pending.mutes), // nobody knows whether they are heard again
        trouble: isTaken(change) ? left(pending, change) : failed(one, pending, change),
      };
    default:
      return change.outcome satisfies never;
  }
}

/**
 * What is remembered once it is known how far every plan has come that was, or may be, at a resource.
 * @param changeOf what the ledger has of a pending action
 */
export function resolvedAll(
  { unheard = [], pending, ...one }: Remembered,
  changeOf: (pending: Pending) => Change | undefined,
  now: Date,
): Remembered {
  const still = unheard.filter((lost) => mayBeAtIt(lost, changeOf(lost), now));
  let known: Remembered = one;
  for (const lost of unheard) {
    const change = changeOf(lost);
    if (!change) continue;
    const { pending: _lost, ...after } = resolved({ ...known, pending: lost }, change, now);
    known = after;
  }
  const next = { ...known, ...(still.length > 0 ? { unheard: still } : {}), ...(pending ? { pending } : {}) };
  return resolved(next, pending && changeOf(pending), now);
}

/** No execution tries for longer than a day. */
const mayBeAtIt = (lost: Pending, change: Change | undefined, now: Date): boolean =>
  (!change || change.outcome === 'watching') && isCurrent(lost, now) && now.getTime() - Date.parse(lost.since) < DAY_MS;

/**
 * So long carry-out has for each step of a plan in mode auto. After that its execution counts as lost, and the same is planned
 * again. While AWS does not answer it may be at it for hours all the same: whichever comes first holds the lease, the other one
 * finds it done, and what the first has done is still asked for.
 */
const BEGINS_WITHIN_MS = 30 * 60_000;

/** The ledger has nothing of it. */
function unheardOf(one: Remembered, pending: Pending, now: Date): Remembered {
  const { pending: _pending, unheard = [], ...settled } = one;
  const since = now.getTime() - Date.parse(pending.since);
  if (since >= FORGOTTEN_DAYS * DAY_MS) return withMuted(settled, pending.mutes);
  if (pending.mode !== 'auto' || since < BEGINS_WITHIN_MS * pending.step) return one;
  const before = troubleOver(one, pending.act);
  const because = `nothing is known of it since the plan ${pending.planId} was handed over`;
  const trouble = { act: pending.act, since: before?.since ?? pending.since, because, tries: (before?.tries ?? 0) + 1 };
  return { ...withMuted(settled, pending.mutes), unheard: [...unheard, pending], trouble };
}

interface Resolving {
  readonly pending: Pending;
  readonly now: Date;
}

/** The act is done. Whether it still is, its power says. */
function obeyed(one: Remembered, change: Change, { pending: { act }, now }: Resolving): Remembered {
  const at = new Date(Math.min(Date.parse(change.finishedAt), now.getTime()));
  const after = withoutTrouble(withMemory(withStop(one, change), done(act, at)));
  if (act === 'stop') return after;
  const { capacity: _capacity, muted: _muted, ...started } = after;
  return started;
}

/** What a stop that AWS has taken leaves behind, however it ended: it may stand still because of us. */
function withStop(one: Remembered, { proposal: { action }, appliedAt }: Change): Remembered {
  if (!isStop(action) || appliedAt === undefined) return one;
  const capacity = one.capacity ?? sizeBefore(action);
  return withMuted({ ...one, stoppedByUs: true, ...(capacity ? { capacity } : {}) }, action.mute);
}

/** AWS took the stop, and it runs: somebody may have started it, who is not to be stopped twice. */
const isTaken = ({ proposal: { action }, appliedAt }: Change): boolean => isStop(action) && appliedAt !== undefined;

type Stop = Extract<Action, { readonly mute?: readonly string[] }>;

const STOPS: ReadonlySet<Action['kind']> = new Set<Stop['kind']>([
  'stop-instance',
  'stop-database',
  'stop-auto-scaling-group',
  'stop-service',
  'pause-warehouse',
]);

const isStop = (action: Action): action is Stop => STOPS.has(action.kind);

const sizeBefore = (action: Stop): Capacity | undefined =>
  action.kind === 'stop-auto-scaling-group' || action.kind === 'stop-service' ? action.expect : undefined;

/** A no to the plan holds until the next turn. */
const vetoed = ({ act, until, since }: Pending, because: string): Trouble => ({
  act,
  since,
  because,
  tries: 0,
  vetoed: true,
  ...(until ? { notBefore: until } : {}),
});

/** It is told, and left on until the next turn. */
const left = ({ act, since, until }: Pending, { because }: Change): Trouble => ({
  act,
  since,
  because: `${because}, after AWS had begun to stop it: left on, for somebody may have started it`,
  tries: 1,
  ...(until ? { notBefore: until } : {}),
});

/** How long it is left alone after the end of the first, the second, ... time that it came to nothing. */
const BACK_OFF_MINUTES = [5, 15, 30, 60] as const;

/** A little less, so that the tick which is due then does not come too early. */
const SLACK_MS = 30_000;

function failed(one: Remembered, { act, since }: Pending, { because, finishedAt }: Change): Trouble {
  const before = troubleOver(one, act);
  const tries = (before?.tries ?? 0) + 1;
  const minutes = BACK_OFF_MINUTES[Math.min(tries, BACK_OFF_MINUTES.length) - 1] ?? 60;
  const notBefore = new Date(Date.parse(finishedAt) + minutes * 60_000 - SLACK_MS).toISOString();
  return { act, since: before?.since ?? since, because, tries, notBefore };
}
