import * as z from 'zod';
import type { Veto } from '../../core/rules/exempt.ts';
import type { Ledger } from '../../ports.ts';
import type { AnswerLedger } from '../../ports-acting.ts';
import { expiresAfter, readItem, storedTime } from './items.ts';
import { type LedgerTable, putItem, queryPages } from './table.ts';

/** `ANSWER#account / VETO#arn`: one a resource, which lasts until its end. */
const partitionOf = (account: string): string => `ANSWER#${account}`;

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
        values: { pk: partitionOf(account), veto: 'VETO#' },
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

/** The way of people's answers. A new veto of a resource takes the place of the one before. */
export const standingVetoesIn = (ledger: LedgerTable): Pick<AnswerLedger, 'recordVeto'> => ({
  recordVeto: async (account, { resource, until, by, why }) => {
    const key = { pk: partitionOf(account), sk: `VETO#${resource}` };
    await putItem(ledger, { ...key, until: until.toISOString(), by, why, expires: expiresAfter(until, 0) });
  },
});
