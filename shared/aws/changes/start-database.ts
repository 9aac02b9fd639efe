import type { RDSClient } from '@aws-sdk/client-rds';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { databaseForm } from './database-forms.ts';
import { databaseRuns, databaseStopped, startDatabaseNow, stopDatabaseNow } from './database-power.ts';
import { only } from './only.ts';

/** Needs no protection: nothing is lost by a start. Taking it back is a stop. */
export function startDatabase(rds: RDSClient): ChangeVerbs {
  const of = (action: Action) => {
    const { database, expect } = only('start-database', action);
    return [databaseForm(rds, expect.form), database] as const;
  };
  return {
    apply: async (action) => startDatabaseNow(...of(action)),
    settled: async (action) => databaseRuns(...of(action)),
    undo: async (action) => stopDatabaseNow(...of(action)),
    undone: async (action) => databaseStopped(...of(action)),
  };
}
