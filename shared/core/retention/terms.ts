import { glob } from '../glob.ts';
import type { Mode, Policy } from '../policy.ts';
import { parseHours } from '../quantity.ts';
import { type BackedUpDatabase, keyOf } from './facts.ts';
import type { Tiers } from './periods.ts';

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

/** A database, or what its snapshots still tell of one that is gone. */
export type Chosen = Pick<BackedUpDatabase, 'name' | 'scope' | 'tags' | 'engine'>;

/** The terms of a database, or why the policy leaves it alone. */
export function termsOf(database: Chosen, policy: SnapshotPolicy): Terms | string {
  if (database.tags[policy.optOutTag] !== undefined) return `opted out by its tag ${policy.optOutTag}`;
  const own = policy.classes.find((one) => fits(database, one));
  if (!own && policy.others === 'leave') return 'it belongs to no class of `snapshots.classes`';
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
