import * as ElastiCache from '@aws-sdk/client-elasticache';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { createReplicationGroup, describeReplicationGroups } from './replication-groups.ts';

export function elastiCache(): Service {
  return ownService('elasticache', modelOf(ElastiCache, new ElastiCache.ElastiCacheClient({ region: 'us-east-1' })), {
    CreateReplicationGroup: createReplicationGroup,
    DescribeReplicationGroups: describeReplicationGroups,
  });
}
