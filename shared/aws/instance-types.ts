import {
  type EC2Client,
  type InstanceTypeInfo,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import type { Bandwidth, InstanceTypeFacts, Support } from '../core/sizing/instance-type.ts';
import { everyItem } from './pages.ts';

/** A type without its price, which depends on the operating system. */
export type InstanceType = Omit<InstanceTypeFacts, 'hourlyPrice'>;

/** Every type that the region has, or those of these names. */
export function listInstanceTypes(client: EC2Client, names?: readonly string[]): Promise<InstanceType[]> {
  const input = names ? { Filters: [{ Name: 'instance-type', Values: [...names] }] } : {};
  const pages = paginateDescribeInstanceTypes({ client, pageSize: 100 }, input);
  return everyItem(pages, (page) => page.InstanceTypes?.map(typeFacts));
}

/** A type and the availability zones that offer it. */
export interface Offering {
  readonly type: string;
  readonly zones: readonly string[];
}

export async function listOfferings(client: EC2Client): Promise<Offering[]> {
  const input = { LocationType: 'availability-zone' } as const;
  const offerings = await everyItem(
    paginateDescribeInstanceTypeOfferings({ client, pageSize: 1000 }, input),
    (page) => page.InstanceTypeOfferings,
  );
  const byType = Map.groupBy(offerings, ({ InstanceType }) => InstanceType ?? '');
  return [...byType].map(([type, all]) => ({ type, zones: all.flatMap(({ Location }) => Location ?? []) }));
}

/** Bits a second, in thousands of millions and in millions, as bytes. */
const GBPS = 1e9 / 8;
const MBPS = 1e6 / 8;

function typeFacts(info: InstanceTypeInfo): InstanceType {
  const { EbsInfo: { NvmeSupport, EbsOptimizedInfo: ebs = {} } = {}, NetworkInfo: network = {} } = info;
  const clockGhz = info.ProcessorInfo?.SustainedClockSpeedInGhz;
  return {
    name: info.InstanceType ?? 'unknown',
    architectures: info.ProcessorInfo?.SupportedArchitectures ?? [],
    virtualizationTypes: info.SupportedVirtualizationTypes ?? [],
    currentGeneration: info.CurrentGeneration ?? false,
    vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
    ...(clockGhz ? { clockGhz } : {}),
    memoryMib: info.MemoryInfo?.SizeInMiB ?? 0,
    burstable: info.BurstablePerformanceSupported ?? false,
    ena: (network.EnaSupport ?? 'unsupported') as Support,
    nvme: (NvmeSupport ?? 'unsupported') as Support,
    localDiskGb: info.InstanceStorageInfo?.TotalSizeInGB ?? 0,
    networkInterfaces: network.MaximumNetworkInterfaces ?? 0,
    ...named('networkBytes', networkOf(network)),
    ...named('storageBytes', range(ebs.BaselineBandwidthInMbps, ebs.MaximumBandwidthInMbps, MBPS)),
    ...named('storageOperations', range(ebs.BaselineIops, ebs.MaximumIops, 1)),
  };
}

/** All network cards together. */
function networkOf({ NetworkCards = [] }: NonNullable<InstanceTypeInfo['NetworkInfo']>): Bandwidth | undefined {
  const cards = NetworkCards.map((card) => range(card.BaselineBandwidthInGbps, card.PeakBandwidthInGbps, GBPS));
  return cards.reduce(
    (sum, card) => card && sum && { baseline: sum.baseline + card.baseline, burst: sum.burst + card.burst },
  );
}

const range = (baseline: number | undefined, burst: number | undefined, unit: number): Bandwidth | undefined =>
  baseline === undefined || burst === undefined ? undefined : { baseline: baseline * unit, burst: burst * unit };

const named = <Name extends string>(name: Name, value: Bandwidth | undefined) =>
  (value ? { [name]: value } : {}) as { readonly [N in Name]?: Bandwidth };
