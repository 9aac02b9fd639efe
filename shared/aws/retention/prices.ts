import type { Evidence } from '../../core/evidence.ts';
import { unknown } from '../../core/evidence.ts';
import type { Money } from '../../core/money.ts';
import type { PriceQuery } from '../../core/price-query.ts';
import { backupPriceQuery } from '../../core/retention/backup-price.ts';
import type { BackupPrice, Snapshot } from '../../core/retention/facts.ts';

type Prices = (queries: readonly PriceQuery[], now: Date) => Promise<Map<PriceQuery, Evidence<Money>>>;

/** The price of backup storage for each region and engine that has a snapshot. An outage throws. */
export async function readBackupPrices(
  prices: Prices,
  snapshots: readonly Pick<Snapshot, 'scope' | 'engine'>[],
  now: Date,
): Promise<BackupPrice[]> {
  const wanted = new Map(
    snapshots.map(({ scope: { region }, engine }) => [`${region} ${engine}`, { region, engine }] as const),
  );
  const asked = [...wanted.values()].map((one) => ({ ...one, query: backupPriceQuery(one.region, one.engine) }));
  // Most engines share one line of the price list.
  const distinct = new Map(asked.flatMap(({ query }) => (query.known ? [[lineOf(query.value), query.value]] : [])));
  const found = await prices([...distinct.values()], now);
  return asked.map(({ region, engine, query }) => ({
    region,
    engine,
    perGiBMonth: query.known ? (found.get(distinct.get(lineOf(query.value)) ?? query.value) ?? NOT_ANSWERED) : query,
  }));
}

const lineOf = (query: PriceQuery): string => JSON.stringify(query);

const NOT_ANSWERED = unknown('the price was not answered');
