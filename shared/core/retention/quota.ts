import type { Arn, Scope } from '../identity.ts';
import { type Form, keyOf, type RetentionFacts, type Snapshot } from './facts.ts';

/** AWS's default, which can only be raised: so many are allowed even where nobody knows the quota. */
const DEFAULT_QUOTA = 100;

/** The manual snapshots of a scope and form: used, allowed, and what the plan makes of it. */
export interface QuotaLine extends Scope {
  readonly form: Form;
  readonly used: number;
  readonly allowed: number;
  /** True when `allowed` is AWS's default, because the quota is unknown. */
  readonly assumed: boolean;
  readonly deletes: number;
  readonly takes: number;
  /** What did not find room. */
  readonly leftOut: number;
  /** At or above the policy's share, before or after the plan. */
  readonly alert: boolean;
}

/** Room for one more snapshot, once the delete of `after` is done. */
export interface Room {
  readonly after?: Arn;
}

/** Whether what needs the room that deletes make can wait for them; if not, when it comes. */
export type Pruned = { readonly awaited: true } | { readonly awaited: false; readonly when: string };

/** The room of every scope and form while a plan is made. */
export interface Rooms {
  /** Counts a delete of the plan. Its room is there when it is done, and not before. */
  freedBy(snapshot: Snapshot): void;
  take(scope: Scope, form: Form): Room | undefined;
  lines(alertShare: number): QuotaLine[];
  /** Why there is none: `100 of 100 manual instance snapshots in 123456789012/eu-west-1 are used` */
  describe(scope: Scope, form: Form): string;
}

interface Count {
  readonly scope: Scope;
  readonly form: Form;
  readonly used: number;
  readonly allowed: number;
  readonly assumed: boolean;
  readonly freed: Arn[];
  deletes: number;
  takes: number;
  leftOut: number;
}

/** The room in every scope that was read. */
export function countRooms({ manual, quotas }: Pick<RetentionFacts, 'manual' | 'quotas'>, pruned: Pruned): Rooms {
  const counts = new Map<string, Count>();
  const used = new Map(manual.map((one) => [`${keyOf(one)} ${one.form}`, one.count]));
  const countOf = (scope: Scope, form: Form): Count => {
    const key = `${keyOf(scope)} ${form}`;
    const known = counts.get(key);
    if (known) return known;
    const quota = quotas.find((one) => keyOf(one) === keyOf(scope) && one.form === form)?.allowed;
    const count: Count = {
      scope,
      form,
      used: used.get(key) ?? 0,
      allowed: quota?.known ? quota.value : DEFAULT_QUOTA,
      assumed: !quota?.known,
      freed: [],
      deletes: 0,
      takes: 0,
      leftOut: 0,
    };
    counts.set(key, count);
    return count;
  };
  for (const { account, region, form } of [...manual, ...quotas]) countOf({ account, region }, form);

  return {
    freedBy: ({ scope, form, arn }) => {
      const count = countOf(scope, form);
      count.deletes += 1;
      if (pruned.awaited) count.freed.push(arn);
    },
    take: (scope, form) => {
      const count = countOf(scope, form);
      const free = count.allowed - count.used; // negative when the quota is exceeded already
      const after = count.takes < free ? undefined : count.freed[count.takes - free];
      if (count.takes >= free && after === undefined) {
        count.leftOut += 1;
        return undefined;
      }
      count.takes += 1;
      return after === undefined ? {} : { after };
    },
    describe: (scope, form) => {
      const { used, allowed, deletes } = countOf(scope, form);
      const later = deletes > 0 && !pruned.awaited ? `; room for ${deletes} comes ${pruned.when}` : '';
      return `${used} of ${allowed} manual ${form} snapshots in ${keyOf(scope)} are used${later}`;
    },
    lines: (alertShare) =>
      [...counts.values()]
        .map(({ scope, freed: _, ...count }) => ({ ...scope, ...count, alert: isAlert(count, alertShare) }))
        .sort((a, b) => (`${keyOf(a)} ${a.form}` < `${keyOf(b)} ${b.form}` ? -1 : 1)),
  };
}

const isAlert = ({ used, takes, allowed }: Pick<Count, 'used' | 'takes' | 'allowed'>, share: number): boolean =>
  Math.max(used, used + takes) >= share * allowed - 1e-9;
