import { describe, expect, it } from 'vitest';
import { awsPriceList, priceListRegion } from '../../shared/aws/pricing.ts';
import type { DatabaseFacts, InstanceFacts } from '../../shared/core/facts.ts';
import { type PriceQuery, priceQueries } from '../../shared/core/price-query.ts';
import { stageForEachTest } from '../sandbox/clients.ts';
import { idleCluster, idleDatabase, idleInstance } from '../support/facts-specimen.ts';

const stage = stageForEachTest();

const IN_VIRGINIA = { account: '123456789012', region: 'us-east-1' };

function queryFor(facts: InstanceFacts | DatabaseFacts): PriceQuery {
  const queries = priceQueries({ ...facts, scope: IN_VIRGINIA });
  if (!queries.known) throw new Error(queries.why);
  return queries.value[0]!;
}

const hourly = (facts: InstanceFacts | DatabaseFacts) => awsPriceList(stage.clients.pricing).price(queryFor(facts));

const instance = (spoiled: Partial<InstanceFacts> = {}): InstanceFacts => ({
  ...idleInstance,
  instanceType: 'm5.large',
  ...spoiled,
});
const database = (spoiled: Partial<DatabaseFacts> = {}): DatabaseFacts => ({ ...idleDatabase, ...spoiled });
const usd = (amount: number) => ({ known: true, value: { currency: 'USD', amount } });

/** A product like the one that answers the query, but for some attributes and the price. */
function addLike(
  facts: InstanceFacts | DatabaseFacts,
  usdPerUnit: number,
  more: { unit?: string; attributes?: Record<string, string> } = {},
) {
  const { service, region, attributes } = queryFor(facts);
  stage.sandbox.estate.prices.add({
    serviceCode: service,
    productFamily: 'Compute Instance',
    attributes: { regionCode: region, ...attributes, ...more.attributes },
    unit: more.unit ?? 'Hrs',
    usdPerUnit,
  });
}

describe('the hourly list price', () => {
  it.each<[string, InstanceFacts | DatabaseFacts, number]>([
    ['an instance with Linux', instance(), 0.096],
    ['an instance with Windows', instance({ usageOperation: 'RunInstances:0002' }), 0.188],
    ['a database in one zone', database({ classes: ['db.m6g.large'], engine: 'mysql' }), 0.152],
    ['a database in several zones', database({ classes: ['db.m6g.large'], engine: 'mysql', multiAz: true }), 0.304],
    [
      'SQL Server with its licence',
      database({ classes: ['db.m5.xlarge'], engine: 'sqlserver-se', licenseModel: 'license-included' }),
      1.5048,
    ],
    ['a member of an Aurora cluster', { ...idleCluster, classes: ['db.r6g.large'] }, 0.2602],
  ])('of %s is found', async (_, facts, price) => {
    expect(await hourly(facts)).toEqual(usd(price));
  });

  it('of an instance on dedicated hardware is not that of a shared one', async () => {
    const dedicated = instance({ tenancy: 'dedicated' });
    expect(await hourly(dedicated)).toEqual({ known: false, why: 'no list price for m5.large' });
    addLike(dedicated, 0.102);
    expect(await hourly(dedicated)).toEqual(usd(0.102));
    expect(await hourly(instance())).toEqual(usd(0.096));
  });

  it('of an I/O-optimized cluster is not that of a standard one', async () => {
    const optimized = { ...idleCluster, storage: { ioOptimized: true } };
    addLike(optimized, 0.338);
    expect(await hourly(optimized)).toEqual(usd(0.338));
    expect(await hourly(idleCluster)).toEqual(usd(0.2602));
  });

  it('is unknown when several fit: to choose would be a guess', async () => {
    addLike(instance(), 0.1);
    expect(await hourly(instance())).toEqual({ known: false, why: '2 list prices fit m5.large' });
  });

  it('is known when several entries say the same', async () => {
    addLike(instance(), 0.096);
    expect(await hourly(instance())).toEqual(usd(0.096));
  });

  it('is not what is billed by another unit', async () => {
    addLike(instance(), 7, { unit: 'Quantity' });
    expect(await hourly(instance())).toEqual(usd(0.096));
  });

  it('is looked for on every page', async () => {
    for (let number = 0; number < 100; number += 1)
      addLike(instance(), 0.5, { attributes: { number: String(number) } });
    // Behind a page of a hundred entries of one price there is another price.
    expect(await hourly(instance())).toEqual({ known: false, why: '2 list prices fit m5.large' });
    expect(stage.sandbox.calls.count('GetProducts')).toBe(2);
  });

  it('is refused with the reason when the price list is closed to us', async () => {
    stage.sandbox.faults.add({ service: 'pricing', fault: 'accessDenied' });
    await expect(hourly(instance())).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: 'may not read the price list: AccessDeniedException',
    });
  });

  it('throws when the price list is broken', async () => {
    stage.sandbox.faults.add({ service: 'pricing', fault: 'serverError' });
    await expect(hourly(instance())).rejects.toMatchObject({ name: 'InternalErrorException' });
  });
});

it('is asked for where the API is', () => {
  expect(priceListRegion('aws')).toBe('us-east-1');
  expect(priceListRegion('aws-cn')).toBe('cn-northwest-1');
});
