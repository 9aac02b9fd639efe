import type { LimitFunction } from 'p-limit';
import { SCHEDULE_TAG } from '../../shared/core/calendar/schedule-tag.ts';
import type { UnreadableScope } from '../../shared/core/facts.ts';
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
import { leftBehind, onlyOwed } from '../../shared/core/off-hours/left-behind.ts';
import { byIdentity, memoryKey, type Pending, type Remembered } from '../../shared/core/off-hours/memory.ts';
import type { Alarms } from '../../shared/core/off-hours/proposal.ts';
import { resolvedAll } from '../../shared/core/off-hours/resolve.ts';
import { byScope, type ScheduledResource } from '../../shared/core/off-hours/resource.ts';
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
  const behind = leftBehind(scopes, memories);
  const [lists, vetoes, overrides, followed] = await Promise.all([
    Promise.all([
      ...scopes.map((scope) => limit(() => reader.scheduled(scope))),
      ...behind.map(async ({ scope, owed }) => onlyOwed(await limit(() => reader.scheduled(scope)), owed)),
    ]),
    ledger.vetoes(account, terms.now),
    ledger.overrides(account, terms.now),
    follow(ledger, memories, terms.now),
  ]);
  const deciding: Deciding = { ...terms, vetoes, overrides };
  const listed = {
    account,
    resources: lists.flatMap(({ resources }) => resources),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  };
  const lost = await Promise.all(lostFrom(listed, followed).map((one) => limit(() => lookFor(reader, one))));
  const found = {
    account,
    resources: [...listed.resources, ...lost.flatMap(({ resource }) => resource ?? [])],
    unreadable: [...listed.unreadable, ...lost.flatMap(({ unread }) => unread ?? [])],
  };
  const resources = await withStarters(sources, found.resources, { memories: followed, deciding });
  const untagged = new Set(lost.flatMap(({ untagged: key }) => key ?? []));
  return { facts: { ...found, resources, untagged }, memories: followed, deciding };
}

/** What has become of what was pending. */
async function follow(
  { outcomes }: Pick<OffHoursLedger, 'outcomes'>,
  memories: readonly Remembered[],
  now: Date,
): Promise<Remembered[]> {
  const places = memories.flatMap(({ identity, pending, unheard = [] }) =>
    [...unheard, ...(pending ? [pending] : [])].map((one) => ({ ...one, resource: identity.arn })),
  );
  const changes = places.length > 0 ? await outcomes(places) : new Map<string, never>();
  const changeOf = ({ planId, number }: Pending) => changes.get(`${planId}/${number}`);
  return memories.map((one) => resolvedAll(one, changeOf, now));
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

/** What has become of what was not listed: nothing of these when it is gone. */
interface Found {
  /** It is there with its tag, and the list was behind. */
  readonly resource?: ScheduledResource;
  /** It is there without its tag: its key. */
  readonly untagged?: string;
  /** Nobody may look. */
  readonly unread?: UnreadableScope;
}

async function lookFor(reader: ScheduledReader, { identity, type }: Remembered): Promise<Found> {
  const scope = scopeOf(identity);
  try {
    const resource = await reader.find(scope, type, identity);
    if (!resource) return {};
    return resource.tags[SCHEDULE_TAG] === undefined ? { untagged: memoryKey(identity) } : { resource };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AccessDeniedError') throw error;
    return { unread: { ...scope, what: type, why: error.message } };
  }
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
  const read = async ({ scope, found }: ReturnType<typeof byScope>[number]) => {
    const names = await reader.alarmsOf(scope, found);
    for (const { identity } of found) {
      const own = names.known ? names.value.get(identity.arn) : undefined;
      if (!names.known) unread.set(identity.arn, names.why);
      if (own) alarms.set(identity.arn, own);
    }
  };
  await Promise.all(byScope(mutedBy(decision)).map((one) => limit(() => read(one))));
  return { alarms, unread };
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
