/** An amount in one currency. Amounts are kept to the millionth of a unit, far below any price list's step. */
export interface Money {
  readonly currency: string;
  readonly amount: number;
}

/**
 * What a saving was computed from: `list` is the public on-demand price, `pool estimate` what is left of it after
 * commitments (commitments.ts), `realised` what an applied change really stopped from being billed.
 */
export type Basis = 'list' | 'pool estimate' | 'realised';

/** Money that an action stops from being billed. What goes on being billed afterwards is not in `monthly`. */
export interface Saving {
  readonly monthly: Money;
  readonly basis: Basis;
  /** Of a pool estimate: the same at list price. */
  readonly list?: Money;
  /** Of what a schedule has off for a part of the time: the share of its hours for which it is billed, and `monthly` is. */
  readonly share?: number;
  /** Why nobody knows what commitments leave of it: it is at list price, which may be too much. */
  readonly netUnknown?: string;
  /** What goes on being billed (storage, addresses), in words, e.g. `100 GB of gp3 storage`. */
  readonly stillBilled: readonly string[];
}

/** AWS's own convention: 365 days x 24 hours / 12 months. */
export const HOURS_PER_MONTH = 730;

export class CurrencyMismatchError extends Error {
  override readonly name = 'CurrencyMismatchError';
  constructor(left: string, right: string) {
    super(`cannot add ${left} and ${right}: amounts in different currencies are never added`);
  }
}

const MILLIONTH = 1e6;

export const money = (currency: string, amount: number): Money => ({
  currency,
  amount: Math.round(amount * MILLIONTH) / MILLIONTH || 0, // no negative zero
});

/** @throws {CurrencyMismatchError} when the currencies differ */
export function add(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new CurrencyMismatchError(left.currency, right.currency);
  return money(left.currency, left.amount + right.amount);
}

export const times = (factor: number, value: Money): Money => money(value.currency, value.amount * factor);

/** One total per currency, in the order of their first appearance. */
export function totals(amounts: readonly Money[]): Money[] {
  const byCurrency = new Map<string, Money>();
  for (const one of amounts) {
    const sum = byCurrency.get(one.currency);
    byCurrency.set(one.currency, sum ? add(sum, one) : one);
  }
  return [...byCurrency.values()];
}

/** For people: `$1,234.50`, `CN¥12.00`. */
export function formatMoney({ currency, amount }: Money): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
}

/** `$86.14 a month (list)`, `$0.00 a month (pool estimate, $86.14 at list price)`, `$33.28 a month (list, on for 39 % of the time)` */
export function describeSaving({ monthly, basis, list, share, netUnknown }: Saving): string {
  const more = list ? `, ${formatMoney(list)} at list price` : netUnknown ? ', before commitments' : '';
  const on = share === undefined ? '' : `, on for ${Math.round(100 * share)} % of the time`;
  return `${formatMoney(monthly)} a month (${basis}${more}${on})`;
}
