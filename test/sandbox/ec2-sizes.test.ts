import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  type InstanceTypeInfo,
  ModifyInstanceAttributeCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { InstanceSpec } from '../../sandbox/estate/ec2-instance.ts';
import { instanceState } from '../../sandbox/estate/ec2-shapes.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();
const stopped = (spec: InstanceSpec = {}) =>
  stage.home.ec2.addInstance({ InstanceType: 'm5.large', ...spec, State: instanceState('stopped') });
const become = (InstanceId: string, type: string) =>
  stage.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, InstanceType: { Value: type } }));
const start = (id: string) => stage.clients.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

async function everyType(filters: { Name: string; Values: string[] }[] = []): Promise<InstanceTypeInfo[]> {
  const all: InstanceTypeInfo[] = [];
  const pages = paginateDescribeInstanceTypes({ client: stage.clients.ec2 }, { Filters: filters });
  for await (const { InstanceTypes = [] } of pages) all.push(...InstanceTypes);
  return all;
}

describe('instance types', () => {
  it('say all that sizing asks for', async () => {
    const { InstanceTypes } = await stage.clients.ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['m6i.large'] }),
    );
    expect(InstanceTypes).toMatchObject([
      {
        Hypervisor: 'nitro',
        BareMetal: false,
        BurstablePerformanceSupported: false,
        ProcessorInfo: { SupportedArchitectures: ['x86_64'], SustainedClockSpeedInGhz: 3.5, Manufacturer: 'Intel' },
        VCpuInfo: { DefaultVCpus: 2, DefaultCores: 1, DefaultThreadsPerCore: 2 },
        MemoryInfo: { SizeInMiB: 8192 },
        EbsInfo: {
          NvmeSupport: 'required',
          EbsOptimizedSupport: 'default',
          EbsOptimizedInfo: {
            BaselineBandwidthInMbps: 650,
            BaselineThroughputInMBps: 81.25,
            BaselineIops: 3600,
            MaximumBandwidthInMbps: 10_000,
            MaximumThroughputInMBps: 1250,
            MaximumIops: 40_000,
          },
        },
        NetworkInfo: {
          NetworkPerformance: 'Up to 12.5 Gigabit',
          MaximumNetworkInterfaces: 3,
          EnaSupport: 'required',
          NetworkCards: [{ BaselineBandwidthInGbps: 0.781, PeakBandwidthInGbps: 12.5 }],
        },
        SupportedVirtualizationTypes: ['hvm'],
        SupportedBootModes: ['legacy-bios', 'uefi'],
      },
    ]);
  });

  it.each([
    ['t4g.nano', { BurstablePerformanceSupported: true, MemoryInfo: { SizeInMiB: 512 }, SupportedBootModes: ['uefi'] }],
    ['m5.metal', { BareMetal: true, VCpuInfo: { DefaultVCpus: 96 } }],
    ['i3.8xlarge', { InstanceStorageInfo: { TotalSizeInGB: 7600 }, NetworkInfo: { EnaSupport: 'supported' } }],
    ['t2.micro', { EbsInfo: { EbsOptimizedSupport: 'unsupported', NvmeSupport: 'unsupported' }, Hypervisor: 'xen' }],
    ['m3.medium', { SupportedVirtualizationTypes: ['hvm', 'paravirtual'], CurrentGeneration: false }],
  ] as const)('tell %s from the others', async (type, shown) => {
    const ask = new DescribeInstanceTypesCommand({ InstanceTypes: [type] });
    expect((await stage.clients.ec2.send(ask)).InstanceTypes).toMatchObject([shown]);
  });

  it('come on pages of a hundred, and are those that the region offers', async () => {
    const types = (await everyType()).map(({ InstanceType = '' }) => InstanceType);
    expect(types.length).toBeGreaterThan(200);
    expect(new Set(types).size).toBe(types.length);
    expect(types).not.toContain('m6a.large');
    expect(types).toContain('m7g.16xlarge');
  });

  it('are found by what they are', async () => {
    const small = await everyType([
      { Name: 'processor-info.supported-architecture', Values: ['arm64'] },
      { Name: 'burstable-performance-supported', Values: ['true'] },
    ]);
    expect(small.map(({ InstanceType = '' }) => InstanceType.split('.')[0])).toEqual(Array(7).fill('t4g'));
  });

  it('are offered in some zones only', async () => {
    const where = async (InstanceType: string) => {
      const Filters = [{ Name: 'instance-type', Values: [InstanceType] }];
      const { InstanceTypeOfferings = [] } = await stage.clients.ec2.send(
        new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters }),
      );
      return InstanceTypeOfferings.map(({ Location }) => Location?.at(-1)).join('');
    };
    expect(await where('m7g.large')).toBe('abcd');
    expect(await where('t3a.large')).toBe('ac');
    stage.home.ec2.notOffered.add('m7g.large@ap-northeast-2b');
    expect(await where('m7g.large')).toBe('acd');
  });

  it('are offered by a region page by page', async () => {
    const locations = new Set<string | undefined>();
    let count = 0;
    for await (const { InstanceTypeOfferings = [] } of paginateDescribeInstanceTypeOfferings(
      { client: stage.clients.ec2, pageSize: 50 },
      {},
    )) {
      count += InstanceTypeOfferings.length;
      for (const { Location } of InstanceTypeOfferings) locations.add(Location);
    }
    expect([...locations]).toEqual(['ap-northeast-2']);
    expect(count).toBe((await everyType()).length);
  });
});

