import * as z from 'zod';
import { hashOf } from '../../core/canonical.ts';
import { startOf } from '../../core/spend/day.ts';
import type { MonthOfCosts } from '../../core/spend/history.ts';
import type { Day } from '../../core/spend/series.ts';
import type { KeptCosts, OnDemandLedger, SpendLedger } from '../../ports-spend.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, getItems, IF_NEW, type Item, type Key, type LedgerTable, putItem, updateItem } from './table.ts';

/**
 * What Cost Explorer has answered, so that it is not paid for twice:
 *
 *     COST#payer#UnblendedCost#services#5f1c09ab / MONTH#2026-11   compressed: the days, and each pair's amounts; the
 *                                                                 hash is that of the record types that were left out
 *     COST#payer#calls / MONTH#2026-11                             how many pages were paid for
 *     COST#payer#without-resources / SERVICE#AWS Lambda            why AWS has no resource-level data of it, and until when
 *                                                                 that holds
 *     COST#payer#on-demand / DAY#2026-11-22                        compressed: what no commitment covered, by pool
 */
const keyOf = ({ payer, metric, without, view }: KeptCosts, month: string): Key => ({
  pk: `COST#${payer}#${metric}#${view}#${hashOf(without.toSorted()).slice(0, 8)}`,
  sk: `MONTH#${month}`,
});

/** The model looks 400 days back, and a backfill as far as Cost Explorer does. */
const KEPT_DAYS = 900;

const monthSchema = z.tuple([
  z.object({
    month: z.string(),
    currency: z.string(),
    days: z.array(z.string()),
    empty: z.array(z.string()).optional(),
    groups: z.array(z.object({ keys: z.tuple([z.string(), z.string()]), amounts: z.array(z.number()) })),
  }),
]);

const withoutSchema = z.object({ why: z.string(), until: z.string() });

const withoutKey = (payer: string, service: string): Key => ({
  pk: `COST#${payer}#without-resources`,
  sk: `SERVICE#${service}`,
});

type Costs = Pick<SpendLedger, 'costs' | 'keepCosts' | 'countPaidCall' | 'withoutResources' | 'keepWithoutResources'>;

export const costsIn = (ledger: LedgerTable): Costs => ({
  costs: async (kept, months) => {
    const items = await getItems(
      ledger,
      months.map((month) => keyOf(kept, month)),
    );
    const found = await Promise.all(items.map((item) => monthOf(ledger, item)));
    return found.sort((a, b) => (a.month < b.month ? -1 : 1));
  },
  keepCosts: async (kept, months) => {
    for (const month of months) {
      const key = keyOf(kept, month.month);
      const expires = expiresAfter(new Date(`${month.month}-01T00:00:00Z`), KEPT_DAYS);
      await putItem(ledger, { ...key, expires, ...(await packedInto(ledger, { ...key, expires }, [month])) });
    }
  },
  countPaidCall: async (payer, month, most) => {
    const key: Key = { pk: `COST#${payer}#calls`, sk: `MONTH#${month}` };
    const expires = expiresAfter(new Date(`${month}-01T00:00:00Z`));
    await putItem(ledger, { ...key, calls: 0, expires }, IF_NEW);
    return updateItem(ledger, key, {
      text: 'ADD #calls :one',
      condition: '#calls < :most',
      names: ['calls'],
      values: { one: 1, most },
    });
  },
  withoutResources: async (payer, service, now) => {
    const item = await getItem(ledger, withoutKey(payer, service));
    if (!item) return undefined;
    const { why, until } = readItem(withoutSchema, item);
    return now.toISOString() < until ? why : undefined;
  },
  keepWithoutResources: async (payer, { service, why, until }) => {
    await putItem(ledger, {
      ...withoutKey(payer, service),
      why,
      until: until.toISOString(),
      expires: expiresAfter(until),
    });
  },
});

const onDemandKey = (payer: string, day: Day): Key => ({ pk: `COST#${payer}#on-demand`, sk: `DAY#${day}` });

/** A day's is asked for on that day only. */
const ON_DEMAND_DAYS = 7;

const onDemandSchema = z.tuple([
  z.object({ currency: z.string(), monthly: z.record(z.string(), z.number()), accounts: z.array(z.string()) }),
]);

/** The bill as right-size reads it. */
export const onDemandIn = (ledger: LedgerTable): OnDemandLedger => ({
  countPaidCall: costsIn(ledger).countPaidCall,
  onDemand: async (payer, day) => {
    const item = await getItem(ledger, onDemandKey(payer, day));
    if (!item) return undefined;
    const { data } = onDemandSchema.safeParse(await unpackedFrom(ledger, item));
    if (data) return data[0];
    throw new LedgerCorruptError(keyText(item), 'not what this version of Lamplighter writes');
  },
  keepOnDemand: async (payer, day, onDemand) => {
    const key = { ...onDemandKey(payer, day), expires: expiresAfter(startOf(day), ON_DEMAND_DAYS) };
    await putItem(ledger, { ...key, ...(await packedInto(ledger, key, [onDemand])) });
  },
});

async function monthOf(ledger: LedgerTable, item: Item): Promise<MonthOfCosts> {
  const { data } = monthSchema.safeParse(await unpackedFrom(ledger, item));
  if (data) return data[0];
  throw new LedgerCorruptError(keyText(item), 'not what this version of Lamplighter writes');
}
