import type { ActingLedger } from '../../ports-acting.ts';
import { saidIn } from './answers.ts';
import { capsIn } from './caps.ts';
import { changesOfPlanIn, historyIn, recordedChangesIn } from './changes.ts';
import { executionsIn } from './executions.ts';
import { leasesIn } from './leases.ts';
import { plansIn } from './plans.ts';
import { policyIn } from './policies.ts';
import { supersedingIn } from './runs.ts';
import { sharingsIn } from './sharings.ts';
import type { LedgerTable } from './table.ts';
import { tellingsIn } from './tellings.ts';
import { wordsIn } from './words.ts';

/**
 * The ledger of the function that acts. It writes `PLAN#id / EXECUTION`, `LEASE#`, `CAP#`, `SHARED#`, `TOLD#` and `RESOURCE#`.
 * Calls: one each, unless there are several pages or more than a hundred words; up to two more when `claimPlan`,
 * `takeLease` or `recordChange` finds something there already, one more when one of two
 * modes is closed; none for what supersedes an undo.
 */
export function actingLedger(table: LedgerTable): ActingLedger {
  const { plan } = plansIn(table);
  const { answers } = saidIn(table);
  const { claimPlan, waitOn, closePlan } = executionsIn(table);
  return {
    plan,
    answers,
    claimPlan,
    waitOn,
    closePlan,
    ...supersedingIn(table),
    ...wordsIn(table),
    ...policyIn(table),
    ...leasesIn(table),
    ...capsIn(table),
    ...recordedChangesIn(table),
    ...sharingsIn(table),
    ...historyIn(table),
    ...changesOfPlanIn(table),
    ...tellingsIn(table),
  };
}
