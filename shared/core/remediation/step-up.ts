import { type Evidence, known, unknown } from '../evidence.ts';
import { HOURS_PER_MONTH, type Money, money } from '../money.ts';
import { type InstanceTypeFacts, parseTypeName } from '../sizing/instance-type.ts';

/** A type, the next larger one, and what that costs more. */
export interface StepUp {
  readonly from: string;
  readonly to: string;
  readonly monthlyMore: Evidence<Money>;
}

/**
 * The next larger type or class of the same family among those that AWS offers there: with more memory, and no fewer vCPUs.
 * Nothing when it is the largest; unknown when its own is not among them, which therefore cannot be compared.
 */
export function stepUp(name: string, offered: readonly InstanceTypeFacts[]): Evidence<StepUp | undefined> {
  const own = offered.find((one) => one.name === name);
  if (!own) return unknown(`AWS does not offer ${name} there any more`);
  const [next] = offered
    .filter((one) => isSameFamily(one.name, name) && one.memoryMib > own.memoryMib && one.vcpus >= own.vcpus)
    .sort((a, b) => a.memoryMib - b.memoryMib || a.vcpus - b.vcpus || (a.name < b.name ? -1 : 1));
  return known(next && { from: name, to: next.name, monthlyMore: more(own.hourlyPrice, next.hourlyPrice) });
}

/** Between bare metal and its virtual neighbours a type is another machine, which boots in another way. */
function isSameFamily(one: string, other: string): boolean {
  const [a, b] = [parseTypeName(one), parseTypeName(other)];
  if (!a || !b || a.size.startsWith('metal') !== b.size.startsWith('metal')) return false;
  return a.series === b.series && a.generation === b.generation && a.attributes === b.attributes;
}

function more(from: Evidence<Money>, to: Evidence<Money>): Evidence<Money> {
  if (!from.known) return from;
  if (!to.known) return to;
  const { currency, amount } = to.value;
  if (currency !== from.value.currency) return unknown('its list prices are in two currencies');
  return known(money(currency, HOURS_PER_MONTH * (amount - from.value.amount)));
}
