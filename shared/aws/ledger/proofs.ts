import * as z from 'zod';
import type { Arn } from '../../core/identity.ts';
import type { Proof } from '../../core/retention/facts.ts';
import type { SnapshotLedger } from '../../ports-snapshots.ts';
import { readItem, storedTime } from './items.ts';
import { type LedgerTable, queryPages } from './table.ts';

/** `PROOF#account / SNAPSHOT#arn`: when a restore of a snapshot of this account was tried, and how it ended. */
const schema = z.object({
  sk: z.string().startsWith('SNAPSHOT#'),
  at: storedTime,
  result: z.enum(['good', 'bad']),
});

export const proofsIn = (ledger: LedgerTable): Pick<SnapshotLedger, 'proofs'> => ({
  proofs: async (account) => {
    const proofs = new Map<Arn, Proof>();
    const keys = { text: 'pk = :pk', values: { pk: `PROOF#${account}` } };
    for await (const page of queryPages(ledger, { keys })) {
      for (const item of page) {
        const { sk, ...proof } = readItem(schema, item);
        proofs.set(sk.slice('SNAPSHOT#'.length), proof);
      }
    }
    return proofs;
  },
});
