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

/** What AWS sells and what it costs. What was read is remembered for a week; machines that are sold alike share a list. */
export function catalogueOffers(cache: CatalogueCache, prices: PriceList): Offers {
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
  readonly prices: PriceList;
}

async function typesFor({ scope, hardware }: InstanceFacts, { cache }: Shop, asking: Asking): Promise<InstanceType[]> {
  const list = () => listOfferings(asking.clients.ec2);
  const offerings = await remembered<Offering>(
    { region: scope.region, of: 'offerings' },
    { cache, now: asking.now, list },
  );
  const here = new Set(offerings.filter(({ zones }) => zones.includes(hardware.zone)).map(({ type }) => type));
  return (await allTypes(scope.region, cache, asking)).filter(({ name }) => here.has(name));
}

async function classesFor(database: DatabaseFacts, { cache }: Shop, asking: Asking): Promise<InstanceType[]> {
  const { scope, engine, engineVersion } = database;
  const list = () => listClasses(asking.clients.rds, database);
  const part = { region: scope.region, of: `classes of ${engine} ${engineVersion}` };
  const classes = await remembered<OrderableClass>(part, { cache, now: asking.now, list });
  const types = new Map((await allTypes(scope.region, cache, asking)).map((type) => [type.name, type]));
  const names = new Set(classes.filter((one) => suits(one, database)).map(({ name }) => name));
  return [...names].flatMap((name) => {
    const type = types.get(instanceTypeOf(name));
    return type ? [{ ...type, name }] : [];
  });
}

const allTypes = (region: string, cache: CatalogueCache, { clients, now }: Asking): Promise<readonly InstanceType[]> =>
  remembered<InstanceType>(
    { region, of: 'instance types' },
    { cache, now, list: () => listInstanceTypes(clients.ec2) },
  );

interface Remembering<Row> {
  readonly cache: CatalogueCache;
  readonly now: Date;
  readonly list: () => Promise<readonly Row[]>;
}

/** The rows of a part of the catalogue. Only this code writes it, so it is what `list` once gave. */
async function remembered<Row>(part: CataloguePart, { cache, now, list }: Remembering<Row>): Promise<readonly Row[]> {
  const before = await cache.get(part, now);
  if (before) return before as readonly Row[];
  const rows = await list();
  await cache.put(part, rows, now);
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
  const { service, region, attributes } = query.value;
  const list = async (): Promise<PriceRow[]> =>
    [...(await prices.table(query.value))].flatMap(([type, price]) =>
      price.known ? [{ type, price: price.value }] : [],
    );
  try {
    const of = `prices of ${service} ${JSON.stringify(attributes)}`;
    const rows = await remembered<PriceRow>({ region, of }, { cache, now, list });
    return known(new Map(rows.map(({ type, price }) => [type, price])));
  } catch (error) {
    if (error instanceof AccessDeniedError) return unknown(error.message);
    throw error;
  }
}

/** The query for the machine's own price, without its type. */
function tableQuery(machine: Facts): Evidence<PriceQuery> {
  const queries = priceQueries(machine);
  if (!queries.known) return queries;
  const [query] = queries.value;
  if (!query) return unknown('there is nothing to price');
  const { instanceType: _, ...attributes } = query.attributes;
  return known({ ...query, attributes });
}
