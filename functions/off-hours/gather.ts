import type { LimitFunction } from 'p-limit';
import { type Arn, type Identity, parseArn, type Scope } from '../../shared/core/identity.ts';
import {
  type Deciding,
  type Decision,
  judgingOf,
  lostFrom,
  mutedBy,
  type ScheduledFacts,
  withoutUnmutable,
  withPrices,
} from '../../shared/core/off-hours/decide.ts';
import { isStartedBySomebody } from '../../shared/core/off-hours/judge.ts';
import { byIdentity, memoryKey, type Remembered } from '../../shared/core/off-hours/memory.ts';
import type { Alarms } from '../../shared/core/off-hours/proposal.ts';
import { resolved } from '../../shared/core/off-hours/resolve.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import type { OffHoursLedger, ScheduledReader } from '../../shared/ports-off-hours.ts';
import { log } from '../../shared/runtime/log.ts';

/** Where facts come from. `limit` bounds how many scopes are read at once. */
export interface Sources {
  readonly ledger: Pick<OffHoursLedger, 'outcomes' | 'overrides' | 'vetoes'>;
  readonly reader: ScheduledReader;
  readonly limit: LimitFunction;
}

/** Everything that is known of one account before anything is decided. */
export interface Gathered {
  readonly facts: ScheduledFacts;
  /** With what has become of what was pending. */
  readonly memories: readonly Remembered[];
  readonly deciding: Deciding;
}

export interface Gathering {
  readonly account: string;
  readonly scopes: readonly Scope[];
  readonly terms: Pick<Deciding, 'policy' | 'holidays' | 'now'>;
  /** As the last tick left them. */
  readonly memories: readonly Remembered[];
}

/**
 * What is under schedules, what has become of what was planned, and what people say. What stood stopped by off-hours and runs
 * is asked for who started it; what is not there any more, whether it is gone.
 */
export async function gather(sources: Sources, { account, scopes, terms, memories }: Gathering): Promise<Gathered> {
  const { ledger, reader, limit } = sources;
  const [lists, vetoes, overrides, followed] = await Promise.all([
    Promise.all(scopes.map((scope) => limit(() => reader.scheduled(scope)))),
    ledger.vetoes(account, terms.now),
    ledger.overrides(account, terms.now),
    follow(ledger, memories, terms.now),
  ]);
  const deciding: Deciding = { ...terms, vetoes, overrides };
  const found = {
    account,
    resources: lists.flatMap(({ resources }) => resources),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  };
  const [resources, untagged] = await Promise.all([
    withStarters(sources, found.resources, { memories: followed, deciding }),
    untaggedOf(sources, lostFrom(found, followed)),
  ]);
  return { facts: { ...found, resources, untagged }, memories: followed, deciding };
}

/** What has become of what was pending. */
async function follow(
  { outcomes }: Pick<OffHoursLedger, 'outcomes'>,
  memories: readonly Remembered[],
  now: Date,
): Promise<Remembered[]> {
  const places = memories.flatMap(({ identity, pending }) => (pending ? [{ ...pending, resource: identity.arn }] : []));
  const changes = places.length > 0 ? await outcomes(places) : new Map<string, never>();
  return memories.map((one) => resolved(one, changes.get(`${one.pending?.planId}/${one.pending?.number}`), now));
}

async function withStarters(
  { reader, limit }: Sources,
  resources: readonly ScheduledResource[],
  { memories, deciding }: Pick<Gathered, 'memories' | 'deciding'>,
): Promise<ScheduledResource[]> {
  const known = byIdentity(memories);
  const judging = judgingOf(deciding);
  return Promise.all(
    resources.map(async (resource) => {
      const remembered = known.get(memoryKey(resource.identity));
      if (!remembered || !isStartedBySomebody(resource, remembered, judging)) return resource;
      const power = await limit(() => reader.startedSince(resource, new Date(remembered.at)));
      return { ...resource, power };
    }),
  );
}

async function untaggedOf({ reader, limit }: Sources, lost: readonly Remembered[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    lost.map(async ({ identity, type }) =>
      (await limit(() => reader.find(scopeOf(identity), type, identity))) ? [memoryKey(identity)] : [],
    ),
  );
  return new Set(found.flat());
}

/** The account and region that are in its ARN. */
function scopeOf({ arn }: Identity): Scope {
  const { account = '', region = '' } = parseArn(arn) ?? {};
  return { account, region };
}

/** What a plan needs to know besides: what is stopped has a price and, where its schedule mutes them, alarms. */
export async function gatherForPlan(
  sources: Pick<Sources, 'reader' | 'limit'>,
  decided: Decision,
): Promise<{ readonly decision: Decision; readonly alarms: Alarms }> {
  const { alarms, unread } = await alarmsFor(sources, decided);
  const decision = withoutUnmutable(decided, unread);
  const stops = decision.acts.filter(({ act }) => act === 'stop').map(({ resource }) => resource);
  return { decision: withPrices(decision, await pricesOf(sources.reader, stops, decision.now)), alarms };
}

/** The alarms of what is muted, and why those of others could not be read, by resource. */
async function alarmsFor({ reader, limit }: Pick<Sources, 'reader' | 'limit'>, decision: Decision) {
  const alarms = new Map<Arn, readonly string[]>();
  const unread = new Map<Arn, string>();
  const read = async ([scope, resources]: [Scope, ScheduledResource[]]) => {
    try {
      for (const [arn, names] of await reader.alarmsOf(scope, resources)) alarms.set(arn, names);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AccessDeniedError') throw error;
      for (const { identity } of resources) unread.set(identity.arn, error.message);
    }
  };
  await Promise.all(byScope(mutedBy(decision)).map((one) => limit(() => read(one))));
  return { alarms, unread };
}

function byScope(resources: readonly ScheduledResource[]): [Scope, ScheduledResource[]][] {
  const grouped = Map.groupBy(resources, ({ scope: { account, region } }) => `${account} ${region}`);
  return [...grouped.values()].flatMap((some) => (some[0] ? [[some[0].scope, some]] : []));
}

/** No stop waits for its price: without one the saving is unknown. */
async function pricesOf(
  reader: Pick<ScheduledReader, 'priced'>,
  resources: readonly ScheduledResource[],
  now: Date,
): Promise<readonly ScheduledResource[]> {
  if (resources.length === 0) return [];
  try {
    return await reader.priced(resources, now);
  } catch (error) {
    log.warn('the price list did not answer', error as Error);
    return [];
  }
}
