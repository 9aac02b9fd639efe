/** What an engine's name implies. */

interface Engine {
  readonly version: string;
  readonly port: number;
  readonly license: string;
}

const ENGINES: Readonly<Record<string, Engine>> = {
  postgres: { version: '16.9', port: 5432, license: 'postgresql-license' },
  mysql: { version: '8.0.42', port: 3306, license: 'general-public-license' },
  mariadb: { version: '11.4.5', port: 3306, license: 'general-public-license' },
  'aurora-postgresql': { version: '16.8', port: 5432, license: 'postgresql-license' },
  'aurora-mysql': { version: '8.0.mysql_aurora.3.08.2', port: 3306, license: 'general-public-license' },
  neptune: { version: '1.4.5.0', port: 8182, license: 'amazon-license' },
  docdb: { version: '5.0.0', port: 27017, license: 'na' },
};

/** SQL Server and Oracle share one entry each for all their editions. */
export function engineOf(name: string): Engine {
  if (name.startsWith('sqlserver-')) return { version: '16.00.4205.1.v1', port: 1433, license: 'license-included' };
  if (name.startsWith('oracle-'))
    return { version: '19.0.0.0.ru-2025-04.rur-2025-04.r1', port: 1521, license: 'bring-your-own-license' };
  return ENGINES[name] ?? { version: '1.0', port: 5432, license: 'na' };
}

/** Engines whose instances live in a cluster and share its storage. */
export const isClusterEngine = (engine: string): boolean => /^(aurora|neptune|docdb)/.test(engine);

/** The option group of whoever chose none: `default:mysql-8-0`, `default:postgres-16`. */
export function defaultOptionGroup({ Engine = '', EngineVersion = '' }: OfEngine): string {
  const numbers = /^(postgres|oracle)/.test(Engine) ? 1 : 2;
  const major = EngineVersion.split('.').slice(0, numbers);
  return `default:${Engine}-${major.join('-')}`;
}

interface OfEngine {
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
}
