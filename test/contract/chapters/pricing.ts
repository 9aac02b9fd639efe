import { GetProductsCommand, type GetProductsCommandInput, type PricingClient } from '@aws-sdk/client-pricing';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly pricing: PricingClient;
}

/** The price list is AWS's own; there is nothing to seed. It lives in few regions. */
const seed = async (target: Target): Promise<Seed> => target.clients({ region: 'us-east-1' });

const matching = (attributes: Record<string, string>): Pick<GetProductsCommandInput, 'Filters'> => ({
  Filters: Object.entries(attributes).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value })),
});

const LINUX = {
  regionCode: 'us-east-1',
  operation: 'RunInstances',
  tenancy: 'Shared',
  capacitystatus: 'Used',
  marketoption: 'OnDemand',
};

interface Product {
  readonly product: { readonly sku: string; readonly attributes: Record<string, string> };
  readonly terms: { readonly OnDemand: Record<string, { readonly priceDimensions: Record<string, PriceDimension> }> };
}

interface PriceDimension {
  readonly unit: string;
  readonly pricePerUnit: { readonly USD: string };
}

async function products({ pricing }: Seed, attributes: Record<string, string>): Promise<Product[]> {
  const ask = new GetProductsCommand({ ServiceCode: 'AmazonEC2', ...matching(attributes) });
  const { PriceList = [] } = await pricing.send(ask);
  return PriceList.map((text: unknown) => JSON.parse(String(text)));
}

export const pricing = chapter('pricing', seed, {
  'all filters have to hold, and leave the one product with its hourly price': async (seed) => {
    const [found, ...others] = await products(seed, { ...LINUX, instanceType: 'm5.large' });
    expect(others).toEqual([]);
    expect(found?.product.attributes).toMatchObject({ instanceType: 'm5.large', regionCode: 'us-east-1' });
    const [term] = Object.values(found?.terms.OnDemand ?? {});
    const [price] = Object.values(term?.priceDimensions ?? {});
    expect(price?.unit).toBe('Hrs');
    expect(Number(price?.pricePerUnit.USD)).toBe(0.096);
  },

  'what is not for sale is nothing, and no error': async (seed) => {
    expect(await products(seed, { ...LINUX, instanceType: 'm5.tiny' })).toEqual([]);
  },

  'pages of products add up to everything exactly once': async ({ pricing }) => {
    const ask = { ServiceCode: 'AmazonEC2', ...matching({ ...LINUX, instanceType: 'm5.large' }) };
    // Without the operation there is one product for each operating system.
    const anySystem = { ...ask, Filters: ask.Filters?.filter(({ Field }) => Field !== 'operation'), MaxResults: 1 };
    const pages = await everyPage(
      (NextToken) => pricing.send(new GetProductsCommand({ ...anySystem, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    expect(pages.every(({ PriceList = [] }) => PriceList.length <= 1)).toBe(true);
    const systems = pages.flatMap(({ PriceList = [] }) =>
      PriceList.map((text: unknown) => JSON.parse(String(text)) as Product),
    );
    const skus = systems.map(({ product }) => product.sku);
    expect(new Set(skus).size).toBe(skus.length);
    const operations = systems.map(({ product }) => product.attributes.operation);
    expect(operations).toEqual(expect.arrayContaining(['RunInstances', 'RunInstances:0002']));
  },

  'a page of more than a hundred products is InvalidParameterException': async ({ pricing }) => {
    const ask = new GetProductsCommand({ ServiceCode: 'AmazonEC2', ...matching(LINUX), MaxResults: 101 });
    await refused(pricing.send(ask), 'InvalidParameterException', 'ValidationException');
  },
});
