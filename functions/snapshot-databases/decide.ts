import { type Arn, partitionOf, type Scope } from '../../shared/core/identity.ts';
import { type Left, type Plan, type Proposal, sealPlan } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { costOf } from '../../shared/core/retention/cost.ts';
import type { DayRange } from '../../shared/core/retention/due.ts';
import { type BackedUpDatabase, keyOf } from '../../shared/core/retention/facts.ts';
import { databaseIdOf, purposeOf } from '../../shared/core/retention/marks.ts';
import { databaseIn, type Night, type OpenPlan, openUntil } from '../../shared/core/retention/night.ts';
import { inNeed } from '../../shared/core/retention/night-words.ts';
import { planSnapshots, type RetentionPlan } from '../../shared/core/retention/plan.ts';
import type { LeftOut, PlannedSnapshot } from '../../shared/core/retention/planned.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import { protectionLines, unlistedStores } from '../../shared/core/retention/protections.ts';
import { modesOf } from '../../shared/core/retention/terms.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import { localDate } from '../../shared/core/time.ts';
import type { Facts } from './gather.ts';

/** What is decided under. */
export interface Deciding {
  readonly policy: Policy;
  readonly now: Date;
  /** The accounts of the policy, those included that only keep copies. */
  readonly accounts: readonly string[];
  /** By account. */
  readonly vetoes: ReadonlyMap<string, readonly Veto[]>;
  /** The plans of deletes that are not over yet, the oldest first. */
  readonly open: readonly Plan[];
}

/**
 * Facts and policy to what a night does in each account. All accounts are planned at once, because they share the quota of
 * their destinations; what is done for a database is in the plan of its account, wherever the snapshot lies. Deletes are a
 * plan of their own: they wait longer, and the plans of several nights stand beside one another.
 */
export function decide(facts: Facts, deciding: Deciding): Night[] {
  const { policy, now, open } = deciding;
  const plan = planSnapshots(facts, policy, { now, earlier: { vetoed: vetoedBy(deciding), open } });
  const isDelete = ({ action }: PlannedSnapshot) => action.kind === 'delete-snapshot';
  const there = new Set(facts.snapshots.map(({ arn }) => arn));
  return nightsOf(facts, plan, deciding).map(({ act, ...night }) => {
    const deletes = act.filter(isDelete);
    const takes = act.filter((one) => !isDelete(one));
    return {
      ...night,
      open: open.filter(({ account }) => account === night.account).flatMap((one) => openOf(one, there, policy)),
      ...(modesOf(policy).take === 'off'
        ? {}
        : { take: sealed('snapshot-databases', { ...night, act: takes }, { facts, deciding }) }),
      ...(deletes.length > 0
        ? { prune: sealed('prune-snapshots', { ...night, act: deletes, left: [] }, { facts, deciding }) }
        : {}),
    };
  });
}

/** The days that are to be filled, and the databases by their immutable ids. */
export interface Filling {
  readonly range: DayRange;
  readonly of: ReadonlySet<string>;
}

/** What can still be had of a range of days, and nothing else. */
export function decideFill(facts: Facts, { range, of }: Filling, deciding: Deciding): FillNight[] {
  const { now } = deciding;
  const policy = { ...deciding.policy, snapshots: { ...deciding.policy.snapshots, prune: 'off' as const } }; // deletes are the night's
  const usual = planSnapshots(facts, policy, { now });
  const filled = planSnapshots(facts, policy, { now, fill: range });
  const isUsual = new Set(usual.act.map(({ action }) => action.name));
  const wasLeft = new Set(usual.leave.map((one) => JSON.stringify(one)));
  const more: RetentionPlan = {
    ...filled,
    act: filled.act.filter(
      ({ action }) => isFill(action) && of.has(databaseIn(action) ?? '') && !isUsual.has(action.name),
    ),
    leave: filled.leave.filter((one) => !wasLeft.has(JSON.stringify(one))),
  };
  return nightsOf(facts, more, deciding).map(({ act, ...night }) => ({
    ...night,
    open: [],
    take: sealed('fill-snapshots', { ...night, act }, { facts, deciding }),
  }));
}

/** The plan of a fill is always there, and may be empty. */
export type FillNight = Night & Required<Pick<Night, 'take'>>;

const isFill = (action: PlannedSnapshot['action']): boolean =>
  action.kind === 'copy-snapshot' && action.purpose === 'retention';

