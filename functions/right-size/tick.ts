import type { Scope } from '../../shared/core/identity.ts';
import type { Policy, RuleId } from '../../shared/core/policy.ts';
import { parseDays } from '../../shared/core/quantity.ts';
import { RULES } from '../../shared/core/rules.ts';
import { daysBefore, utcMidnight } from '../../shared/core/time.ts';
import type { TimeRange } from '../../shared/ports.ts';

/** The accounts of the policy with their regions; without any, the function's own scope. */
export function accountsOf(policy: Policy, own: Scope): { account: string; regions: readonly string[] }[] {
  if (policy.scopes.length > 0) return policy.scopes;
  return [{ account: own.account, regions: [own.region] }];
}

/** The types of resources that the rules judge. */
export const typesOf = (rules: readonly RuleId[]) => [...new Set(rules.map((rule) => RULES[rule].type))];

/** The days that the longest of the rules' windows reaches back from `now`, up to `now` itself. */
export function windowOf(policy: Policy, rules: readonly RuleId[], now: Date): TimeRange {
  const longest = Math.max(0, ...rules.map((rule) => parseDays(policy.rules[rule].window)));
  return { from: daysBefore(longest, utcMidnight(now)), to: now };
}
