import type { Ledger } from '../../ports.ts';
import { remediationLedger } from './remediation.ts';
import type { LedgerTable } from './table.ts';

/** As remediate-alarm left them: it writes them with what it remembers of an account. */
export const idleAlarmsIn = (ledger: LedgerTable): Pick<Ledger, 'idleAlarms'> => ({
  idleAlarms: async (account) => (await remediationLedger(ledger).kept(account))?.idle ?? [],
});
