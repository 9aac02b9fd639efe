import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import type { Ledger, PolicyStore, PriceCache } from '../../shared/ports.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

/** One of the two implementations of the ledger's ports, empty. */
export interface Twin {
  readonly ledger: Ledger;
  readonly policies: PolicyStore;
  readonly prices: PriceCache;
  /** Only people's answers write vetoes, so the ports have no way to. */
  veto(account: string, veto: Veto): Promise<void>;
}

export function memoryTwin(): Twin {
  const memory = new MemoryLedger();
  return {
    ledger: memory,
    policies: memory,
    prices: memory,
    veto: async (account, veto) => memory.veto(account, veto),
  };
}

export const dynamoTwin = (table: LedgerTable): Twin => ({
  ledger: dynamoLedger(table),
  policies: dynamoPolicyStore(table),
  prices: dynamoPriceCache(table),
  veto: async (account, { resource, until, by, why }) => {
    const expires = Math.floor(until.getTime() / 1000);
    const item = { pk: `ANSWER#${account}`, sk: `VETO#${resource}`, until: until.toISOString(), by, why, expires };
    await putItem(table, item);
  },
});
