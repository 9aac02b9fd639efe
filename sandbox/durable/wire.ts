import type { CheckpointDurableExecutionResponse } from '@aws/durable-execution-sdk-js';
import type { StoredOperation } from './execution.ts';

/** What a checkpoint answers: the next token, and the operations that changed. */
export type CheckpointAnswer = CheckpointDurableExecutionResponse & { readonly CheckpointToken: string };

/** What Lambda hands to a durable function: plain JSON, so every timestamp is text. */
export interface InvocationEvent {
  readonly DurableExecutionArn: string;
  readonly CheckpointToken: string;
  /** Changed since the last invocation ended, e.g. a wait that is over. */
  readonly UpdatedOperationIds: readonly string[];
  readonly InitialExecutionState: { readonly Operations: StoredOperation[]; readonly NextMarker: string };
}
