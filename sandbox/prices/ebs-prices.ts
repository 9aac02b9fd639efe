import { MARKETS, type Market, priced, where } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** us-east-1, a GB a month. */
const USD_PER_GB: Readonly<Record<string, { readonly type: string; readonly usd: number }>> = {
  gp2: { type: 'General Purpose', usd: 0.1 },
  gp3: { type: 'General Purpose', usd: 0.08 },
  io1: { type: 'Provisioned IOPS', usd: 0.125 },
  io2: { type: 'Provisioned IOPS', usd: 0.125 },
  st1: { type: 'Throughput Optimized HDD', usd: 0.045 },
  sc1: { type: 'Cold HDD', usd: 0.015 },
  standard: { type: 'Magnetic', usd: 0.05 },
};

/** us-east-1, a provisioned operation a second a month; io2 is cheaper above 32,000 and again above 64,000. */
const USD_PER_IOPS = [
  { volumeApiName: 'gp3', tier: '', group: 'EBS IOPS', usd: 0.005 },
  { volumeApiName: 'io1', tier: '', group: 'EBS IOPS', usd: 0.065 },
  { volumeApiName: 'io2', tier: '', group: 'EBS IOPS', usd: 0.065 },
  { volumeApiName: 'io2', tier: '.tier2', group: 'EBS IOPS Tier 2', usd: 0.0455 },
  { volumeApiName: 'io2', tier: '.tier3', group: 'EBS IOPS Tier 3', usd: 0.03185 },
] as const;

/** Volumes, what they are provisioned with, and snapshots. */
export function ebsPrices(): ProductSpec[] {
  return MARKETS.flatMap((market) => [
    ...sizePrices(market),
    ...iopsPrices(market),
    throughputPrice(market),
    snapshotPrice(market),
  ]);
}

function sizePrices(market: Market): ProductSpec[] {
  return Object.entries(USD_PER_GB).map(([volumeApiName, { type, usd }]) => ({
    serviceCode: 'AmazonEC2',
    productFamily: 'Storage',
    unit: 'GB-Mo',
    usdPerUnit: priced(usd, market),
    attributes: {
      ...where(market),
      volumeApiName,
      volumeType: type,
      // The oldest type has no name of its own in the usage type.
      usagetype: `${market.prefix}EBS:VolumeUsage${volumeApiName === 'standard' ? '' : `.${volumeApiName}`}`,
    },
  }));
}

function iopsPrices(market: Market): ProductSpec[] {
  return USD_PER_IOPS.map(({ volumeApiName, tier, group, usd }) => ({
    serviceCode: 'AmazonEC2',
    productFamily: 'System Operation',
    unit: 'IOPS-Mo',
    usdPerUnit: priced(usd, market),
    attributes: {
      ...where(market),
      volumeApiName,
      group,
      usagetype: `${market.prefix}EBS:VolumeP-IOPS.${volumeApiName}${tier}`,
    },
  }));
}

/** Sold by the MiB/s, listed by the GiB/s. */
const throughputPrice = (market: Market): ProductSpec => ({
  serviceCode: 'AmazonEC2',
  productFamily: 'Provisioned Throughput',
  unit: 'GiBps-mo',
  usdPerUnit: priced(40.96, market),
  attributes: {
    ...where(market),
    volumeApiName: 'gp3',
    group: 'EBS Throughput',
    usagetype: `${market.prefix}EBS:VolumeP-Throughput.gp3`,
  },
});

const snapshotPrice = (market: Market): ProductSpec => ({
  serviceCode: 'AmazonEC2',
  productFamily: 'Storage Snapshot',
  unit: 'GB-Mo',
  usdPerUnit: priced(0.05, market),
  attributes: { ...where(market), storageMedia: 'Amazon S3', usagetype: `${market.prefix}EBS:SnapshotUsage` },
});
