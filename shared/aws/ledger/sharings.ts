import * as z from 'zod';
import type { CopySnapshot } from '../../core/retention/action.ts';
import type { ActingLedger, Sharing } from '../../ports-acting.ts';
import { expiresAfter, readItem } from './items.ts';
import { type Key, type LedgerTable, putItem, queryPages } from './table.ts';

/** `SHARED#account / CHANGE#id`: a snapshot that another account reads for the copy of a change. One that is over stays for a while. */
const keyOf = ({ account, change }: Pick<Sharing, 'account' | 'change'>): Key => ({
  pk: `SHARED#${account}`,
  sk: `CHANGE#${change}`,
});

/** Nobody asks for what is over. */
const KEPT_DAYS = 3;

const schema = z.object({
  sk: z.string().startsWith('CHANGE#'),
  action: z.custom<CopySnapshot>((value) => (value as CopySnapshot | undefined)?.kind === 'copy-snapshot'),
  until: z.iso.datetime(),
  state: z.enum(['reads', 'ends', 'over']),
});

export const sharingsIn = (ledger: LedgerTable): Pick<ActingLedger, 'keepSharing' | 'sharings'> => ({
  keepSharing: async ({ action, until, state, ...of }) => {
    const expires = state === 'over' ? { expires: expiresAfter(new Date(until), KEPT_DAYS) } : {};
    await putItem(ledger, { ...keyOf(of), action, until, state, ...expires });
  },
  sharings: async (account) => {
    const found: Sharing[] = [];
    const keys = { text: 'pk = :pk', values: { pk: `SHARED#${account}` } };
    for await (const page of queryPages(ledger, { keys })) {
      for (const item of page) {
        const { sk, ...sharing } = readItem(schema, item);
        if (sharing.state !== 'over') found.push({ change: sk.slice('CHANGE#'.length), account, ...sharing });
      }
    }
    return found;
  },
});
