import { ec2Prices } from './ec2-prices.ts';
import { type Product, type ProductSpec, productOf } from './product.ts';
import { rdsPrices } from './rds-prices.ts';
import { storagePrices } from './storage-prices.ts';

/** Everything that has a price in the sandbox. */
export interface PriceList {
  /** What is sold under a service code; empty for a code that nobody knows. */
  products(serviceCode: string): readonly Product[];
  /** Adds a price, in front of what is there: a test's own price is found first. */
  add(spec: ProductSpec): Product;
  clear(): void;
}

export function createPriceList(): PriceList {
  let byService: Map<string, Product[]> | undefined;
  // A few thousand products: they are made when somebody asks for the first one.
  const lists = (): Map<string, Product[]> =>
    (byService ??= Map.groupBy(
      [...ec2Prices(), ...rdsPrices(), ...storagePrices()].map(productOf),
      (one) => one.serviceCode,
    ));
  return {
    products: (serviceCode) => lists().get(serviceCode) ?? [],
    add: (spec) => {
      const product = productOf(spec);
      lists().set(spec.serviceCode, [product, ...(lists().get(spec.serviceCode) ?? [])]);
      return product;
    },
    clear: () => lists().clear(),
  };
}
