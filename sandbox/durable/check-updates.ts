import type { OperationAction, OperationStatus, OperationType, OperationUpdate } from '@aws/durable-execution-sdk-js';
import { LIMITS } from './limits.ts';
import type { LiveExecution } from './live-execution.ts';
import { invalid } from './refusals.ts';

/** The state of an operation that nobody has mentioned yet. */
type State = OperationStatus | 'NEW';

/** From which states an action may come. The rules are those of the SDK's own local checkpoint server. */
const ALLOWED: Readonly<Record<OperationType, { readonly [action in OperationAction]?: readonly State[] }>> = {
  // At-least-once steps may be closed or retried without ever having been started.
  STEP: {
    START: ['NEW', 'READY'],
    SUCCEED: ['NEW', 'STARTED', 'READY'],
    FAIL: ['NEW', 'STARTED', 'READY'],
    RETRY: ['NEW', 'STARTED', 'READY'],
  },
  CONTEXT: { START: ['NEW'], SUCCEED: ['NEW', 'STARTED'], FAIL: ['NEW', 'STARTED'] },
  WAIT: { START: ['NEW'], CANCEL: ['STARTED'] },
  CALLBACK: { START: ['NEW'], CANCEL: ['STARTED'] },
  CHAINED_INVOKE: { START: ['NEW'], CANCEL: ['STARTED'] },
  // Whatever id it comes with, it means the execution itself.
  EXECUTION: { SUCCEED: ['NEW', 'STARTED'], FAIL: ['NEW', 'STARTED'] },
};

/**
 * Checks a checkpoint as a whole, since it is stored as a whole or not at all. States are those before it.
 * @throws AwsError InvalidParameterValueException: the SDK gives the execution up
 */
export function checkUpdates(execution: LiveExecution, updates: readonly OperationUpdate[]): void {
  checkOrder(execution, updates);
  for (const update of updates) {
    checkState(execution, update);
    checkSize(update);
  }
  checkTotals(execution, updates);
}

/** Parents come before their children, and within one checkpoint an operation may only start and end. */
function checkOrder(execution: LiveExecution, updates: readonly OperationUpdate[]): void {
  const seen = new Map<string, OperationUpdate>();
  for (const [index, update] of updates.entries()) {
    const { Id, ParentId, Type } = update;
    if (!Id) throw invalid('Operation update must have an Id.');
    if (Type === 'EXECUTION' && index < updates.length - 1)
      throw invalid('EXECUTION checkpoint must be the last update.');
    const earlier = seen.get(Id);
    if (earlier && !mayFollow(earlier, update)) {
      throw invalid('Cannot update the same operation twice in a single request.');
    }
    const parent = ParentId ? (seen.get(ParentId) ?? execution.operations.get(ParentId)) : undefined;
    if (ParentId && parent?.Type !== 'CONTEXT') throw invalid('Invalid parent operation id.');
    seen.set(Id, update);
  }
}

const mayFollow = (earlier: OperationUpdate, update: OperationUpdate): boolean =>
  (earlier.Type === 'STEP' || earlier.Type === 'CONTEXT') && earlier.Action === 'START' && update.Action !== 'START';

function checkState(execution: LiveExecution, update: OperationUpdate): void {
  const { Id, Type, Action } = update;
  const allowed = ALLOWED[Type!]?.[Action!];
  if (!allowed) throw invalid(`Invalid ${Type} action.`);
  const state = execution.operations.get(Id!)?.Status ?? 'NEW';
  if (!allowed.includes(state)) throw invalid(`Invalid current ${Type} state to ${Action}: ${state}.`);
  if (Action === 'FAIL' && update.Payload !== undefined) throw invalid('Cannot provide a Payload for FAIL action.');
  if (Action === 'SUCCEED' && update.Error !== undefined) throw invalid('Cannot provide an Error for SUCCEED action.');
  if (Action === 'RETRY' && !update.StepOptions) throw invalid('Invalid StepOptions for the given action.');
}

function checkSize(update: OperationUpdate): void {
  const bytes = Buffer.byteLength(update.Payload ?? '');
  if (update.Type !== 'EXECUTION' && bytes > LIMITS.payloadBytes) {
    throw invalid(`${update.Type} output payload size must be less than or equal to ${LIMITS.payloadBytes} bytes.`);
  }
  if (update.Error && Buffer.byteLength(JSON.stringify(update)) > LIMITS.errorBytes) {
    throw invalid(`Error object size must be less than ${LIMITS.errorBytes} bytes.`);
  }
}

function checkTotals(execution: LiveExecution, updates: readonly OperationUpdate[]): void {
  const added = new Set(updates.filter(({ Id }) => !execution.operations.has(Id!)).map(({ Id }) => Id)).size;
  const retries = updates.filter(({ Action }) => Action === 'RETRY').length;
  if (execution.metered + added + retries > LIMITS.operations) {
    throw invalid(`Too many operations in this durable execution: more than ${LIMITS.operations}.`);
  }
  const bytes = updates.reduce((sum, { Payload = '' }) => sum + Buffer.byteLength(Payload), 0);
  if (execution.storedBytes + bytes > LIMITS.storageBytes) throw invalid('Durable execution storage limit exceeded.');
}
