import type {
  StartDBClusterMessage,
  StartDBClusterResult,
  StopDBClusterMessage,
  StopDBClusterResult,
} from '@aws-sdk/client-rds';
import type { StoredCluster } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { whyNotStopCluster } from './eligibility.ts';
import { invalidClusterState } from './errors.ts';

export const stopDBCluster: Operation<StopDBClusterMessage, StopDBClusterResult> = (input, { region: { rds } }) => {
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  const refusal = whyNotStopCluster(cluster);
  if (refusal) throw refusal;
  beginStop(rds, cluster);
  return { DBCluster: cluster };
};

export const startDBCluster: Operation<StartDBClusterMessage, StartDBClusterResult> = (input, { region: { rds } }) => {
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  if (cluster.Status !== 'stopped') {
    throw invalidClusterState(`DbCluster ${cluster.DBClusterIdentifier} is not in stopped state.`);
  }
  beginStart(rds, cluster);
  return { DBCluster: cluster };
};

/** The cluster and its members go through the same states; after seven days AWS starts them by itself. */
function beginStop(rds: RdsState, cluster: StoredCluster): void {
  const { clock, durations } = rds.place.world;
  const restartAt = new Date(clock.now().getTime() + durations.databaseStoppedAtMost);
  setStatus(rds, cluster, 'stopping');
  cluster.AutomaticRestartTime = restartAt;
  clock.after(durations.databaseStop, () => {
    if (cluster.Status !== 'stopping') return;
    setStatus(rds, cluster, 'stopped');
    rds.record(cluster, 'stopped');
  });
  clock.after(durations.databaseStoppedAtMost, () => {
    if (cluster.Status !== 'stopped' || cluster.AutomaticRestartTime !== restartAt) return;
    rds.record(cluster, 'restarted');
    beginStart(rds, cluster);
  });
}

function beginStart(rds: RdsState, cluster: StoredCluster): void {
  const { clock, durations } = rds.place.world;
  setStatus(rds, cluster, 'starting');
  delete cluster.AutomaticRestartTime;
  clock.after(durations.databaseStart, () => {
    if (cluster.Status !== 'starting') return;
    setStatus(rds, cluster, 'available');
    rds.record(cluster, 'started');
  });
}

function setStatus(rds: RdsState, cluster: StoredCluster, status: string): void {
  cluster.Status = status;
  for (const member of rds.membersOf(cluster)) member.DBInstanceStatus = status;
}
