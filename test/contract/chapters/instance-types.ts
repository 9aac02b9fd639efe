import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  type EC2Client,
  type Filter,
  type InstanceTypeInfo,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly ec2: EC2Client;
  /** A stopped m5.large on x86. */
  readonly id: string;
}

async function seed(target: Target): Promise<Seed> {
  const { ec2 } = target.clients();
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-0abcdef1234567890', InstanceType: 'm5.large', MinCount: 1, MaxCount: 1 }),
  );
  const id = Instances[0]?.InstanceId ?? expect.fail('RunInstances answered no instance');
  await reaches({ target, ec2, id }, 'running');
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await reaches({ target, ec2, id }, 'stopped');
  return { target, ec2, id };
}

const instance = async ({ ec2, id }: Seed) =>
  (await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations?.[0]?.Instances?.[0];

const reaches = (seed: Seed, state: string) =>
  until(
    seed.target,
    () => instance(seed),
    (one) => one?.State?.Name === state,
  );

async function types(ec2: EC2Client, ...names: string[]): Promise<InstanceTypeInfo[]> {
  const ask = new DescribeInstanceTypesCommand({ InstanceTypes: names as InstanceTypeInfo['InstanceType'][] as [] });
  return (await ec2.send(ask)).InstanceTypes ?? [];
}

/** What a sizing model takes from a type. */
const sizeOf = ({ VCpuInfo, MemoryInfo, ProcessorInfo, NetworkInfo, EbsInfo, ...info }: InstanceTypeInfo) => ({
  type: info.InstanceType,
  vcpus: VCpuInfo?.DefaultVCpus,
  threads: VCpuInfo?.DefaultThreadsPerCore,
  memoryMib: MemoryInfo?.SizeInMiB,
  architectures: ProcessorInfo?.SupportedArchitectures,
  ghz: ProcessorInfo?.SustainedClockSpeedInGhz,
  ena: NetworkInfo?.EnaSupport,
  nvme: EbsInfo?.NvmeSupport,
  interfaces: NetworkInfo?.MaximumNetworkInterfaces,
  network: NetworkInfo?.NetworkPerformance,
  gbps: [NetworkInfo?.NetworkCards?.[0]?.BaselineBandwidthInGbps, NetworkInfo?.NetworkCards?.[0]?.PeakBandwidthInGbps],
  storage: [
    EbsInfo?.EbsOptimizedInfo?.BaselineThroughputInMBps,
    EbsInfo?.EbsOptimizedInfo?.MaximumThroughputInMBps,
    EbsInfo?.EbsOptimizedInfo?.BaselineIops,
    EbsInfo?.EbsOptimizedInfo?.MaximumIops,
  ],
  disksGb: info.InstanceStorageInfo?.TotalSizeInGB,
  burstable: info.BurstablePerformanceSupported,
  hypervisor: info.Hypervisor,
  bareMetal: info.BareMetal,
  boots: info.SupportedBootModes,
  virtualization: info.SupportedVirtualizationTypes,
});

async function zonesOf(ec2: EC2Client, type: string): Promise<(string | undefined)[]> {
  const Filters = [{ Name: 'instance-type', Values: [type] }];
  const ask = new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters });
  return ((await ec2.send(ask)).InstanceTypeOfferings ?? []).map(({ Location }) => Location);
}

const become = ({ ec2, id }: Seed, Value: string) =>
  ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value } }));

export const instanceTypes = chapter('instance types', seed, {
  'a type of Nitro has its numbers': async ({ ec2 }) => {
    expect((await types(ec2, 'm7g.large')).map(sizeOf)).toEqual([
      {
        type: 'm7g.large',
        vcpus: 2,
        threads: 1,
        memoryMib: 8192,
        architectures: ['arm64'],
        ghz: 2.6,
        ena: 'required',
        nvme: 'required',
        interfaces: 3,
        network: 'Up to 12.5 Gigabit',
        gbps: [0.937, 12.5],
        storage: [78.75, 1250, 3600, 40_000],
        burstable: false,
        hypervisor: 'nitro',
        bareMetal: false,
        boots: ['uefi'],
        virtualization: ['hvm'],
      },
    ]);
  },

  'a type of Xen has its own': async ({ ec2 }) => {
    expect((await types(ec2, 'i3.2xlarge')).map(sizeOf)).toMatchObject([
      { ena: 'supported', nvme: 'supported', disksGb: 1900, hypervisor: 'xen', boots: ['legacy-bios'] },
    ]);
  },

  'a burstable type and a bare metal one say so': async ({ ec2 }) => {
    expect((await types(ec2, 't3.micro')).map(sizeOf)).toMatchObject([{ burstable: true, memoryMib: 1024, vcpus: 2 }]);
    expect((await types(ec2, 'm5.metal')).map(sizeOf)).toMatchObject([{ bareMetal: true, vcpus: 96 }]);
  },

  'a filter finds types by what they are': async ({ ec2 }) => {
    const Filters: Filter[] = [
      { Name: 'instance-type', Values: ['t3.*'] },
      { Name: 'memory-info.size-in-mib', Values: ['8192', '16384'] },
    ];
    const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand({ Filters }));
    expectSame(
      InstanceTypes.map(({ InstanceType }) => InstanceType),
      ['t3.large', 't3.xlarge'],
    );
  },

  'names and a page size exclude each other': async ({ ec2 }) => {
    const both = new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large'], MaxResults: 5 });
    await refused(ec2.send(both), 'InvalidParameterCombination');
  },

  'pages of types add up, each exactly once': async ({ ec2 }) => {
    const Filters = [{ Name: 'instance-type', Values: ['m5.*', 't3.*'] }];
    const pages = await everyPage(
      (NextToken) =>
        ec2.send(new DescribeInstanceTypesCommand({ Filters, MaxResults: 5, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    expect(pages.length).toBe(4);
    const names = pages.flatMap(({ InstanceTypes = [] }) => InstanceTypes.map(({ InstanceType }) => InstanceType));
    expect(new Set(names).size).toBe(16);
  },

  'some types are offered in some zones of the region only': async ({ target, ec2 }) => {
    expectSame(
      await zonesOf(ec2, 'm7g.large'),
      ['a', 'b', 'c', 'd'].map((zone) => target.region + zone),
    );
    expectSame(
      await zonesOf(ec2, 't3a.large'),
      ['a', 'c'].map((zone) => target.region + zone),
    );
    expect(await zonesOf(ec2, 'm6a.large')).toEqual([]);
  },

  'a stopped instance becomes another type, and back': async (seed) => {
    await become(seed, 'm5.xlarge');
    expect((await instance(seed))?.InstanceType).toBe('m5.xlarge');
    await become(seed, 'm5.large');
    expect((await instance(seed))?.InstanceType).toBe('m5.large');
  },

  'what is no type is InvalidInstanceAttributeValue': async (seed) => {
    await refused(become(seed, 'shop.large'), 'InvalidInstanceAttributeValue');
  },

  'a type of another architecture is refused': async (seed) => {
    await refused(become(seed, 'm7g.large'), 'InvalidParameterValue', 'InvalidInstanceAttributeValue');
    expect((await instance(seed))?.InstanceType).toBe('m5.large');
  },

  'the credit option of what is not burstable is standard': async ({ ec2, id }) => {
    const ask = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [id] });
    const { InstanceCreditSpecifications } = await ec2.send(ask);
    expect(InstanceCreditSpecifications).toEqual([{ InstanceId: id, CpuCredits: 'standard' }]);
  },
});
