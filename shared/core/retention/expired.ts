import type { Arn } from '../identity.ts';
import type { Plan } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { keyOf, type RetentionFacts } from './facts.ts';
import { databasesGone, type Gone } from './gone.ts';
import type { Home, Shelves } from './homes.ts';
import { databaseIdOf, MARKS, takenAtOf } from './marks.ts';
import { type Period, wantedPeriods } from './periods.ts';
import type { Kept, LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import { byData, type Doomed, type Keeping, type PruneTerms, type Pruning, prune } from './prune.ts';
import type { Moment } from './shelf.ts';
import { type Destination, modesOf, type SnapshotPolicy } from './terms.ts';

export interface Expired extends PlanPart {
  readonly deletes: readonly Doomed[];
  readonly kept: readonly Kept[];
  readonly backlogs: readonly Backlog[];
}

/** What has expired in an account and finds no place in its plan. */
export interface Backlog {
  readonly account: string;
  readonly waiting: number;
  /** When the data of the oldest of it were taken, ISO 8601, as far as that is known. */
  readonly oldest?: string;
}

/** What was decided about deletes before. */
export interface EarlierDeletes {
  /** Snapshots whose delete somebody has vetoed, and why they stay. */
  readonly vetoed: ReadonlyMap<Arn, string>;
  /** The plans that are still open: what they delete is not planned twice. */
  readonly open: readonly Pick<Plan, 'account' | 'time' | 'act'>[];
}

interface Estate {
  readonly facts: RetentionFacts;
  readonly homes: readonly Home[];
  readonly shelves: Shelves;
  readonly earlier: EarlierDeletes;
}

/** What may go on one account's behalf: its own, and the copies of its databases wherever they are. */
interface Share extends Pruning {
  readonly account: string;
}

/**
 * What has expired, over all databases and scopes, the oldest data first: as many for each account and day as the policy lets
 * go. What stays anyway, and what an earlier plan deletes, takes nobody's place.
 */
export function expired(estate: Estate, policy: Policy, moment: Moment): Expired {
  const { earlier, homes } = estate;
  const mode = modesOf(policy).prune;
  const { shares, leave } = mode === 'off' ? { shares: [], leave: [] } : sharesOf(estate, policy, moment);
  const isPlanned = new Set(
    earlier.open.flatMap(({ act }) =>
      act.flatMap(({ action }) => (action.kind === 'delete-snapshot' ? [action.snapshot] : [])),
    ),
  );
  const accounts = [...Map.groupBy(shares, ({ account }) => account)].map(([account, own]) => {
    const open = own.flatMap(({ deletes }) => deletes).filter(({ snapshot }) => !isPlanned.has(snapshot.arn));
    const [vetoed = [], wanted = []] = [true, false].map((isVetoed) =>
      open.filter(({ snapshot }) => earlier.vetoed.has(snapshot.arn) === isVetoed).sort(byData),
    );
    const room = Math.max(0, mostFor(account, homes, policy.snapshots) - plannedToday(account, earlier, moment));
    return {
      account,
      vetoed,
      deletes: wanted.slice(0, room),
      waiting: wanted.slice(room),
    };
  });
  const deletes = accounts.flatMap((one) => one.deletes).sort(byData);
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
    leave: [
      ...leave,
      ...accounts.flatMap(({ vetoed }) => vetoed.map((one) => staysBecause(one, earlier))),
      ...accounts.flatMap(({ waiting }) => waitingText(waiting)),
    ],
    kept: shares.flatMap(({ kept }) =>
      kept.map(({ snapshot, because }) => ({ snapshot: snapshot.arn, databaseName: snapshot.databaseName, because })),
    ),
    backlogs: accounts.flatMap(({ account, waiting }) => backlogOf(account, waiting)),
  };
}

/** Enough for what databases that are gone have left. */
const LEAST = 50;

/** A night adds one snapshot to each place of a database, or three when it catches up or copies fail and are tried again. */
const FOR_EACH_PLACE = 4;

/** How many may go on a day: where the policy names no number, more than a night adds, so that no backlog lasts. */
function mostFor(account: string, homes: readonly Home[], { pruneAtMost }: SnapshotPolicy): number {
  if (pruneAtMost !== undefined) return pruneAtMost;
  const own = homes.filter(({ database }) => database.scope.account === account);
  return Math.max(LEAST, FOR_EACH_PLACE * own.reduce((sum, { away }) => sum + 1 + away.length, 0));
}

