import { type Direction, directionOf, hasOutage, targetOf } from './action.ts';
import { parseArn } from './identity.ts';
import { isRemedy, isScheduled, type Proposal } from './plan.ts';
import { type Mode, modeOf, modeOfSchedule, type Policy } from './policy.ts';

/** Who let happen what nobody vetoed in its grace. */
export const GRACE = 'grace';
/** Who let happen what needs no grace, because it takes nothing from anybody. */
export const POLICY = 'policy';

/** The two emergency switches. `pause` stops what takes; `halt` stops every mutation. */
export interface Switches {
  readonly pause: boolean;
  readonly halt: boolean;
}

export interface Freeze {
  /** The first day, a calendar date in the policy's time zone. */
  readonly from: string;
  /** The first day that is free again. */
  readonly to: string;
  readonly why: string;
}

/** Everything that a gate looks at, read just before the mutation. */
export interface GateFacts {
  /** As {@link gatedDirectionOf} has it. */
  readonly direction: Direction;
  /** Undo, teardown and half-done changes finish whatever is paused or frozen; only `halt` stops them. */
  readonly finishing: boolean;
  readonly switches: Switches;
  readonly freeze: readonly Freeze[];
  /** Today in the policy's time zone. */
  readonly today: string;
  /** Why the resource is protected by now, if it is. */
  readonly protectedBecause?: string;
  /** Who vetoed it meanwhile, if somebody did. */
  readonly vetoedBecause?: string;
}

/** Why the mutation may not happen now; nothing when it may. */
export function closedBecause(gate: GateFacts): string | undefined {
  if (gate.switches.halt) return 'the switch halt is on: nothing is changed';
  if (gate.finishing) return undefined;
  if (gate.protectedBecause) return gate.protectedBecause;
  if (gate.vetoedBecause) return gate.vetoedBecause;
  if (gate.direction !== 'takes') return undefined;
  if (gate.switches.pause) return 'the switch pause is on: nothing is stopped, restarted, shrunk or deleted';
  const frozen = gate.freeze.find(({ from, to }) => from <= gate.today && gate.today < to);
  return frozen && `frozen until ${frozen.to}: ${frozen.why}`;
}

/** What an alarm wants takes something where it is an outage, whatever it gives behind that. */
export const gatedDirectionOf = ({ rule, action }: Pick<Proposal, 'rule' | 'action'>): Direction =>
  isRemedy({ rule }) && hasOutage(action) ? 'takes' : directionOf(action);

/**
 * Why the policy of this moment no longer lets an action happen that it let happen when the plan was made; nothing when it
 * still does. What no person let through needs mode `auto` still; what a person approved needs a rule that is not off, and
 * a schedule that does more than report. What gives something is always let through, unless only a runbook wants it.
 */
export function withdrawnBecause(proposal: Proposal, approvedBy: string, policy: Policy): string | undefined {
  const { action } = proposal;
  if (directionOf(action) === 'gives' && !isRemedy(proposal)) return undefined;
  const { account = '', region = '' } = parseArn(targetOf(action).arn) ?? {};
  if (!isLookedAt({ account, region }, policy)) {
    return `the policy no longer looks at ${account} in ${region}`;
  }
  const { what, mode } = letBy(proposal, policy);
  const isOver = mode === 'off' || (mode === 'report' && isScheduled(proposal));
  const isWithdrawn = approvedBy === GRACE || approvedBy === POLICY ? mode !== 'auto' : isOver;
  return isWithdrawn ? `${what} is in mode ${mode} by now` : undefined;
}

/** What lets the proposal happen, and in which mode that is. */
function letBy({ rule, schedule }: Proposal, policy: Policy): { readonly what: string; readonly mode: Mode } {
  if (rule !== 'off-hours')
    return { what: `the ${isRemedy({ rule }) ? 'runbook' : 'rule'} ${rule}`, mode: modeOf(policy, rule) };
  const { name = '' } = schedule ?? {};
  return { what: `the schedule ${name}`, mode: modeOfSchedule(policy, name) };
}

/** Whether the policy looks there: for databases and the like, or because it keeps copies of their snapshots there. */
function isLookedAt({ account, region }: { account: string; region: string }, { scopes, snapshots }: Policy): boolean {
  if (scopes.length === 0) return true;
  const [own, copies] = [scopes.filter((one) => one.account === account), snapshots.copyTo];
  return (
    own.some(({ regions }) => regions.some((one) => one === region)) ||
    copies.some((one) => one.region === region && (one.account ? one.account === account : own.length > 0))
  );
}
