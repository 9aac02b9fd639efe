import type { ActingLedger, CapCount } from '../../ports-acting.ts';
import { expiresAfter } from './items.ts';
import { type Key, type LedgerTable, updateItem } from './table.ts';

/** `CAP#account#rule#direction / DAY#date`: the set of the changes that were counted on a UTC day. */
const keyOf = ({ account, rule, direction, day }: CapCount): Key => ({
  pk: `CAP#${account}#${rule}#${direction}`,
  sk: `DAY#${day}`,
});

/** Nobody counts against a day that is over; a little more, for whoever wants to know why the day was full. */
const KEPT_DAYS = 3;

export const capsIn = (ledger: LedgerTable): Pick<ActingLedger, 'countAgainstCap'> => ({
  countAgainstCap: (count) => updateItem(ledger, keyOf(count), counting(count)),
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
