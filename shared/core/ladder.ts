import type { Arn } from './identity.ts';
import { modeOf, type Policy, type RuleId } from './policy.ts';
import { parseDays } from './quantity.ts';
import { DAY_MS } from './time.ts';

/**
 * What is unused is said first and done later: `notify`, and once that has lasted for the days of the policy, `act`. A stop is
 * followed by findings only (long-stopped-instance); of a volume `act` is one action, which takes the snapshot and deletes
 * only once it is complete.
 */
export type Step = 'notify' | 'act';

/** Where one resource is on the ladder of one rule. */
export interface Rung {
  readonly rule: RuleId;
  readonly resource: Arn;
  /** The immutable id: another resource of the same name begins at the bottom. */
  readonly id: string;
  readonly step: Step;
  /** When the step began, in ISO time: the tick that said so. */
  readonly since: string;
  /** The last tick at which it was seen unused. */
  readonly seen: string;
  /** When it woke up, if it has not been seen unused since: it is on no step. */
  readonly wokeAt?: string;
}

/** What a tick saw of a resource that it judged: `unclear` says nothing, such as unknown evidence or a running backup. */
export interface Sight extends Pick<Rung, 'rule' | 'resource' | 'id'> {
  readonly seen: 'unused' | 'used' | 'unclear';
}

/** Unused and unseen for so long, or for the days of the step, it was not really announced: the notice begins anew. */
const LAPSES_AFTER_DAYS = 7;

/** A waking is remembered for so long, so that what is unused again can be told to have been awake. */
const REMEMBERED_DAYS = 90;

/** How long a resource must have been announced by the rule before it may be acted on; undefined for rules without a ladder. */
export function noticeDays(policy: Policy, rule: RuleId): number | undefined {
  const ofRule = policy.rules[rule];
  if (!('notice' in ofRule)) return undefined;
  const days = parseDays(ofRule.notice);
  return isOnlySeen(rule) && 'window' in ofRule ? Math.max(days, parseDays(ofRule.window)) : days;
}

/**
 * Whether no metric of the past can show that nobody used it: EBS does not measure a volume on a stopped instance. So its
 * window begins with the first tick that saw it unused, and no tick may be missing for long.
 */
const isOnlySeen = (rule: RuleId): boolean => rule === 'unattached-volume';

const keyOf = ({ rule, resource, id }: Pick<Rung, 'rule' | 'resource' | 'id'>): string => `${rule} ${resource} ${id}`;

/**
 * The ladder after a tick. Each resource climbs one step at most, falls to the bottom when it is used, and stays where it is
 * when nothing can be said. The same tick again changes nothing, nor does one that comes too late.
 */
export function climbed(ladder: readonly Rung[], sights: readonly Sight[], { policy, now }: Climbing): Rung[] {
  const sightOf = new Map(sights.map((sight) => [keyOf(sight), sight]));
  const before = ladder.map((rung) => next(rung, sightOf.get(keyOf(rung)), { policy, now }));
  const known = new Set(ladder.map(keyOf));
  const time = now.toISOString();
  const entering = sights.filter((sight) => sight.seen === 'unused' && !known.has(keyOf(sight)));
  const entered = entering.map(({ rule, resource, id }) => bottom({ rule, resource, id }, time));
  const rungs = [...before, ...entered].filter((rung) => isKept(rung, { policy, now }));
  return rungs.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

interface Climbing {
  readonly policy: Policy;
  readonly now: Date;
}

function next(rung: Rung, sight: Sight | undefined, { policy, now }: Climbing): Rung {
  const time = now.toISOString();
  if (time <= (rung.wokeAt ?? rung.seen) || !sight || sight.seen === 'unclear') return rung;
  const { rule, resource, id } = rung;
  if (sight.seen === 'used') return rung.wokeAt ? rung : { ...rung, wokeAt: time };
  if (rung.wokeAt || hasLapsed(rung, { policy, now })) return bottom({ rule, resource, id }, time);
  return { ...rung, seen: time, ...(mayClimb(rung, { policy, now }) ? { step: 'act', since: time } : {}) };
}

const bottom = (one: Pick<Rung, 'rule' | 'resource' | 'id'>, time: string): Rung => ({
  ...one,
  step: 'notify',
  since: time,
  seen: time,
});

const mayClimb = ({ rule, step, since }: Rung, { policy, now }: Climbing): boolean =>
  step === 'notify' && daysSince(since, now) >= (noticeDays(policy, rule) ?? 0);

const hasLapsed = ({ rule, seen }: Rung, { policy, now }: Climbing): boolean =>
  daysSince(seen, now) > lapsesAfter(rule, policy);

const lapsesAfter = (rule: RuleId, policy: Policy): number =>
  isOnlySeen(rule) ? LAPSES_AFTER_DAYS : Math.max(LAPSES_AFTER_DAYS, noticeDays(policy, rule) ?? 0);

const isKept = (rung: Rung, { policy, now }: Climbing): boolean =>
  daysSince(rung.wokeAt ?? rung.seen, now) <= (rung.wokeAt ? REMEMBERED_DAYS : lapsesAfter(rung.rule, policy));

const daysSince = (time: string, now: Date): number => (now.getTime() - Date.parse(time)) / DAY_MS;

/** Why something that is unused is only announced at this tick, if so. */
export interface Notice {
  readonly since: string;
  /** The first tick at or after this time may propose it. */
  readonly until: string;
  /** When it was last awake, if it fell down the ladder. */
  readonly wokeAt?: string;
}

/** The notice that a resource is under at a tick; undefined when it may be acted on, or its rule has no ladder. */
export function noticeOf(
  ladder: readonly Rung[],
  one: Pick<Rung, 'rule' | 'resource' | 'id'>,
  { policy, now }: Climbing,
): Notice | undefined {
  const days = noticeDays(policy, one.rule);
  if (!days || !['approve', 'auto'].includes(modeOf(policy, one.rule))) return undefined;
  const before = ladder.find((rung) => keyOf(rung) === keyOf(one));
  const rung = before && next(before, { ...one, seen: 'unused' }, { policy, now });
  if (rung?.step === 'act') return undefined;
  const since = rung?.since ?? now.toISOString();
  const until = new Date(Date.parse(since) + days * DAY_MS).toISOString();
  const wokeAt = before?.wokeAt;
  return { since, until, ...(wokeAt ? { wokeAt } : {}) };
}
