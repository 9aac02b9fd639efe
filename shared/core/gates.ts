import { type Direction, directionOf, targetOf } from './action.ts';
import { parseArn } from './identity.ts';
import type { Proposal } from './plan.ts';
import { modeOf, type Policy } from './policy.ts';

/** Who let happen what nobody vetoed in its grace. */
export const GRACE = 'grace';

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
  if (gate.switches.pause) return 'the switch pause is on: nothing is stopped, shrunk or deleted';
  const frozen = gate.freeze.find(({ from, to }) => from <= gate.today && gate.today < to);
  return frozen && `frozen until ${frozen.to}: ${frozen.why}`;
}

/**
 * Why the policy of this moment no longer lets an action happen that it let happen when the plan was made; nothing when it
 * still does. What the grace let through needs mode `auto` still; what a person approved needs a rule that is not off.
 * What gives something back is always let through.
 */
export function withdrawnBecause(proposal: Proposal, approvedBy: string, policy: Policy): string | undefined {
  const { rule, action } = proposal;
  if (directionOf(action) !== 'takes') return undefined;
  const { account, region = '' } = parseArn(targetOf(action).arn) ?? {};
  const scope = policy.scopes.find((one) => one.account === account);
  if (policy.scopes.length > 0 && !scope?.regions.some((one) => one === region)) {
    return `the policy no longer looks at ${account} in ${region}`;
  }
  const mode = modeOf(policy, rule);
  const isWithdrawn = approvedBy === GRACE ? mode !== 'auto' : mode === 'off';
  return isWithdrawn ? `the rule ${rule} is in mode ${mode} by now` : undefined;
}
