import type { Scope } from '../identity.ts';
import { keyOf, type RetentionFacts, type Snapshot } from './facts.ts';
import type { Shelves } from './homes.ts';
import { homeOf, purposeOf } from './marks.ts';
import type { LeftOut } from './planned.ts';
import type { Shelf } from './shelf.ts';
import { type Keep, keptOfGone, type SnapshotPolicy } from './terms.ts';

/** What Lamplighter has of a database that is gone, and what is kept of it. */
export interface Gone {
  readonly shelves: readonly Shelf[];
  readonly keep: Keep;
}

interface Estate {
  readonly facts: RetentionFacts;
  readonly shelves: Shelves;
}

/**
 * The databases that are gone; and of those whose snapshots all stay, why. Not listed is not gone: its region may have left
 * the policy, or another deployment looks after it and keeps its copies in the same account. It is gone when its home was
 * looked at, and everything could be read.
 */
export function databasesGone(
  estate: Estate,
  policy: SnapshotPolicy,
): { readonly gone: readonly Gone[]; readonly leave: readonly LeftOut[] } {
  const { scopes, unreadable } = estate.facts;
  const gone: Gone[] = [];
  const leave: LeftOut[] = [];
  for (const [home, same] of Map.groupBy(unlistedIn(estate), (one) => one.home)) {
    const scope = scopes.find((one) => keyOf(one) === home);
    if (!scope) {
      leave.push(notLookedAt(home, same));
      continue;
    }
    for (const one of same) {
      const keep = keepOf(one, policy, { scope, unread: unreadable[0] });
      if ('because' in keep) leave.push({ ...about(one), ...keep });
      else gone.push({ shelves: one.shelves, keep });
    }
  }
  return { gone, leave };
}

/** A database that is not listed, as its snapshots tell of it. */
interface Unlisted {
  readonly shelves: readonly Shelf[];
  readonly ours: readonly Snapshot[];
  readonly first: Snapshot;
  /** Where it is or was, if they say. */
  readonly home: string | undefined;
}

function unlistedIn({ facts, shelves }: Estate): Unlisted[] {
  const listed = new Set(facts.databases.map(({ identity }) => identity.id));
  return [...shelves].flatMap(([id, own]) => {
    const ours = [...own.values()].flatMap(({ all }) => all.filter((one) => purposeOf(one)));
    const [first] = ours;
    if (listed.has(id) || !first) return [];
    return [{ shelves: [...own.values()], ours, first, home: ours.map(homeOf).find((one) => one !== undefined) }];
  });
}

type Why = Pick<LeftOut, 'because' | 'unknown'>;

/** What is kept of it, or why all of it is. */
function keepOf(
  { ours, first }: Unlisted,
  policy: SnapshotPolicy,
  { scope, unread }: { readonly scope: Scope; readonly unread: RetentionFacts['unreadable'][number] | undefined },
): Keep | Why {
  if (unread) {
    const because = `nothing of it is deleted: ${keyOf(unread)}, where it may be or be copied to, could not be read`;
    return { because: `${because}: ${unread.why}`, unknown: true };
  }
  const isKept = (why: string): Why => ({
    because: `its database is gone; ${ours.length} of its snapshots are kept: ${why}`,
  });
  if (policy.ofDeleted === 'keep') return isKept('`snapshots.ofDeleted` is keep');
  if (ours.some(({ tags }) => tags[policy.optOutTag] !== undefined))
    return isKept(`one has the tag ${policy.optOutTag}`);
  const keep = keptOfGone({ name: first.databaseName, engine: first.engine, scope }, policy);
  return typeof keep === 'string' ? isKept(keep) : keep;
}

/** One line for each such place, however many databases it has. */
function notLookedAt(home: string | undefined, same: readonly Unlisted[]): LeftOut {
  const [one, ...more] = same as readonly [Unlisted, ...Unlisted[]];
  const where = home ? `its database is in ${home}, which is not in \`scopes\`` : 'no tag says where its database is';
  const others = more.length > 0 ? `; so do those of ${more.length} more` : '';
  return { ...about(one), because: `${where}: nobody knows whether it is gone, and its snapshots stay${others}` };
}

const about = ({ first }: Unlisted): Pick<LeftOut, 'databaseName' | 'scope'> => ({
  databaseName: first.databaseName,
  scope: first.scope,
});
