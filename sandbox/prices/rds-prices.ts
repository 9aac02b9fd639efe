import { DATABASE_CLASSES, type DatabaseClass } from '../catalogue/database-classes.ts';
import { larges } from './larges.ts';
import { MARKETS, type Market, priced } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** MySQL, Single-AZ, us-east-1, an hour of `large`; plausible values near AWS's own. */
const LARGE_USD: Readonly<Record<string, number>> = {
  t3: 0.136,
  t4g: 0.129,
  m5: 0.171,
  m5d: 0.197,
  m6g: 0.152,
  m6i: 0.171,
  m7g: 0.168,
  m7i: 0.18,
  r5: 0.24,
  r6g: 0.215,
  r6i: 0.24,
  r7g: 0.239,
  r7i: 0.252,
  x2g: 0.377,
};

interface Engine {
  readonly databaseEngine: string;
  readonly databaseEdition?: string;
  readonly licenseModel: string;
  /** The number in the operation, `CreateDBInstance:0014`. */
  readonly code: string;
  /** Relative to MySQL, license included where it is. */
  readonly factor: number;
  /** Aurora keeps copies of its storage, so its instances have no Multi-AZ price. */
  readonly multiAz: boolean;
  readonly graviton: boolean;
}

const FREE = { licenseModel: 'No license required', multiAz: true, graviton: true } as const;
const LICENSED = { licenseModel: 'License included', multiAz: true, graviton: false } as const;

const ENGINES: readonly Engine[] = [
  { ...FREE, databaseEngine: 'MySQL', code: '0002', factor: 1 },
  { ...FREE, databaseEngine: 'MariaDB', code: '0018', factor: 1 },
  { ...FREE, databaseEngine: 'PostgreSQL', code: '0014', factor: 1.04 },
  { ...FREE, databaseEngine: 'Aurora MySQL', code: '0016', factor: 1.21, multiAz: false },
  { ...FREE, databaseEngine: 'Aurora PostgreSQL', code: '0021', factor: 1.21, multiAz: false },
  { ...LICENSED, databaseEngine: 'SQL Server', databaseEdition: 'Express', code: '0010', factor: 1.3 },
  { ...LICENSED, databaseEngine: 'SQL Server', databaseEdition: 'Web', code: '0011', factor: 2.1 },
  { ...LICENSED, databaseEngine: 'SQL Server', databaseEdition: 'Standard', code: '0012', factor: 4.4 },
  { ...LICENSED, databaseEngine: 'SQL Server', databaseEdition: 'Enterprise', code: '0015', factor: 8.7 },
  { ...LICENSED, databaseEngine: 'Oracle', databaseEdition: 'Standard Two', code: '0020', factor: 2.2 },
  {
    ...FREE,
    databaseEngine: 'Oracle',
    databaseEdition: 'Enterprise',
    licenseModel: 'Bring your own license',
    code: '0005',
    factor: 1,
    graviton: false,
  },
];

export function rdsPrices(): ProductSpec[] {
  return MARKETS.flatMap((market) =>
    ENGINES.flatMap((engine) => DATABASE_CLASSES.flatMap((one) => classPrices(one, engine, market))),
  );
}

function classPrices(one: DatabaseClass, engine: Engine, market: Market): ProductSpec[] {
  if (!engine.graviton && one.machine.family.architecture === 'arm64') return [];
  const single = LARGE_USD[one.family]! * larges(one.machine) * engine.factor;
  return [
    classPrice(one, { engine, market, deployment: 'Single-AZ', usage: 'InstanceUsage', usd: single }),
    ...(engine.multiAz
      ? [classPrice(one, { engine, market, deployment: 'Multi-AZ', usage: 'Multi-AZUsage', usd: 2 * single })]
      : []),
  ];
}

interface Offer {
  readonly engine: Engine;
  readonly market: Market;
  readonly deployment: string;
  readonly usage: string;
  readonly usd: number;
}

function classPrice(
  { name: instanceType, machine }: DatabaseClass,
  { engine, market, deployment, usage, usd }: Offer,
): ProductSpec {
  return {
    serviceCode: 'AmazonRDS',
    productFamily: 'Database Instance',
    unit: 'Hrs',
    usdPerUnit: priced(usd, market),
    attributes: {
      servicename: 'Amazon Relational Database Service',
      regionCode: market.regionCode,
      location: market.location,
      instanceType,
      currentGeneration: 'Yes',
      vcpu: String(machine.vcpus),
      memory: `${machine.memoryMib / 1024} GiB`,
      storage: 'EBS Only',
      databaseEngine: engine.databaseEngine,
      ...(engine.databaseEdition === undefined ? {} : { databaseEdition: engine.databaseEdition }),
      engineCode: String(Number(engine.code)),
      licenseModel: engine.licenseModel,
      deploymentOption: deployment,
      usagetype: `${market.prefix}${usage}:${instanceType}`,
      operation: `CreateDBInstance:${engine.code}`,
    },
  };
}
