import type {
  Cluster,
  CreateClusterRequest,
  CreateClusterResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs';
import type { EcsState } from '../../estate/ecs-state.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { invalid, lastOf } from './errors.ts';

export const createCluster: Operation<CreateClusterRequest, CreateClusterResponse> = (
  { clusterName = 'default' },
  { region },
) => ({ cluster: region.ecs.addCluster(clusterName) });

/** A page of up to a hundred. */
export const listClusters: Operation<ListClustersRequest, ListClustersResponse> = (
  { maxResults = 100, nextToken },
  { region },
) => {
  const page = pageOf([...region.ecs.clusters.values()], {
    limit: maxResults,
    token: nextToken,
    keyOf: (one) => one.clusterArn ?? '',
    invalidToken: () => invalid('Invalid token'),
  });
  return {
    clusterArns: page.items.map((one) => one.clusterArn ?? ''),
    ...(page.token === undefined ? {} : { nextToken: page.token }),
  };
};

/** By name or ARN. */
export function findCluster({ clusters }: EcsState, named = 'default'): Cluster {
  const cluster = clusters.get(lastOf(named));
  if (!cluster) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}
