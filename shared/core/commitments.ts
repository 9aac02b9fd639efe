import type { Action } from './action.ts';
import { type Evidence, known } from './evidence.ts';
import type { DatabaseFacts, Facts, InstanceFacts } from './facts.ts';
import { HOURS_PER_MONTH, type Money, money, type Saving, times } from './money.ts';
import type { Proposal } from './plan.ts';
import { engineOnBills } from './price-query.ts';
import { computeUsage, isBilledRegion } from './usage-type.ts';

/**
 * What no commitment covers. Savings Plans and reserved instances cover the usage of a pool, never a certain machine: when
 * one that is covered stops, they cover another. So a saving is worth at most the on-demand spend that is left in its pool;
 * beyond that only the commitment lies idle.
 */
export interface OnDemand {
  readonly currency: string;
  /** A month's on-demand spend, by pool. A pool without any is absent. */
  readonly monthly: Readonly<Record<Pool, number>>;
  /** The accounts that the bill shows: of others nothing is known. */
  readonly accounts: readonly string[];
}

/**
 * The machines of a family in a region and account, `123456789012 ap-northeast-2 m5`; for databases also those of an engine
 * in all accounts, `ap-northeast-2 db.r6g PostgreSQL`: a reserved database is of one engine.
 */
export type Pool = string;

/** Spend of some days by usage type and account, and by usage type and engine. */
export interface Spent {
  readonly currency: string;
  readonly days: number;
  readonly byAccount: readonly SpentOn[];
  readonly byEngine: readonly SpentOn[];
}

interface SpentOn {
  /** The usage type, and whose it is. */
  readonly keys: readonly string[];
  readonly amount: number;
}

const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

/** On-demand spend as bills have it, added up by pool. */
export function onDemandOf({ currency, days, byAccount, byEngine }: Spent): OnDemand {
  const monthly: Record<Pool, number> = {};
  const put = ({ keys: [usageType = '', of = ''], amount }: SpentOn, poolOf: typeof accountPool) => {
    const usage = computeUsage(usageType);
    if (!usage) return;
    const pool = poolOf(usage, of);
    monthly[pool] = (monthly[pool] ?? 0) + (amount / days) * DAYS_PER_MONTH;
  };
  for (const one of byAccount) put(one, accountPool);
  for (const one of byEngine) put(one, enginePool);
  const accounts = [...new Set(byAccount.map(({ keys: [, account = ''] }) => account))].sort();
  return { currency, monthly, accounts };
}

type Place = { readonly region: string; readonly family: string };

const accountPool = ({ region, family }: Place, account: string): Pool => `${account} ${region} ${family}`;
const enginePool = ({ region, family }: Place, engine: string): Pool => `${region} ${family} ${engine}`;

/** Something that would be proposed. */
export interface Claimant {
  readonly proposal: Proposal;
  readonly facts: Facts;
}

/**
 * The candidates with their savings after commitments, in the order given: what one takes from a pool is gone for those behind
 * it. What saves less than `least` takes nothing and is `small`. Nothing is said of net savings without `onDemand`; where it
 * is unknown the saving stays at list price, with the reason.
 */
export function afterCommitments<T extends Claimant>(
  candidates: readonly T[],
  onDemand: Evidence<OnDemand> | undefined,
  least: number,
): { worth: T[]; small: T[] } {
  if (!onDemand) return { worth: [...candidates], small: [] };
  const left = new Map(onDemand.known ? Object.entries(onDemand.value.monthly) : []);
  const worth: T[] = [];
  const small: T[] = [];
  for (const candidate of candidates) {
    const { proposal } = candidate;
    const claim = proposal.saving.known ? claimOf(candidate, proposal.saving.value, onDemand) : undefined;
    if (!claim || !proposal.saving.known) {
      worth.push(candidate);
      continue;
    }
    const saving = netOf(proposal.saving.value, claim, left);
    const netted = { ...candidate, proposal: { ...proposal, saving: known(saving) } };
    if (saving.basis === 'pool estimate' && saving.monthly.amount < least) {
      small.push(netted);
      continue;
    }
    worth.push(netted);
    if (claim.known) take(claim.value, left);
  }
  return { worth, small };
}

