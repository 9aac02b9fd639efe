import type { Action } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { only } from './only.ts';
import type { Tasking } from './service-looks.ts';
import { emptyServiceNow, fillServiceNow, serviceEmpty, serviceFull } from './service-size.ts';

/** Gives it the tasks that it had before the first stop. Taking it back empties it, however many it has by then. */
export function startService(clients: Omit<Tasking, 'service'>): ChangeVerbs {
  const of = (action: Action) => {
    const { service, restore } = only('start-service', action);
    return [{ ...clients, service }, restore] as const;
  };
  return {
    apply: async (action) => fillServiceNow(...of(action)),
    settled: async (action) => serviceFull(of(action)[0]),
    undo: async (action) => emptyServiceNow(of(action)[0]),
    undone: async (action) => serviceEmpty(of(action)[0]),
  };
}
