import type { Cluster } from '@aws-sdk/client-redshift';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

export type WarehouseSpec = Seed<Cluster> & { readonly ClusterIdentifier: string };

/** Redshift of one account and region: provisioned clusters, of which nothing happens by itself. */
export class RedshiftState {
  readonly clusters = new Map<string, Cluster>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  addCluster(spec: WarehouseSpec): Cluster {
    const name = spec.ClusterIdentifier.toLowerCase();
    const cluster: Cluster = {
      NodeType: 'ra3.xlplus',
      NumberOfNodes: 2,
      ClusterStatus: 'available',
      ClusterAvailabilityStatus: 'Available',
      MasterUsername: 'awsuser',
      DBName: 'dev',
      ClusterCreateTime: this.#place.world.clock.now(),
      AutomatedSnapshotRetentionPeriod: 1,
      ManualSnapshotRetentionPeriod: -1,
      Tags: [],
      ...spec,
      ClusterIdentifier: name,
    };
    this.clusters.set(name, cluster);
    return cluster;
  }
}
