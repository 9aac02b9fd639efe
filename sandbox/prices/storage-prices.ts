import { MARKETS, type Market, priced } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** Storage of EC2 and RDS, us-east-1, a month; and public IPv4 addresses, which cost the same everywhere. */
export function storagePrices(): ProductSpec[] {
  return MARKETS.flatMap((market) => [...ebsPrices(market), ...rdsStoragePrices(market), ...publicIpPrices(market)]);
}

const EBS_USD_PER_GB: Readonly<Record<string, { readonly type: string; readonly usd: number }>> = {
  gp2: { type: 'General Purpose', usd: 0.1 },
  gp3: { type: 'General Purpose', usd: 0.08 },
  io1: { type: 'Provisioned IOPS', usd: 0.125 },
  io2: { type: 'Provisioned IOPS', usd: 0.125 },
  st1: { type: 'Throughput Optimized HDD', usd: 0.045 },
  sc1: { type: 'Cold HDD', usd: 0.015 },
  standard: { type: 'Magnetic', usd: 0.05 },
};

const where = ({ regionCode, location }: Market) => ({ regionCode, location });

function ebsPrices(market: Market): ProductSpec[] {
  const volumes = Object.entries(EBS_USD_PER_GB).map(
    ([volumeApiName, { type, usd }]): ProductSpec => ({
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
    }),
  );
  const iops = Object.entries({ gp3: 0.005, io1: 0.065, io2: 0.065 }).map(
    ([volumeApiName, usd]): ProductSpec => ({
      serviceCode: 'AmazonEC2',
      productFamily: 'System Operation',
      unit: 'IOPS-Mo',
      usdPerUnit: priced(usd, market),
      attributes: {
        ...where(market),
        volumeApiName,
        group: 'EBS IOPS',
        usagetype: `${market.prefix}EBS:VolumeP-IOPS.${volumeApiName}`,
      },
    }),
  );
  const throughput: ProductSpec = {
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
  };
  return [...volumes, ...iops, throughput];
}

/** `Any` engine: AWS lists plain storage once for all but Aurora. */
function rdsStoragePrices(market: Market): ProductSpec[] {
  const kinds = [
    { volumeType: 'General Purpose', usage: 'GP2-Storage', usd: 0.115 },
    { volumeType: 'General Purpose-GP3', usage: 'GP3-Storage', usd: 0.115 },
    { volumeType: 'Provisioned IOPS', usage: 'PIOPS-Storage', usd: 0.125 },
    { volumeType: 'Magnetic', usage: 'StorageUsage', usd: 0.1 },
  ];
  const deployments = [
    { deploymentOption: 'Single-AZ', infix: '', factor: 1 },
    { deploymentOption: 'Multi-AZ', infix: 'Multi-AZ-', factor: 2 },
  ];
  return deployments.flatMap(({ deploymentOption, infix, factor }) =>
    kinds.map(
      ({ volumeType, usage, usd }): ProductSpec => ({
        serviceCode: 'AmazonRDS',
        productFamily: 'Database Storage',
        unit: 'GB-Mo',
        usdPerUnit: priced(usd * factor, market),
        attributes: {
          ...where(market),
          volumeType,
          databaseEngine: 'Any',
          deploymentOption,
          usagetype: `${market.prefix}RDS:${infix}${usage}`,
        },
      }),
    ),
  );
}

function publicIpPrices(market: Market): ProductSpec[] {
  return ['InUseAddress', 'IdleAddress'].map((use) => ({
    serviceCode: 'AmazonVPC',
    productFamily: 'VpcPublicIPv4Address',
    unit: 'Hrs',
    usdPerUnit: 0.005,
    attributes: { ...where(market), group: 'VPCPublicIPv4Address', usagetype: `${market.prefix}PublicIPv4:${use}` },
  }));
}
