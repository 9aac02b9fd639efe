import type { MetricValue, ResultByTime } from '@aws-sdk/client-cost-explorer';
import type { Day } from '../core/spend/series.ts';
import type { CostAnswer, CostDay, CostMetric } from '../ports-spend.ts';
import { MixedCurrenciesError, UnreadableCostsError } from './cost-errors.ts';
import { sumOfDecimals } from './decimal.ts';

/** What the entries of an answer are to be read as. */
export interface Reading {
  readonly metric: CostMetric;
  /** What AWS puts in front of each key, e.g. `team$` for a tag; empty for a dimension. No prefix: not grouped. */
  readonly prefixes: readonly string[];
}

interface OpenDay {
  estimated: boolean;
  readonly groups: Map<string, { readonly keys: readonly string[]; readonly amounts: string[] }>;
}

/**
 * The entries of all pages as one answer. A day may go on with the next page, so its entries are put together.
 * @throws {MixedCurrenciesError}
 * @throws {UnreadableCostsError}
 */
export function costAnswerOf(entries: readonly ResultByTime[], reading: Reading): CostAnswer {
  const days = new Map<Day, OpenDay>();
  const [inGroups, inTotals] = [new Set<string>(), new Set<string>()];
  for (const entry of entries) {
    const day = entry.TimePeriod?.Start;
    if (!day) throw new UnreadableCostsError('an entry has no day');
    const open = days.get(day) ?? { estimated: false, groups: new Map() };
    days.set(day, open);
    // What AWS does not call final may change.
    open.estimated ||= entry.Estimated ?? true;
    for (const { keys, cost } of groupsOf(entry, reading)) {
      const { Amount, Unit } = checked(cost, `${reading.metric} of ${day}`);
      inGroups.add(Unit);
      const id = JSON.stringify(keys);
      const group = open.groups.get(id) ?? { keys, amounts: [] };
      open.groups.set(id, group);
      group.amounts.push(Amount);
    }
    const total = entry.Total?.[reading.metric]?.Unit;
    if (total) inTotals.add(total);
  }
  // A day without groups says its zero in the currency of the payer.
  const currency = onlyOne(inGroups.size > 0 ? inGroups : inTotals);
  return {
    currency,
    days: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, open]) => closed(day, open)),
  };
}

function groupsOf({ Groups = [], Total }: ResultByTime, { metric, prefixes }: Reading) {
  if (prefixes.length === 0) return [{ keys: [], cost: Total?.[metric] }];
  return Groups.map(({ Keys = [], Metrics }) => ({
    keys: prefixes.map((prefix, index) => withoutPrefix(Keys[index], prefix)),
    cost: Metrics?.[metric],
  }));
}

function withoutPrefix(key: string | undefined, prefix: string): string {
  if (key === undefined) throw new UnreadableCostsError('a group lacks a key');
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

function checked(cost: MetricValue | undefined, what: string): Required<{ Amount: string; Unit: string }> {
  if (cost?.Amount === undefined || !cost.Unit) throw new UnreadableCostsError(`there is no amount for ${what}`);
  return { Amount: cost.Amount, Unit: cost.Unit };
}

function onlyOne(currencies: ReadonlySet<string>): string {
  const [currency, ...others] = currencies;
  if (!currency) throw new UnreadableCostsError('it says no currency');
  if (others.length > 0) throw new MixedCurrenciesError([...currencies].sort());
  return currency;
}

function closed(day: Day, { estimated, groups }: OpenDay): CostDay {
  const summed = [...groups.values()].map(({ keys, amounts }) => {
    const amount = sumOfDecimals(amounts);
    if (amount === undefined) throw new UnreadableCostsError(`an amount of ${day} is no number`);
    return { keys, amount };
  });
  return { day, estimated, groups: summed.filter(({ amount }) => amount !== 0) };
}
