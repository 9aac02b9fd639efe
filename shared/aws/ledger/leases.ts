import * as z from 'zod';
import type { Arn } from '../../core/identity.ts';
import type { Lease } from '../../core/lease.ts';
import type { ActingLedger } from '../../ports-acting.ts';
import { lostEveryRace } from './errors.ts';
import { expiresAfter, readItem, storedTime } from './items.ts';
import { getItem, type Item, type Key, type LedgerTable, type Update, updatedItem, updateItem } from './table.ts';

/**
 * `LEASE#arn / LEASE`. One that was given back keeps its fence and nothing else, so that the next holder's is higher.
 * `applying` is there from `beginApply` until the lease changes hands.
 */
const keyOf = (resource: Arn): Key => ({ pk: `LEASE#${resource}`, sk: 'LEASE' });

const leaseSchema = z.object({
  planId: z.string(),
  priority: z.number(),
  fence: z.int(),
  until: storedTime,
  applying: z.literal(true).optional(),
});

type Holder = z.output<typeof leaseSchema>;
type Wanted = Omit<Lease, 'fence'>;

/** Between a refusal and the look at who holds it, it may change hands: so often is tried, then the last one holds it. */
const ATTEMPTS = 5;

export function leasesIn(ledger: LedgerTable): Pick<ActingLedger, 'takeLease' | 'beginApply' | 'releaseLease'> {
  return {
    takeLease: (wanted, now) => takeLease(ledger, wanted, now),
    beginApply: (lease) =>
      updateItem(ledger, keyOf(lease.resource), { ...APPLYING, ...held(lease, { applying: true }) }),
    releaseLease: async (lease) => {
      await updateItem(ledger, keyOf(lease.resource), { ...RELEASING, ...held(lease) }); // refused: not ours any more
    },
  };
}

async function takeLease(ledger: LedgerTable, wanted: Wanted, now: Date) {
  const key = keyOf(wanted.resource);
  const update = (how: Update) => updatedItem(ledger, key, how);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const ours = (await update(taking(wanted, now))) ?? (await update(prolonging(wanted)));
    if (ours) return { lease: leaseOf(wanted.resource, readItem(leaseSchema, ours)) };
    const holder = holderIn(await getItem(ledger, key));
    const ourTurn = !holder || holder.planId === wanted.planId || yields(holder, wanted, now);
    if (holder && (!ourTurn || attempt === ATTEMPTS)) return { heldBy: holder.planId };
  }
  throw lostEveryRace(ledger.table, 'UpdateItem', ATTEMPTS);
}

/** A lease is anybody's once it has ended, and a more important plan's until its holder begins to apply. */
const yields = ({ until, priority, applying }: Holder, wanted: Wanted, now: Date): boolean =>
  until <= now || (priority < wanted.priority && !applying);

/** The same as {@link yields}, in the breath in which it is taken; an item that is new has no fence to add to. */
const taking = ({ planId, priority, until }: Wanted, now: Date) => ({
  text:
    'SET #planId = :planId, #priority = :priority, #until = :until, #expires = :expires, ' +
    '#fence = if_not_exists(#fence, :zero) + :one REMOVE #applying',
  condition:
    'attribute_not_exists(#planId) OR ' +
    '(#planId <> :planId AND (#until <= :now OR (#priority < :priority AND attribute_not_exists(#applying))))',
  names: ['planId', 'priority', 'until', 'expires', 'fence', 'applying'],
  values: {
    planId,
    priority,
    until: until.toISOString(),
    expires: expiresAfter(until),
    now: now.toISOString(),
    zero: 0,
    one: 1,
  },
});

const prolonging = ({ planId, until }: Wanted) => ({
  text: 'SET #until = :until, #expires = :expires',
  condition: '#planId = :planId',
  names: ['planId', 'until', 'expires'],
  values: { planId, until: until.toISOString(), expires: expiresAfter(until) },
});

const IF_HELD = '#planId = :planId AND #fence = :fence';

const APPLYING = { text: 'SET #applying = :applying', condition: IF_HELD, names: ['planId', 'fence', 'applying'] };

const RELEASING = {
  text: 'REMOVE #planId, #priority, #until, #applying',
  condition: IF_HELD,
  names: ['planId', 'fence', 'priority', 'until', 'applying'],
};

const held = ({ planId, fence }: Lease, more: Readonly<Record<string, unknown>> = {}) => ({
  values: { planId, fence, ...more },
});

const leaseOf = (resource: Arn, { planId, priority, fence, until }: Holder): Lease => ({
  resource,
  planId,
  priority,
  fence,
  until,
});

/** Nothing when there is no lease, or it was given back. */
const holderIn = (item: Item | undefined): Holder | undefined =>
  item?.planId === undefined ? undefined : readItem(leaseSchema, item);
