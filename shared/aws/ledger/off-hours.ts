import type { OffHoursLedger } from '../../ports-off-hours.ts';
import { changesIn } from './changes.ts';
import { overridesIn } from './keep-on.ts';
import { offHoursRecordsIn } from './off-hours-records.ts';
import { plansIn } from './plans.ts';
import { policyIn } from './policies.ts';
import { runsIn } from './runs.ts';
import type { LedgerTable } from './table.ts';
import { turnsIn } from './turns.ts';
import { vetoesIn } from './vetoes.ts';

/**
 * The ledger of off-hours. It writes `RUN#off-hours#` and `PLAN#`, and nothing at a tick that finds everything as it was: that
 * takes one read each for the policy, and for each account its record, its vetoes and its overrides; one more for every
 * hundred actions that are under way.
 */
export function offHoursLedger(table: LedgerTable): OffHoursLedger {
  const { record } = plansIn(table);
  const { announced, handedOver } = runsIn(table);
  return {
    ...policyIn(table),
    ...turnsIn(table, 'off-hours'),
    ...vetoesIn(table),
    ...overridesIn(table),
    ...changesIn(table),
    ...offHoursRecordsIn(table),
    record,
    announced,
    handedOver,
  };
}
