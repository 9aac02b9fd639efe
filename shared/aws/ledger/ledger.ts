import type { Ledger } from '../../ports.ts';
import { changesIn } from './changes.ts';
import { idleAlarmsIn } from './idle-alarms.ts';
import { ladderIn } from './ladder.ts';
import { plansIn } from './plans.ts';
import { policyIn } from './policies.ts';
import { runsIn } from './runs.ts';
import type { LedgerTable } from './table.ts';
import { vetoesIn } from './vetoes.ts';

/**
 * The ledger in DynamoDB. Conditional writes make every step safe to repeat; there are no transactions.
 * Calls: `currentPolicy`, `vetoes`, `runs`, `ladder`, `idleAlarms` and `plan` one read each, `changes` two, unless there are several
 * pages; `record` three writes for up to 23 actions; `claim`, `release`, `announced`, `handedOver` and `keepLadder` one write each.
 *
 * Every method throws {@link LedgerUnavailableError} when the table does not answer, {@link LedgerCorruptError} when it
 * holds what cannot have been written.
 */
export const dynamoLedger = (table: LedgerTable): Ledger => ({
  ...policyIn(table),
  ...vetoesIn(table),
  ...runsIn(table),
  ...plansIn(table),
  ...changesIn(table),
  ...ladderIn(table),
  ...idleAlarmsIn(table),
});
