import { type Filter, type PricingClient, paginateGetProducts } from '@aws-sdk/client-pricing';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import { type Money, money } from '../core/money.ts';
import type { PriceQuery } from '../core/price-query.ts';
import type { PriceCache, PriceList } from '../ports.ts';
import { AccessDeniedError, isDenied } from './errors.ts';
import { everyItem } from './pages.ts';

/** The few regions that answer for the Price List API; each knows the prices of all. */
export const priceListRegion = (partition: string): string => (partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1');

/** The public on-demand price list. */
export function awsPriceList(client: PricingClient): PriceList {
  return {
    price: async (query) => onlyPrice(await products(client, query), query),
    table: async (query) => {
      const byType = Map.groupBy(await products(client, query), ({ product }) => product.attributes.instanceType ?? '');
      return new Map([...byType].map(([type, entries]) => [type, onlyPrice(entries, query)]));
    },
  };
}

/**
 * A price list that asks AWS only for what the cache does not have. What is unknown is not cached, so that a mended
 * permission or a price that AWS has added shows at once; an outage throws.
 */
export function cachedPrices(list: PriceList, cache: PriceCache) {
  return async (queries: readonly PriceQuery[], now: Date): Promise<Map<PriceQuery, Evidence<Money>>> => {
    const prices = await cache.get(queries, now);
    for (const query of queries) {
      if (prices.has(query)) continue;
      prices.set(query, await lookUp(query, now));
    }
    return prices;
  };

  async function lookUp(query: PriceQuery, now: Date): Promise<Evidence<Money>> {
    try {
      const price = await list.price(query);
      if (price.known) await cache.put(query, price, now);
      return price;
    } catch (error) {
      if (error instanceof AccessDeniedError) return unknown(error.message);
      throw error;
    }
  }
}

async function products(client: PricingClient, { service, region, attributes, usage }: PriceQuery): Promise<Product[]> {
  const Filters: Filter[] = Object.entries({ regionCode: region, ...attributes }).map(([Field, Value]) => ({
    Type: 'TERM_MATCH',
    Field,
    Value,
  }));
  const input = { ServiceCode: service, FormatVersion: 'aws_v1', Filters };
  try {
    const entries = await everyItem(
      paginateGetProducts({ client, pageSize: 100 }, input),
      (page) => page.PriceList as string[] | undefined,
    );
    return entries.map((entry) => JSON.parse(entry) as Product).filter(isOfUsage(usage));
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError('may not read the price list', error);
    throw error;
  }
}

/** Whether the usage type is the wanted one behind the region's prefix, e.g. `EU-`; in us-east-1 there is none. */
const isOfUsage =
  (wanted: string | undefined) =>
  ({ product }: Product): boolean => {
    const { usagetype = '' } = product.attributes;
    return wanted === undefined || usagetype === wanted || usagetype.endsWith(`-${wanted}`);
  };

/** The parts of a price list entry that say what it is of, and carry the on-demand price. */
interface Product {
  readonly product: { readonly attributes: Readonly<Record<string, string>> };
  readonly terms?: {
    readonly OnDemand?: Record<
      string,
      {
        readonly priceDimensions: Record<
          string,
          { readonly unit: string; readonly pricePerUnit: Record<string, string> }
        >;
      }
    >;
  };
}

/** One price, or unknown: to choose among several would be a guess. */
function onlyPrice(entries: readonly Product[], { attributes, usage, unit = 'Hrs' }: PriceQuery): Evidence<Money> {
  const prices = entries.flatMap((entry) => pricesPer(unit, entry));
  const distinct = [...new Map(prices.map((price) => [`${price.currency} ${price.amount}`, price])).values()];
  const [price] = distinct;
  const what = attributes.instanceType ?? attributes.volumeApiName ?? attributes.volumeType ?? usage;
  if (!price) return unknown(`no list price for ${what}`);
  if (distinct.length > 1) return unknown(`${distinct.length} list prices fit ${what}`);
  return known(price);
}

function pricesPer(wanted: string, { terms }: Product): Money[] {
  return Object.values(terms?.OnDemand ?? {}).flatMap((term) =>
    Object.values(term.priceDimensions)
      .filter(({ unit }) => unit.toLowerCase() === wanted.toLowerCase())
      .flatMap(({ pricePerUnit }) =>
        Object.entries(pricePerUnit)
          .filter(([, amount]) => Number.isFinite(Number.parseFloat(amount)))
          .map(([currency, amount]) => money(currency, Number(amount))),
      ),
  );
}
