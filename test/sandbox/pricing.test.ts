import { type Filter, GetProductsCommand, paginateGetProducts } from '@aws-sdk/client-pricing';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../sandbox/prices/product.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

/** The SDK gives texts that parse themselves; its type says otherwise. */
const productsOf = (texts: unknown): Product[] => (texts as readonly unknown[]).map((text) => JSON.parse(String(text)));

describe('Pricing', () => {
  const ask = async (ServiceCode: string, match: Record<string, string>) => {
    const Filters = Object.entries(match).map(([Field, Value]): Filter => ({ Type: 'TERM_MATCH', Field, Value }));
    const { PriceList = [] } = await stage.clients.pricing.send(new GetProductsCommand({ ServiceCode, Filters }));
    return productsOf(PriceList);
  };
  const usdOf = ({ terms }: Product) =>
    Object.values(terms.OnDemand).flatMap((term) =>
      Object.values(term.priceDimensions).map((one) => [one.unit, Number(one.pricePerUnit.USD)]),
    );

  it.each([
    [
      'an instance',
      'AmazonEC2',
      {
        instanceType: 'm7g.large',
        regionCode: 'us-east-1',
        operatingSystem: 'Linux',
        tenancy: 'Shared',
        preInstalledSw: 'NA',
        capacitystatus: 'Used',
      },
      ['Hrs', 0.0816],
    ],
    [
      'an instance by its usage',
      'AmazonEC2',
      { usagetype: 'APN2-BoxUsage:m5.xlarge', operation: 'RunInstances:0002' },
      ['Hrs', 0.4625],
    ],
    [
      'a database',
      'AmazonRDS',
      {
        instanceType: 'db.m7g.large',
        regionCode: 'us-east-1',
        databaseEngine: 'PostgreSQL',
        deploymentOption: 'Single-AZ',
      },
      ['Hrs', 0.1747],
    ],
    [
      'a licensed database',
      'AmazonRDS',
      {
        instanceType: 'db.m5.large',
        regionCode: 'us-east-1',
        databaseEngine: 'SQL Server',
        databaseEdition: 'Standard',
        deploymentOption: 'Multi-AZ',
      },
      ['Hrs', 1.5048],
    ],
    [
      'a volume',
      'AmazonEC2',
      { volumeApiName: 'gp3', productFamily: 'Storage', regionCode: 'us-east-1' },
      ['GB-Mo', 0.08],
    ],
    ['a public address', 'AmazonVPC', { usagetype: 'EU-PublicIPv4:InUseAddress' }, ['Hrs', 0.005]],
  ])('finds exactly one price for %s', async (_, service, match, price) => {
    const found = await ask(service, match as unknown as Record<string, string>);
    expect(found.flatMap(usdOf)).toEqual([price]);
  });

  it('comes in pages of a hundred', async () => {
    const input = {
      ServiceCode: 'AmazonRDS',
      Filters: [{ Type: 'TERM_MATCH' as const, Field: 'databaseEngine', Value: 'MySQL' }],
    };
    const skus: string[] = [];
    const pages: number[] = [];
    for await (const { PriceList = [] } of paginateGetProducts({ client: stage.clients.pricing }, input)) {
      pages.push(productsOf(PriceList).length);
      skus.push(...productsOf(PriceList).map((one) => one.product.sku));
    }
    expect(pages.slice(0, -1).every((length) => length === 100)).toBe(true);
    expect(new Set(skus).size).toBe(skus.length);
  });

  it('takes prices of a test', async () => {
    stage.sandbox.estate.prices.add({
      serviceCode: 'AmazonEC2',
      productFamily: 'Compute Instance',
      attributes: { instanceType: 'z9.large', regionCode: 'us-east-1' },
      unit: 'Hrs',
      usdPerUnit: 9.5,
    });
    expect((await ask('AmazonEC2', { instanceType: 'z9.large' })).flatMap(usdOf)).toEqual([['Hrs', 9.5]]);
  });

  it('knows no such service', async () => {
    await expect(ask('AmazonTeapot', {})).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
