import type { DescribeInstanceTypesRequest, DescribeInstanceTypesResult, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { architectureOf, cpuOf, hasInstanceStore, isNitro, parseInstanceType } from '../../estate/instance-types.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** The types that are asked for by name, at most 100 a call; one that does not exist fails the whole call. */
export const describeInstanceTypes: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = (input) => {
  const { InstanceTypes: types = [] } = input;
  if (types.length === 0) throw new AwsError('NotImplemented', 'the sandbox describes instance types by name only');
  if (types.length > 100) throw new AwsError('InvalidParameterValue', 'InstanceTypes takes at most 100 values');
  const wrong = types.filter((type) => !parseInstanceType(type));
  if (wrong.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${wrong.join(', ')}]`,
    );
  }
  return { InstanceTypes: types.map(describe) };
};

function describe(type: NonNullable<InstanceTypeInfo['InstanceType']>): InstanceTypeInfo {
  const { CoreCount, ThreadsPerCore } = cpuOf(type);
  return {
    InstanceType: type,
    CurrentGeneration: isNitro(type),
    Hypervisor: isNitro(type) ? 'nitro' : 'xen',
    InstanceStorageSupported: hasInstanceStore(type),
    BurstablePerformanceSupported: /^t\d/.test(type),
    ProcessorInfo: { SupportedArchitectures: [architectureOf(type)] },
    VCpuInfo: {
      DefaultVCpus: CoreCount * ThreadsPerCore,
      DefaultCores: CoreCount,
      DefaultThreadsPerCore: ThreadsPerCore,
    },
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    SupportedUsageClasses: ['on-demand', 'spot'],
  };
}
