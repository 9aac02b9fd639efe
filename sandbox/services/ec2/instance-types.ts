import type {
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
  Tag,
} from '@aws-sdk/client-ec2';
import { MACHINES, type Machine, machineOf } from '../../catalogue/machine.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';
import { describeMachine } from './instance-type-info.ts';

const FIELDS: Fields<InstanceTypeInfo & { readonly Tags?: readonly Tag[] }> = {
  'bare-metal': (one) => [String(one.BareMetal)],
  'burstable-performance-supported': (one) => [String(one.BurstablePerformanceSupported)],
  'current-generation': (one) => [String(one.CurrentGeneration)],
  'ebs-info.nvme-support': (one) => [one.EbsInfo?.NvmeSupport],
  hypervisor: (one) => [one.Hypervisor],
  'instance-storage-supported': (one) => [String(one.InstanceStorageSupported)],
  'instance-type': (one) => [one.InstanceType],
  'memory-info.size-in-mib': (one) => [String(one.MemoryInfo?.SizeInMiB)],
  'network-info.ena-support': (one) => [one.NetworkInfo?.EnaSupport],
  'processor-info.supported-architecture': (one) => one.ProcessorInfo?.SupportedArchitectures ?? [],
  'supported-usage-class': (one) => one.SupportedUsageClasses ?? [],
  'supported-virtualization-type': (one) => one.SupportedVirtualizationTypes ?? [],
  'vcpu-info.default-vcpus': (one) => [String(one.VCpuInfo?.DefaultVCpus)],
};

/** The types that are asked for by name, at most 100 a call, or page by page all that the region offers. */
export const describeInstanceTypes: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = (
  input,
  { region: { ec2 } },
) => {
  const { InstanceTypes: names = [], Filters } = input;
  if (names.length > 100) throw new AwsError('InvalidParameterValue', 'InstanceTypes takes at most 100 values');
  refuseIdsWithMaxResults(names, input, 'instanceTypes');
  const asked = names.length > 0 ? named(names) : MACHINES.filter(({ type }) => ec2.zonesOffering(type).length > 0);
  const found = asked.map(describeMachine).filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 100, keyOf: (one) => one.InstanceType ?? '' });
  return { InstanceTypes: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

/** One name that does not exist fails the whole call. */
function named(names: readonly string[]): Machine[] {
  const wrong = names.filter((name) => !machineOf(name));
  if (wrong.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${wrong.join(', ')}]`,
    );
  }
  return names.map((name) => machineOf(name)!);
}
