import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { DatabaseFacts, Facts, InstanceFacts } from '../core/facts.ts';
import type { Arn } from '../core/identity.ts';
import type { Money } from '../core/money.ts';
import { type PriceQuery, priceQueries } from '../core/price-query.ts';
import type { InstanceTypeFacts } from '../core/sizing/instance-type.ts';
import type { CatalogueCache, CataloguePart, PriceList } from '../ports.ts';
import type { ScopeClients } from './clients.ts';
import { instanceTypeOf, listClasses, type OrderableClass, suits } from './database-classes.ts';
import { AccessDeniedError } from './errors.ts';
import { type InstanceType, listInstanceTypes, listOfferings, type Offering } from './instance-types.ts';

type Machine = InstanceFacts | DatabaseFacts;

/** The clients of the scope that is asked about, and the time as of which a memory is fresh. */
export interface Asking {
  readonly clients: Pick<ScopeClients, 'ec2' | 'rds'>;
  readonly now: Date;
}

/** What each machine could become where it is, each type with its price; its own type is among them. */
export type Offers = (
  machines: readonly Machine[],
  asking: Asking,
) => Promise<Map<Arn, Evidence<readonly InstanceTypeFacts[]>>>;

/**
 * What AWS sells and, with a price list, what it costs. What was read is remembered for a week; machines that are sold alike
 * share a list.
 */
export function catalogueOffers(cache: CatalogueCache, prices?: PriceList): Offers {
  const shop = { cache, prices };
  return async (machines, asking) => {
    const offered = new Map<Arn, Evidence<readonly InstanceTypeFacts[]>>();
    for (const alike of Map.groupBy(machines, soldLike).values()) {
      const [first] = alike;
      if (!first) continue;
      const types =
        first.type === 'instance' ? await typesFor(first, shop, asking) : await classesFor(first, shop, asking);
      const priced = known(await withPrices(types, first, { ...shop, now: asking.now }));
      for (const { identity } of alike) offered.set(identity.arn, priced);
    }
    return offered;
  };
}

/** Machines with the same text may become the same types, at the same prices. */
function soldLike(machine: Machine): string {
  if (machine.type === 'instance') {
    const { scope, hardware, usageOperation, tenancy } = machine;
    return JSON.stringify([scope.region, hardware.zone, usageOperation, tenancy]);
  }
  const { scope, engine, engineVersion, licenseModel, multiAz, zones, storage } = machine;
  return JSON.stringify([scope.region, engine, engineVersion, licenseModel, multiAz, zones, storage.storageType]);
}

interface Shop {
  readonly cache: CatalogueCache;
  readonly prices: PriceList | undefined;
}

async function typesFor({ scope, hardware }: InstanceFacts, { cache }: Shop, asking: Asking): Promise<InstanceType[]> {
  const [types, offerings] = await besideTypes<Offering>(
    { region: scope.region, of: 'offerings', list: () => listOfferings(asking.clients.ec2) },
    cache,
    asking,
  );
  const here = new Set(offerings.filter(({ zones }) => zones.includes(hardware.zone)).map(({ type }) => type));
  return types.filter(({ name }) => here.has(name));
}

async function classesFor(database: DatabaseFacts, { cache }: Shop, asking: Asking): Promise<InstanceType[]> {
  const { scope, engine, engineVersion } = database;
  const of = `classes of ${engine} ${engineVersion}`;
  const [all, classes] = await besideTypes<OrderableClass>(
    { region: scope.region, of, list: () => listClasses(asking.clients.rds, database) },
    cache,
    asking,
  );
  const types = new Map(all.map((type) => [type.name, type]));
  const names = new Set(classes.filter((one) => suits(one, database)).map(({ name }) => name));
  return [...names].flatMap((name) => {
    const type = types.get(instanceTypeOf(name));
    return type ? [{ ...type, name }] : [];
  });
}

/** A part of the catalogue, and how AWS is asked for it. */
interface Listed<Row> extends CataloguePart {
  readonly list: () => Promise<readonly Row[]>;
}

/** The types of a region and, read together with them, another part of its catalogue. */
async function besideTypes<Row>(
  other: Listed<Row>,
  cache: CatalogueCache,
  { clients, now }: Asking,
): Promise<[readonly InstanceType[], readonly Row[]]> {
  const { region } = other;
  const types: Listed<InstanceType> = { region, of: 'instance types', list: () => listInstanceTypes(clients.ec2) };
  const [first, second] = await cache.get([types, other], now);
  return [await listedUnless(first, types, { cache, now }), await listedUnless(second, other, { cache, now })];
}

/** The rows as they are remembered: only this code writes them, so they are what `list` once gave. Else AWS is asked. */
async function listedUnless<Row>(
  before: readonly unknown[] | undefined,
  listed: Listed<Row>,
  { cache, now }: { readonly cache: CatalogueCache; readonly now: Date },
): Promise<readonly Row[]> {
  if (before) return before as readonly Row[];
  const rows = await listed.list();
  await cache.put(listed, rows, now);
  return rows;
}

async function withPrices(
  types: readonly InstanceType[],
  like: Machine,
  shop: Shop & Pick<Asking, 'now'>,
): Promise<InstanceTypeFacts[]> {
  const table = await priceTable(like, shop);
  const priceOf = (name: string): Evidence<Money> => {
    const price = table.known ? table.value.get(name) : undefined;
    return price ? known(price) : unknown(table.known ? `no list price for ${name}` : table.why);
  };
  return types.map((type) => ({ ...type, hourlyPrice: priceOf(type.name) }));
}

/** A price as the catalogue remembers it. */
interface PriceRow {
  readonly type: string;
  readonly price: Money;
}

/** The hourly prices of all types that are sold like this machine. */
async function priceTable(
  like: Machine,
  { cache, prices, now }: Shop & Pick<Asking, 'now'>,
): Promise<Evidence<ReadonlyMap<string, Money>>> {
  const query = tableQuery(like);
  if (!query.known) return query;
  if (!prices) return NOT_ASKED;
  const { service, region, attributes } = query.value;
  const list = async (): Promise<PriceRow[]> =>
    [...(await prices.table(query.value))].flatMap(([type, price]) =>
      price.known ? [{ type, price: price.value }] : [],
    );
  try {
    const of = `prices of ${service} ${JSON.stringify(attributes)}`;
    const [before] = await cache.get([{ region, of }], now);
    const rows = await listedUnless<PriceRow>(before, { region, of, list }, { cache, now });
    return known(new Map(rows.map(({ type, price }) => [type, price])));
  } catch (error) {
    if (error instanceof AccessDeniedError) return unknown(error.message);
    throw error;
  }
}

const NOT_ASKED = unknown('nobody asked for its price');

/** The query for the machine's own price, without its type. */
function tableQuery(machine: Facts): Evidence<PriceQuery> {
  const queries = priceQueries(machine);
  if (!queries.known) return queries;
  const [query] = queries.value;
  if (!query) return unknown('there is nothing to price');
  const { instanceType: _, ...attributes } = query.attributes;
  return known({ ...query, attributes });
}
