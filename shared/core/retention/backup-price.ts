import { type Evidence, known, unknown } from '../evidence.ts';
import { engineOnBills, type PriceQuery } from '../price-query.ts';

/** The line of the price list for a GiB of an engine's backup storage over a month. */
export function backupPriceQuery(region: string, engine: string): Evidence<PriceQuery> {
  const priced = lineOf(engine);
  if (!priced) return unknown(`no list price for backups of the engine ${engine}`);
  const { service, usage, databaseEngine } = priced;
  const attributes = { productFamily: 'Storage Snapshot', ...(databaseEngine ? { databaseEngine } : {}) };
  return known({ service, region, attributes, usage, unit: 'GB-Mo' });
}

interface PriceLine {
  readonly service: PriceQuery['service'];
  readonly usage: string;
  readonly databaseEngine?: string;
}

/** RDS has one price for all engines but Aurora's; RDS Custom, whose usage type is its own, is not looked up. */
function lineOf(engine: string): PriceLine | undefined {
  const databaseEngine = engineOnBills(engine);
  if (engine === 'docdb') return { service: 'AmazonDocDB', usage: 'BackupUsage' };
  if (engine === 'neptune') return { service: 'AmazonNeptune', usage: 'BackupUsage' };
  if (engine.startsWith('aurora')) {
    return databaseEngine ? { service: 'AmazonRDS', usage: 'Aurora:BackupUsage', databaseEngine } : undefined;
  }
  return databaseEngine ? { service: 'AmazonRDS', usage: 'RDS:ChargedBackupUsage', databaseEngine: 'Any' } : undefined;
}
