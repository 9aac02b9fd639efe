import type { DurableExecutionInvocationOutput } from '@aws/durable-execution-sdk-js';
import { HOUR, SECOND } from '../clock.ts';
import type { Checkpoints } from './checkpoints.ts';
import { isOver } from './execution.ts';
import type { LambdaFunction } from './functions.ts';
import { createInvocation, type LiveInvocation } from './invocation.ts';
import type { LiveExecution } from './live-execution.ts';
import { asSdkError } from './refusals.ts';
import { statePage } from './state.ts';
import type { InvocationEvent } from './wire.ts';

/** How Lambda waits between a crash and the next try is not documented: doubling, up to an hour. */
const FIRST_REDELIVERY = SECOND;
const LONGEST_REDELIVERY = HOUR;

export interface Delivery {
  readonly execution: LiveExecution;
  readonly lambdaFunction: LambdaFunction;
  readonly checkpoints: Checkpoints;
  readonly now: Date;
}

/** Invokes the function of an execution once, and draws the conclusions. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { execution, lambdaFunction } = delivery;
  const invocation = begin(delivery);
  const ending = await invocation.run(lambdaFunction.runtime, invocationEvent(execution));
  execution.running = undefined;
  execution.token = '';
  if (execution.status !== 'RUNNING') return;
  if ('crash' in ending) redeliver(execution, ending.crash);
  else conclude(execution, ending.answer as DurableExecutionInvocationOutput);
}

function begin({ execution, checkpoints, now }: Delivery): LiveInvocation {
  execution.due = false;
  execution.invocations += 1;
  execution.lastCheckpoint = undefined;
  const id = `${execution.name}/${execution.invocations}`;
  const { functionName, functionArn } = execution;
  const client = clientOf(checkpoints, () => invocation.isDead());
  const invocation = createInvocation({ id, functionName, functionArn, startedAt: now, client });
  invocation.onKill(() => {
    execution.token = '';
  });
  execution.running = invocation;
  execution.token = `${id}#0`;
  return invocation;
}

/** A killed invocation gets no answer, as from a cut network: its code stops at its next checkpoint. */
function clientOf(checkpoints: Checkpoints, isDead: () => boolean): NonNullable<LiveInvocation['client']> {
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    if (isDead()) return new Promise(() => {});
    try {
      return await question();
    } catch (thrown) {
      throw asSdkError(thrown);
    }
  };
  return {
    checkpoint: (request) => ask(() => checkpoints.checkpoint(request)),
    getExecutionState: (request) => ask(() => checkpoints.getExecutionState(request)),
  };
}

/** Through JSON, as Lambda sends it: there are no dates and no undefined in an event. */
function invocationEvent(execution: LiveExecution): InvocationEvent {
  const changed = execution.takeChanged();
  const { Operations, NextMarker = '' } = statePage(execution.operations);
  const event: InvocationEvent = {
    DurableExecutionArn: execution.arn,
    CheckpointToken: execution.token,
    UpdatedOperationIds: changed.map(({ Id }) => Id),
    InitialExecutionState: { Operations, NextMarker },
  };
  return JSON.parse(JSON.stringify(event)) as InvocationEvent;
}

function redeliver(execution: LiveExecution, crash: Error): void {
  const delay = Math.min(FIRST_REDELIVERY * 2 ** execution.crashes, LONGEST_REDELIVERY);
  execution.note(`invocation crashed: ${crash.message}`);
  execution.crashes += 1;
  execution.metered += 1;
  execution.after(delay, () => {
    execution.due = true;
  });
}

function conclude(execution: LiveExecution, { Status, ...outcome }: DurableExecutionInvocationOutput): void {
  if (Status === 'SUCCEEDED') execution.end('SUCCEEDED', { result: 'Result' in outcome ? outcome.Result : undefined });
  else if (Status === 'FAILED') execution.end('FAILED', { error: 'Error' in outcome ? outcome.Error : undefined });
  else if (!execution.due && !waitsForSomething(execution)) {
    const ErrorMessage = 'Cannot return PENDING status with no pending operations.';
    execution.end('FAILED', { error: { ErrorType: 'InvalidParameterValueException', ErrorMessage } });
  }
}

const waitsForSomething = ({ operations }: LiveExecution): boolean =>
  [...operations.values()].some((one) => one.Type !== 'EXECUTION' && one.Type !== 'CONTEXT' && !isOver(one));
