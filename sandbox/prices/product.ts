import { createHash } from 'node:crypto';

/** One entry of the price list, as GetProducts gives it (as JSON text). */
export interface Product {
  readonly serviceCode: string;
  readonly product: {
    readonly sku: string;
    readonly productFamily: string;
    readonly attributes: Readonly<Record<string, string>>;
  };
  readonly terms: { readonly OnDemand: Readonly<Record<string, OnDemandTerm>> };
  readonly version: string;
  readonly publicationDate: string;
}

interface OnDemandTerm {
  readonly sku: string;
  readonly offerTermCode: string;
  readonly effectiveDate: string;
  readonly termAttributes: Readonly<Record<string, string>>;
  readonly priceDimensions: Readonly<Record<string, PriceDimension>>;
}

interface PriceDimension {
  readonly unit: string;
  readonly beginRange: string;
  readonly endRange: string;
  readonly description: string;
  readonly rateCode: string;
  readonly appliesTo: readonly string[];
  readonly pricePerUnit: Readonly<Record<string, string>>;
}

/** What to know about a price; ids and the nesting follow from it. */
export interface ProductSpec {
  /** `AmazonEC2`, `AmazonRDS`, `AmazonVPC`. */
  readonly serviceCode: string;
  readonly productFamily: string;
  /** Named as in AWS's price list. */
  readonly attributes: Readonly<Record<string, string>>;
  /** `Hrs`, `GB-Mo`, `IOPS-Mo`. */
  readonly unit: string;
  readonly usdPerUnit: number;
}

/** AWS's codes for "on demand" and for "per unit", the same for every product. */
const ON_DEMAND = 'JRTCKXETXF';
const PER_UNIT = '6YS6EN2CT7';

export function productOf({ serviceCode, productFamily, attributes, unit, usdPerUnit }: ProductSpec): Product {
  const sku = skuOf(serviceCode + JSON.stringify(attributes));
  const term = `${sku}.${ON_DEMAND}`;
  const dimension: PriceDimension = {
    unit,
    beginRange: '0',
    endRange: 'Inf',
    description: `$${usdPerUnit} per ${attributes.usagetype ?? productFamily} ${unit}`,
    rateCode: `${term}.${PER_UNIT}`,
    appliesTo: [],
    pricePerUnit: { USD: usdPerUnit.toFixed(10) },
  };
  return {
    serviceCode,
    product: {
      sku,
      productFamily,
      attributes: { servicecode: serviceCode, locationType: 'AWS Region', ...attributes },
    },
    terms: {
      OnDemand: {
        [term]: {
          sku,
          offerTermCode: ON_DEMAND,
          effectiveDate: '2026-01-01T00:00:00Z',
          termAttributes: {},
          priceDimensions: { [dimension.rateCode]: dimension },
        },
      },
    },
    version: '20260101000000',
    publicationDate: '2026-01-01T00:00:00Z',
  };
}

/** Sixteen letters and digits that depend on nothing but the product. */
const skuOf = (text: string): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(-16);