type Share = Omit<Night, 'take' | 'prune' | 'open'> & { readonly act: readonly PlannedSnapshot[] };

/** Each account's share of a plan. */
function nightsOf(facts: Facts, plan: RetentionPlan, { accounts, now }: Deciding): Share[] {
  const homes = new Map(facts.databases.map(({ identity, scope }) => [identity.id, scope.account]));
  const owners = new Map<Arn, string>();
  const ours = facts.snapshots.filter((snapshot) => purposeOf(snapshot));
  for (const snapshot of ours)
    owners.set(snapshot.arn, homes.get(databaseIdOf(snapshot) ?? '') ?? snapshot.scope.account);
  const backlogs = new Map(plan.backlogs.map((one) => [one.account, one]));
  const protections = protectionLines({ ...facts, scopes: facts.protections });
  const unlisted = unlistedStores(facts.protections);
  return accounts.map((account): Share => {
    const isHere = ({ scope }: { readonly scope: Scope }) => scope.account === account;
    const act = plan.act.filter(
      ({ action }) => (homes.get(databaseIn(action) ?? '') ?? action.scope.account) === account,
    );
    const gone = new Set(act.flatMap(({ action }) => (action.kind === 'delete-snapshot' ? [action.snapshot] : [])));
    const own = ours.filter(({ arn }) => owners.get(arn) === account);
    const backlog = backlogs.get(account);
    const coverage = plan.coverage.filter(isHere).sort(inNeed);
    const places = new Set(coverage.flatMap(({ copies }) => copies.map(({ destination }) => destination)));
    return {
      account,
      time: now.toISOString(),
      act,
      coverage,
      left: plan.leave.filter(isHere),
      kept: plan.kept.filter(({ snapshot }) => owners.get(snapshot) === account),
      ...(backlog ? { backlog } : {}),
      quotas: plan.quotas.filter((one) => one.account === account),
      cost: {
        held: costOf(own, facts.prices),
        pruned: costOf(
          own.filter(({ arn }) => gone.has(arn)),
          facts.prices,
        ),
      },
      protections: protections.filter(isHere),
      unlisted: unlisted.filter((one) => one.account === account),
      unreadable: facts.unreadable.filter(
        (one) => one.account === account || [...places].some((place) => place.endsWith(`(${keyOf(one)})`)),
      ),
    };
  });
}

/** A plan of deletes is open for as long as there is something left to delete. */
function openOf(plan: Plan, there: ReadonlySet<Arn>, policy: Policy): OpenPlan[] {
  const left = plan.act.filter(({ resource }) => there.has(resource.arn)).length;
  return left > 0 ? [{ id: plan.id, until: openUntil(plan, policy).toISOString(), actions: left }] : [];
}

/** What a person has said no to stays, and why. */
const vetoedBy = ({ vetoes, policy }: Deciding): ReadonlyMap<Arn, string> =>
  new Map(
    [...vetoes.values()]
      .flat()
      .map(({ resource, by, until, why }) => [
        resource,
        `vetoed by ${by} until ${localDate(until, policy.timezone)}: ${why}`,
      ]),
  );

type Draft = Pick<Share, 'account' | 'act' | 'left' | 'unreadable'>;

function sealed(
  name: string,
  { account, act, left, unreadable }: Draft,
  { facts: { databases }, deciding: { policy, now } }: { facts: Facts; deciding: Deciding },
): Plan {
  return sealPlan(
    {
      function: name,
      account,
      time: now,
      act: act.map((one): Proposal => proposalOf(one)),
      deferred: [],
      leave: left.map((one) => leftOf(one, databases)),
      unreadable: unreadable.map((one) => ({ ...one, what: 'database' as const })),
    },
    policy,
  );
}

function leftOf({ databaseName, scope, because, unknown }: LeftOut, databases: readonly BackedUpDatabase[]): Left {
  const database = databases.find((one) => one.name === databaseName && keyOf(one.scope) === keyOf(scope));
  const { account, region } = scope;
  return {
    rule: 'take-snapshots',
    resource: {
      // What is gone has no ARN any more but the one that it had as an instance.
      arn: database?.identity.arn ?? `arn:${partitionOf(region)}:rds:${region}:${account}:db:${databaseName}`,
      name: databaseName,
      region,
      what: database?.engine ?? 'a database that is gone',
    },
    because,
    ...(unknown ? { unknown } : {}),
  };
}
