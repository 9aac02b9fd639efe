import { millis } from '../../clock.ts';
import type { RdsState } from '../../estate/rds-state.ts';

/** What a snapshot of either form shows while it is taken. */
interface Progressing {
  Status: string;
  PercentProgress?: number | undefined;
}

/**
 * creating -> available, or `failed` if that is what the estate wants; on the way the percentage grows by tenths.
 * @param of the name of the database or cluster that it is taken of
 */
export function take(rds: RdsState, of: string, snapshot: Progressing): void {
  const { clock } = rds.place.world;
  const lasts = snapshotLasts(rds, of);
  for (let tenth = 1; tenth < 10; tenth++) {
    clock.after((lasts * tenth) / 10, () => {
      snapshot.PercentProgress = tenth * 10;
    });
  }
  clock.after(lasts, () => {
    if (rds.failingSnapshots.has(of)) {
      snapshot.Status = 'failed';
    } else {
      snapshot.Status = 'available';
      snapshot.PercentProgress = 100;
    }
  });
}

/** How long a snapshot of this database or cluster takes, in milliseconds. */
export const snapshotLasts = (rds: RdsState, of: string): number =>
  millis(rds.snapshotDurations.get(of) ?? rds.place.world.durations.snapshotCreate);
