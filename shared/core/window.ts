import type { Policy, RuleId } from './policy.ts';
import { parseDays } from './quantity.ts';
import { daysBefore, utcMidnight } from './time.ts';

/** The days that the longest of the rules' windows reaches back from `now`, up to `now` itself. */
export function windowOf(policy: Policy, rules: readonly RuleId[], now: Date): { from: Date; to: Date } {
  const longest = Math.max(0, ...rules.map((rule) => parseDays(policy.rules[rule].window)));
  return { from: daysBefore(longest, utcMidnight(now)), to: now };
}
