import type { ErrorObject, OperationAction, OperationUpdate } from '@aws/durable-execution-sdk-js';
import type { Callbacks } from '../callbacks.ts';
import type { StoredOperation } from '../execution.ts';
import type { LiveExecution } from '../live-execution.ts';

/** How a chained invocation came out. */
export type ChainOutcome = { readonly result: string | undefined } | { readonly error: ErrorObject };

/** What an effect may need besides the execution itself. */
export interface EffectTools {
  readonly now: () => Date;
  readonly callbacks: Callbacks;
  /** Invokes another function and tells how it came out, now or much later. */
  readonly chain: (functionName: string, payload: string, done: (outcome: ChainOutcome) => void) => void;
}

/** One update that passed every check, and the operation that it changes. */
export interface Change extends EffectTools {
  readonly execution: LiveExecution;
  readonly operation: StoredOperation;
  readonly update: OperationUpdate;
}

/** What the actions of one kind of operation do. Which are allowed when is checked before, in check-updates.ts. */
export type Effects = { readonly [action in OperationAction]?: (change: Change) => void };

/** Ends an operation because the function said so. */
export function finish({ operation, now }: Change, status: StoredOperation['Status']): void {
  operation.Status = status;
  operation.EndTimestamp = now();
}

export const cancel: Effects = { CANCEL: (change) => finish(change, 'CANCELLED') };
