import { DATABASE_CLASSES, type DatabaseClass } from './database-classes.ts';
import { isBurstable } from './machine.ts';

/** Versions and licenses under which RDS sells an engine; SQL Server and Oracle are alike in all their editions. */
interface Sold {
  readonly versions: readonly [string, ...string[]];
  readonly licenses: readonly [string, ...string[]];
}

const ENGINES: Readonly<Record<string, Sold>> = {
  postgres: { versions: ['14.18', '15.13', '16.9', '17.5'], licenses: ['postgresql-license'] },
  mysql: { versions: ['8.0.42', '8.4.5'], licenses: ['general-public-license'] },
  mariadb: { versions: ['10.11.11', '11.4.5'], licenses: ['general-public-license'] },
  'aurora-postgresql': { versions: ['15.12', '16.8'], licenses: ['postgresql-license'] },
  'aurora-mysql': { versions: ['8.0.mysql_aurora.3.08.2'], licenses: ['general-public-license'] },
};
const SQL_SERVER: Sold = { versions: ['15.00.4430.1.v1', '16.00.4205.1.v1'], licenses: ['license-included'] };
const ORACLE_VERSIONS: Sold['versions'] = ['19.0.0.0.ru-2025-04.rur-2025-04.r1'];

/** Undefined for an engine that is not sold here. */
export function soldAs(engine: string): Sold | undefined {
  if (engine.startsWith('sqlserver-')) return SQL_SERVER;
  if (engine === 'oracle-ee') return { versions: ORACLE_VERSIONS, licenses: ['bring-your-own-license'] };
  if (engine === 'oracle-se2')
    return { versions: ORACLE_VERSIONS, licenses: ['license-included', 'bring-your-own-license'] };
  return ENGINES[engine];
}

const isAurora = (engine: string): boolean => engine.startsWith('aurora-');

/** The classes on which RDS runs an engine: Aurora wants memory, the licensed engines x86, Standard Edition Two few CPUs. */
export const classesOf = (engine: string): readonly DatabaseClass[] =>
  DATABASE_CLASSES.filter((one) => runsOn(engine, one));

export function runsOn(engine: string, { family, machine }: DatabaseClass): boolean {
  if (isAurora(engine)) {
    if (isBurstable(machine)) return machine.size === 'medium' || machine.size === 'large';
    return family.startsWith('r') || family.startsWith('x');
  }
  if (engine === 'oracle-se2' && machine.vcpus > 16) return false;
  return machine.family.architecture === 'x86_64' || !/^(sqlserver|oracle)-/.test(engine);
}
