import type { Action } from '../../shared/core/action.ts';
import { inverseOf } from '../../shared/core/change.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { parseDays, parseHours, parseSpan } from '../../shared/core/quantity.ts';
import { DAY_MS } from '../../shared/core/time.ts';

/** What the policy says about a change after it was decided on, as it was then: small enough to be remembered. */
export interface Terms {
  readonly timezone: string;
  readonly parallel: number;
  readonly watchHours: number;
  readonly stopForDays: number;
  /** What goes on being so is told again after so long. */
  readonly remindAfterDays: number;
  /** What becomes of a resized database that is not well: taking it back is a second outage. */
  readonly databaseUndo: Policy['defaults']['databaseUndo'];
  readonly dependents: Policy['dependents'];
  /** So long after a remedy its alarm must be OK again. */
  readonly verifyWithinMinutes: number;
}

export const termsOf = ({ timezone, defaults, dependents, remediation }: Policy): Terms => ({
  timezone,
  parallel: defaults.parallel,
  watchHours: parseHours(defaults.watch),
  stopForDays: parseDays(defaults.stopFor),
  remindAfterDays: parseDays(defaults.remindAfter),
  databaseUndo: defaults.databaseUndo,
  dependents,
  verifyWithinMinutes: parseSpan(remediation.verifyWithin) / 60_000,
});

/** The end of the policy's `stopFor`, for what was applied then: an ISO time. */
export const standsUntil = (appliedAt: string, { stopForDays }: Terms): string =>
  new Date(Date.parse(appliedAt) + stopForDays * DAY_MS).toISOString();

/** The alarms that the policy names for what depends on a resource. */
export const alarmsFor = (resource: string, { dependents }: Terms): string[] => [
  ...new Set(dependents.filter((one) => matches(one.resource, resource)).flatMap(({ alarms }) => alarms)),
];

/** `*` in a pattern stands for any characters. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

/** Whether a change is taken back by itself: taking a resized database back is a second outage. */
export const mayGoBack = (action: Action, { databaseUndo }: Terms): boolean =>
  inverseOf(action) !== undefined && (databaseUndo === 'automatic' || action.kind !== 'resize-database');
