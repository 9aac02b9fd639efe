import { getOrMake } from '../maps.ts';
import { docDbBackupPrices, neptuneBackupPrices, rdsBackupPrices } from './backup-prices.ts';
import { ebsPrices } from './ebs-prices.ts';
import { ec2Prices } from './ec2-prices.ts';
import { type Product, type ProductSpec, productOf } from './product.ts';
import { publicIpPrices } from './public-ip-prices.ts';
import { rdsPrices } from './rds-prices.ts';
import { rdsStoragePrices } from './rds-storage-prices.ts';

const SERVICES: Readonly<Record<string, () => ProductSpec[]>> = {
  AmazonEC2: () => [...ec2Prices(), ...ebsPrices()],
  AmazonDocDB: docDbBackupPrices,
  AmazonNeptune: neptuneBackupPrices,
  AmazonRDS: () => [...rdsPrices(), ...rdsStoragePrices(), ...rdsBackupPrices()],
  AmazonVPC: publicIpPrices,
};

/** Everything that has a price in the sandbox. */
export interface PriceList {
  /** What is sold under a service code; empty for a code that nobody knows. */
  products(serviceCode: string): readonly Product[];
  /** Adds a price, in front of what is there: a test's own price is found first. */
  add(spec: ProductSpec): Product;
  clear(): void;
}

export function createPriceList(): PriceList {
  const made = new Map<string, Product[]>();
  // Thousands of products: those of a service are made when somebody asks for its first one.
  const list = (serviceCode: string): Product[] =>
    getOrMake(made, serviceCode, () => (SERVICES[serviceCode]?.() ?? []).map(productOf));
  return {
    products: list,
    add: (spec) => {
      const product = productOf(spec);
      made.set(spec.serviceCode, [product, ...list(spec.serviceCode)]);
      return product;
    },
    clear: () => {
      for (const serviceCode of Object.keys(SERVICES)) made.set(serviceCode, []);
    },
  };
}
