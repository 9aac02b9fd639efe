import type {
  CreateReplicationGroupMessage,
  CreateReplicationGroupResult,
  DescribeReplicationGroupsMessage,
  ReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** A page of 20 to 100 groups. */
export const describeReplicationGroups: Operation<DescribeReplicationGroupsMessage, ReplicationGroupMessage> = (
  { ReplicationGroupId: id, MaxRecords = 100, Marker },
  { region: { elasticache } },
) => {
  if (MaxRecords < 20 || MaxRecords > 100) throw invalid('The parameter MaxRecords must be between 20 and 100.');
  const groups = [...elasticache.replicationGroups.values()];
  const asked = id === undefined ? groups : groups.filter((one) => one.ReplicationGroupId === id.toLowerCase());
  if (id !== undefined && asked.length === 0) {
    throw new AwsError('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`, 404);
  }
  const page = pageOf(asked, {
    limit: MaxRecords,
    token: Marker,
    keyOf: (one) => one.ReplicationGroupId ?? '',
    invalidToken: () => invalid('The parameter Marker is not valid.'),
  });
  return { ReplicationGroups: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

/** The group is there at once. */
export const createReplicationGroup: Operation<CreateReplicationGroupMessage, CreateReplicationGroupResult> = (
  { ReplicationGroupId = '', ReplicationGroupDescription = '', SnapshotRetentionLimit = 0 },
  { region: { elasticache } },
) => {
  if (elasticache.replicationGroups.has(ReplicationGroupId.toLowerCase())) {
    throw new AwsError('ReplicationGroupAlreadyExists', `ReplicationGroup ${ReplicationGroupId} already exists.`);
  }
  const Description = ReplicationGroupDescription;
  const made = elasticache.addReplicationGroup({ ReplicationGroupId, Description, SnapshotRetentionLimit });
  return { ReplicationGroup: made };
};

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