/** What an action no longer asks of its pools. */
interface Claim {
  readonly pools: readonly Pool[];
  readonly monthly: Money;
}

/** Undefined for what no commitment covers, such as volumes. */
function claimOf(
  { proposal, facts }: Claimant,
  saving: Saving,
  onDemand: Evidence<OnDemand>,
): Evidence<Claim> | undefined {
  const monthly = vacated(proposal.action, facts, saving);
  if (!monthly || (facts.type !== 'instance' && facts.type !== 'database')) return undefined;
  if (!onDemand.known) return onDemand;
  if (onDemand.value.currency !== saving.monthly.currency)
    return { known: false, why: `the bill is in ${onDemand.value.currency}` };
  const { account } = facts.scope;
  if (!onDemand.value.accounts.includes(account))
    return { known: false, why: `Cost Explorer shows nothing of the account ${account}` };
  const pools = poolsOf(facts);
  return pools.known ? known({ pools: pools.value, monthly }) : pools;
}

/** The list price of the compute that leaves its pool: all of it where the machine stops or becomes one of another family. */
function vacated(action: Action, facts: Facts, saving: Saving): Money | undefined {
  switch (action.kind) {
    case 'stop-instance':
    case 'stop-database':
      return saving.monthly;
    case 'resize-instance':
    case 'resize-database':
      return familyOf(action.from) === familyOf(action.to) ? saving.monthly : priceOf(action, facts, saving);
    default:
      return undefined;
  }
}

function priceOf({ from }: { readonly from: string }, { evidence }: Facts, { share = 1 }: Saving): Money | undefined {
  const offered = 'offered' in evidence && evidence.offered?.known ? evidence.offered.value : [];
  const price = offered.find(({ name }) => name === from)?.hourlyPrice;
  return price?.known ? times(share * HOURS_PER_MONTH, price.value) : undefined;
}

/** `m5` of `m5.large`, `db.r6g` of `db.r6g.large` */
const familyOf = (type: string): string => type.slice(0, type.lastIndexOf('.'));

function poolsOf(facts: InstanceFacts | DatabaseFacts): Evidence<readonly Pool[]> {
  const { account, region } = facts.scope;
  if (!isBilledRegion(region)) return { known: false, why: `how bills abbreviate ${region} is not known` };
  if (facts.type === 'instance') return known([accountPool({ region, family: familyOf(facts.instanceType) }, account)]);
  const families = [...new Set(facts.classes.map(familyOf))];
  const engine = engineOnBills(facts.engine);
  if (!engine) return { known: false, why: `bills do not name the engine ${facts.engine}` };
  return known(
    families.flatMap((family) => [accountPool({ region, family }, account), enginePool({ region, family }, engine)]),
  );
}

/** What the claim exceeds its pools by is no saving: it is committed, and paid all the same. */
function netOf(saving: Saving, claim: Evidence<Claim>, left: ReadonlyMap<Pool, number>): Saving {
  if (!claim.known) return { ...saving, netUnknown: claim.why };
  const { pools, monthly } = claim.value;
  const uncovered = Math.min(...pools.map((pool) => left.get(pool) ?? 0));
  const committed = Math.max(0, monthly.amount - uncovered);
  const { currency, amount } = saving.monthly;
  return { ...saving, monthly: money(currency, amount - committed), basis: 'pool estimate', list: saving.monthly };
}

function take({ pools, monthly }: Claim, left: Map<Pool, number>): void {
  for (const pool of pools) left.set(pool, Math.max(0, (left.get(pool) ?? 0) - monthly.amount));
}
