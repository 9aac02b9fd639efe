import type { Power } from '../calendar/course.ts';
import type { Evidence } from '../evidence.ts';
import type { Tags } from '../facts.ts';
import type { Identity, Scope } from '../identity.ts';
import type { Money } from '../money.ts';
import type { PriceQuery } from '../price-query.ts';
import type { GroupCapacity, ServiceCapacity } from './action.ts';

/** What may be under a schedule, as it was found: it carries the tag. */
export type ScheduledResource = ScheduledFacts &
  (
    | { readonly type: 'instance'; readonly instanceType: string }
    | {
        readonly type: 'database';
        readonly form: 'instance' | 'cluster';
        /** Of a cluster, the names of its instances. */
        readonly members?: readonly string[];
      }
    | { readonly type: 'auto-scaling-group'; readonly capacity: GroupCapacity }
    | { readonly type: 'service'; readonly capacity: ServiceCapacity }
    | { readonly type: 'warehouse' }
  );

interface ScheduledFacts {
  readonly identity: Identity;
  readonly name: string;
  readonly scope: Scope;
  readonly tags: Tags;
  /** For people: `m5.large`, `db.r6g.large postgres`, `3 x m5.large`. */
  readonly what: string;
  readonly power: Power;
  /** Of a group or a service that is on, and has less than it asks for: `0 of 3 in service`. */
  readonly short?: string;
  /** Why it is left on whatever its schedule: `a member of the cluster carts`. What is stopped may always be started. */
  readonly leftBecause?: string;
  /**
   * The lines of the price list whose sum is what an hour of it costs, or why there are none; absent of what has to be looked at
   * once more for that: of a group its members.
   */
  readonly costs?: Evidence<readonly PriceQuery[]>;
  /** What an hour of it costs while it is on; absent when nobody asked. */
  readonly hourlyPrice?: Evidence<Money>;
}

/** Each scope with what is in it. */
export function byScope(resources: readonly ScheduledResource[]): { scope: Scope; found: ScheduledResource[] }[] {
  const scopes = Map.groupBy(resources, ({ scope: { account, region } }) => `${account} ${region}`);
  return [...scopes.values()].flatMap((found) => (found[0] ? [{ scope: found[0].scope, found }] : []));
}
