import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Service } from '@aws-sdk/client-ecs';
import type { Cluster } from '@aws-sdk/client-redshift';
import { type Identity, partitionOf, type Scope } from '../core/identity.ts';

/** Who a resource is that AWS knows by a name which may be given to another one. */

/** Its ARN holds a UUID: a new group of the same name has another. */
export const groupIdentity = ({ AutoScalingGroupARN: arn = '' }: AutoScalingGroup): Identity => ({ arn, id: arn });

/** An ECS service has no id; one that is made anew under the name is younger. */
export const serviceIdentity = ({ serviceArn: arn = '', createdAt }: Service): Identity => ({
  arn,
  id: `${arn}@${createdAt?.toISOString() ?? ''}`,
});

/** The namespace of a Redshift cluster holds a UUID, and is its own for as long as it lives, also while it is paused. */
export const warehouseIdentity = (
  { account, region }: Scope,
  { ClusterIdentifier: name = '', ClusterNamespaceArn: id = '' }: Cluster,
): Identity => ({ arn: `arn:${partitionOf(region)}:redshift:${region}:${account}:cluster:${name}`, id });
