import { type Evidence, known } from '../evidence.ts';
import { formatMoney, HOURS_PER_MONTH, type Money, type Saving, times } from '../money.ts';
import type { Policy } from '../policy.ts';

/** What a stop saves at list price: the compute, never what goes on being billed. */
export function savingOf(hourlyPrice: Evidence<Money>, stillBilled: readonly string[]): Evidence<Saving> {
  if (!hourlyPrice.known) return hourlyPrice;
  return known({ monthly: times(HOURS_PER_MONTH, hourlyPrice.value), basis: 'list', stillBilled });
}

/** Why the saving is too small to bother anybody, if it is. An unknown saving is not small. */
export function tooSmall(saving: Evidence<Saving>, { defaults }: Policy): string | undefined {
  if (!saving.known || saving.value.monthly.amount >= defaults.minMonthlySaving) return undefined;
  const { monthly } = saving.value;
  const least = formatMoney({ currency: monthly.currency, amount: defaults.minMonthlySaving });
  return `idle, but stopping it saves ${formatMoney(monthly)} a month, less than the policy's ${least}`;
}
