import type { Scope } from '../identity.ts';
import type { Policy } from '../policy.ts';
import type { DeleteSnapshot } from './action.ts';
import { keyOf, type Snapshot } from './facts.ts';
import { momentAt } from './homes.ts';
import { databaseIdOf, purposeOf, takenAtOf } from './marks.ts';
import { prune } from './prune.ts';
import { type Held, shelve } from './shelf.ts';

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
 * Why a snapshot is not to be deleted any more, if so: it is held, it is one of the newest good ones by now, a copy is made
 * of it, or it is not what it was. Which tiers need it the plan has said, and stands while the policy does.
 */
export function whyNotDeleted(action: DeleteSnapshot, { snapshots, policy, now }: Seen): string | undefined {
  const moment = momentAt(now, policy.timezone);
  const shelves = shelve(snapshots, moment).get(action.expect.databaseId);
  const shelf = shelves?.get(keyOf(action.scope));
  const snapshot = shelf?.all.find(({ name }) => name === action.name);
  if (!shelf || !snapshot) return 'it is gone';
  const { kept } = prune(shelf, {
    periods: [],
    keepAtLeast: action.expect.keepAtLeast,
    holdTags: [policy.snapshots.holdTag, policy.defaults.protectTag],
    today: moment.today,
    awaited: [],
    coming: [...(shelves?.values() ?? [])].flatMap(({ held }) => held.filter(isComing)),
  });
  return whyOther(snapshot, action) ?? kept.find((one) => one.snapshot === snapshot)?.because;
}

const isComing = ({ state }: Held): boolean => state === 'coming';

/** Where a copy may be made of a snapshot: the policy's destinations, of whatever account. */
export function copiesOf({ scope }: Pick<DeleteSnapshot, 'scope'>, { snapshots }: Policy): Scope[] {
  const destinations = snapshots.copyTo.map(({ account = scope.account, region }) => ({ account, region }));
  const others = destinations.filter((one) => keyOf(one) !== keyOf(scope));
  return [...new Map(others.map((one) => [keyOf(one), one])).values()];
}
