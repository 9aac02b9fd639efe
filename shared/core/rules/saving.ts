import type { VolumeSpec } from '../action.ts';
import type { OnHours } from '../calendar/on-hours.ts';
import { type Evidence, known, unknown } from '../evidence.ts';
import type { Prices } from '../facts.ts';
import { add, formatMoney, HOURS_PER_MONTH, type Money, type Saving, times } from '../money.ts';
import type { Policy } from '../policy.ts';
import { monthlyCost, sum } from '../storage-price.ts';

/** What a stop saves at list price: the compute, never what goes on being billed. */
export function savingOf(hourlyPrice: Evidence<Money>, stillBilled: readonly string[]): Evidence<Saving> {
  if (!hourlyPrice.known) return hourlyPrice;
  return known({ monthly: times(HOURS_PER_MONTH, hourlyPrice.value), basis: 'list', stillBilled });
}

/** The same of what is billed by the hour: a schedule saves the hours off already. */
export function whileOn(saving: Evidence<Saving>, hours: OnHours | undefined): Evidence<Saving> {
  if (!saving.known || !hours) return saving;
  const { billedShare: share } = hours;
  if (!share.known) return share;
  if (share.value === 1) return saving;
  return known({ ...saving.value, monthly: times(share.value, saving.value.monthly), share: share.value });
}

/** What volumes cost a month, which is no longer billed without them. */
export function storageSaving(
  specs: readonly VolumeSpec[],
  prices: Evidence<Prices>,
  stillBilled: readonly string[],
): Evidence<Saving> {
  if (!prices.known) return prices;
  const cost = sum(specs.map((spec) => monthlyCost(spec, prices.value)));
  return cost.known ? known({ monthly: cost.value, basis: 'list', stillBilled }) : cost;
}

/** What is no longer billed when one thing takes the place of another. */
export function differenceOf(before: Evidence<Money>, after: Evidence<Money>): Evidence<Saving> {
  if (!before.known) return before;
  if (!after.known) return after;
  if (before.value.currency !== after.value.currency) return unknown('the prices are in different currencies');
  return known({ monthly: add(before.value, times(-1, after.value)), basis: 'list', stillBilled: [] });
}

/** Why the saving is too small to bother anybody, if it is. An unknown saving is not small. */
export function tooSmall(
  saving: Evidence<Saving>,
  { defaults }: Policy,
  what = 'idle, but stopping it',
): string | undefined {
  if (!saving.known || saving.value.monthly.amount >= defaults.minMonthlySaving) return undefined;
  const { monthly } = saving.value;
  const least = formatMoney({ currency: monthly.currency, amount: defaults.minMonthlySaving });
  return `${what} saves ${formatMoney(monthly)} a month, less than the policy's ${least}`;
}
