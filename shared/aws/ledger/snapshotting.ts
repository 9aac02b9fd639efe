import type { SnapshotLedger } from '../../ports-snapshots.ts';
import { changesOfPlanIn } from './changes.ts';
import { plansIn } from './plans.ts';
import { policyIn } from './policies.ts';
import { proofsIn } from './proofs.ts';
import { runsBetween, runsIn } from './runs.ts';
import { snapshotRunsIn } from './snapshot-runs.ts';
import type { LedgerTable } from './table.ts';
import { turnsIn } from './turns.ts';
import { vetoesIn } from './vetoes.ts';

/**
 * The ledger of snapshot-databases. It writes the runs and plans of `snapshot-databases`, `prune-snapshots` and `fill-snapshots`.
 * Calls for an account: one read each for the policy, the run, the run before, the vetoes, the proofs, the runs whose plans may
 * be open and each of those plans; one write for the run and two to move it on; what each plan takes to be recorded and handed
 * over.
 */
export const snapshotLedger = (table: LedgerTable): SnapshotLedger => ({
  ...policyIn(table),
  ...turnsIn(table, 'snapshot-databases'),
  ...vetoesIn(table),
  ...runsIn(table),
  runsBetween: (key, range) => runsBetween(table, key, range),
  ...plansIn(table),
  ...changesOfPlanIn(table),
  ...snapshotRunsIn(table),
  ...proofsIn(table),
});
