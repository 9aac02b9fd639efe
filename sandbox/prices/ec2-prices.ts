import { isBurstable, MACHINES, type Machine } from '../catalogue/machine.ts';
import { larges } from './larges.ts';
import { MARKETS, type Market, priced } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** Linux, us-east-1, an hour of `large`: AWS's own prices, from which the other sizes follow. */
const LARGE_USD: Readonly<Record<string, number>> = {
  t2: 0.0928,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m3: 0.133,
  m4: 0.1,
  m5: 0.096,
  m5a: 0.086,
  m5d: 0.113,
  m6i: 0.096,
  m6a: 0.0864,
  m6g: 0.077,
  m6id: 0.11865,
  m7i: 0.1008,
  m7g: 0.0816,
  c5: 0.085,
  c6i: 0.085,
  c6g: 0.068,
  c7i: 0.08925,
  c7g: 0.0725,
  r5: 0.126,
  r6i: 0.126,
  r6g: 0.1008,
  r7i: 0.1323,
  r7g: 0.1071,
  x2gd: 0.167,
  x2idn: 0.20841,
  x2iedn: 0.41681,
  i3: 0.156,
};

/** What the Windows license adds for an hour of one vCPU; burstable types pay less. */
const WINDOWS_USD = 0.046;
const WINDOWS_BURSTABLE_USD = 0.0138;

export function ec2Prices(): ProductSpec[] {
  return MARKETS.flatMap((market) => MACHINES.flatMap((machine) => instancePrices(machine, market)));
}

function instancePrices(machine: Machine, market: Market): ProductSpec[] {
  const large = LARGE_USD[machine.family.name];
  if (large === undefined) return [];
  const linux = large * larges(machine);
  const license = machine.vcpus * (isBurstable(machine) ? WINDOWS_BURSTABLE_USD : WINDOWS_USD);
  return [
    instancePrice(machine, market, { system: 'Linux', operation: 'RunInstances', usd: linux }),
    ...(machine.family.architecture === 'arm64'
      ? []
      : [instancePrice(machine, market, { system: 'Windows', operation: 'RunInstances:0002', usd: linux + license })]),
  ];
}

interface Running {
  readonly system: string;
  readonly operation: string;
  readonly usd: number;
}

function instancePrice(
  { type, family, vcpus, memoryMib, disks, network }: Machine,
  market: Market,
  { system, operation, usd }: Running,
): ProductSpec {
  return {
    serviceCode: 'AmazonEC2',
    productFamily: 'Compute Instance',
    unit: 'Hrs',
    usdPerUnit: priced(usd, market),
    attributes: {
      servicename: 'Amazon Elastic Compute Cloud',
      regionCode: market.regionCode,
      location: market.location,
      instanceType: type,
      currentGeneration: family.currentGeneration ? 'Yes' : 'No',
      instanceFamily: FAMILY_NAMES[family.name.charAt(0)] ?? 'General purpose',
      vcpu: String(vcpus),
      memory: `${memoryMib / 1024} GiB`,
      storage: disks.count === 0 ? 'EBS only' : `${disks.count} x ${disks.gb} NVMe SSD`,
      networkPerformance: network.words,
      processorArchitecture: '64-bit',
      tenancy: 'Shared',
      operatingSystem: system,
      licenseModel: 'No License required',
      preInstalledSw: 'NA',
      capacitystatus: 'Used',
      marketoption: 'OnDemand',
      usagetype: `${market.prefix}BoxUsage:${type}`,
      operation,
    },
  };
}

const FAMILY_NAMES: Readonly<Record<string, string>> = {
  c: 'Compute optimized',
  i: 'Storage optimized',
  m: 'General purpose',
  r: 'Memory optimized',
  t: 'General purpose',
  x: 'Memory optimized',
};
