import { directionOf, targetOf } from './action.ts';
import type { Change } from './change.ts';
import { type Evidence, known, unknown } from './evidence.ts';

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
  readonly span: Evidence<Span>;
}

/**
 * The changes that took something, with the time for which they stood, up to `now`. What never touched its resource, or
 * does so only after `now`, is not among them.
 *
 * A change stands until it ends, or until the next one is applied to the same resource: so no hour of a resource belongs to
 * two changes, and an undo ends a change whether or not somebody wrote that down. Give it all changes of the resources.
 */
export function timesOf(changes: readonly Change[], now: Date): Stood[] {
  const nextOf = followers(changes);
  return changes.flatMap((change): Stood[] => {
    const { appliedAt } = change;
    if (appliedAt === undefined || directionOf(change.proposal.action) !== 'takes') return [];
    const from = Date.parse(appliedAt);
    if (from >= now.getTime()) return [];
    const end = standsUntil(change);
    const span = end.known ? known({ from, to: Math.min(end.value, nextOf(change), now.getTime()) }) : end;
    return [{ change, appliedAt, span }];
  });
}

/** When it stopped standing; for ever, if it stands. What failed or is stuck may be in any state: nobody knows. */
function standsUntil({ outcome, endedAt, finishedAt }: Change): Evidence<number> {
  if (endedAt !== undefined) return known(Date.parse(endedAt));
  if (outcome === 'kept' || outcome === 'watching') return known(Number.POSITIVE_INFINITY);
  if (outcome === 'undone') return known(Date.parse(finishedAt));
  return unknown(`how long it stood: it is ${outcome}`);
}

/** For each change, when the next one was applied to the same resource. */
function followers(changes: readonly Change[]): (change: Change) => number {
  const appliedAt = (change: Change) => Date.parse(change.appliedAt ?? '');
  const keyOf = ({ proposal }: Change) => `${targetOf(proposal.action).arn} ${targetOf(proposal.action).id}`;
  const applied = changes.filter((change) => change.appliedAt !== undefined);
  const onResource = Map.groupBy(applied, keyOf);
  const next = new Map<Change, number>();
  for (const group of onResource.values()) {
    group.sort((a, b) => appliedAt(a) - appliedAt(b) || (a.id < b.id ? -1 : 1));
    for (const [index, change] of group.entries()) {
      const after = group[index + 1];
      if (after) next.set(change, appliedAt(after));
    }
  }
  return (change) => next.get(change) ?? Number.POSITIVE_INFINITY;
}
