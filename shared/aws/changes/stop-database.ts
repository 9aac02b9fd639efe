import type { RDSClient } from '@aws-sdk/client-rds';
import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { databaseForm } from './database-forms.ts';
import { databaseRuns, databaseStopped, startDatabaseNow, stopDatabaseNow } from './database-power.ts';
import { only } from './only.ts';
import { beginSnapshot, snapshotBegun, snapshotProgress } from './snapshots.ts';

/** A snapshot first, then the stop. Taking it back is a start. */
export function stopDatabase(rds: RDSClient): ChangeVerbs {
  const of = (action: Action) => {
    const { database, expect } = only('stop-database', action);
    return [databaseForm(rds, expect.form), database] as const;
  };
  return {
    protect: async (action, changeId, expires) => {
      const [form, database] = of(action);
      return beginSnapshot(form, { database, changeId, expires });
    },
    protection: async (action, changeId) => {
      const [form, database] = of(action);
      return snapshotBegun(form, { database, changeId });
    },
    protected: async (action, protection) => snapshotProgress(...of(action), protection),
    apply: async (action) => stopDatabaseNow(...of(action)),
    settled: async (action) => databaseStopped(...of(action)),
    undo: async (action) => startDatabaseNow(...of(action)),
    undone: async (action) => databaseRuns(...of(action)),
  };
}
