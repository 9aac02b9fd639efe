import { type Filter, GetProductsCommand, paginateGetProducts } from '@aws-sdk/client-pricing';
import { describe, expect, it } from 'vitest';
import { DATABASE_CLASSES } from '../../sandbox/catalogue/database-classes.ts';
import { MACHINES } from '../../sandbox/catalogue/machine.ts';
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
    ['a snapshot', 'AmazonEC2', { usagetype: 'EBS:SnapshotUsage' }, ['GB-Mo', 0.05]],
    ['provisioned IOPS', 'AmazonEC2', { usagetype: 'EBS:VolumeP-IOPS.io2.tier2' }, ['IOPS-Mo', 0.0455]],
    ['provisioned throughput', 'AmazonEC2', { usagetype: 'EBS:VolumeP-Throughput.gp3' }, ['GiBps-mo', 40.96]],
    [
      'storage of databases',
      'AmazonRDS',
      { volumeType: 'General Purpose-GP3', deploymentOption: 'Single-AZ', regionCode: 'us-east-1' },
      ['GB-Mo', 0.115],
    ],
    ['its throughput', 'AmazonRDS', { usagetype: 'RDS:Multi-AZ-GP3-Throughput' }, ['MBPS-Mo', 0.16]],
    ['a public address', 'AmazonVPC', { usagetype: 'EU-PublicIPv4:InUseAddress' }, ['Hrs', 0.005]],
  ])('finds exactly one price for %s', async (_, service, match, price) => {
    const found = await ask(service, match as unknown as Record<string, string>);
    expect(found.flatMap(usdOf)).toEqual([price]);
  });

  it.each([
    ['AmazonEC2', 'm6a.48xlarge', 8.2944],
    ['AmazonEC2', 'x2iedn.xlarge', 0.8336],
    ['AmazonEC2', 't4g.nano', 0.0042],
    ['AmazonRDS', 'db.r7g.16xlarge', 7.648],
  ])('has in %s a price for %s', async (service, instanceType, usd) => {
    const found = await ask(service, {
      instanceType,
      regionCode: 'us-east-1',
      ...(service === 'AmazonEC2'
        ? { operatingSystem: 'Linux' }
        : { databaseEngine: 'MySQL', deploymentOption: 'Single-AZ' }),
    });
    expect(found.flatMap(usdOf)).toEqual([['Hrs', usd]]);
  });

  it('has a price for every type and every class of the catalogue', () => {
    const priced = (service: string) =>
      new Set(stage.sandbox.estate.prices.products(service).map(({ product }) => product.attributes.instanceType));
    const [ec2, rds] = [priced('AmazonEC2'), priced('AmazonRDS')];
    // The one type that only RunInstances still knows, as its default.
    expect(MACHINES.filter(({ type }) => !ec2.has(type)).map(({ type }) => type)).toEqual(['m1.small']);
    expect(DATABASE_CLASSES.filter(({ name }) => !rds.has(name))).toEqual([]);
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
