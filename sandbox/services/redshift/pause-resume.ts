import type {
  Cluster,
  PauseClusterMessage,
  PauseClusterResult,
  ResumeClusterMessage,
  ResumeClusterResult,
} from '@aws-sdk/client-redshift';
import type { RedshiftState } from '../../estate/redshift-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** available -> pausing -> paused, with a snapshot, for which automated snapshots have to be on. */
export const pauseCluster: Operation<PauseClusterMessage, PauseClusterResult> = (
  { ClusterIdentifier = '' },
  { region: { redshift } },
) => {
  const cluster = find(redshift, ClusterIdentifier);
  if (cluster.AutomatedSnapshotRetentionPeriod === 0) {
    throw unsupported(`You can't pause cluster ${ClusterIdentifier} because automated snapshots are turned off.`);
  }
  if (cluster.HsmStatus) throw unsupported(`You can't pause cluster ${ClusterIdentifier} because it uses an HSM.`);
  if (cluster.ClusterStatus !== 'available') throw notIn(cluster, 'available');
  move(redshift, cluster, { through: 'pausing', to: 'paused', after: redshift.place.world.durations.warehousePause });
  return { Cluster: cluster };
};

/** paused -> resuming -> available. */
export const resumeCluster: Operation<ResumeClusterMessage, ResumeClusterResult> = (
  { ClusterIdentifier = '' },
  { region: { redshift } },
) => {
  const cluster = find(redshift, ClusterIdentifier);
  if (cluster.ClusterStatus !== 'paused') throw notIn(cluster, 'paused');
  if (redshift.noCapacity.has(cluster.ClusterIdentifier ?? '')) {
    throw new AwsError('InsufficientClusterCapacity', `There is no capacity for ${cluster.NodeType} at this time.`);
  }
  move(redshift, cluster, {
    through: 'resuming',
    to: 'available',
    after: redshift.place.world.durations.warehouseResume,
  });
  return { Cluster: cluster };
};

interface Move {
  readonly through: string;
  readonly to: string;
  readonly after: number;
}

function move({ place }: RedshiftState, cluster: Cluster, { through, to, after }: Move): void {
  cluster.ClusterStatus = through;
  cluster.ClusterAvailabilityStatus = 'Modifying';
  place.world.clock.after(after, () => {
    if (cluster.ClusterStatus !== through) return;
    cluster.ClusterStatus = to;
    cluster.ClusterAvailabilityStatus = to === 'available' ? 'Available' : 'Paused';
  });
}

function find({ clusters }: RedshiftState, id: string): Cluster {
  const cluster = clusters.get(id.toLowerCase());
  if (!cluster) throw new AwsError('ClusterNotFound', `Cluster ${id} not found.`, 404);
  return cluster;
}

const notIn = ({ ClusterIdentifier, ClusterStatus }: Cluster, wanted: string): AwsError =>
  new AwsError('InvalidClusterState', `Cluster ${ClusterIdentifier} is ${ClusterStatus}, not ${wanted}.`);

const unsupported = (message: string): AwsError => new AwsError('UnsupportedOperation', message);
