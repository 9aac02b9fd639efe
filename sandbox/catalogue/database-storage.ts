import type { Limits } from './volume-types.ts';

/** What a storage type of RDS lets one ask for (RDS User Guide, "Amazon RDS DB instance storage"). */
interface Storage {
  readonly gib: Limits;
  readonly iops?: Limits & { readonly perGib: Limits };
  /** MiB/s */
  readonly throughput?: Limits & { readonly perIops: number };
}

const PLAIN: Readonly<Record<string, Storage>> = {
  gp2: { gib: { least: 20, most: 65_536 } },
  gp3: {
    gib: { least: 20, most: 65_536 },
    iops: { least: 12_000, most: 64_000, perGib: { least: 0.5, most: 500 } },
    throughput: { least: 500, most: 4000, perIops: 0.25 },
  },
  io1: {
    gib: { least: 100, most: 65_536 },
    iops: { least: 1000, most: 256_000, perGib: { least: 0.5, most: 50 } },
  },
  io2: {
    gib: { least: 100, most: 65_536 },
    iops: { least: 1000, most: 256_000, perGib: { least: 0.5, most: 1000 } },
  },
  standard: { gib: { least: 5, most: 3072 } },
};

/** SQL Server's storage is one volume, so gp3 begins and ends lower. */
const SQL_SERVER: Readonly<Record<string, Storage>> = {
  ...PLAIN,
  gp3: {
    gib: { least: 20, most: 16_384 },
    iops: { least: 3000, most: 16_000, perGib: { least: 1, most: 500 } },
    throughput: { least: 125, most: 1000, perIops: 0.25 },
  },
  standard: { gib: { least: 20, most: 1024 } },
};

/** The storage types of an engine that has storage of its own, each with its limits. */
export const storageTypesOf = (engine: string): Readonly<Record<string, Storage>> =>
  engine.startsWith('sqlserver-') ? SQL_SERVER : PLAIN;

/** From how many GiB on RDS stripes gp3 storage over four volumes, and lets one ask for IOPS and throughput. */
export function gp3StripedFrom(engine: string): number {
  if (engine.startsWith('sqlserver-')) return 0;
  return engine.startsWith('oracle-') ? 200 : 400;
}

export interface StorageShape {
  readonly StorageType: string;
  readonly AllocatedStorage: number;
  readonly Iops?: number | undefined;
  readonly StorageThroughput?: number | undefined;
}

/** What RDS shows of storage of this shape: gp3 has its baseline unless it has more, io1 and io2 what was asked for. */
export function storagePerformance(
  engine: string,
  { StorageType, AllocatedStorage, Iops, StorageThroughput }: StorageShape,
): { Iops?: number; StorageThroughput?: number } {
  if (StorageType === 'io1' || StorageType === 'io2') return { Iops: Iops ?? 3000 };
  if (StorageType !== 'gp3') return {};
  const striped = gp3StripedFrom(engine) > 0 && AllocatedStorage >= gp3StripedFrom(engine);
  return { Iops: Iops ?? (striped ? 12_000 : 3000), StorageThroughput: StorageThroughput ?? (striped ? 500 : 125) };
}
