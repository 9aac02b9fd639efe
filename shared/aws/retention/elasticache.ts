import { type ElastiCacheClient, paginateDescribeReplicationGroups } from '@aws-sdk/client-elasticache';
import type { HttpHandlerOptions } from '@smithy/types';
import { known } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import type { Store } from '../../core/retention/protections.ts';
import { everyItem } from '../pages.ts';

/** The replication groups of a scope (Redis OSS and Valkey) with how long their automated snapshots are kept. */
export const listReplicationGroups = (
  client: ElastiCacheClient,
  scope: Scope,
  options: HttpHandlerOptions,
): Promise<Store[]> =>
  everyItem(paginateDescribeReplicationGroups({ client, pageSize: 100 }, {}, options), (page) =>
    page.ReplicationGroups?.map(
      ({ ARN: arn = '', ReplicationGroupId: name = '', ReplicationGroupCreateTime, SnapshotRetentionLimit = 0 }) => ({
        arn,
        name,
        scope,
        service: 'ElastiCache' as const,
        ...(ReplicationGroupCreateTime ? { createdAt: ReplicationGroupCreateTime } : {}),
        own: known({ by: 'automated snapshots' as const, days: SnapshotRetentionLimit }),
      }),
    ),
  );