describe('another type', () => {
  it('has its own CPUs, and is what starts', async () => {
    const one = stopped();
    await become(one.InstanceId, 'm5.2xlarge');
    expect(one).toMatchObject({ InstanceType: 'm5.2xlarge', CpuOptions: { CoreCount: 4, ThreadsPerCore: 2 } });
    await start(one.InstanceId);
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(one.State.Name).toBe('running');
  });

  it.each([
    ['it boots paravirtually', { VirtualizationType: 'paravirtual', InstanceType: 'm3.large' }, 'm5.large'],
    ['it may be hibernated', { HibernationOptions: { Configured: true } }, 'm5.xlarge'],
    ['it has more network interfaces', { NetworkInterfaces: [{}, {}, {}, {}] }, 't3.nano'],
  ] as const)('is refused when %s', async (_, spec, type) => {
    const { InstanceId } = stopped(spec as unknown as InstanceSpec);
    await expect(become(InstanceId, type)).rejects.toMatchObject({ name: 'InvalidInstanceAttributeValue' });
  });

  it('that the zone does not offer shows at the start, which names the zones that do', async () => {
    const { InstanceId } = stopped({ Placement: { AvailabilityZone: 'ap-northeast-2b' } });
    await become(InstanceId, 'm5a.large');
    await expect(start(InstanceId)).rejects.toMatchObject({
      name: 'Unsupported',
      message: expect.stringContaining('choosing ap-northeast-2a, ap-northeast-2c'),
    });
  });

  it('without EBS optimization shows at the start, until it is no longer asked for', async () => {
    const { InstanceId } = stopped();
    await become(InstanceId, 't2.large');
    await expect(start(InstanceId)).rejects.toMatchObject({ name: 'Unsupported' });
    await stage.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, EbsOptimized: { Value: false } }));
    await start(InstanceId);
  });

  it('without capacity can be undone, and the old one started', async () => {
    const one = stopped();
    stage.home.ec2.noCapacity.add('m5.4xlarge@ap-northeast-2a');
    await become(one.InstanceId, 'm5.4xlarge');
    await expect(start(one.InstanceId)).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' });
    expect(one.State.Name).toBe('stopped');
    await become(one.InstanceId, 'm5.large');
    await start(one.InstanceId);
  });
});

describe('CPU credits', () => {
  const ask = async (InstanceIds?: string[]) =>
    (
      await stage.clients.ec2.send(
        new DescribeInstanceCreditSpecificationsCommand(InstanceIds === undefined ? {} : { InstanceIds }),
      )
    ).InstanceCreditSpecifications;

  it('are unlimited on T3 and standard on T2, unless told otherwise', async () => {
    const ids = (['t3.large', 't2.large', 'm5.large', 't3.small'] as const).map(
      (InstanceType) => stage.home.ec2.addInstance({ InstanceType }).InstanceId,
    );
    stage.home.ec2.cpuCredits.set(ids[3]!, 'standard');
    const shown = new Map((await ask(ids))?.map((one) => [one.InstanceId, one.CpuCredits]));
    expect(ids.map((id) => shown.get(id))).toEqual(['unlimited', 'standard', 'standard', 'standard']);
    expect(await ask()).toEqual([{ InstanceId: ids[0], CpuCredits: 'unlimited' }]);
  });
});
