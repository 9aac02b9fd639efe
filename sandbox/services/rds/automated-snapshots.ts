import { DAY, HOUR, MINUTE } from '../../clock.ts';
import type { StoredCluster, StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { seedOf } from '../../random.ts';
import { beginClusterSnapshot } from './cluster-snapshots.ts';
import { CLUSTER_FORM, INSTANCE_FORM, type Snapshot, type SnapshotForm } from './snapshot-forms.ts';
import { snapshotLasts } from './snapshot-progress.ts';
import { snapshotTags } from './snapshot-rules.ts';
import { beBackingUp, beginSnapshot } from './snapshots.ts';

/** A backup begins within the first minutes of its window. */
const SPREAD_MINUTES = 10;

/**
 * From now on everything that is here or comes here is backed up daily, in its backup window: what is not available then
 * is left out that day. Of these automated snapshots the newest are kept, one for each day of the retention period. As a
 * stopped database gets no new ones, the time for which it is stopped does not count.
 */
export function backUpDaily(rds: RdsState): void {
  const { clock } = rds.place.world;
  const now = clock.now().getTime();
  const hourEnds = now + HOUR - (now % HOUR);
  for (const { at, backUp } of [...instanceBackups(rds, now), ...clusterBackups(rds, now)]) {
    if (at >= now && at < hourEnds) clock.after(at - now, backUp);
  }
  clock.after(hourEnds - now, () => backUpDaily(rds));
}

interface Backup {
  /** In epoch milliseconds, on the day of which it was asked. */
  readonly at: number;
  readonly backUp: () => void;
}

const instanceBackups = (rds: RdsState, now: number): Backup[] =>
  [...rds.instances.values()]
    .filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined)
    .map((one) => ({
      at: opensAt(one.PreferredBackupWindow, one.DBInstanceIdentifier, now),
      backUp: () => backUpInstance(rds, one),
    }));

const clusterBackups = (rds: RdsState, now: number): Backup[] =>
  [...rds.clusters.values()].map((one) => ({
    at: opensAt(one.PreferredBackupWindow, one.DBClusterIdentifier, now),
    backUp: () => backUpCluster(rds, one),
  }));

/** When the backup of `name` begins on the day of `now`; `window` is `hh:mm-hh:mm`, UTC. */
function opensAt(window = '18:00-18:30', name: string, now: number): number {
  const [hour = 0, minute = 0] = window.split(/[:-]/).map(Number);
  const begins = hour * HOUR + (minute + (seedOf(name) % SPREAD_MINUTES)) * MINUTE;
  return now - (now % DAY) + (begins % DAY);
}

function backUpInstance(rds: RdsState, database: StoredDatabase): void {
  const { DBInstanceIdentifier: id, BackupRetentionPeriod: keeps = 0 } = database;
  if (rds.instances.get(id) !== database || keeps === 0 || database.DBInstanceStatus !== 'available') return;
  const DBSnapshotIdentifier = automatedName(rds, id);
  const spec = { DBSnapshotIdentifier, SnapshotType: 'automated', TagList: snapshotTags(database) };
  const snapshot = beginSnapshot(rds, database, spec);
  beBackingUp(rds, database, snapshot);
  whenTaken(rds, [DBSnapshotIdentifier, id], () => keepNewest(INSTANCE_FORM, rds, { snapshot, keeps }));
}

function backUpCluster(rds: RdsState, cluster: StoredCluster): void {
  const { DBClusterIdentifier: id, BackupRetentionPeriod: keeps = 1 } = cluster;
  if (rds.clusters.get(id) !== cluster || cluster.Status !== 'available') return;
  const DBClusterSnapshotIdentifier = automatedName(rds, id);
  const spec = { DBClusterSnapshotIdentifier, SnapshotType: 'automated', TagList: snapshotTags(cluster) };
  const snapshot = beginClusterSnapshot(rds, cluster, spec);
  whenTaken(rds, [DBClusterSnapshotIdentifier, id], () => keepNewest(CLUSTER_FORM, rds, { snapshot, keeps }));
}

/** `rds:orders-2026-11-22-18-05` */
const automatedName = (rds: RdsState, id: string): string =>
  `rds:${id}-${rds.place.world.clock.now().toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;

function whenTaken(rds: RdsState, names: readonly string[], what: () => void): void {
  const lasts = snapshotLasts(rds, names);
  if (Number.isFinite(lasts)) rds.place.world.clock.after(lasts, what);
}

/** Drops what the retention period no longer covers of the database that `snapshot` was taken of. */
function keepNewest<S extends Snapshot>(
  form: SnapshotForm<S>,
  rds: RdsState,
  { snapshot, keeps }: { readonly snapshot: S; readonly keeps: number },
): void {
  const taken = [...form.held(rds).values()]
    .filter((one) => one.SnapshotType === 'automated' && one.Status === 'available')
    .filter((one) => form.resourceOf(one) === form.resourceOf(snapshot))
    .sort((a, b) => form.takenAt(b) - form.takenAt(a));
  for (const old of taken.slice(keeps)) form.held(rds).delete(form.nameOf(old));
}
