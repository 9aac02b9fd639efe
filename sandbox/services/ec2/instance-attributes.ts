import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { changeType, checkStopped } from './change-type.ts';
import { findInstances } from './checks.ts';

/** One attribute a call, as AWS has it. */
export const describeInstanceAttribute: Operation<DescribeInstanceAttributeRequest, InstanceAttribute> = (
  input,
  { region },
) => {
  const [instance] = findInstances(region.ec2, [input.InstanceId ?? '']);
  return { InstanceId: instance!.InstanceId, ...attribute(instance!, input.Attribute ?? '') };
};

function attribute(instance: StoredInstance, name: string): InstanceAttribute {
  switch (name) {
    case 'disableApiStop':
      return { DisableApiStop: { Value: instance.DisableApiStop } };
    case 'disableApiTermination':
      return { DisableApiTermination: { Value: instance.DisableApiTermination } };
    case 'instanceType':
      return { InstanceType: { Value: instance.InstanceType } };
    case 'ebsOptimized':
      return { EbsOptimized: { Value: instance.EbsOptimized } };
    case 'enaSupport':
      return { EnaSupport: { Value: instance.EnaSupport } };
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceInitiatedShutdownBehavior: { Value: 'stop' } };
    default:
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${name}) for parameter attribute is invalid. Unknown attribute.`,
      );
  }
}

/** Changes stop protection, termination protection, EBS optimization or the type. */
export const modifyInstanceAttribute: Operation<ModifyInstanceAttributeRequest, object> = (input, { region }) => {
  const instance = findInstances(region.ec2, [input.InstanceId ?? ''])[0]!;
  const type = input.InstanceType?.Value ?? (input.Attribute === 'instanceType' ? input.Value : undefined);
  if (type !== undefined) changeType(region.ec2, instance, type);
  else if (input.DisableApiStop) instance.DisableApiStop = input.DisableApiStop.Value ?? false;
  else if (input.DisableApiTermination) instance.DisableApiTermination = input.DisableApiTermination.Value ?? false;
  else if (input.EbsOptimized) {
    checkStopped(instance);
    instance.EbsOptimized = input.EbsOptimized.Value ?? false;
  } else
    throw new AwsError(
      'NotImplemented',
      'the sandbox changes only disableApiStop, disableApiTermination, ebsOptimized and instanceType',
    );
  return {};
};
