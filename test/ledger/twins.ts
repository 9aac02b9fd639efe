import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { keepOnAnswersIn, overridesIn } from '../../shared/aws/ledger/keep-on.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { snapshotLedger } from '../../shared/aws/ledger/snapshotting.ts';
import { type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import type { Arn } from '../../shared/core/identity.ts';
import type { Proof } from '../../shared/core/retention/facts.ts';
import type { Ledger, PolicyStore, PriceCache } from '../../shared/ports.ts';
import type { ActingLedger, AnswerLedger } from '../../shared/ports-acting.ts';
import type { KeepOnAnswers, Overrides } from '../../shared/ports-off-hours.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
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
  readonly snapshots: SnapshotLedger;
  /** Nobody but a restore drill writes this. */
  readonly prove: (account: string, snapshot: Arn, proof: Proof) => Promise<unknown>;
}

export function memoryTwin(): Twin {
  const memory = new MemoryLedger();
  const { spend, snapshots } = memory;
  return {
    ledger: memory,
    policies: memory,
    prices: memory,
    acting: memory,
    answering: memory,
    spend,
    anomalies: spend,
    keptOn: memory,
    snapshots,
    prove: async (...restored) => snapshots.prove(...restored),
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
  snapshots: snapshotLedger(table),
  prove: (account, snapshot, { at, result }) =>
    putItem(table, { pk: `PROOF#${account}`, sk: `SNAPSHOT#${snapshot}`, at: at.toISOString(), result }),
});
