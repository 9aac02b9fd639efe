import type { ActingLedger } from '../../ports-acting.ts';
import { expiresAfter } from './items.ts';
import { type Key, type LedgerTable, updateItem } from './table.ts';

/** `TOLD#account / ABOUT#hash`: of what people were told, when that was, who told it, and when it was so last. */
const keyOf = (account: string, about: string): Key => ({ pk: `TOLD#${account}`, sk: `ABOUT#${about}` });

export const tellingsIn = (ledger: LedgerTable): Pick<ActingLedger, 'mayTell'> => ({
  mayTell: async ({ account, about, by, now, toldSince, seenSince }) => {
    const values = { now: now.toISOString(), expires: expiresAfter(now) };
    const news = {
      text: 'SET #toldAt = :now, #seenAt = :now, #by = :by, #expires = :expires',
      condition: 'attribute_not_exists(pk) OR #by = :by OR #toldAt <= :toldSince OR #seenAt <= :seenSince',
      names: ['toldAt', 'seenAt', 'by', 'expires'],
      values: { ...values, by, toldSince: toldSince.toISOString(), seenSince: seenSince.toISOString() },
    };
    if (await updateItem(ledger, keyOf(account, about), news)) return true;
    const again = { text: 'SET #seenAt = :now, #expires = :expires', names: ['seenAt', 'expires'], values };
    await updateItem(ledger, keyOf(account, about), { ...again, condition: 'attribute_exists(pk)' });
    return false;
  },
});
