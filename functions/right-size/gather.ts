import type { LimitFunction } from 'p-limit';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { AccountFacts, EvidenceKind, Facts, UnreadableScope } from '../../shared/core/facts.ts';
import type { Arn, Scope } from '../../shared/core/identity.ts';
import { add, type Money } from '../../shared/core/money.ts';
import { type PriceQuery, priceQueries } from '../../shared/core/price-query.ts';
import type { Estate, ScopeReader, TimeRange } from '../../shared/ports.ts';

/** Where facts come from. `limit` bounds how many scopes are read at once, over all accounts. */
export interface Sources {
  readonly estate: Estate;
  readonly prices: (queries: readonly PriceQuery[], now: Date) => Promise<Map<PriceQuery, Evidence<Money>>>;
  readonly limit: LimitFunction;
}

/** What to read of one account. */
export interface Request {
  readonly account: string;
  readonly regions: readonly string[];
  readonly types: readonly Facts['type'][];
  /** The days that the rules judge. */
  readonly range: TimeRange;
  /** Which evidence to read next, given what is known; none ends the reading. */
  readonly wanted: (facts: AccountFacts) => ReadonlyMap<Facts, EvidenceKind>;
}

/**
 * Everything that the rules need to know of one account: first the inventory, then, round by round, the evidence that they
 * still lack, all resources of a round together. What may not be read is reported as unknown; any other failure throws,
 * because half an inventory would make a wrong plan.
 */
export async function gather(sources: Sources, request: Request): Promise<AccountFacts> {
  const { account, regions } = request;
  const scopes = await Promise.all(regions.map((region) => openScope(sources, { account, region }, request.types)));
  const readers = new Map(scopes.flatMap(({ region, reader }) => (reader ? [[region, reader] as const] : [])));
  let facts: AccountFacts = {
    account,
    regions,
    resources: scopes.flatMap((scope) => scope.resources),
    unreadable: scopes.flatMap((scope) => scope.unreadable),
  };
  for (;;) {
    const wants = request.wanted(facts);
    if (wants.size === 0) return facts;
    facts = withEvidence(facts, wants, await readAll(sources, readers, { wants, range: request.range }));
  }
}

interface OpenedScope {
  readonly region: string;
  readonly reader?: ScopeReader;
  readonly resources: readonly Facts[];
  readonly unreadable: readonly UnreadableScope[];
}

function openScope({ estate, limit }: Sources, scope: Scope, types: Request['types']): Promise<OpenedScope> {
  return limit(async () => {
    const opened = await unlessDenied(() => estate.open(scope));
    if (!opened.known) {
      return {
        region: scope.region,
        resources: [],
        unreadable: types.map((what) => ({ ...scope, what, why: opened.why })),
      };
    }
    const resources: Facts[] = [];
    const unreadable: UnreadableScope[] = [];
    for (const what of types) {
      const inventory = await unlessDenied(() => opened.value.inventory(what));
      if (inventory.known) resources.push(...inventory.value);
      else unreadable.push({ ...scope, what, why: inventory.why });
    }
    return { region: scope.region, reader: opened.value, resources, unreadable };
  });
}

async function unlessDenied<T>(read: () => Promise<T>): Promise<Evidence<T>> {
  try {
    return known(await read());
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedError') return unknown(error.message);
    throw error;
  }
}

type Answers = ReadonlyMap<Arn, Evidence<unknown>>;

interface Round {
  readonly wants: ReadonlyMap<Facts, EvidenceKind>;
  readonly range: TimeRange;
}

/** One round: every region's evidence, and the price list for all regions. */
async function readAll(sources: Sources, readers: ReadonlyMap<string, ScopeReader>, round: Round): Promise<Answers> {
  const priced = [...round.wants].flatMap(([facts, kind]) => (kind === 'hourlyPrice' ? [facts] : []));
  const answers = await Promise.all([
    readPrices(sources, priced, round.range.to),
    ...[...readers].map(([region, reader]) => {
      const here = new Map(
        [...round.wants].filter(([{ scope }, kind]) => scope.region === region && kind !== 'hourlyPrice'),
      );
      return sources.limit(() => reader.read(here, round.range));
    }),
  ]);
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** Each resource's hourly price: the sum over its parts, unknown as soon as one of them is. */
async function readPrices({ prices }: Sources, resources: readonly Facts[], now: Date): Promise<Answers> {
  const distinct = new Map<string, PriceQuery>();
  const keysOf = new Map<Arn, Evidence<readonly string[]>>();
  for (const facts of resources) {
    const queries = priceQueries(facts);
    for (const query of queries.known ? queries.value : []) distinct.set(JSON.stringify(query), query);
    keysOf.set(
      facts.identity.arn,
      queries.known ? known(queries.value.map((query) => JSON.stringify(query))) : queries,
    );
  }
  const found = distinct.size > 0 ? await prices([...distinct.values()], now) : new Map<PriceQuery, Evidence<Money>>();
  const priceOf = (key: string) => found.get(distinct.get(key) as PriceQuery) ?? unknown('the price was not answered');
  return new Map([...keysOf].map(([arn, keys]) => [arn, keys.known ? sum(keys.value.map(priceOf)) : keys]));
}

function sum(prices: readonly Evidence<Money>[]): Evidence<Money> {
  const [first = unknown('there is nothing to price'), ...rest] = prices;
  return rest.reduce((total, next) => {
    if (!total.known) return total;
    return next.known ? known(add(total.value, next.value)) : next;
  }, first);
}

function withEvidence(account: AccountFacts, wants: Round['wants'], answers: Answers): AccountFacts {
  const resources = account.resources.map((facts) => {
    const kind = wants.get(facts);
    if (!kind) return facts;
    const answer = answers.get(facts.identity.arn) ?? unknown('it was asked for and not answered');
    return { ...facts, evidence: { ...facts.evidence, [kind]: answer } } as Facts;
  });
  return { ...account, resources };
}
