import type { ErrorObject, Operation, OperationStatus, OperationType } from '@aws/durable-execution-sdk-js';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** An operation as the service keeps it. */
export type StoredOperation = Operation & {
  readonly Id: string;
  readonly Type: OperationType;
  Status: OperationStatus;
};

/** Something that happened to an execution, for people who ask why. */
export interface JournalEntry {
  readonly at: Date;
  readonly what: string;
}

/** What everybody may see of a durable execution. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  /** `FUNCTION_ARN:VERSION`. */
  readonly functionArn: string;
  /** The input as JSON text. */
  readonly payload: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly status: ExecutionStatus;
  /** What the handler returned, as JSON text. */
  readonly result: string | undefined;
  readonly error: ErrorObject | undefined;
  /** By id, in the order in which they began; the first one is the execution itself. */
  readonly operations: ReadonlyMap<string, Readonly<StoredOperation>>;
  /** Operations as AWS counts them: retries, polls and redeliveries included. */
  readonly metered: number;
  readonly invocations: number;
  /** How many of the invocations crashed or were killed. */
  readonly crashes: number;
  readonly journal: readonly JournalEntry[];
}

const OVER: ReadonlySet<OperationStatus> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED', 'CANCELLED']);

export const isOver = (operation: Readonly<StoredOperation>): boolean => OVER.has(operation.Status);
