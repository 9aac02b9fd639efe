import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { keepOnAnswersIn, overridesIn } from '../../shared/aws/ledger/keep-on.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import type { Ledger, PolicyStore, PriceCache } from '../../shared/ports.ts';
import type { ActingLedger, AnswerLedger } from '../../shared/ports-acting.ts';
import type { KeepOnAnswers, Overrides } from '../../shared/ports-off-hours.ts';
import type { AnomalyAnswers, SpendLedger } from '../../shared/ports-spend.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

/** One of the two implementations of the ledger's ports, empty. */
export interface Twin {
  readonly ledger: Ledger;
  readonly policies: PolicyStore;
  readonly prices: PriceCache;
  readonly acting: ActingLedger;
  readonly answering: AnswerLedger;
  readonly spend: Omit<SpendLedger, 'currentPolicy'>;
  readonly anomalies: AnomalyAnswers;
  readonly keptOn: KeepOnAnswers & Overrides;
}

export function memoryTwin(): Twin {
  const memory = new MemoryLedger();
  const { spend } = memory;
  return {
    ledger: memory,
    policies: memory,
    prices: memory,
    acting: memory,
    answering: memory,
    spend,
    anomalies: spend,
    keptOn: memory,
  };
}

export const dynamoTwin = (table: LedgerTable): Twin => ({
  ledger: dynamoLedger(table),
  policies: dynamoPolicyStore(table),
  prices: dynamoPriceCache(table),
  acting: actingLedger(table),
  answering: answerLedger(table),
  spend: spendLedger(table),
  anomalies: answerLedger(table),
  keptOn: { ...keepOnAnswersIn(table), ...overridesIn(table) },
});
