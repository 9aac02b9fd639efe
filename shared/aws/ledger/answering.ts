import type { Ledger } from '../../ports.ts';
import type { AnswerLedger } from '../../ports-acting.ts';
import type { KeepOnAnswers } from '../../ports-off-hours.ts';
import type { AnomalyAnswers } from '../../ports-spend.ts';
import { anomalyIn } from './anomalies.ts';
import { saidIn } from './answers.ts';
import { changeIn, changesByResourceIn, changesIn } from './changes.ts';
import { executionsIn } from './executions.ts';
import { keepOnAnswersIn } from './keep-on.ts';
import { plansIn } from './plans.ts';
import { supersedingIn } from './runs.ts';
import { anomalyAnswersIn } from './spend-answers.ts';
import type { LedgerTable } from './table.ts';
import { standingVetoesIn } from './vetoes.ts';

/**
 * The ledger of people's words. It writes `ANSWER#`, and with `record` the plans that take a change back: `PLAN#` and
 * `RUN#undo#`. The lists for people (`changes`, `openPlans`, `openAnomalies`) begin at the index, which lags, and end at the table.
 */
export function answerLedger(
  table: LedgerTable,
): AnswerLedger & AnomalyAnswers & KeepOnAnswers & Pick<Ledger, 'record'> {
  const { callbacksOf, openPlans } = executionsIn(table);
  return {
    ...plansIn(table),
    ...saidIn(table),
    ...supersedingIn(table),
    ...standingVetoesIn(table),
    ...changeIn(table),
    ...changesIn(table),
    ...changesByResourceIn(table),
    ...anomalyIn(table),
    ...anomalyAnswersIn(table),
    ...keepOnAnswersIn(table),
    callbacksOf,
    openPlans,
  };
}
