import type { Policy } from '../policy.ts';
import { keyOf, type RetentionFacts } from './facts.ts';
import type { Home, Shelves } from './homes.ts';
import { MARKS, purposeOf, takenAtOf } from './marks.ts';
import { type Period, wantedPeriods } from './periods.ts';
import type { Kept, LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import { byData, type Doomed, type PruneTerms, type Pruning, prune } from './prune.ts';
import type { Moment, Shelf } from './shelf.ts';
import { modesOf, type SnapshotPolicy, type Terms, termsOf } from './terms.ts';

export interface Expired extends PlanPart {
  readonly deletes: readonly Doomed[];
  readonly kept: readonly Kept[];
}

interface Estate {
  readonly facts: RetentionFacts;
  readonly homes: readonly Home[];
  readonly shelves: Shelves;
}

/** What has expired, over all databases and scopes, the oldest data first, and no more than the policy's cap. */
export function expired(estate: Estate, policy: Policy, moment: Moment): Expired {
  const mode = modesOf(policy).prune;
  const { snapshots } = policy;
  const leave: LeftOut[] = [];
  const prunings: Pruning[] = [];
  if (mode !== 'off') {
    const holdTags = [snapshots.holdTag, policy.defaults.protectTag];
    for (const home of estate.homes) {
      const unread = home.away.find(({ unknown }) => unknown !== undefined);
      if (unread) leave.push(unknownCopies(home, unread.destination.name));
      else prunings.push(...pruneHome(home, { holdTags, today: moment.today }));
    }
    const gone = pruneGone(estate, snapshots, { holdTags, today: moment.today });
    prunings.push(...gone.prunings);
    leave.push(...gone.leave);
  }
  const all = prunings.flatMap(({ deletes }) => deletes).sort(byData);
  const deletes = all.slice(0, snapshots.pruneAtMost);
  return {
    deletes,
    act: deletes.map(
      (one): PlannedSnapshot => ({
        action: deletion(one),
        databaseName: one.snapshot.databaseName,
        mode,
        because: one.because,
      }),
    ),
    leave: [...leave, ...all.slice(snapshots.pruneAtMost).map(beyondCap)],
    kept: prunings.flatMap(({ kept }) =>
      kept.map(({ snapshot, because }) => ({ snapshot: snapshot.arn, databaseName: snapshot.databaseName, because })),
    ),
  };
}

type Common = Pick<PruneTerms, 'holdTags' | 'today'>;

function pruneHome({ database, terms, periods, shelves, awaited, coming }: Home, common: Common): Pruning[] {
  return [...shelves.values()].map((shelf) => {
    const isHome = keyOf(shelf.scope) === keyOf(database.scope);
    return prune(shelf, {
      ...common,
      periods: keptIn(shelf, terms, periods),
      keepAtLeast: terms.keepAtLeast,
      awaited: isHome ? awaited : [],
      coming,
    });
  });
}

/** A destination keeps the tiers that are copied there, for as long as home does. Anywhere else all of them are kept. */
function keptIn({ scope }: Shelf, { destinations }: Terms, periods: readonly Period[]): readonly Period[] {
  const destination = destinations.find((one) => keyOf(one) === keyOf(scope));
  return destination ? periods.filter(({ tier }) => destination.tiers.includes(tier)) : periods;
}

/** Snapshots of databases that are gone. Where something could not be read, nobody knows that they are. */
function pruneGone(
  { facts, shelves }: Estate,
  policy: SnapshotPolicy,
  common: Common,
): { prunings: Pruning[]; leave: LeftOut[] } {
  const alive = new Set(facts.databases.map(({ identity }) => identity.id));
  const prunings: Pruning[] = [];
  const leave: LeftOut[] = [];
  for (const [id, own] of shelves) {
    const ours = [...own.values()].flatMap(({ all }) => all.filter((one) => purposeOf(one)));
    const [first] = ours;
    if (alive.has(id) || !first) continue;
    const about = { databaseName: first.databaseName, scope: first.scope };
    const unread = facts.unreadable[0];
    if (unread) {
      leave.push({
        ...about,
        because: `its database may be in ${keyOf(unread)}, which could not be read: ${unread.why}`,
        unknown: true,
      });
      continue;
    }
    const terms = termsOf({ name: first.databaseName, scope: first.scope, engine: first.engine, tags: {} }, policy);
    if (policy.ofDeleted === 'keep' || typeof terms === 'string') {
      const why = typeof terms === 'string' ? terms : '`snapshots.ofDeleted` is keep';
      leave.push({ ...about, because: `its database is gone; ${ours.length} of its snapshots are kept: ${why}` });
      continue;
    }
    const coming = [...own.values()].flatMap(({ held }) => held.filter(({ state }) => state === 'coming'));
    const periods = wantedPeriods(terms.tiers, common.today);
    for (const shelf of own.values()) {
      prunings.push(
        prune(shelf, {
          ...common,
          periods: keptIn(shelf, terms, periods),
          keepAtLeast: terms.keepAtLeast,
          awaited: [],
          coming,
        }),
      );
    }
  }
  return { prunings, leave };
}

function deletion({ snapshot, keepAtLeast }: Doomed): PlannedSnapshot['action'] {
  const { form, scope, name, arn, status, tags } = snapshot;
  const takenAt = takenAtOf(snapshot)?.toISOString();
  const marks = Object.values(MARKS).flatMap((mark) => (tags[mark] === undefined ? [] : [[mark, tags[mark]] as const]));
  return {
    kind: 'delete-snapshot',
    form,
    scope,
    name,
    snapshot: arn,
    expect: {
      databaseId: snapshot.of ?? tags[MARKS.database] ?? '',
      ...(takenAt ? { takenAt } : {}),
      status,
      tags: Object.fromEntries(marks),
      keepAtLeast,
    },
  };
}

const unknownCopies = ({ database }: Home, destination: string): LeftOut => ({
  databaseName: database.name,
  scope: database.scope,
  because: `nothing of it is deleted: ${destination} could not be read, so nobody knows what it has`,
  unknown: true,
});

const beyondCap = ({ snapshot }: Doomed): LeftOut => ({
  databaseName: snapshot.databaseName,
  scope: snapshot.scope,
  because: `${snapshot.name} has expired and waits: the plan is full (\`snapshots.pruneAtMost\`)`,
});
