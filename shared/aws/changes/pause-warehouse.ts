import type { RedshiftClient } from '@aws-sdk/client-redshift';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { only } from './only.ts';
import { pauseWarehouseNow, resumeWarehouseNow, warehousePaused, warehouseRuns } from './warehouse-power.ts';

/** Needs no protection: Redshift takes a snapshot itself. Taking it back resumes it. */
export function pauseWarehouse(redshift: RedshiftClient): ChangeVerbs {
  const of = (action: Action) => ({ redshift, warehouse: only('pause-warehouse', action).warehouse });
  return {
    apply: async (action) => pauseWarehouseNow(of(action)),
    settled: async (action) => warehousePaused(of(action)),
    undo: async (action) => resumeWarehouseNow(of(action)),
    undone: async (action) => warehouseRuns(of(action)),
  };
}
