import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { DatabaseFacts, Facts, InstanceFacts } from '../../shared/core/facts.ts';
import { priceQueries, warehousePrice } from '../../shared/core/price-query.ts';
import { idleCluster, idleDatabase, idleInstance } from '../support/facts-specimen.ts';

function attributesOf(facts: Facts): Readonly<Record<string, string>>[] {
  const queries = priceQueries(facts);
  if (!queries.known) throw new Error(queries.why);
  return queries.value.map((query) => query.attributes);
}

describe('the price of an instance', () => {
  it('is one line of the price list of EC2', () => {
    expect(priceQueries(idleInstance)).toEqual(
      known([
        {
          service: 'AmazonEC2',
          region: 'ap-northeast-2',
          attributes: {
            instanceType: 'm5.large',
            operation: 'RunInstances',
            tenancy: 'Shared',
            capacitystatus: 'Used',
            marketoption: 'OnDemand',
          },
        },
      ]),
    );
  });

  it.each<[string, Partial<InstanceFacts>, Record<string, string>]>([
    ['Windows', { usageOperation: 'RunInstances:0002' }, { operation: 'RunInstances:0002' }],
    ['dedicated hardware', { tenancy: 'dedicated' }, { tenancy: 'Dedicated' }],
    ['another type', { instanceType: 'c7g.xlarge' }, { instanceType: 'c7g.xlarge' }],
  ])('tells apart: %s', (_, spoiled, attributes) => {
    expect(attributesOf({ ...idleInstance, ...spoiled })).toEqual([expect.objectContaining(attributes)]);
  });
});

describe('the price of a warehouse', () => {
  it('is one line for each of its nodes, without what concurrency scaling costs', () => {
    expect(warehousePrice('ra3.xlplus', 'ap-northeast-2')).toEqual({
      service: 'AmazonRedshift',
      region: 'ap-northeast-2',
      attributes: { instanceType: 'ra3.xlplus' },
      usage: 'Node:ra3.xlplus',
    });
  });
});

describe('the price of a database', () => {
  it('is one line of the price list of RDS', () => {
    expect(priceQueries(idleDatabase)).toEqual(
      known([
        {
          service: 'AmazonRDS',
          region: 'ap-northeast-2',
          attributes: {
            instanceType: 'db.r6g.large',
            databaseEngine: 'PostgreSQL',
            deploymentOption: 'Single-AZ',
            storage: 'EBS Only',
          },
        },
      ]),
    );
  });

  const included = { licenseModel: 'License included' };
  const own = { licenseModel: 'Bring your own license' };
  it.each<[string, string | undefined, Record<string, string>]>([
    ['postgres', 'postgresql-license', { databaseEngine: 'PostgreSQL' }],
    ['mysql', 'general-public-license', { databaseEngine: 'MySQL' }],
    ['mariadb', 'general-public-license', { databaseEngine: 'MariaDB' }],
    ['oracle-ee', 'bring-your-own-license', { databaseEngine: 'Oracle', databaseEdition: 'Enterprise', ...own }],
    ['oracle-ee-cdb', 'bring-your-own-license', { databaseEngine: 'Oracle', databaseEdition: 'Enterprise', ...own }],
    ['oracle-se2', 'license-included', { databaseEngine: 'Oracle', databaseEdition: 'Standard Two', ...included }],
    ['oracle-se2-cdb', 'bring-your-own-license', { databaseEngine: 'Oracle', databaseEdition: 'Standard Two', ...own }],
    ['sqlserver-ee', 'license-included', { databaseEngine: 'SQL Server', databaseEdition: 'Enterprise', ...included }],
    ['sqlserver-se', 'license-included', { databaseEngine: 'SQL Server', databaseEdition: 'Standard', ...included }],
    ['sqlserver-ex', 'license-included', { databaseEngine: 'SQL Server', databaseEdition: 'Express', ...included }],
    ['sqlserver-web', 'license-included', { databaseEngine: 'SQL Server', databaseEdition: 'Web', ...included }],
  ])('of the engine %s with the licence %s', (engine, licenseModel, attributes) => {
    const database = { ...idleDatabase, engine, ...(licenseModel ? { licenseModel } : {}) };
    expect(attributesOf(database)).toEqual([
      { instanceType: 'db.r6g.large', deploymentOption: 'Single-AZ', storage: 'EBS Only', ...attributes },
    ]);
  });

  it.each([
    ['postgres', true, 'Multi-AZ'],
    ['postgres', false, 'Single-AZ'],
    ['sqlserver-se', true, 'Multi-AZ (SQL Server Mirror)'],
    ['sqlserver-se', false, 'Single-AZ'],
  ])('of %s, Multi-AZ %s, is that of %s', (engine, multiAz, deploymentOption) => {
    expect(attributesOf({ ...idleDatabase, engine, multiAz })).toEqual([expect.objectContaining({ deploymentOption })]);
  });

  it.each<[string, Partial<DatabaseFacts>, string]>([
    ['a cluster bills each member as Single-AZ', {}, 'EBS Only'],
    [
      'I/O-optimized storage makes the compute dearer',
      { storage: { ioOptimized: true } },
      'Aurora IO Optimization Mode',
    ],
  ])('%s', (_, spoiled, storage) => {
    const member = { databaseEngine: 'Aurora MySQL', deploymentOption: 'Single-AZ', storage };
    const classes = ['db.r6g.large', 'db.r6g.xlarge'];
    expect(attributesOf({ ...idleCluster, classes, ...spoiled })).toEqual(
      classes.map((instanceType) => ({ instanceType, ...member })),
    );
  });

  it.each([
    ['docdb', 'AmazonDocDB'],
    ['neptune', 'AmazonNeptune'],
  ])('of %s is in the price list of its own service, by usage type', (engine, service) => {
    const line = { service, region: 'ap-northeast-2', attributes: { instanceType: 'db.r6g.large' } };
    expect(priceQueries({ ...idleCluster, engine, classes: ['db.r6g.large'] })).toEqual(
      known([{ ...line, usage: 'InstanceUsage:db.r6g.large' }]),
    );
  });

  it.each<[string, Partial<DatabaseFacts>, string]>([
    [
      'Serverless v2',
      { classes: ['db.r6g.large', 'db.serverless'] },
      'Aurora Serverless v2 bills what it uses, not by the hour',
    ],
    [
      'an engine that it does not know',
      { engine: 'custom-oracle-ee' },
      'no list price for the engine custom-oracle-ee',
    ],
    ['an edition that it does not know', { engine: 'sqlserver-dev' }, 'no list price for the engine sqlserver-dev'],
    [
      'DocumentDB that pays no I/O',
      { engine: 'docdb', storage: { ioOptimized: true } },
      'no list price for I/O-Optimized docdb',
    ],
    [
      'serverless Neptune',
      { engine: 'neptune', classes: ['db.serverless'] },
      'a serverless instance bills what it uses, not by the hour',
    ],
  ])('is unknown for %s', (_, spoiled, why) => {
    expect(priceQueries({ ...idleCluster, ...spoiled })).toEqual(unknown(why));
  });
});
