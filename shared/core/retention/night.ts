import type { Action } from '../action.ts';
import { hashOf } from '../canonical.ts';
import type { Plan, Proposal } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { parseHours } from '../quantity.ts';
import type { SnapshotCost } from './cost.ts';
import type { Coverage } from './coverage.ts';
import type { Backlog } from './expired.ts';
import type { UnreadableSnapshots } from './facts.ts';
import type { Kept, LeftOut } from './planned.ts';
import type { ProtectionLine, UnlistedStores } from './protections.ts';
import type { QuotaLine } from './quota.ts';

/** Everything that one run found for one account. */
export interface Night {
  readonly account: string;
  /** The tick's time, ISO 8601. */
  readonly time: string;
  /** What is taken and copied; none when the policy has switched that off. */
  readonly take?: Plan;
  /** What is deleted; none when nothing has expired but what earlier plans delete. */
  readonly prune?: Plan;
  /** The earlier plans of deletes that are still open, the oldest first. */
  readonly open: readonly OpenPlan[];
  /** What has expired and found no place in the plan. */
  readonly backlog?: Backlog;
  /** Its databases that the policy looks after: those with nothing first, then those beyond their objective. */
  readonly coverage: readonly Coverage[];
  readonly left: readonly LeftOut[];
  readonly kept: readonly Kept[];
  readonly quotas: readonly QuotaLine[];
  readonly cost: { readonly held: SnapshotCost; readonly pruned: SnapshotCost };
  /** What protects each database and other store, whoever does it. */
  readonly protections: readonly ProtectionLine[];
  readonly unlisted: readonly UnlistedStores[];
  readonly unreadable: readonly UnreadableSnapshots[];
}

/** An earlier plan that waits for people or for the end of its grace. */
export interface OpenPlan {
  readonly id: string;
  readonly until: string;
  /** How many of its deletes are still to be done. */
  readonly actions: number;
}

const HOUR_MS = 3_600_000;

/** The grace runs from when the execution claimed the plan, which may be hours later; then it needs time to act. */
const HOURS_TO_ACT = 24;

/** Until when a plan waits, for people or for the end of the grace that deletes have, and then acts. */
export function openUntil({ time, act, function: name }: Plan, policy: Policy): Date {
  const grace = name === 'prune-snapshots' ? parseHours(policy.snapshots.pruneGrace) : 0;
  const isAuto = act.some(({ mode }) => mode === 'auto');
  const hours = isAuto ? grace + HOURS_TO_ACT : parseHours(policy.defaults.approveWithin);
  return new Date(Date.parse(time) + hours * HOUR_MS);
}

/** A plan of before then is not open any more, whatever is in it. */
export function oldestOpen(now: Date, { snapshots, defaults }: Policy): Date {
  const hours = Math.max(parseHours(snapshots.pruneGrace) + HOURS_TO_ACT, parseHours(defaults.approveWithin));
  return new Date(now.getTime() - hours * HOUR_MS);
}

/** The plans of a run that are there, in the order in which they are carried out. */
export const plansOf = ({ prune, take }: Pick<Night, 'prune' | 'take'>): Plan[] =>
  [prune, take].filter((plan) => plan !== undefined);

/** The immutable id of the database that an action is about. */
export function databaseIn(action: Action): string | undefined {
  switch (action.kind) {
    case 'create-snapshot':
      return action.database.id;
    case 'copy-snapshot':
      return action.databaseId;
    case 'delete-snapshot':
      return action.expect.databaseId;
    default:
      return undefined;
  }
}

/** The name of the snapshot whose delete an action waits for, if it does. */
export const waitsFor = (action: Action): string | undefined =>
  'after' in action && action.after !== undefined ? action.after.split(':').at(-1) : undefined;

/** Whether there is anything in it that people could want to know. */
export const hasSomethingToSay = ({
  coverage,
  left,
  quotas,
  protections,
  unlisted,
  unreadable,
  ...night
}: Night): boolean =>
  [coverage, left, unlisted, unreadable].some((list) => list.length > 0) ||
  plansOf(night).some(({ act }) => act.length > 0) ||
  protections.some(({ state }) => state !== 'protected') ||
  quotas.some(({ alert }) => alert);

/** Whether people or the clock may let it through. */
export const mayBeCarriedOut = ({ mode }: Pick<Proposal, 'mode'>): boolean => mode === 'approve' || mode === 'auto';

/**
 * What people would hear of it that is not different every night: what is only reported is the same for as long as nobody
 * does it, whatever the snapshots would be called.
 */
export const saidOf = ({ coverage, backlog, quotas, protections, unlisted, unreadable, ...night }: Night): string =>
  hashOf({
    act: plansOf(night).flatMap(({ act }) =>
      act.map(({ action, mode, resource }) => [action.kind, resource.what, mode]),
    ),
    nothing: coverage.filter(({ newest }) => !newest).map(({ database }) => database.id),
    waiting: backlog !== undefined,
    quotas: quotas.filter(({ alert }) => alert).map(({ account, region, form }) => [account, region, form]),
    unprotected: protections.filter(({ state }) => state === 'nothing').map(({ arn }) => arn),
    unknown: [...unlisted, ...unreadable].map(({ account, region }) => [account, region]),
  });
