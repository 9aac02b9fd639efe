import type { Scope } from '../identity.ts';
import type { Day } from '../spend/series.ts';
import { isUsable, keyOf, type Snapshot } from './facts.ts';
import { databaseIdOf, MARKS, purposeOf, takenAtOf } from './marks.ts';

/** `good` can be restored; `coming` is on its way; `failed` holds nothing; of anything else nobody knows. */
export type SnapshotState = 'good' | 'coming' | 'failed' | 'unclear';

const COMING = new Set(['pending', 'creating', 'copying', 'modifying']);

/** A snapshot of which a restore has failed, or whose key is disabled, is not good, whatever AWS calls it. */
export function stateOf({ status, proof, key }: Snapshot): SnapshotState {
  if (status === 'available') return proof?.result === 'bad' || (key && !isUsable(key)) ? 'unclear' : 'good';
  if (COMING.has(status)) return 'coming';
  return status === 'failed' ? 'failed' : 'unclear';
}

/** A copy of Lamplighter's own that is on its way and should have been there before: nobody waits for it any more. */
export const isHanging = (snapshot: Snapshot, now: Date): boolean =>
  COMING.has(snapshot.status) &&
  purposeOf(snapshot) !== undefined &&
  Date.parse(snapshot.tags[MARKS.due] ?? '') < now.getTime();

/** A snapshot that is good or coming, by the time of its data. */
export interface Held {
  readonly snapshot: Snapshot;
  readonly takenAt: Date;
  /** The calendar day of that, in the policy's time zone. */
  readonly day: Day;
  readonly state: 'good' | 'coming';
}

/** All snapshots of one database in one scope, each list with the oldest data first. */
export interface Shelf {
  readonly scope: Scope;
  readonly all: readonly Snapshot[];
  /** Lamplighter's own that are kept by tiers, good or coming. */
  readonly own: readonly Held[];
  /** Those that exist to be copied to another account. */
  readonly handovers: readonly Held[];
  /** AWS's own that are good. */
  readonly automated: readonly Held[];
  /** Whatever is good or coming, whoever took it. */
  readonly held: readonly Held[];
  /** Copies of Lamplighter's own that hang: they hold nothing, and nothing comes of them. */
  readonly hanging: readonly Snapshot[];
}

/** The moment of planning, and the calendar of the policy's time zone. */
export interface Moment {
  readonly now: Date;
  readonly today: Day;
  readonly dayOf: (time: Date) => Day;
}

/** Shelves by database id, then by scope. What others shared with the account, and what belongs to nobody, is on none. */
export function shelve(
  snapshots: readonly Snapshot[],
  moment: Moment,
): ReadonlyMap<string, ReadonlyMap<string, Shelf>> {
  const ours = snapshots.filter(({ type }) => type !== 'shared' && type !== 'public');
  const byDatabase = Map.groupBy(ours, (one) => databaseIdOf(one) ?? '');
  byDatabase.delete('');
  return new Map(
    [...byDatabase].map(([id, all]) => [
      id,
      new Map([...Map.groupBy(all, ({ scope }) => keyOf(scope))].map(([key, here]) => [key, shelfOf(here, moment)])),
    ]),
  );
}

/** The shelf of a database in a scope; an empty one when nothing is there. */
export const shelfIn = (shelves: ReadonlyMap<string, Shelf> | undefined, scope: Scope): Shelf =>
  shelves?.get(keyOf(scope)) ?? { scope, all: [], own: [], handovers: [], automated: [], held: [], hanging: [] };

function shelfOf(all: readonly Snapshot[], moment: Moment): Shelf {
  const held = all.flatMap((snapshot) => heldOf(snapshot, moment)).sort(byData);
  const withPurpose = (purpose: string) => held.filter(({ snapshot }) => purposeOf(snapshot) === purpose);
  return {
    scope: (all[0] as Snapshot).scope,
    all,
    own: withPurpose('retention'),
    handovers: withPurpose('handover'),
    automated: held.filter(({ snapshot, state }) => snapshot.type === 'automated' && state === 'good'),
    held,
    hanging: all.filter((one) => isHanging(one, moment.now)),
  };
}

/** What is only coming may have no time yet: its data are of now. */
function heldOf(snapshot: Snapshot, { now, dayOf }: Moment): Held[] {
  const state = stateOf(snapshot);
  if ((state !== 'good' && state !== 'coming') || isHanging(snapshot, now)) return [];
  const takenAt = takenAtOf(snapshot) ?? (state === 'coming' ? now : undefined);
  return takenAt ? [{ snapshot, takenAt, day: dayOf(takenAt), state }] : [];
}

const byData = (a: Held, b: Held): number =>
  a.takenAt.getTime() - b.takenAt.getTime() || (a.snapshot.arn < b.snapshot.arn ? -1 : 1);

/**
 * The first of the names, by the number of the try, that nothing on the shelf has: the same for whoever asks twice, and another
 * one for a second try. What has failed keeps its name until it is deleted.
 */
export function freeName({ all }: Shelf, nameOf: (tries: string) => string): string {
  const taken = new Set(all.map(({ name }) => name));
  let tries = 0;
  while (taken.has(nameOf(String(tries)))) tries += 1;
  return nameOf(String(tries));
}

/** Copies have the time of their source: two snapshots of one database and one time hold the same data. */
export const sameData = (a: Held, b: Held): boolean => a.takenAt.getTime() === b.takenAt.getTime();
