import type { Scope } from '../../shared/core/identity.ts';
import type { Policy, RuleId } from '../../shared/core/policy.ts';
import { RULES } from '../../shared/core/rules.ts';

/** The accounts of the policy with their regions; without any, the function's own scope. */
export function accountsOf(policy: Policy, own: Scope): { account: string; regions: readonly string[] }[] {
  if (policy.scopes.length > 0) return policy.scopes;
  return [{ account: own.account, regions: [own.region] }];
}

/** The types of resources that the rules judge. */
export const typesOf = (rules: readonly RuleId[]) => [...new Set(rules.map((rule) => RULES[rule].type))];
