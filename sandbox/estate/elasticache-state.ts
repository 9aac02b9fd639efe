import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

export type ReplicationGroupSpec = Seed<ReplicationGroup> & { readonly ReplicationGroupId: string };

/** ElastiCache of one account and region: replication groups, of which nothing happens by itself. */
export class ElastiCacheState {
  readonly replicationGroups = new Map<string, ReplicationGroup>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  addReplicationGroup(spec: ReplicationGroupSpec): ReplicationGroup {
    const { account, region, world } = this.#place;
    const name = spec.ReplicationGroupId.toLowerCase();
    const group: ReplicationGroup = {
      ARN: `arn:aws:elasticache:${region}:${account}:replicationgroup:${name}`,
      Description: name,
      Status: 'available',
      Engine: 'redis',
      CacheNodeType: 'cache.r7g.large',
      MemberClusters: [`${name}-001`],
      SnapshotRetentionLimit: 0,
      SnapshotWindow: '03:00-04:00',
      ClusterEnabled: false,
      AutomaticFailover: 'disabled',
      MultiAZ: 'disabled',
      ReplicationGroupCreateTime: world.clock.now(),
      ...spec,
      ReplicationGroupId: name,
    };
    this.replicationGroups.set(name, group);
    return group;
  }
}