const plannedToday = (account: string, { open }: EarlierDeletes, { today, dayOf }: Moment): number =>
  open
    .filter((plan) => plan.account === account && dayOf(new Date(plan.time)) === today)
    .reduce((sum, { act }) => sum + act.length, 0);

type Common = Pick<PruneTerms, 'holdTag' | 'today'>;

/** Everything that may go, in whose plan, and of what nothing goes and why. */
function sharesOf(estate: Estate, { snapshots }: Policy, { today }: Moment): Shares {
  const common: Common = { holdTag: snapshots.holdTag, today };
  const leave: LeftOut[] = [];
  const shares: Share[] = [];
  for (const home of estate.homes) {
    const unread = home.away.find(({ unknown }) => unknown !== undefined);
    if (unread) leave.push(unknownCopies(home, unread.destination.name));
    else shares.push(...pruneHome(home, common));
  }
  const { gone, leave: notGone } = databasesGone(estate, snapshots);
  return { shares: [...shares, ...gone.flatMap((one) => pruneGone(one, common))], leave: [...leave, ...notGone] };
}

interface Shares {
  readonly shares: readonly Share[];
  readonly leave: readonly LeftOut[];
}

function pruneHome({ database, terms, periods, shelves, away, awaited, coming }: Home, common: Common): Share[] {
  const { account } = database.scope;
  return [...shelves.values()].map((shelf) => {
    const isHome = keyOf(shelf.scope) === keyOf(database.scope);
    const destination = terms.destinations.find((one) => keyOf(one) === keyOf(shelf.scope));
    return {
      account,
      ...prune(shelf, {
        ...common,
        periods: keptBy(destination, periods),
        copies: isHome
          ? away.map((one): Keeping => ({ shelf: one.there, periods: keptBy(one.destination, periods) }))
          : [],
        keepAtLeast: terms.keepAtLeast,
        awaited: isHome ? awaited : [],
        coming,
      }),
    };
  });
}

/** A destination keeps the tiers that are copied there, for as long as home does. Anywhere else all of them are kept. */
const keptBy = (destination: Destination | undefined, periods: readonly Period[]): readonly Period[] =>
  destination ? periods.filter(({ tier }) => destination.tiers.includes(tier)) : periods;

function pruneGone({ shelves, keep }: Gone, common: Common): Share[] {
  const coming = shelves.flatMap(({ held }) => held.filter(({ state }) => state === 'coming'));
  const periods = wantedPeriods(keep.tiers, common.today);
  return shelves.map((shelf) => {
    const destination = keep.destinations.find((one) => keyOf(one) === keyOf(shelf.scope));
    return {
      account: shelf.scope.account,
      ...prune(shelf, {
        ...common,
        periods: keptBy(destination, periods),
        copies: [],
        keepAtLeast: keep.keepAtLeast,
        awaited: [],
        coming,
      }),
    };
  });
}

function deletion({ snapshot, keepAtLeast, newest, instead }: Doomed): PlannedSnapshot['action'] {
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
      databaseId: databaseIdOf(snapshot) ?? '',
      ...(takenAt ? { takenAt } : {}),
      status,
      tags: Object.fromEntries(marks),
      instead,
      keepAtLeast,
      newest,
    },
  };
}

const unknownCopies = ({ database }: Home, destination: string): LeftOut => ({
  databaseName: database.name,
  scope: database.scope,
  because: `nothing of it is deleted: ${destination} could not be read, so nobody knows what it has`,
  unknown: true,
});

const staysBecause = ({ snapshot }: Doomed, { vetoed }: EarlierDeletes): LeftOut => ({
  databaseName: snapshot.databaseName,
  scope: snapshot.scope,
  because: `${snapshot.name} stays, ${vetoed.get(snapshot.arn)}`,
});

/** One line for each database and place, however many wait. */
const waitingText = (waiting: readonly Doomed[]): LeftOut[] =>
  [...Map.groupBy(waiting, ({ snapshot }) => `${keyOf(snapshot.scope)} ${snapshot.databaseName}`).values()].flatMap(
    (same) =>
      same.slice(0, 1).map(({ snapshot: { databaseName, scope } }) => ({
        databaseName,
        scope,
        because: `${same.length} of its snapshots have expired and wait: the plan is full (\`snapshots.pruneAtMost\`)`,
      })),
  );

function backlogOf(account: string, waiting: readonly Doomed[]): Backlog[] {
  if (waiting.length === 0) return [];
  const oldest = waiting.flatMap(({ snapshot }) => takenAtOf(snapshot)?.toISOString() ?? []).sort()[0];
  return [{ account, waiting: waiting.length, ...(oldest ? { oldest } : {}) }];
}
