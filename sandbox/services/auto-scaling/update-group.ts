import type { AutoScalingGroup, UpdateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { moveToDesired } from './members.ts';

/** Changes the sizes of a group. A desired capacity that nobody names is moved between the new bounds. */
export const updateAutoScalingGroup: Operation<UpdateAutoScalingGroupType, object> = (
  { AutoScalingGroupName: name = '', MinSize, MaxSize, DesiredCapacity },
  { region },
) => {
  const group = region.autoscaling.groups.get(name);
  if (!group) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  const sizes = { min: MinSize ?? group.MinSize ?? 0, max: MaxSize ?? group.MaxSize ?? 0 };
  if (sizes.min > sizes.max)
    throw invalid(`Max bound, ${sizes.max}, must be greater than or equal to min bound, ${sizes.min}`);
  const desired = DesiredCapacity ?? between(group, sizes);
  if (desired < sizes.min || desired > sizes.max) {
    throw invalid(
      `Desired capacity:${desired} must be between the specified min size:${sizes.min} and max size:${sizes.max}`,
    );
  }
  Object.assign(group, { MinSize: sizes.min, MaxSize: sizes.max, DesiredCapacity: desired });
  moveToDesired(region, group);
  return {};
};

const between = (
  { DesiredCapacity = 0 }: AutoScalingGroup,
  { min, max }: { readonly min: number; readonly max: number },
): number => Math.min(Math.max(DesiredCapacity, min), max);

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
