import { type Arn, parseArn } from '../identity.ts';
import { standingTag } from '../rules/exempt.ts';
import type { Day } from '../spend/series.ts';
import type { Snapshot } from './facts.ts';
import { MARKS, purposeOf, takenAtOf } from './marks.ts';
import { contains, describePeriods, type Period } from './periods.ts';
import { type Held, type Shelf, sameData, stateOf } from './shelf.ts';

export interface Judged {
  readonly snapshot: Snapshot;
  readonly because: string;
}

/** What may go, and how many of the newest good ones that leaves at least. */
export interface Doomed extends Judged {
  readonly keepAtLeast: number;
}

/** Lamplighter's own snapshots of a shelf: what has expired, the oldest data first, and why each other one is kept. */
export interface Pruning {
  readonly deletes: readonly Doomed[];
  readonly kept: readonly Judged[];
}

export interface PruneTerms {
  /** The periods that this shelf keeps. */
  readonly periods: readonly Period[];
  readonly keepAtLeast: number;
  /** The tags that hold a snapshot back. */
  readonly holdTags: readonly string[];
  readonly today: Day;
  /** Data that stay until a destination has them. */
  readonly awaited: readonly Held[];
  /** What is on its way, anywhere: it reads from its source. */
  readonly coming: readonly Held[];
}

/**
 * What may be deleted of a shelf.
 *
 * Only Lamplighter's own; never what is held back by tag, what may still be read by a copy or is awaited by a destination,
 * the first of a period that is kept, the newest good ones, or what nobody knows enough about. The oldest data come first:
 * a copy adds to the one before it, and deleting from the new end makes the next copy a full one.
 */
export function prune(shelf: Shelf, terms: PruneTerms): Pruning {
  const deletes: Doomed[] = [];
  const kept: Judged[] = [];
  const serving = servingOn(shelf, terms);
  const newest = newestOf(shelf, terms.keepAtLeast);
  for (const snapshot of shelf.all) {
    if (!purposeOf(snapshot)) continue;
    const why =
      heldBack(snapshot, terms) ??
      notJudged(snapshot) ??
      newest.get(snapshot.arn) ??
      neededFor(snapshot, shelf, { terms, serving });
    if (why) kept.push({ snapshot, because: why });
    else deletes.push({ snapshot, because: expiredBecause(snapshot), keepAtLeast: terms.keepAtLeast });
  }
  return { deletes: deletes.sort(byData), kept };
}

/** The oldest data first. */
export const byData = (a: Judged, b: Judged): number =>
  timeOf(a) - timeOf(b) || (a.snapshot.arn < b.snapshot.arn ? -1 : 1);
const timeOf = ({ snapshot }: Judged): number => takenAtOf(snapshot)?.getTime() ?? 0;

function heldBack({ tags }: Snapshot, { holdTags, today }: PruneTerms): string | undefined {
  const tag = holdTags.map((name) => standingTag(tags, name, today)).find((one) => one !== undefined);
  return tag && `held by ${tag}`;
}

function notJudged(snapshot: Snapshot): string | undefined {
  const state = stateOf(snapshot);
  if (state === 'coming') return `it is ${snapshot.status}`;
  if (state === 'unclear')
    return snapshot.proof ? 'its restore failed: somebody has to look' : `it is ${snapshot.status}`;
  return state === 'good' && !takenAtOf(snapshot) ? 'nobody knows when it was taken' : undefined;
}

/** The newest good ones by their data. A handover is a second copy of what is there anyway. */
function newestOf({ held, handovers }: Shelf, count: number): ReadonlyMap<Arn, string> {
  const good = held.filter((one) => one.state === 'good' && purposeOf(one.snapshot) && !handovers.includes(one));
  const times = [...new Set(good.map(({ takenAt }) => takenAt.getTime()))].slice(-count);
  const newest = good.filter(({ takenAt }) => times.includes(takenAt.getTime()));
  return new Map(newest.map(({ snapshot }) => [snapshot.arn, `one of the newest ${count}`]));
}

/** The periods that each snapshot serves: the first good one of a period is kept for it. */
function servingOn({ own }: Shelf, { periods: wanted }: PruneTerms): ReadonlyMap<Arn, string> {
  const good = own.filter(({ state }) => state === 'good');
  const periods = wanted.flatMap((period) => {
    const first = good.find(({ day }) => contains(period, day));
    return first ? [{ arn: first.snapshot.arn, period }] : [];
  });
  return new Map(
    [...Map.groupBy(periods, ({ arn }) => arn)].map(([arn, same]) => [
      arn,
      `it serves ${describePeriods(same.map(({ period }) => period))}`,
    ]),
  );
}

function neededFor(
  snapshot: Snapshot,
  shelf: Shelf,
  { terms, serving }: { terms: PruneTerms; serving: ReadonlyMap<Arn, string> },
): string | undefined {
  const self = shelf.held.find((one) => one.snapshot === snapshot);
  if (!self) return undefined; // it has failed: it serves nothing, and nothing reads from it
  const reader = terms.coming.find(
    (one) => one.snapshot !== snapshot && (sameData(one, self) || one.snapshot.source === snapshot.arn),
  );
  if (reader) return `${reader.snapshot.name} in ${parseArn(reader.snapshot.arn)?.region} is still copied from it`;
  if (terms.awaited.some((one) => sameData(one, self))) return 'a destination does not have it yet';
  if (purposeOf(snapshot) === 'change') return notExpired(snapshot, terms.today);
  return serving.get(snapshot.arn);
}

/** A change's snapshot says itself until when it is kept; one that does not is kept. */
function notExpired({ tags }: Snapshot, today: Day): string | undefined {
  const last = tags[MARKS.expires];
  if (last === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(last)) return 'it does not say until when its change needs it';
  return today <= last ? `its change needs it until ${last}` : undefined;
}

function expiredBecause(snapshot: Snapshot): string {
  if (stateOf(snapshot) === 'failed') return 'it has failed and holds nothing';
  switch (purposeOf(snapshot)) {
    case 'handover':
      return 'every destination has its copy';
    case 'change':
      return `its change needed it until ${snapshot.tags[MARKS.expires]}`;
    default:
      return 'no tier needs it any more';
  }
}
