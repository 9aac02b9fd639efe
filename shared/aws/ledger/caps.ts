import * as z from 'zod';
import type { ActingLedger, CapCount, CapOfDay } from '../../ports-acting.ts';
import { expiresAfter, readItem } from './items.ts';
import { type Item, type Key, type LedgerTable, updateItem } from './table.ts';

/** `CAP#account#rule#direction / DAY#date`: the set of the changes that were counted on a UTC day. */
export const capKey = ({ account, rule, direction, day }: CapOfDay): Key => ({
  pk: `CAP#${account}#${rule}#${direction}`,
  sk: `DAY#${day}`,
});

/** Nobody counts against a day that is over; a little more, for whoever wants to know why the day was full. */
const KEPT_DAYS = 3;

const capSchema = z.object({ changes: z.set(z.string()).optional() });

/** The changes that an item of a cap counts. */
export const countedIn = (item: Item | undefined): ReadonlySet<string> =>
  (item && readItem(capSchema, item).changes) ?? new Set();

export const capsIn = (ledger: LedgerTable): Pick<ActingLedger, 'countAgainstCap' | 'uncount'> => ({
  countAgainstCap: (count) => updateItem(ledger, capKey(count), counting(count)),
  uncount: async (count) => {
    await updateItem(ledger, capKey(count), uncounting(count)); // refused: it was not counted
  },
});

/** One write, so that whoever counts at the same time is counted: there is no room that two could see. */
function counting({ day, changeId, most }: CapCount) {
  const room = most > 0 ? 'size(#changes) < :most OR attribute_not_exists(#changes)' : 'size(#changes) < :most';
  return {
    text: 'ADD #changes :one SET #expires = :expires',
    condition: `contains(#changes, :id) OR ${room}`,
    names: ['changes', 'expires'],
    values: {
      one: new Set([changeId]),
      id: changeId,
      most,
      expires: expiresAfter(new Date(`${day}T00:00:00Z`), KEPT_DAYS),
    },
  };
}

const uncounting = ({ changeId }: Pick<CapCount, 'changeId'>) => ({
  text: 'DELETE #changes :one',
  condition: 'contains(#changes, :id)',
  names: ['changes'],
  values: { one: new Set([changeId]), id: changeId },
});
