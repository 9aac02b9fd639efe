import * as z from 'zod';
import type { Arn } from '../../core/identity.ts';
import type { Lease } from '../../core/lease.ts';
import type { ActingLedger } from '../../ports-acting.ts';
import { lostEveryRace } from './errors.ts';
import { expiresAfter, readItem, storedTime } from './items.ts';
import { getItem, type Item, type Key, type LedgerTable, type Update, updatedItem, updateItem } from './table.ts';

/**
 * `LEASE#arn / LEASE`. One that was given back keeps its fence, so that the next holder's is higher, and who had it.
 * `applying` is there from `beginApply` until the lease changes hands, `undoing` from `beginUndo`.
 */
const keyOf = (resource: Arn): Key => ({ pk: `LEASE#${resource}`, sk: 'LEASE' });

const leaseSchema = z.object({
  planId: z.string(),
  priority: z.number(),
  fence: z.int(),
  until: storedTime,
  applying: z.literal(true).optional(),
});

/** Of a lease in whatever state. */
const traceSchema = z.object({ planId: z.string().optional(), last: z.string().optional(), fence: z.int() });

type Holder = z.output<typeof leaseSchema>;
type Wanted = Omit<Lease, 'fence'>;

/** Between a refusal and the look at who holds it, it may change hands: so often is tried, then the last one holds it. */
const ATTEMPTS = 5;

type Leases = Pick<
  ActingLedger,
  'takeLease' | 'beginApply' | 'beginUndo' | 'takeOver' | 'overtakenBy' | 'releaseLease'
>;

export function leasesIn(ledger: LedgerTable): Leases {
  return {
    takeLease: (wanted, now) => takeLease(ledger, wanted, now),
    beginApply: (lease) => updateItem(ledger, keyOf(lease.resource), { ...APPLYING, ...held(lease, { begun: true }) }),
    beginUndo: (lease) => updateItem(ledger, keyOf(lease.resource), { ...UNDOING, ...held(lease, { begun: true }) }),
    takeOver: async (from, wanted) => {
      const update = (how: Update) => updatedItem(ledger, keyOf(wanted.resource), how);
      // Ours already: the reply to an earlier try was lost.
      const ours = (await update(takingOver(from, wanted))) ?? (await update(prolonging(wanted)));
      return ours && leaseOf(wanted.resource, readItem(leaseSchema, ours));
    },
    overtakenBy: async ({ resource, planId, fence }) => {
      const item = await getItem(ledger, keyOf(resource));
      const now = item && readItem(traceSchema, item);
      if (now?.planId === planId && now.fence === fence) return undefined;
      return { by: now?.planId ?? now?.last ?? 'another plan', still: now?.planId !== undefined };
    },
    releaseLease: async (lease) => {
      const values = { planId: lease.planId };
      await updateItem(ledger, keyOf(lease.resource), { ...RELEASING, values }); // refused: not ours any more
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

/** A new holder begins anew; an item that is new has no fence to add to. */
const HANDING_OVER = {
  text:
    'SET #planId = :planId, #priority = :priority, #until = :until, #expires = :expires, ' +
    '#fence = if_not_exists(#fence, :zero) + :one REMOVE #applying, #undoing',
  names: ['planId', 'priority', 'until', 'expires', 'fence', 'applying', 'undoing'],
};

const handingOver = ({ planId, priority, until }: Wanted) => ({
  planId,
  priority,
  until: until.toISOString(),
  expires: expiresAfter(until),
  zero: 0,
  one: 1,
});

/** The same as {@link yields}, in the breath in which it is taken. */
const taking = (wanted: Wanted, now: Date): Update => ({
  ...HANDING_OVER,
  condition:
    'attribute_not_exists(#planId) OR ' +
    '(#planId <> :planId AND (#until <= :now OR (#priority < :priority AND attribute_not_exists(#applying))))',
  values: { ...handingOver(wanted), now: now.toISOString() },
});

const takingOver = (from: string, wanted: Wanted): Update => ({
  ...HANDING_OVER,
  condition: '#planId = :from AND #priority < :priority AND attribute_not_exists(#undoing)',
  values: { ...handingOver(wanted), from },
});

const prolonging = ({ planId, until }: Wanted) => ({
  text: 'SET #until = :until, #expires = :expires',
  condition: '#planId = :planId',
  names: ['planId', 'until', 'expires'],
  values: { planId, until: until.toISOString(), expires: expiresAfter(until) },
});

const IF_HELD = '#planId = :planId AND #fence = :fence';

const APPLYING = { text: 'SET #applying = :begun', condition: IF_HELD, names: ['planId', 'fence', 'applying'] };
const UNDOING = { text: 'SET #undoing = :begun', condition: IF_HELD, names: ['planId', 'fence', 'undoing'] };

const RELEASING = {
  text: 'SET #last = #planId REMOVE #planId, #priority, #until, #applying, #undoing',
  condition: '#planId = :planId',
  names: ['planId', 'priority', 'until', 'applying', 'undoing', 'last'],
};

const held = ({ planId, fence }: Lease, more: Readonly<Record<string, unknown>>) => ({
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
