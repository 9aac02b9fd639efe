import type { Scope } from '../../shared/core/identity.ts';
import { type Policy, parsePolicy } from '../../shared/core/policy.ts';
import type { GuardContext } from '../../shared/core/remediation/guards.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';

/** Under which policy alarms are looked into, and where. */
export interface Asking extends Pick<GuardContext, 'policy' | 'scopes' | 'now' | 'asked'> {}

/** The places of the policy, without any the function's own. */
export function askingOf(policy: Policy = parsePolicy({}), { own, time }: Tick): Asking {
  const { scopes: named } = policy;
  return { policy, now: time, scopes: named.length > 0 ? named : [{ account: own.account, regions: [own.region] }] };
}

export const isLookedAfter = ({ scopes }: Asking, { account, region }: Scope): boolean =>
  scopes.some((one) => one.account === account && one.regions.includes(region));
