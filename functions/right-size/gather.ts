import type { LimitFunction } from 'p-limit';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { AccountFacts, EvidenceKind, Facts, UnreadableScope } from '../../shared/core/facts.ts';
import type { Arn, Scope } from '../../shared/core/identity.ts';
import type { Money } from '../../shared/core/money.ts';
import { type PriceQuery, priceQueries } from '../../shared/core/price-query.ts';
import { storagePriceQueries, sum } from '../../shared/core/storage-price.ts';
import type { Estate, ScopeReader, TimeRange } from '../../shared/ports.ts';

/** Where facts come from. `limit` bounds how many scopes are read at once, over all accounts. */
export interface Sources {
  readonly estate: Estate;
  readonly prices: (queries: readonly PriceQuery[], now: Date) => Promise<Map<PriceQuery, Evidence<Money>>>;
  readonly limit: LimitFunction;
  /** How many metrics CloudWatch is asked for a kind of evidence: each is paid for. */
  readonly metricsIn: (facts: Facts, kind: EvidenceKind) => number;
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
  const opened = await openAccount(sources, request);
  let { facts } = opened;
  for (;;) {
    const wants = request.wanted(facts);
    if (wants.size === 0) return facts;
    facts = await readRound(sources, { ...opened, facts }, { wants, range: request.range });
  }
}

/** An account whose inventory was read, and what reads more of it. */
export interface OpenedAccount {
  readonly facts: AccountFacts;
  readonly readers: ReadonlyMap<string, ScopeReader>;
}

export async function openAccount(
  sources: Sources,
  { account, regions, types }: Pick<Request, 'account' | 'regions' | 'types'>,
): Promise<OpenedAccount> {
  const scopes = await Promise.all(regions.map((region) => openScope(sources, { account, region }, types)));
  const readers = new Map(scopes.flatMap(({ region, reader }) => (reader ? [[region, reader] as const] : [])));
  const resources = scopes.flatMap((scope) => scope.resources);
  const unreadable = scopes.flatMap((scope) => scope.unreadable);
  return { readers, facts: { account, regions, resources, unreadable } };
}

/** The facts with one more kind of evidence for each resource that wants one. */
export async function readRound(
  sources: Sources,
  { facts, readers }: OpenedAccount,
  round: Round,
): Promise<AccountFacts> {
  return withEvidence(facts, round.wants, await readAll(sources, readers, round));
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

export interface Round {
  readonly wants: ReadonlyMap<Facts, EvidenceKind>;
  readonly range: TimeRange;
}

/** One round: every region's evidence, and the price list for all regions. */
async function readAll(sources: Sources, readers: ReadonlyMap<string, ScopeReader>, round: Round): Promise<Answers> {
  const answers = await Promise.all([
    readPrices(sources, round),
    ...[...readers].map(([region, reader]) => {
      const here = new Map(
        [...round.wants].filter(([{ scope }, kind]) => scope.region === region && !(kind in PRICED)),
      );
      return here.size > 0 ? sources.limit(() => reader.read(here, round.range)) : new Map();
    }),
  ]);
  return new Map(answers.flatMap((answer) => [...answer]));
}

type Named = Readonly<Record<string, PriceQuery>>;
type PriceOf = (query: PriceQuery) => Evidence<Money>;

interface Priced {
  readonly queries: (facts: Facts) => Evidence<Named>;
  readonly assemble: (queries: Named, priceOf: PriceOf) => Evidence<unknown>;
}

/** What is read from the price list: the hour of a machine, the sum of its parts; and the prices of storage, each by its name. */
const PRICED: Partial<Record<EvidenceKind, Priced>> = {
  hourlyPrice: {
    queries: (facts) => {
      const queries = priceQueries(facts);
      return queries.known ? known(Object.fromEntries(queries.value.entries())) : queries;
    },
    assemble: (queries, priceOf) => sum(Object.values(queries).map(priceOf)),
  },
  prices: {
    queries: storagePriceQueries,
    assemble: (queries, priceOf) => {
      const prices = Object.entries(queries).map(([name, query]) => [name, priceOf(query)] as const);
      const missing = prices.map(([, price]) => price).find((price) => !price.known);
      return missing ?? known(Object.fromEntries(prices.map(([name, price]) => [name, price.known && price.value])));
    },
  },
};

async function readPrices({ prices }: Sources, { wants, range }: Round): Promise<Answers> {
  const asked = [...wants].flatMap(([facts, kind]) => {
    const priced = PRICED[kind];
    return priced ? [{ facts, priced, queries: priced.queries(facts) }] : [];
  });
  const distinct = new Map<string, PriceQuery>();
  for (const { queries } of asked) {
    for (const query of queries.known ? Object.values(queries.value) : []) distinct.set(JSON.stringify(query), query);
  }
  const found =
    distinct.size > 0 ? await prices([...distinct.values()], range.to) : new Map<PriceQuery, Evidence<Money>>();
  const priceOf: PriceOf = (query) =>
    found.get(distinct.get(JSON.stringify(query)) as PriceQuery) ?? unknown('the price was not answered');
  return new Map(
    asked.map(({ facts, priced, queries }) => [
      facts.identity.arn,
      queries.known ? priced.assemble(queries.value, priceOf) : queries,
    ]),
  );
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
