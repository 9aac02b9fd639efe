import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { only } from './only.ts';
import type { Tasking } from './service-looks.ts';
import { emptyServiceNow, fillServiceNow, serviceEmpty, serviceFull } from './service-size.ts';

/** Needs no protection: its tasks come and go anyway. Taking it back is the number of tasks that it had. */
export function stopService(clients: Omit<Tasking, 'service'>): ChangeVerbs {
  const of = (action: Action) => {
    const { service, expect } = only('stop-service', action);
    return [{ ...clients, service }, expect] as const;
  };
  return {
    apply: async (action) => emptyServiceNow(...of(action)),
    settled: async (action) => serviceEmpty(of(action)[0]),
    undo: async (action) => fillServiceNow(...of(action)),
    undone: async (action) => serviceFull(of(action)[0]),
  };
}
