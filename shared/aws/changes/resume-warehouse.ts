import type { RedshiftClient } from '@aws-sdk/client-redshift';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { only } from './only.ts';
import { pauseWarehouseNow, resumeWarehouseNow, warehousePaused, warehouseRuns } from './warehouse-power.ts';

/** Needs no protection. Taking it back pauses it. */
export function resumeWarehouse(redshift: RedshiftClient): ChangeVerbs {
  const of = (action: Action) => ({ redshift, warehouse: only('resume-warehouse', action).warehouse });
  return {
    apply: async (action) => resumeWarehouseNow(of(action)),
    settled: async (action) => warehouseRuns(of(action)),
    undo: async (action) => pauseWarehouseNow(of(action)),
    undone: async (action) => warehousePaused(of(action)),
  };
}
