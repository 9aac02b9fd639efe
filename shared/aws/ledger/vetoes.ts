import * as z from 'zod';
import type { Arn } from '../../core/identity.ts';
import type { Veto } from '../../core/rules/exempt.ts';
import type { Ledger } from '../../ports.ts';
import type { AnswerLedger } from '../../ports-acting.ts';
import { expiresAfter, readItem, storedTime } from './items.ts';
import { type Item, type Key, type LedgerTable, putItem, queryPages } from './table.ts';

/** `ANSWER#account / VETO#arn`: one a resource, which lasts until its end. */
const partitionOf = (account: string): string => `ANSWER#${account}`;
export const vetoKey = (account: string, resource: Arn): Key => ({ pk: partitionOf(account), sk: `VETO#${resource}` });

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
        vetoes.push(...page.map(vetoOf));
      }
      return vetoes.filter(({ until }) => until > now); // an ended one stays until TTL gets round to it
    },
  };
}

export function vetoOf(item: Item): Veto {
  const { sk, ...veto } = readItem(vetoSchema, item);
  return { resource: sk.slice('VETO#'.length), ...veto };
}

/** The way of people's answers. A new veto of a resource takes the place of the one before. */
export const standingVetoesIn = (ledger: LedgerTable): Pick<AnswerLedger, 'recordVeto'> => ({
  recordVeto: async (account, { resource, until, by, why }) => {
    const key = vetoKey(account, resource);
    await putItem(ledger, { ...key, until: until.toISOString(), by, why, expires: expiresAfter(until, 0) });
  },
});
