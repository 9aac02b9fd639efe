import { type Arn, parseArn } from '../identity.ts';
import { standingTag } from '../rules/exempt.ts';
import type { Day } from '../spend/series.ts';
import { isUsable, type Snapshot } from './facts.ts';
import { MARKS, purposeOf, takenAtOf } from './marks.ts';
import { contains, describePeriods, type Period } from './periods.ts';
import { type Held, type Shelf, sameData, stateOf } from './shelf.ts';

export interface Judged {
  readonly snapshot: Snapshot;
  readonly because: string;
}

/** What may go, and what makes it superfluous. */
export interface Doomed extends Judged {
  /** So many of the newest good ones stay at least: these. */
  readonly keepAtLeast: number;
  readonly newest: readonly Arn[];
  /** What serves its periods: without each of these it would have to stay. */
  readonly instead: readonly Arn[];
}

/** Lamplighter's own snapshots of a shelf: what has expired, the oldest data first, and why each other one is kept. */
export interface Pruning {
  readonly deletes: readonly Doomed[];
  readonly kept: readonly Judged[];
}

/** A shelf and the periods that it keeps. */
export interface Keeping {
  readonly shelf: Pick<Shelf, 'own'>;
  readonly periods: readonly Period[];
}

export interface PruneTerms {
  /** The periods that this shelf keeps. */
  readonly periods: readonly Period[];
  /** What destinations keep of the same database: a handover is there for their sake. */
  readonly copies: readonly Keeping[];
  readonly keepAtLeast: number;
  /** The tag that holds a snapshot back. Only this one: any other a snapshot may have from its database. */
  readonly holdTag: string;
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
  const serving = servingOn({ shelf, periods: terms.periods });
  const newest = newestOf(shelf, terms.keepAtLeast);
  for (const snapshot of shelf.all) {
    if (!purposeOf(snapshot)) continue;
    const why =
      heldBack(snapshot, terms) ??
      notJudged(snapshot, shelf) ??
      newest.get(snapshot.arn) ??
      neededFor(snapshot, shelf, { terms, serving });
    if (why) kept.push({ snapshot, because: why });
    else
      deletes.push({
        snapshot,
        because: expiredBecause(snapshot, shelf),
        keepAtLeast: terms.keepAtLeast,
        newest: [...newest.keys()],
        instead: insteadOf(snapshot, shelf, { terms, serving }),
      });
  }
  return { deletes: deletes.sort(byData), kept };
}

/** The oldest data first. */
export const byData = (a: Judged, b: Judged): number =>
  timeOf(a) - timeOf(b) || (a.snapshot.arn < b.snapshot.arn ? -1 : 1);
const timeOf = ({ snapshot }: Judged): number => takenAtOf(snapshot)?.getTime() ?? 0;

function heldBack({ tags }: Snapshot, { holdTag, today }: PruneTerms): string | undefined {
  const tag = standingTag(tags, holdTag, today);
  return tag && `held by ${tag}`;
}

function whyUnclear({ status, proof, key }: Snapshot): string {
  if (proof?.result === 'bad') return 'its restore failed: somebody has to look';
  return key && !isUsable(key) ? 'its key cannot be used: somebody has to look' : `it is ${status}`;
}

function notJudged(snapshot: Snapshot, { hanging }: Shelf): string | undefined {
  if (hanging.includes(snapshot)) return undefined;
  const state = stateOf(snapshot);
  if (state === 'coming') return `it is ${snapshot.status}`;
  if (state === 'unclear') return whyUnclear(snapshot);
  return state === 'good' && !takenAtOf(snapshot) ? 'nobody knows when it was taken' : undefined;
}

/** The newest good ones by their data. A handover is a second copy of what is there anyway. */
function newestOf({ held, handovers }: Shelf, count: number): ReadonlyMap<Arn, string> {
  const good = held.filter((one) => one.state === 'good' && purposeOf(one.snapshot) && !handovers.includes(one));
  const times = [...new Set(good.map(({ takenAt }) => takenAt.getTime()))].slice(-count);
  const newest = good.filter(({ takenAt }) => times.includes(takenAt.getTime()));
  return new Map(newest.map(({ snapshot }) => [snapshot.arn, `one of the newest ${count}`]));
}

/** A period and the snapshot that serves it. */
interface Serving {
  readonly arn: Arn;
  readonly period: Period;
}

interface Needs {
  readonly terms: PruneTerms;
  readonly serving: readonly Serving[];
}

/** What serves each period: the first good one in it, which is kept for it; else the first that is on its way. */
const servingOn = ({ shelf: { own }, periods }: Keeping): Serving[] =>
  periods.flatMap((period) => {
    const inPeriod = own.filter(({ day }) => contains(period, day));
    const first = inPeriod.find(({ state }) => state === 'good') ?? inPeriod[0];
    return first ? [{ arn: first.snapshot.arn, period }] : [];
  });

/** What serves the periods of its data in its place: on its own shelf or, of a handover, where it was copied to. */
function insteadOf(snapshot: Snapshot, { held }: Shelf, { terms, serving }: Needs): Arn[] {
  const day = held.find((one) => one.snapshot === snapshot)?.day;
  const purpose = purposeOf(snapshot);
  if (day === undefined || purpose === 'change') return [];
  const others = purpose === 'handover' ? terms.copies.flatMap(servingOn) : serving;
  return [...new Set(others.flatMap(({ arn, period }) => (contains(period, day) ? [arn] : [])))];
}

function neededFor(snapshot: Snapshot, shelf: Shelf, { terms, serving }: Needs): string | undefined {
  const self = shelf.held.find((one) => one.snapshot === snapshot);
  if (!self) return undefined; // it has failed or hangs: it serves nothing, and nothing reads from it
  const reader = terms.coming.find(
    (one) => one.snapshot !== snapshot && (sameData(one, self) || one.snapshot.source === snapshot.arn),
  );
  if (reader) return `${reader.snapshot.name} in ${parseArn(reader.snapshot.arn)?.region} is still copied from it`;
  if (terms.awaited.some((one) => sameData(one, self))) return 'a destination does not have it yet';
  if (purposeOf(snapshot) === 'change') return notExpired(snapshot, terms.today);
  const served = serving.filter(({ arn }) => arn === snapshot.arn).map(({ period }) => period);
  return served.length > 0 ? `it serves ${describePeriods(served)}` : undefined;
}

/** A change's snapshot says itself until when it is kept; one that does not is kept. */
function notExpired({ tags }: Snapshot, today: Day): string | undefined {
  const last = tags[MARKS.expires];
  if (last === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(last)) return 'it does not say until when its change needs it';
  return today <= last ? `its change needs it until ${last}` : undefined;
}

function expiredBecause(snapshot: Snapshot, { hanging }: Shelf): string {
  if (hanging.includes(snapshot))
    return `it hangs: it is ${snapshot.status}, and was to be there by ${snapshot.tags[MARKS.due]}`;
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
