import { isFollowed, switchesOff, targetOf } from './action.ts';
import type { Change, Pause } from './change.ts';
import { type Evidence, known, unknown } from './evidence.ts';
import { isScheduled } from './plan.ts';

/** A half-open range of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A change that took something, and for how long that stood. */
export interface Stood {
  readonly change: Change;
  /** ISO time. */
  readonly appliedAt: string;
  /** In their order; several when it was interrupted. */
  readonly spans: Evidence<readonly Span[]>;
}

/**
 * The changes that took something and go on saving, with the time for which they stood, up to `now`. What never touched its resource, or
 * does so only after `now`, is not among them.
 *
 * A change stands until it ends, or until the next one is applied to the same resource: so no hour of a resource belongs to
 * two changes, and an undo ends a change whether or not somebody wrote that down. Nor does it stand for longer than was
 * planned when it was made, or while AWS had reversed it. Give it all changes of the resources.
 *
 * What a schedule does every evening and morning ends what is off, and no other size or storage: that is there again in the
 * morning. Both save then, each its own money: what a resource costs less by the hour, and the hours.
 */
export function timesOf(changes: readonly Change[], now: Date): Stood[] {
  const nextOf = followers(changes);
  return changes.flatMap((change): Stood[] => {
    const { appliedAt } = change;
    if (appliedAt === undefined || !isFollowed(change.proposal.action)) return [];
    const from = Date.parse(appliedAt);
    if (from >= now.getTime()) return [];
    const end = endOf(change);
    const whole = (to: number) => ({ from, to: Math.min(to, nextOf(change), now.getTime()) });
    const spans = end.known ? known(without(change.pauses ?? [], whole(end.value))) : end;
    return [{ change, appliedAt, spans }];
  });
}

/** When it stops standing at the latest. What failed or is stuck may be in any state: nobody knows. */
function endOf({ outcome, endedAt, finishedAt, standsUntil }: Change): Evidence<number> {
  if (endedAt !== undefined) return known(Date.parse(endedAt));
  if (outcome === 'kept' || outcome === 'watching') {
    return standsUntil === undefined ? unknown('until when it may stand') : known(Date.parse(standsUntil));
  }
  if (outcome === 'undone') return known(Date.parse(finishedAt));
  return unknown(`how long it stood: it is ${outcome}`);
}

/** What is left of a span without its pauses. */
function without(pauses: readonly Pause[], { from, to }: Span): Span[] {
  const starts = [from, ...pauses.map((pause) => Date.parse(pause.to))];
  const ends = [...pauses.map((pause) => Date.parse(pause.from)), to];
  return starts.flatMap((start, index) => {
    const end = Math.min(ends[index] ?? to, to);
    return start < end ? [{ from: start, to: end }] : [];
  });
}

/** For each change, when the next one was applied to the same resource that ends it. */
function followers(changes: readonly Change[]): (change: Change) => number {
  const appliedAt = (change: Change) => Date.parse(change.appliedAt ?? '');
  const keyOf = ({ proposal }: Change) => `${targetOf(proposal.action).arn} ${targetOf(proposal.action).id}`;
  const applied = changes.filter((change) => change.appliedAt !== undefined);
  const onResource = Map.groupBy(applied, keyOf);
  const next = new Map<Change, number>();
  for (const group of onResource.values()) {
    group.sort((a, b) => appliedAt(b) - appliedAt(a) || (a.id < b.id ? 1 : -1));
    let [after, unscheduled] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const change of group) {
      next.set(change, switchesOff(change.proposal.action) ? after : unscheduled);
      after = appliedAt(change);
      if (!isScheduled(change.proposal)) unscheduled = after;
    }
  }
  return (change) => next.get(change) ?? Number.POSITIVE_INFINITY;
}
