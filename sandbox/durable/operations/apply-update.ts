import type { OperationType, OperationUpdate } from '@aws/durable-execution-sdk-js';
import type { StoredOperation } from '../execution.ts';
import type { LiveExecution } from '../live-execution.ts';
import { callback } from './callback.ts';
import { chainedInvoke } from './chained-invoke.ts';
import { context } from './context.ts';
import type { Effects, EffectTools } from './effect.ts';
import { step } from './step.ts';
import { wait } from './wait.ts';

const EFFECTS: Readonly<Record<Exclude<OperationType, 'EXECUTION'>, Effects>> = {
  STEP: step,
  WAIT: wait,
  CALLBACK: callback,
  CONTEXT: context,
  CHAINED_INVOKE: chainedInvoke,
};

/** Carries out one update of a checkpoint; the checkpoint as a whole was checked before. */
export function applyUpdate(execution: LiveExecution, update: OperationUpdate, tools: EffectTools): void {
  execution.storedBytes += Buffer.byteLength(update.Payload ?? '');
  if (update.Type === 'EXECUTION') {
    endExecution(execution, update);
    return;
  }
  const known = execution.operations.get(update.Id!);
  if (!known || update.Action === 'RETRY') execution.metered += 1;
  const operation = known ?? newOperation(update, tools.now());
  execution.operations.set(operation.Id, operation);
  execution.changed(operation);
  execution.note(`${update.SubType ?? update.Type} ${update.Name ?? ''}: ${update.Action}`);
  EFFECTS[update.Type!][update.Action!]!({ ...tools, execution, operation, update });
}

/** A result too large for the invocation's answer (6 MB) comes as a checkpoint. */
function endExecution(execution: LiveExecution, update: OperationUpdate): void {
  if (update.Action === 'FAIL') execution.end('FAILED', { error: update.Error });
  else execution.end('SUCCEEDED', { result: update.Payload });
}

const newOperation = ({ Id, ParentId, Name, Type, SubType }: OperationUpdate, now: Date): StoredOperation => ({
  Id: Id!,
  ParentId,
  Name,
  Type: Type!,
  SubType,
  StartTimestamp: now,
  Status: 'STARTED',
});
