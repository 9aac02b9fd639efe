import * as z from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import { type Evidence, known, unknown } from '../../core/evidence.ts';
import type { Money } from '../../core/money.ts';
import type { PriceQuery } from '../../core/price-query.ts';
import { daysBefore } from '../../core/time.ts';
import type { PriceCache } from '../../ports.ts';
import { expiresAfter, keyText, storedTime } from './items.ts';
import { getItems, type Item, type Key, type LedgerTable, putItem } from './table.ts';

/** List prices change a few times a year; a week keeps the calls few and a change from going unseen. */
const FRESH_DAYS = 7;

/** `PRICE#service#region / attributes`. */
const keyOf = ({ service, region, attributes, usage }: PriceQuery): Key => ({
  pk: `PRICE#${service}#${region}`,
  sk: canonicalJson(usage === undefined ? attributes : { ...attributes, usage }),
});

const priceSchema = z.intersection(
  z.object({ at: storedTime }),
  z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), amount: z.number(), currency: z.string() }),
    z.object({ known: z.literal(false), why: z.string() }),
  ]),
);

/** List prices, remembered for a week. */
export function dynamoPriceCache(ledger: LedgerTable): PriceCache {
  return {
    get: async (queries, now) => {
      const keys = new Map(queries.map((query) => [keyText(keyOf(query)), keyOf(query)]));
      const items = await getItems(ledger, [...keys.values()]);
      const prices = new Map(items.map((item) => [keyText(item), freshPrice(item, now)]));
      const found = new Map<PriceQuery, Evidence<Money>>();
      for (const query of queries) {
        const price = prices.get(keyText(keyOf(query)));
        if (price) found.set(query, price);
      }
      return found;
    },
    put: async (query, price, now) => {
      const evidence = price.known ? { known: true, ...price.value } : price;
      const at = now.toISOString();
      await putItem(ledger, { ...keyOf(query), ...evidence, at, expires: expiresAfter(now, FRESH_DAYS) });
    },
  };
}

/** Nothing when it is too old. Nor when it cannot be read: AWS is asked again, and the answer takes its place. */
function freshPrice(item: Item, now: Date): Evidence<Money> | undefined {
  const { data: price } = priceSchema.safeParse(item);
  if (!price || price.at < daysBefore(FRESH_DAYS, now)) return undefined;
  return price.known ? known({ currency: price.currency, amount: price.amount }) : unknown(price.why);
}
