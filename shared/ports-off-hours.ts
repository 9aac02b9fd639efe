import type { KeepOn } from './core/calendar/keep-on.ts';
import type { UnreadableScope } from './core/facts.ts';
import type { Arn, Identity, Scope } from './core/identity.ts';
import type { ScheduledResource } from './core/off-hours/resource.ts';

/** Reads what is under schedules, in one scope, page by page. */
export interface ScheduledReader {
  /** Everything that has the schedule tag. What could not be listed is said: it is unknown, not absent. */
  scheduled(scope: Scope): Promise<{
    readonly resources: readonly ScheduledResource[];
    readonly unreadable: readonly UnreadableScope[];
  }>;
  /** One of them as it is now, with or without the tag; nothing when it is gone, or another carries its name. */
  find(scope: Scope, type: ScheduledResource['type'], identity: Identity): Promise<ScheduledResource | undefined>;
  /** The same with what an hour costs, for what is about to be stopped. */
  priced(resources: readonly ScheduledResource[]): Promise<readonly ScheduledResource[]>;
  /** The names of the alarms of a resource whose actions are enabled. */
  alarmsOf(scope: Scope, resources: readonly ScheduledResource[]): Promise<ReadonlyMap<Arn, readonly string[]>>;
}

/** What people have answered: keep it on until. */
export interface Overrides {
  /** The overrides of an account that have not lapsed, by resource. */
  overrides(account: string, now: Date): Promise<ReadonlyMap<Arn, KeepOn>>;
}
