import type {
  AutoScalingInstanceDetails,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
} from '@aws-sdk/client-auto-scaling';
import type { Region } from '../../estate/account.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { checkMaxRecords, invalidToken } from './limits.ts';

/** Members of groups. Ids that belong to no group are left out, without an error. */
export const describeAutoScalingInstances: Operation<DescribeAutoScalingInstancesType, AutoScalingInstancesType> = (
  input,
  { region },
) => {
  const { InstanceIds = [], MaxRecords = 50 } = input;
  checkMaxRecords(MaxRecords, 50);
  if (InstanceIds.length > 50) {
    throw new AwsError('ValidationError', `The number of instance ids that may be passed in is limited to 50`);
  }
  const found = members(region).filter((one) => InstanceIds.length === 0 || InstanceIds.includes(one.InstanceId ?? ''));
  const page = pageOf(found, {
    limit: MaxRecords,
    token: input.NextToken,
    keyOf: (one) => one.InstanceId ?? '',
    invalidToken,
  });
  return { AutoScalingInstances: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

const members = ({ autoscaling, ec2 }: Region): AutoScalingInstanceDetails[] =>
  [...autoscaling.groups.values()].flatMap(({ AutoScalingGroupName, Instances = [] }) =>
    Instances.map((one) => ({
      InstanceId: one.InstanceId,
      InstanceType: one.InstanceType ?? ec2.instances.get(one.InstanceId ?? '')?.InstanceType,
      AutoScalingGroupName,
      AvailabilityZone: one.AvailabilityZone,
      LifecycleState: one.LifecycleState,
      // Described instances say it in capitals, those listed with their group do not.
      HealthStatus: one.HealthStatus?.toUpperCase(),
      ProtectedFromScaleIn: one.ProtectedFromScaleIn,
    })),
  );
