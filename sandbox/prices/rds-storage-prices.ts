import { MARKETS, type Market, priced, where } from './markets.ts';
import type { ProductSpec } from './product.ts';

const STORAGE = [
  { volumeType: 'General Purpose', usage: 'GP2-Storage', usd: 0.115 },
  { volumeType: 'General Purpose-GP3', usage: 'GP3-Storage', usd: 0.115 },
  { volumeType: 'Provisioned IOPS', usage: 'PIOPS-Storage', usd: 0.125 },
  { volumeType: 'Provisioned IOPS-IO2', usage: 'PIOPS-Storage-IO2', usd: 0.125 },
  { volumeType: 'Magnetic', usage: 'StorageUsage', usd: 0.1 },
] as const;

/** What storage is provisioned with beyond what its size includes. */
const PROVISIONED = [
  { productFamily: 'Provisioned IOPS', group: 'RDS Provisioned IOPS', usage: 'PIOPS', unit: 'IOPS-Mo', usd: 0.1 },
  {
    productFamily: 'Provisioned IOPS',
    group: 'RDS Provisioned IO2 IOPS',
    usage: 'PIOPS-IO2',
    unit: 'IOPS-Mo',
    usd: 0.1,
  },
  {
    productFamily: 'Provisioned IOPS',
    group: 'RDS Provisioned GP3 IOPS',
    usage: 'GP3-PIOPS',
    unit: 'IOPS-Mo',
    usd: 0.02,
  },
  {
    productFamily: 'Provisioned Throughput',
    group: 'RDS Provisioned GP3 Throughput',
    usage: 'GP3-Throughput',
    unit: 'MBPS-Mo',
    usd: 0.08,
  },
] as const;

const DEPLOYMENTS = [
  { deploymentOption: 'Single-AZ', infix: '', factor: 1 },
  { deploymentOption: 'Multi-AZ', infix: 'Multi-AZ-', factor: 2 },
] as const;

/** `Any` engine: AWS lists plain storage once for all but Aurora. us-east-1, a month. */
export function rdsStoragePrices(): ProductSpec[] {
  return MARKETS.flatMap((market) =>
    DEPLOYMENTS.flatMap((deployment) => [
      ...STORAGE.map(({ volumeType, ...what }) =>
        price(market, deployment, { ...what, productFamily: 'Database Storage', unit: 'GB-Mo', named: { volumeType } }),
      ),
      ...PROVISIONED.map(({ group, ...what }) => price(market, deployment, { ...what, named: { group } })),
    ]),
  );
}

interface Priced {
  readonly productFamily: string;
  readonly usage: string;
  readonly unit: string;
  readonly usd: number;
  readonly named: Readonly<Record<string, string>>;
}

const price = (
  market: Market,
  { deploymentOption, infix, factor }: (typeof DEPLOYMENTS)[number],
  { productFamily, usage, unit, usd, named }: Priced,
): ProductSpec => ({
  serviceCode: 'AmazonRDS',
  productFamily,
  unit,
  usdPerUnit: priced(usd * factor, market),
  attributes: {
    ...where(market),
    ...named,
    databaseEngine: 'Any',
    deploymentOption,
    usagetype: `${market.prefix}RDS:${infix}${usage}`,
  },
});
