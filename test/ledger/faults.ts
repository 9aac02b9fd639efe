import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One call of a client: its operation, and the input that may be changed before it is sent. */
export interface Call {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** 1 for the first call since the interception began. */
  readonly number: number;
}

/** Gets each call before AWS does; `send` sends it and returns the output. */
export type Interceptor = (
  call: Call,
  send: () => Promise<Record<string, unknown>>,
) => Promise<Record<string, unknown>>;

/** Puts `intercept` between the client and its callers, until the returned function is called. */
export function intercept(client: DynamoDBClient, interceptor: Interceptor): () => void {
  let number = 0;
  const name = `intercept-${Math.random()}`;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      number += 1;
      const call = { operation: String(context.commandName).replace(/Command$/, ''), input: { ...args.input }, number };
      let response: unknown;
      const output = await interceptor(call, async () => {
        const result = await next({ ...args, input: call.input as typeof args.input });
        response = result.response;
        return result.output as unknown as Record<string, unknown>;
      });
      return { response, output: output as never };
    },
    { step: 'initialize', priority: 'high', name },
  );
  return () => void client.middlewareStack.remove(name);
}

/** The operations that were called while `work` ran, in order. */
export async function callsOf(client: DynamoDBClient, work: () => Promise<unknown>): Promise<string[]> {
  const operations: string[] = [];
  const stop = intercept(client, (call, send) => {
    operations.push(call.operation);
    return send();
  });
  await work();
  stop();
  return operations;
}

/** What a dying function or a lost connection looks like from inside. */
export const crash = (): Error => Object.assign(new Error('the connection is gone'), { name: 'TimeoutError' });
