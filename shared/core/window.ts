import { type Policy, type RuleId, windowDaysOf } from './policy.ts';
import { saleDaysOf } from './sales.ts';
import { daysBefore, utcMidnight } from './time.ts';

/** The days that the longest of the rules' windows reaches back from `now`, up to `now` itself. */
export function windowOf(policy: Policy, rules: readonly RuleId[], now: Date): Window {
  const longest = Math.max(0, ...rules.map((rule) => windowDaysOf(policy, rule)));
  const from = daysBefore(longest, utcMidnight(now));
  const [firstSale] = saleDaysOf(policy, now);
  return { from, to: now, ...(firstSale && firstSale < from ? { salesFrom: firstSale } : {}) };
}

export interface Window {
  readonly from: Date;
  readonly to: Date;
  /** The first of the sale days, where that is before `from`. */
  readonly salesFrom?: Date;
}
