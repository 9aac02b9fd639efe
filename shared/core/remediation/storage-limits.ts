import type { VolumeSpec } from '../action.ts';
import type { DatabaseFacts } from '../facts.ts';
import { includedInGp3 } from '../rules/database-volume-type.ts';

const TIB = 1024;

/** The fewest IOPS for each GiB of what has them provisioned (RDS User Guide, "Amazon RDS DB instance storage"). */
const LEAST_IOPS_PER_GIB: Readonly<Record<string, number>> = { io1: 0.5, io2: 0.5 };
const LEAST_IOPS_PER_GIB_OF_SQL_SERVER: Readonly<Record<string, number>> = { io1: 1, io2: 0.5, gp3: 0.5 };

/** The small classes that take less than others, in TiB (the same page, "DB instance class"). */
const OF_SMALL_CLASSES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  micro: { mariadb: 6, mysql: 6, oracle: 32, postgres: 6 },
  small: { db2: 32, mariadb: 16, mysql: 16, oracle: 32, postgres: 16 },
  medium: { db2: 32, mariadb: 16, mysql: 16, oracle: 32, postgres: 32 },
};

/**
 * How large the storage of an RDS database may become, in GiB: 64 TiB; 16 TiB of SQL Server but for io2; 3 TiB of magnetic
 * storage; less on small T classes (RDS User Guide, "Amazon RDS DB instance storage").
 */
export function mostStorageGiB({ engine, storage, classes }: DatabaseFacts): number {
  const family = engine.split('-')[0] ?? engine;
  if (storage.storageType === 'standard') return 3 * TIB;
  const most = family === 'sqlserver' && storage.storageType !== 'io2' ? 16 : 64;
  const [, size = ''] = /^db\.t(?:3|4g)\.(\w+)$/.exec(classes[0] ?? '') ?? [];
  return Math.min(most, OF_SMALL_CLASSES[size]?.[family] ?? most) * TIB;
}

/** Whether RDS moves the data from one volume to four, which takes hours of IOPS on both (the same page, "Striping"). */
export function crossesStriping(database: DatabaseFacts, toGiB: number): boolean {
  if (database.storage.storageType === 'standard') return false;
  return isStriped(withSize(database, toGiB)) && !isStriped(database);
}

/**
 * gp3's baseline is that of one volume or of four, whatever the storage is made of: 400 GiB, of Oracle 200 GiB.
 */
const isStriped = (database: DatabaseFacts): boolean => includedInGp3(database).iops > 3000;

/**
 * The storage as it is and as it will be. Provisioned IOPS and throughput are kept and never less than what its new size has
 * at least; gp3 on one volume takes none, and naming them there is refused.
 */
export function grownStorage(
  database: DatabaseFacts,
  toGiB: number,
): { readonly from: VolumeSpec; readonly to: VolumeSpec } | undefined {
  const { sizeGiB, storageType: type, iops, throughputMiBs } = database.storage;
  if (sizeGiB === undefined || type === undefined) return undefined;
  const from = { type, sizeGiB };
  const to = { type, sizeGiB: toGiB };
  if (type === 'io1' || type === 'io2') {
    if (iops === undefined) return undefined;
    return { from: { ...from, iops }, to: { ...to, iops: Math.max(iops, leastIops(database, toGiB)) } };
  }
  const grown = withSize(database, toGiB);
  const isTunable = database.engine.startsWith('sqlserver') || isStriped(grown);
  if (type !== 'gp3' || !isTunable) return { from, to };
  const included = includedInGp3(grown);
  return {
    from: {
      ...from,
      ...(iops === undefined ? {} : { iops }),
      ...(throughputMiBs === undefined ? {} : { throughputMiBs }),
    },
    to: {
      ...to,
      iops: Math.max(iops ?? 0, included.iops, leastIops(database, toGiB)),
      throughputMiBs: Math.max(throughputMiBs ?? 0, included.throughputMiBs),
    },
  };
}

function leastIops({ engine, storage: { storageType = '' } }: DatabaseFacts, sizeGiB: number): number {
  const perGiB = engine.startsWith('sqlserver') ? LEAST_IOPS_PER_GIB_OF_SQL_SERVER : LEAST_IOPS_PER_GIB;
  return Math.ceil((perGiB[storageType] ?? 0) * sizeGiB);
}

/** The same database with storage of another size. */
export const withSize = (database: DatabaseFacts, sizeGiB: number): DatabaseFacts => ({
  ...database,
  storage: { ...database.storage, sizeGiB },
});
