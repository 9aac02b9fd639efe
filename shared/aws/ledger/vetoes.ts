import * as z from 'zod';
import type { Veto } from '../../core/rules/exempt.ts';
import type { Ledger } from '../../ports.ts';
import { readItem, storedTime } from './items.ts';
import { type LedgerTable, queryPages } from './table.ts';

/** `ANSWER#account / VETO#arn`; written by people's answers, read here. */
const vetoSchema = z.object({
  sk: z.string().startsWith('VETO#'),
  until: storedTime,
  by: z.string(),
  why: z.string(),
});

export function vetoesIn(ledger: LedgerTable): Pick<Ledger, 'vetoes'> {
  return {
    vetoes: async (account, now) => {
      const vetoes: Veto[] = [];
      const keys = {
        text: 'pk = :pk AND begins_with(sk, :veto)',
        values: { pk: `ANSWER#${account}`, veto: 'VETO#' },
      };
      for await (const page of queryPages(ledger, { keys })) {
        for (const item of page) {
          const { sk, ...veto } = readItem(vetoSchema, item);
          vetoes.push({ resource: sk.slice('VETO#'.length), ...veto });
        }
      }
      return vetoes.filter(({ until }) => until > now); // an ended one stays until TTL gets round to it
    },
  };
}
