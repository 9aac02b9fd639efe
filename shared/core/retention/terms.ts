import { glob } from '../glob.ts';
import type { Mode, Policy } from '../policy.ts';
import { parseHours } from '../quantity.ts';
import type { Day } from '../spend/series.ts';
import { type BackedUpDatabase, keyOf } from './facts.ts';
import type { Tiers } from './periods.ts';
import type { Pruned } from './quota.ts';

export type SnapshotPolicy = Policy['snapshots'];
type DatabaseClass = SnapshotPolicy['classes'][number];
type DestinationPolicy = SnapshotPolicy['copyTo'][number];

/** A place that keeps copies of one database. */
export type Destination = Omit<DestinationPolicy, 'account'> & { readonly account: string };

/** What the policy wants for one database. */
export interface Terms {
  /** The name of its class; `default` when it belongs to none. */
  readonly className: string;
  readonly tiers: Tiers;
  readonly keepAtLeast: number;
  readonly rpoHours: number;
  readonly destinations: readonly Destination[];
}

type Chosen = Pick<BackedUpDatabase, 'name' | 'scope' | 'tags' | 'engine'>;

/** The terms of a database, or why the policy leaves it alone. */
export function termsOf(database: Chosen, policy: SnapshotPolicy): Terms | string {
  if (database.tags[policy.optOutTag] !== undefined) return `opted out by its tag ${policy.optOutTag}`;
  const own = policy.classes.find((one) => fits(database, one));
  return !own && policy.others === 'leave' ? NO_CLASS : termsIn(own, database, policy);
}

const NO_CLASS = 'it belongs to no class of `snapshots.classes`';

function termsIn(own: DatabaseClass | undefined, database: Pick<Chosen, 'scope'>, policy: SnapshotPolicy): Terms {
  const tier = (name: keyof Tiers): number => own?.tiers[name] ?? policy.tiers[name];
  return {
    className: own?.name ?? 'default',
    tiers: { daily: tier('daily'), weekly: tier('weekly'), monthly: tier('monthly'), yearly: tier('yearly') },
    keepAtLeast: own?.keepAtLeast ?? policy.keepAtLeast,
    rpoHours: parseHours(own?.rpo ?? policy.rpo),
    destinations: policy.copyTo
      .filter(({ name }) => own?.copyTo === undefined || own.copyTo.includes(name))
      .map((one) => ({ ...one, account: one.account ?? database.scope.account }))
      .filter((one) => keyOf(one) !== keyOf(database.scope)),
  };
}

/** For how long snapshots are kept, and where. */
export type Keep = Pick<Terms, 'tiers' | 'keepAtLeast' | 'destinations'>;

/**
 * What is kept of a database that is gone, or why all of it is. Its tags went with it, and so did its class: of all classes
 * that it may have belonged to the longest tiers count.
 */
export function keptOfGone(database: Omit<Chosen, 'tags'>, policy: SnapshotPolicy): Keep | string {
  const mayBe = policy.classes.filter(({ tags: _, ...one }) => fits({ ...database, tags: {} }, one));
  const none = policy.others === 'include' ? [undefined] : [];
  const all = [...mayBe, ...none].map((own) => termsIn(own, database, policy));
  if (all.length === 0) return NO_CLASS;
  const longest = (tier: keyof Tiers): number => Math.max(...all.map(({ tiers }) => tiers[tier]));
  return {
    tiers: {
      daily: longest('daily'),
      weekly: longest('weekly'),
      monthly: longest('monthly'),
      yearly: longest('yearly'),
    },
    keepAtLeast: Math.max(...all.map(({ keepAtLeast }) => keepAtLeast)),
    destinations: all.flatMap(({ destinations }) => destinations),
  };
}

function fits(database: Chosen, { names, engines, tags }: DatabaseClass): boolean {
  const isOneOf = (patterns: readonly string[] | undefined, text: string) =>
    patterns?.some((pattern) => glob(pattern, text)) ?? true;
  return isOneOf(names, database.name) && isOneOf(engines, database.engine) && (tags ?? []).every(has(database));
}

const has =
  ({ tags }: Chosen) =>
  (wanted: string): boolean => {
    const at = wanted.indexOf('=');
    const value = tags[wanted.slice(0, at)];
    return value !== undefined && glob(wanted.slice(at + 1), value);
  };

const MODES = ['off', 'report', 'approve', 'auto'] as const satisfies readonly Mode[];

/** How snapshots are taken and pruned: pruning goes no further than taking. */
export function modesOf({ snapshots, defaults }: Policy): { readonly take: Mode; readonly prune: Mode } {
  const take = snapshots.mode ?? defaults.mode;
  const prune = MODES[Math.min(MODES.indexOf(take), MODES.indexOf(snapshots.prune))] ?? 'off';
  return { take, prune };
}

/** Who finds no room asks again for two hours and a half: for so many hours a delete is waited for. */
const AWAITED_HOURS = 2;

/** Whether a snapshot can wait for the room that the deletes of its own night make, or when that comes. */
export function whenPruned(policy: Policy, today: Day): Pruned {
  const { pruneGrace: grace } = policy.snapshots;
  const later = (when: string): Pruned => ({ awaited: false, when });
  switch (modesOf(policy).prune) {
    case 'auto': {
      const frozen = policy.freeze.find(({ from, to }) => from <= today && today < to);
      if (frozen) return later(`after the freeze, from ${frozen.to} on`);
      return parseHours(grace) <= AWAITED_HOURS ? { awaited: true } : later(`when the grace of ${grace} is over`);
    }
    case 'approve':
      return later('once somebody approves the deletes');
    default:
      return later('when the policy lets snapshots be deleted (`snapshots.prune`)');
  }
}
