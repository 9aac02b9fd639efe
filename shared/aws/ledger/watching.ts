import type { SpendLedger } from '../../ports-spend.ts';
import { anomaliesIn } from './anomalies.ts';
import { costsIn } from './costs.ts';
import { explanationsIn } from './explanations.ts';
import { policyIn } from './policies.ts';
import { spendAnswersIn } from './spend-answers.ts';
import { spendRunsIn } from './spend-runs.ts';
import type { LedgerTable } from './table.ts';

/**
 * The ledger of watch-spend. It writes `RUN#watch-spend#`, `COST#` and `ANOMALY#`.
 * Calls: one read each for the policy, a run, the answers and the costs of a view; one query a month for anomalies; one
 * write for each month of costs and for each anomaly; one read and one write for each explanation; two for a run, for a turn and for each paid call.
 */
export const spendLedger = (table: LedgerTable): SpendLedger => ({
  ...policyIn(table),
  ...spendRunsIn(table),
  ...costsIn(table),
  ...anomaliesIn(table),
  ...explanationsIn(table),
  ...spendAnswersIn(table),
});
