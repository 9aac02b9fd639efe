import { MARKETS, priced, where } from './markets.ts';
import type { ProductSpec } from './product.ts';

interface BackupStorage {
  readonly usage: string;
  readonly usd: number;
  readonly databaseEngine?: string;
}

/** A GiB of backup storage beyond what is free, over a month, in us-east-1. */
const backupPrices = (serviceCode: string, sorts: readonly BackupStorage[]): ProductSpec[] =>
  MARKETS.flatMap((market) =>
    sorts.map(({ usage, usd, databaseEngine }) => ({
      serviceCode,
      productFamily: 'Storage Snapshot',
      unit: 'GB-Mo',
      usdPerUnit: priced(usd, market),
      attributes: {
        ...where(market),
        ...(databaseEngine ? { databaseEngine } : {}),
        usagetype: `${market.prefix}${usage}`,
      },
    })),
  );

/** `Any` engine twice: RDS Custom's differs by its usage type only. */
export const rdsBackupPrices = (): ProductSpec[] =>
  backupPrices('AmazonRDS', [
    { usage: 'RDS:ChargedBackupUsage', usd: 0.095, databaseEngine: 'Any' },
    { usage: 'RDSCustom:ChargedBackupUsage', usd: 0.115, databaseEngine: 'Any' },
    { usage: 'Aurora:BackupUsage', usd: 0.021, databaseEngine: 'Aurora MySQL' },
    { usage: 'Aurora:BackupUsage', usd: 0.021, databaseEngine: 'Aurora PostgreSQL' },
  ]);

export const docDbBackupPrices = (): ProductSpec[] =>
  backupPrices('AmazonDocDB', [{ usage: 'BackupUsage', usd: 0.021 }]);

export const neptuneBackupPrices = (): ProductSpec[] =>
  backupPrices('AmazonNeptune', [{ usage: 'BackupUsage', usd: 0.021 }]);
