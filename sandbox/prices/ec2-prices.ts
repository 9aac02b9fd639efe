import { architectureOf } from '../estate/instance-types.ts';
import { type Machine, machinesOf } from './machines.ts';
import { MARKETS, type Market, priced } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** Linux, us-east-1, an hour of `large`; plausible values near AWS's own. */
const LARGE_USD: Readonly<Record<string, number>> = {
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m5: 0.096,
  m6i: 0.096,
  m6g: 0.077,
  m7i: 0.1008,
  m7g: 0.0816,
  c5: 0.085,
  c6i: 0.085,
  c7i: 0.08925,
  c7g: 0.0725,
  r5: 0.126,
  r6i: 0.126,
  r7i: 0.1323,
  r7g: 0.1071,
};

/** What the Windows license adds for an hour of one vCPU; burstable types pay less. */
const WINDOWS_USD = 0.046;
const WINDOWS_BURSTABLE_USD = 0.0138;

export function ec2Prices(): ProductSpec[] {
  return MARKETS.flatMap((market) =>
    Object.keys(LARGE_USD).flatMap((family) =>
      machinesOf(family).flatMap((machine) => instancePrices(machine, market)),
    ),
  );
}

function instancePrices(machine: Machine, market: Market): ProductSpec[] {
  const linux = LARGE_USD[machine.family]! * machine.larges;
  const license = machine.vcpu * (machine.family.startsWith('t') ? WINDOWS_BURSTABLE_USD : WINDOWS_USD);
  const graviton = architectureOf(`${machine.family}.large`) === 'arm64';
  return [
    instancePrice(machine, market, { system: 'Linux', operation: 'RunInstances', usd: linux }),
    ...(graviton
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
  { family, size, vcpu, memoryGiB }: Machine,
  market: Market,
  { system, operation, usd }: Running,
): ProductSpec {
  const instanceType = `${family}.${size}`;
  return {
    serviceCode: 'AmazonEC2',
    productFamily: 'Compute Instance',
    unit: 'Hrs',
    usdPerUnit: priced(usd, market),
    attributes: {
      servicename: 'Amazon Elastic Compute Cloud',
      regionCode: market.regionCode,
      location: market.location,
      instanceType,
      currentGeneration: 'Yes',
      instanceFamily: FAMILY_NAMES[family.charAt(0)] ?? 'General purpose',
      vcpu: String(vcpu),
      memory: `${memoryGiB} GiB`,
      storage: 'EBS only',
      processorArchitecture: '64-bit',
      tenancy: 'Shared',
      operatingSystem: system,
      licenseModel: 'No License required',
      preInstalledSw: 'NA',
      capacitystatus: 'Used',
      marketoption: 'OnDemand',
      usagetype: `${market.prefix}BoxUsage:${instanceType}`,
      operation,
    },
  };
}

const FAMILY_NAMES: Readonly<Record<string, string>> = {
  c: 'Compute optimized',
  m: 'General purpose',
  r: 'Memory optimized',
  t: 'General purpose',
};
