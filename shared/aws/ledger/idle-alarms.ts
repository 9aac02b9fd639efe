import type { Ledger } from '../../ports.ts';
import { remediationMemoryIn } from './remediation-memory.ts';
import type { LedgerTable } from './table.ts';

/** As remediate-alarm left them: it writes them with what it remembers of an account. */
export const idleAlarmsIn = (ledger: LedgerTable): Pick<Ledger, 'idleAlarms'> => ({
  idleAlarms: async (account) => (await remediationMemoryIn(ledger).kept(account))?.idle ?? [],
});
