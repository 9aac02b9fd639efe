import { randomUUID } from 'node:crypto';
import {
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  InvokeCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';

export interface CheckEvent {
  readonly check: true;
  readonly scopes?: readonly { readonly account: string; readonly regions?: readonly string[] }[];
}

/** `failed`: the payload is the error that the function threw. */
export interface Reply {
  readonly failed: boolean;
  readonly payload: string;
}

/** Has a function checked, and waits for what it says. */
export type Ask = (functionName: string, event: CheckEvent) => Promise<Reply>;

/** Asks a function that answers at once, and asks it once. */
export const askNow =
  (client: LambdaClient): Ask =>
  async (FunctionName, event) => {
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await client.send(command);
    return { failed: FunctionError !== undefined, payload: Buffer.from(Payload ?? []).toString() };
  };

/** As often as that is it looked whether the answer is there: for the fifteen minutes of an invocation. */
const LOOKS = 450;
export const PAUSE_MS = 2_000;

/**
 * Asks a durable function. Lambda refuses to wait for one whose executions may last longer than fifteen minutes, and starts
 * it by an event and a qualified name only; so the answer is the result of an execution that is named `check-...`.
 */
export const askDurable =
  (client: LambdaClient, pause: () => Promise<unknown>): Ask =>
  async (functionName, event) => {
    const { DurableExecutionArn } = await client.send(
      new InvokeCommand({
        FunctionName: `${functionName}:live`,
        InvocationType: 'Event',
        DurableExecutionName: `check-${randomUUID()}`,
        Payload: JSON.stringify(event),
      }),
    );
    for (let look = 0; look < LOOKS; look++) {
      await pause();
      const { Status, Result, Error: thrown } = await lookAt(client, DurableExecutionArn);
      if (Status === 'SUCCEEDED') return { failed: false, payload: Result ?? '' };
      if (Status !== 'RUNNING') {
        const { ErrorType = Status ?? 'UnknownError', ErrorMessage = '' } = thrown ?? {};
        return { failed: true, payload: JSON.stringify({ errorType: ErrorType, errorMessage: ErrorMessage }) };
      }
    }
    throw new Error(`no answer yet; see ${DurableExecutionArn}`);
  };

/** An event may lie in Lambda's queue for a moment, and nobody has heard of the execution. */
async function lookAt(
  client: LambdaClient,
  DurableExecutionArn: string | undefined,
): Promise<Partial<GetDurableExecutionCommandOutput>> {
  try {
    return await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return { Status: 'RUNNING' };
    throw error;
  }
}
