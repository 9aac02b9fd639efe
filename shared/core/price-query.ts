import { type Evidence, known, unknown } from './evidence.ts';
import type { DatabaseFacts, Facts, InstanceFacts } from './facts.ts';

/** One line of AWS's price list, by the attributes that single it out (`aws pricing get-attribute-values`). */
export interface PriceQuery {
  readonly service: 'AmazonEC2' | 'AmazonRDS' | 'AmazonDocDB' | 'AmazonNeptune' | 'AmazonRedshift';
  readonly region: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The usage type behind the region's prefix, which AWS cannot be asked for without knowing that: `EU-RDS:...` */
  readonly usage?: string;
  /** What the price is for one of: `Hrs` unless it says otherwise. */
  readonly unit?: 'Hrs' | 'GB-Mo' | 'IOPS-Mo' | 'GiBps-mo' | 'MBPS-Mo';
}

/** The prices whose sum is what an hour of the resource's compute costs at list price; a cluster has one per member. */
export function priceQueries(facts: Facts): Evidence<readonly PriceQuery[]> {
  switch (facts.type) {
    case 'instance':
      return known([instancePrice(facts)]);
    case 'database':
      return databasePrices(facts);
    default:
      return unknown(`a ${facts.type} has no compute`);
  }
}

function instancePrice({ instanceType, usageOperation, tenancy, scope }: InstanceFacts): PriceQuery {
  return {
    service: 'AmazonEC2',
    region: scope.region,
    attributes: {
      instanceType,
      operation: usageOperation, // operating system, preinstalled software and licence in one
      tenancy: tenancy === 'dedicated' ? 'Dedicated' : 'Shared',
      capacitystatus: 'Used',
      marketoption: 'OnDemand',
    },
  };
}

/** The engines of RDS's API that other services sell. */
const OTHER_SERVICES = { docdb: 'AmazonDocDB', neptune: 'AmazonNeptune' } as const;

/** The price of a node, of which a Redshift cluster has one or more. */
export const warehousePrice = (nodeType: string, region: string): PriceQuery => ({
  service: 'AmazonRedshift',
  region,
  attributes: { instanceType: nodeType },
  usage: `Node:${nodeType}`,
});

function databasePrices(database: DatabaseFacts): Evidence<readonly PriceQuery[]> {
  if (database.engine === 'docdb' || database.engine === 'neptune') return pricesElsewhere(database, database.engine);
  const engine = priceListEngine(database.engine);
  if (!engine) return unknown(`no list price for the engine ${database.engine}`);
  if (database.classes.includes('db.serverless'))
    return unknown('Aurora Serverless v2 bills what it uses, not by the hour');
  return known(
    database.classes.map((instanceType) => ({
      service: 'AmazonRDS',
      region: database.scope.region,
      attributes: {
        instanceType,
        ...engine,
        ...licence(database),
        deploymentOption: deployment(database),
        storage: database.storage.ioOptimized ? 'Aurora IO Optimization Mode' : 'EBS Only',
      },
    })),
  );
}

function pricesElsewhere(
  { classes, scope: { region }, storage }: DatabaseFacts,
  engine: keyof typeof OTHER_SERVICES,
): Evidence<readonly PriceQuery[]> {
  if (classes.includes('db.serverless')) return unknown('a serverless instance bills what it uses, not by the hour');
  if (storage.ioOptimized) return unknown(`no list price for I/O-Optimized ${engine}`);
  return known(
    classes.map((instanceType) => ({
      service: OTHER_SERVICES[engine],
      region,
      attributes: { instanceType },
      usage: `InstanceUsage:${instanceType}`,
    })),
  );
}

/** The API's engine names as the price list spells them. */
function priceListEngine(engine: string): Record<string, string> | undefined {
  const plain: Record<string, string> = {
    postgres: 'PostgreSQL',
    mysql: 'MySQL',
    mariadb: 'MariaDB',
    'aurora-mysql': 'Aurora MySQL',
    'aurora-postgresql': 'Aurora PostgreSQL',
  };
  if (plain[engine]) return { databaseEngine: plain[engine] };
  const [family, edition] = [engine.split('-')[0], engine.split('-')[1] ?? ''];
  const editions = { ...(family === 'oracle' ? ORACLE_EDITIONS : {}), ...(family === 'sqlserver' ? SQL_EDITIONS : {}) };
  const databaseEdition = editions[edition];
  if (!databaseEdition) return undefined;
  return { databaseEngine: family === 'oracle' ? 'Oracle' : 'SQL Server', databaseEdition };
}

/** The engine as bills name it (Cost Explorer's DATABASE_ENGINE), which is the price list's name. */
export const engineOnBills = (engine: string): string | undefined => priceListEngine(engine)?.databaseEngine;

const SQL_EDITIONS: Readonly<Record<string, string>> = { ee: 'Enterprise', se: 'Standard', ex: 'Express', web: 'Web' };
const ORACLE_EDITIONS: Readonly<Record<string, string>> = { ee: 'Enterprise', se2: 'Standard Two' };

function licence({ engine, licenseModel }: DatabaseFacts): Record<string, string> {
  if (!engine.startsWith('oracle') && !engine.startsWith('sqlserver')) return {};
  return {
    licenseModel: licenseModel === 'bring-your-own-license' ? 'Bring your own license' : 'License included',
  };
}

function deployment({ form, multiAz, engine }: DatabaseFacts): string {
  if (form === 'cluster' || !multiAz) return 'Single-AZ';
  return engine.startsWith('sqlserver') ? 'Multi-AZ (SQL Server Mirror)' : 'Multi-AZ';
}
