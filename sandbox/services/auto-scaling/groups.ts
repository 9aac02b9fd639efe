import type {
  AttachInstancesQuery,
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  CreateAutoScalingGroupType,
  Filter,
} from '@aws-sdk/client-auto-scaling';
import type { Seed } from '../../estate/seed.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { checkMaxRecords, invalidToken } from './limits.ts';

export const describeAutoScalingGroups: Operation<AutoScalingGroupNamesType, AutoScalingGroupsType> = (
  input,
  { region },
) => {
  const { AutoScalingGroupNames = [], Filters = [], MaxRecords = 50 } = input;
  checkMaxRecords(MaxRecords, 100);
  const found = [...region.autoscaling.groups.values()]
    .filter(
      (one) => AutoScalingGroupNames.length === 0 || AutoScalingGroupNames.includes(one.AutoScalingGroupName ?? ''),
    )
    .filter((one) => Filters.every((filter) => passes(one, filter)));
  const page = pageOf(found, {
    limit: MaxRecords,
    token: input.NextToken,
    keyOf: (one) => one.AutoScalingGroupName ?? '',
    invalidToken,
  });
  return { AutoScalingGroups: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

function passes({ Tags = [] }: AutoScalingGroup, { Name = '', Values = [] }: Filter): boolean {
  if (Name === 'tag-key') return Tags.some((tag) => Values.includes(tag.Key ?? ''));
  if (Name === 'tag-value') return Tags.some((tag) => Values.includes(tag.Value ?? ''));
  if (Name.startsWith('tag:')) return Tags.some((tag) => `tag:${tag.Key}` === Name && Values.includes(tag.Value ?? ''));
  throw new AwsError('ValidationError', `Filter name ${Name} is not supported.`);
}

/** Stores the group; no instances are launched for it. */
export const createAutoScalingGroup: Operation<CreateAutoScalingGroupType, object> = (input, { region }) => {
  const { Tags = [], InstanceId: _, LifecycleHookSpecificationList: _hooks, ...shown } = input;
  const name = input.AutoScalingGroupName;
  if (!name) throw new AwsError('ValidationError', 'AutoScalingGroupName is required');
  if (region.autoscaling.groups.has(name)) {
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
  region.autoscaling.addGroup({
    ...(shown as Seed<AutoScalingGroup>),
    AutoScalingGroupName: name,
    DesiredCapacity: input.DesiredCapacity ?? input.MinSize ?? 0,
    Tags: Tags.map((tag) => ({ ...tag, ResourceId: name, ResourceType: 'auto-scaling-group' })),
  });
  return {};
};

/** Makes running instances members of a group, which then wants that many more. */
export const attachInstances: Operation<AttachInstancesQuery, object> = (input, { region }) => {
  const { AutoScalingGroupName = '', InstanceIds = [] } = input;
  const group = region.autoscaling.groups.get(AutoScalingGroupName);
  if (!group) throw new AwsError('ValidationError', `AutoScalingGroup name not found - ${AutoScalingGroupName}`);
  const unfit = InstanceIds.find((id) => region.ec2.instances.get(id)?.State.Name !== 'running');
  if (unfit !== undefined) throw new AwsError('ValidationError', `Instance ${unfit} is not in correct state.`);
  const wanted = (group.DesiredCapacity ?? 0) + InstanceIds.length;
  if (wanted > (group.MaxSize ?? 0)) {
    throw new AwsError(
      'ValidationError',
      `AutoScalingGroup ${AutoScalingGroupName} has max-size=${group.MaxSize}, cannot attach ${InstanceIds.length} more.`,
    );
  }
  group.DesiredCapacity = wanted;
  region.autoscaling.join(
    group,
    InstanceIds.map((id) => region.ec2.instances.get(id)!),
  );
  return {};
};
