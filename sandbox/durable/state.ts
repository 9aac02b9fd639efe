import { isOver, type StoredOperation } from './execution.ts';
import { LIMITS } from './limits.ts';

export interface StatePage {
  readonly Operations: StoredOperation[];
  readonly NextMarker: string | undefined;
}

/** One page of what a function is told about its execution. */
export function statePage(
  operations: ReadonlyMap<string, StoredOperation>,
  marker = '',
  maxItems: number = LIMITS.page,
): StatePage {
  const visible = visibleOperations(operations);
  const from = Number(marker);
  const to = from + Math.min(maxItems || LIMITS.page, LIMITS.page);
  return {
    Operations: structuredClone(visible.slice(from, to)),
    NextMarker: to < visible.length ? String(to) : undefined,
  };
}

/** What happened inside a finished context is not told again, unless the context asked for it. */
function visibleOperations(operations: ReadonlyMap<string, StoredOperation>): StoredOperation[] {
  const hidden = new Set<string>();
  return [...operations.values()].filter(({ Id, ParentId }) => {
    const parent = ParentId ? operations.get(ParentId) : undefined;
    if (parent?.Type !== 'CONTEXT' || !isOver(parent)) return true;
    if (parent.ContextDetails?.ReplayChildren && !hidden.has(parent.Id)) return true;
    hidden.add(Id);
    return false;
  });
}
