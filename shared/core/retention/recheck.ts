import type { Arn, Scope } from '../identity.ts';
import type { Policy } from '../policy.ts';
import type { DeleteSnapshot } from './action.ts';
import { keyOf, type Snapshot } from './facts.ts';
import { momentAt } from './homes.ts';
import { databaseIdOf, purposeOf, takenAtOf } from './marks.ts';
import { prune } from './prune.ts';
import { shelve, stateOf } from './shelf.ts';

/** Why a snapshot is no longer the one that a plan is to delete, if so. */
export function whyOther(snapshot: Snapshot, { snapshot: arn, expect }: DeleteSnapshot): string | undefined {
  if (snapshot.arn !== arn) return 'another snapshot carries its name';
  if (!purposeOf(snapshot)) return "it is not one of Lamplighter's own";
  if (databaseIdOf(snapshot) !== expect.databaseId) return 'it is of another database';
  if (takenAtOf(snapshot)?.toISOString() !== expect.takenAt) return 'another snapshot carries its name by now';
  const changed = Object.keys(expect.tags).find((name) => snapshot.tags[name] !== expect.tags[name]);
  if (changed) return `somebody has changed its tag ${changed}`;
  return snapshot.status === expect.status ? undefined : `it is ${snapshot.status}, not ${expect.status}`;
}

/** The snapshots of its database there and in every other place that may be copying from it, as of now. */
export interface Seen {
  readonly snapshots: readonly Snapshot[];
  readonly policy: Policy;
  readonly now: Date;
}

/**
 * Why a snapshot is not to be deleted any more, if so: it is not what it was, it is held, it is one of the newest good ones
 * by now, a copy is made of it, or what the plan has found in its place is not there any more. Which tiers there are stands
 * while the policy does.
 */
export function whyNotDeleted(action: DeleteSnapshot, { snapshots, policy, now }: Seen): string | undefined {
  const snapshot = snapshots.find(({ arn }) => arn === action.snapshot);
  if (!snapshot) return 'it is gone';
  return (
    whyOther(snapshot, action) ?? whyKept(snapshot, action, { snapshots, policy, now }) ?? whyAlone(action, snapshots)
  );
}

function whyKept(snapshot: Snapshot, { expect }: DeleteSnapshot, { snapshots, policy, now }: Seen): string | undefined {
  const moment = momentAt(now, policy.timezone);
  const shelves = [...(shelve(snapshots, moment).get(expect.databaseId)?.values() ?? [])];
  const shelf = shelves.find(({ all }) => all.includes(snapshot));
  if (!shelf) return 'nobody knows of which database it is';
  const { kept } = prune(shelf, {
    periods: [],
    copies: [],
    keepAtLeast: expect.keepAtLeast,
    holdTag: policy.snapshots.holdTag,
    today: moment.today,
    awaited: [],
    coming: shelves.flatMap(({ held }) => held.filter(({ state }) => state === 'coming')),
  });
  return kept.find((one) => one.snapshot === snapshot)?.because;
}

/** What would serve in its place, and does not any more. */
function whyAlone({ expect }: DeleteSnapshot, snapshots: readonly Snapshot[]): string | undefined {
  for (const arn of expect.instead) {
    const other = snapshots.find((one) => one.arn === arn);
    if (!other) return `${arn.split(':').at(-1)}, which served in its place, is gone`;
    if (stateOf(other) !== 'good') return `${other.name}, which served in its place, is ${other.status}`;
  }
  return undefined;
}

/** All that has to be seen of the database besides what its id finds: AWS may not say of a copy of what it is. */
export const namedIn = ({ snapshot, expect }: DeleteSnapshot): readonly Arn[] => [
  snapshot,
  ...expect.instead,
  ...expect.newest,
];

/** Where a copy may be made of a snapshot: the policy's destinations, of whatever account. */
export function copiesOf({ scope }: Pick<DeleteSnapshot, 'scope'>, { snapshots }: Policy): Scope[] {
  const destinations = snapshots.copyTo.map(({ account = scope.account, region }) => ({ account, region }));
  const others = destinations.filter((one) => keyOf(one) !== keyOf(scope));
  return [...new Map(others.map((one) => [keyOf(one), one])).values()];
}
