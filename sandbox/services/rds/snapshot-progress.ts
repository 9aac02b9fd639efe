import { millis } from '../../clock.ts';
import type { RdsState } from '../../estate/rds-state.ts';

/** What a snapshot of either form shows while it is taken or copied. */
interface Progressing {
  Status: string;
  PercentProgress?: number | undefined;
}

/** creating -> available, or `failed` if that is what the estate wants. @param names its own and its database's */
export function take(rds: RdsState, names: readonly string[], snapshot: Progressing): void {
  progress(rds, snapshot, { lasts: snapshotLasts(rds, names), fails: () => isToFail(rds, names) });
}

interface Course {
  /** From now until it begins, in milliseconds. Nothing shows before that. */
  readonly waits?: number;
  /** From its beginning to its end, in milliseconds; infinite for what hangs. */
  readonly lasts: number;
  /** Asked at the end. */
  readonly fails: () => boolean;
}

/** On the way to `available` the percentage grows by tenths. */
export function progress(rds: RdsState, snapshot: Progressing, { waits = 0, lasts, fails }: Course): void {
  if (!Number.isFinite(waits + lasts)) return;
  const { clock } = rds.place.world;
  for (let tenth = 1; tenth < 10; tenth++) {
    clock.after(waits + (lasts * tenth) / 10, () => {
      snapshot.PercentProgress = tenth * 10;
    });
  }
  clock.after(waits + lasts, () => {
    if (fails()) {
      snapshot.Status = 'failed';
    } else {
      snapshot.Status = 'available';
      snapshot.PercentProgress = 100;
    }
  });
}

/** How long it takes, in milliseconds: what was set for one of the names, else what is typical. */
export function snapshotLasts(
  rds: RdsState,
  names: readonly string[],
  typical = rds.place.world.durations.snapshotCreate,
): number {
  const set = names.find((name) => rds.snapshotDurations.has(name));
  return set === undefined ? typical : millis(rds.snapshotDurations.get(set)!);
}

export const isToFail = (rds: RdsState, names: readonly string[]): boolean =>
  names.some((name) => rds.failingSnapshots.has(name));
