import type { RemediationRecord } from '../../ports-remediation.ts';
import { type KeptRecords, keptRecordsIn } from './kept-records.ts';
import type { LedgerTable } from './table.ts';

/** `RUN#remediate-alarm#account / MEMORY` */
export const remediationMemoryIn = (ledger: LedgerTable): KeptRecords<RemediationRecord> =>
  keptRecordsIn(ledger, 'remediate-alarm', ({ plans, messages }) => plans.length + messages.length === 0);
