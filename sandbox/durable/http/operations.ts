import type * as Api from '@aws-sdk/client-lambda';
import type { Execution } from '../execution.ts';
import type { Lambda } from '../lambda.ts';
import { invalid } from '../refusals.ts';

/** An operation of Lambda's API: the SDK's input in, the SDK's output out. Throws `AwsError`. */
type ApiOperation<Input, Output extends object> = (input: Input, lambda: Lambda) => Output | Promise<Output>;

/** What the API leaves out of a response body. */
type Out<Output> = Omit<Output, '$metadata'>;

const text = (bytes: unknown): string => (bytes ? Buffer.from(bytes as Uint8Array).toString('utf8') : '');

async function invoke(input: Api.InvokeCommandInput, lambda: Lambda): Promise<object> {
  const { FunctionName = '', Qualifier, InvocationType = 'RequestResponse', DurableExecutionName } = input;
  const payload = jsonText(input.Payload);
  const target = lambda.functions.resolve(FunctionName, Qualifier);
  if (InvocationType === 'DryRun') return { StatusCode: 204 };
  if (InvocationType === 'Event') {
    if (!target.lambdaFunction.durable) {
      lambda.send(FunctionName, payload);
      return { StatusCode: 202, Payload: new Uint8Array() };
    }
    const { arn } = lambda.executions.start(target, payload, DurableExecutionName);
    return { StatusCode: 202, DurableExecutionArn: arn, Payload: new Uint8Array() };
  }
  const { payload: answer, failed } = await lambda.invokeText(FunctionName, payload);
  const error = failed ? { FunctionError: 'Unhandled' } : {};
  return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: Buffer.from(answer), ...error };
}

function jsonText(bytes: unknown): string {
  const payload = text(bytes) || '{}';
  try {
    JSON.parse(payload);
    return payload;
  } catch {
    throw invalid('Could not parse request body into json');
  }
}

const checkpoint = (input: Api.CheckpointDurableExecutionRequest, lambda: Lambda) =>
  lambda.checkpoints.checkpoint(input);

const getState = (input: Api.GetDurableExecutionStateRequest, lambda: Lambda) =>
  lambda.checkpoints.getExecutionState(input);

function getExecution(
  { DurableExecutionArn = '' }: Api.GetDurableExecutionRequest,
  lambda: Lambda,
): Out<Api.GetDurableExecutionResponse> {
  const execution = lambda.executions.get(DurableExecutionArn);
  const { payload, result, error } = execution;
  return { ...summaryOf(execution), InputPayload: payload, Result: result, Error: error, Version: '1' };
}

function listExecutions(
  input: Api.ListDurableExecutionsByFunctionRequest,
  lambda: Lambda,
): Out<Api.ListDurableExecutionsByFunctionResponse> {
  const { lambdaFunction } = lambda.functions.resolve(input.FunctionName ?? '', input.Qualifier);
  const matching = lambda.executions.of(lambdaFunction.name).filter((execution) => matches(execution, input));
  // Newest first, unless the caller turns it round.
  const ordered = input.ReverseOrder ? matching : matching.reverse();
  const from = Number(input.Marker ?? 0);
  const to = from + (input.MaxItems || 100);
  const more = to < ordered.length ? { NextMarker: String(to) } : {};
  return { DurableExecutions: ordered.slice(from, to).map(summaryOf), ...more };
}

function matches(execution: Execution, input: Api.ListDurableExecutionsByFunctionRequest): boolean {
  const { DurableExecutionName, Statuses = [], StartedAfter, StartedBefore } = input;
  return (
    (DurableExecutionName ?? execution.name) === execution.name &&
    (Statuses.length === 0 || Statuses.includes(execution.status)) &&
    (!StartedAfter || execution.startedAt > StartedAfter) &&
    (!StartedBefore || execution.startedAt < StartedBefore)
  );
}

const summaryOf = (execution: Execution): Api.Execution => ({
  DurableExecutionArn: execution.arn,
  DurableExecutionName: execution.name,
  FunctionArn: execution.functionArn,
  Status: execution.status,
  StartTimestamp: execution.startedAt,
  EndTimestamp: execution.endedAt,
});

function stop(input: Api.StopDurableExecutionRequest, lambda: Lambda): Out<Api.StopDurableExecutionResponse> {
  const { DurableExecutionArn = '' } = input;
  lambda.stop(DurableExecutionArn, input.Error);
  return { StopTimestamp: lambda.executions.get(DurableExecutionArn).endedAt };
}

function sendSuccess({ CallbackId = '', Result }: Api.SendDurableExecutionCallbackSuccessRequest, lambda: Lambda) {
  lambda.callbacks.succeed(CallbackId, text(Result));
  return {};
}

function sendFailure(input: Api.SendDurableExecutionCallbackFailureRequest, lambda: Lambda) {
  lambda.callbacks.fail(input.CallbackId ?? '', input.Error);
  return {};
}

function sendHeartbeat({ CallbackId = '' }: Api.SendDurableExecutionCallbackHeartbeatRequest, lambda: Lambda) {
  lambda.callbacks.heartbeat(CallbackId);
  return {};
}

/** What a function, its starter and its approver call. `never` lets each declare its own input. */
export const LAMBDA_OPERATIONS: Readonly<Record<string, ApiOperation<never, object>>> = {
  Invoke: invoke,
  CheckpointDurableExecution: checkpoint,
  GetDurableExecutionState: getState,
  GetDurableExecution: getExecution,
  ListDurableExecutionsByFunction: listExecutions,
  StopDurableExecution: stop,
  SendDurableExecutionCallbackSuccess: sendSuccess,
  SendDurableExecutionCallbackFailure: sendFailure,
  SendDurableExecutionCallbackHeartbeat: sendHeartbeat,
};
