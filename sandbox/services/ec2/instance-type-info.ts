import type { EbsInfo, InstanceTypeInfo, NetworkInfo } from '@aws-sdk/client-ec2';
import { ebsOptimized, enaAndNvme, isBurstable, type Machine } from '../../catalogue/machine.ts';

/** A type as DescribeInstanceTypes shows it. */
export function describeMachine(machine: Machine): InstanceTypeInfo {
  const { type, family, size, vcpus, threadsPerCore, memoryMib } = machine;
  const bareMetal = size === 'metal';
  return {
    InstanceType: type as NonNullable<InstanceTypeInfo['InstanceType']>,
    CurrentGeneration: family.currentGeneration,
    FreeTierEligible: ['t2.micro', 't3.micro'].includes(type),
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: family.virtualizationTypes ? ['ebs', 'instance-store'] : ['ebs'],
    SupportedVirtualizationTypes: [...(family.virtualizationTypes ?? (['hvm'] as const))],
    BareMetal: bareMetal,
    ...(bareMetal ? {} : { Hypervisor: family.xen ? 'xen' : 'nitro' }),
    ProcessorInfo: {
      SupportedArchitectures: [family.architecture],
      ...(family.ghz === undefined ? {} : { SustainedClockSpeedInGhz: family.ghz }),
      Manufacturer: family.manufacturer,
    },
    VCpuInfo: { DefaultVCpus: vcpus, DefaultCores: vcpus / threadsPerCore, DefaultThreadsPerCore: threadsPerCore },
    MemoryInfo: { SizeInMiB: memoryMib },
    ...localDisks(machine),
    EbsInfo: ebsInfo(machine),
    NetworkInfo: networkInfo(machine),
    BurstablePerformanceSupported: isBurstable(machine),
    SupportedBootModes:
      family.architecture === 'arm64' ? ['uefi'] : family.xen || bareMetal ? ['legacy-bios'] : ['legacy-bios', 'uefi'],
  };
}

function localDisks({
  disks,
  family,
}: Machine): Pick<InstanceTypeInfo, 'InstanceStorageInfo' | 'InstanceStorageSupported'> {
  if (disks.count === 0) return { InstanceStorageSupported: false };
  return {
    InstanceStorageSupported: true,
    InstanceStorageInfo: {
      TotalSizeInGB: disks.count * disks.gb,
      Disks: [{ Count: disks.count, SizeInGB: disks.gb, Type: family.name === 'm1' ? 'hdd' : 'ssd' }],
      NvmeSupport: family.xen && !family.enaAndNvme ? 'unsupported' : 'required',
    },
  };
}

function ebsInfo(machine: Machine): EbsInfo {
  const { storage } = machine;
  return {
    EbsOptimizedSupport: ebsOptimized(machine),
    EncryptionSupport: 'supported',
    NvmeSupport: enaAndNvme(machine),
    ...(storage && {
      EbsOptimizedInfo: {
        BaselineBandwidthInMbps: storage.mbps.baseline,
        // Megabytes, of eight bits a byte.
        BaselineThroughputInMBps: storage.mbps.baseline / 8,
        BaselineIops: storage.iops.baseline,
        MaximumBandwidthInMbps: storage.mbps.maximum,
        MaximumThroughputInMBps: storage.mbps.maximum / 8,
        MaximumIops: storage.iops.maximum,
      },
    }),
  };
}

function networkInfo(machine: Machine): NetworkInfo {
  const { gbps, words, interfaces } = machine.network;
  return {
    NetworkPerformance: words,
    MaximumNetworkInterfaces: interfaces,
    MaximumNetworkCards: 1,
    DefaultNetworkCardIndex: 0,
    NetworkCards: [
      {
        NetworkCardIndex: 0,
        NetworkPerformance: words,
        MaximumNetworkInterfaces: interfaces,
        BaselineBandwidthInGbps: gbps.baseline,
        PeakBandwidthInGbps: gbps.maximum,
      },
    ],
    EnaSupport: enaAndNvme(machine),
    Ipv6Supported: true,
    EfaSupported: false,
  };
}
