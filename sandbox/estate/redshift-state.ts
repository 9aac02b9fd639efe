import type { Cluster } from '@aws-sdk/client-redshift';
import { hex } from '../random.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

export type WarehouseSpec = Seed<Cluster> & { readonly ClusterIdentifier: string };

/** Redshift of one account and region: provisioned clusters. */
export class RedshiftState {
  readonly clusters = new Map<string, Cluster>();
  /** Names of clusters for which there is no capacity when they are to be resumed. */
  readonly noCapacity = new Set<string>();
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  addCluster(spec: WarehouseSpec): Cluster {
    const { account, region, world } = this.place;
    const name = spec.ClusterIdentifier.toLowerCase();
    const namespace = [8, 4, 4, 4, 12].map((length) => hex(world.random, length)).join('-');
    const cluster: Cluster = {
      NodeType: 'ra3.xlplus',
      NumberOfNodes: 2,
      ClusterStatus: 'available',
      ClusterAvailabilityStatus: 'Available',
      MasterUsername: 'awsuser',
      DBName: 'dev',
      ClusterCreateTime: world.clock.now(),
      AutomatedSnapshotRetentionPeriod: 1,
      ManualSnapshotRetentionPeriod: -1,
      ClusterNamespaceArn: `arn:aws:redshift:${region}:${account}:namespace:${namespace}`,
      Tags: [],
      ...spec,
      ClusterIdentifier: name,
    };
    this.clusters.set(name, cluster);
    return cluster;
  }
}
