import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';
import { type LambdaCall, listenLambda } from '../../sandbox/durable/http/listen.ts';
import type { Runtime } from '../../sandbox/durable/invocation.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { askDurable, askNow } from '../../scripts/doctor/ask.ts';

/** A Lambda with one function that is deployed under the name `f`, and a client of it. */
async function deployed(runtime: Runtime) {
  const lambda = new Lambda({ clock: createClock(new Date('2026-11-22T20:00:00Z')) });
  const invoked: unknown[] = [];
  const record = ({ operation, input }: LambdaCall) => {
    if (operation === 'Invoke') invoked.push((input as { FunctionName?: string }).FunctionName);
  };
  const api = await listenLambda({ lambda, record });
  onTestFinished(() => api.close());
  const credentials = { accessKeyId: 'AKIAANN', secretAccessKey: 'secret' };
  const client = new LambdaClient({ region: 'ap-northeast-2', endpoint: api.url, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return { lambda, client, invoked, plain: () => lambda.register('f', { runtime }) };
}

const CHECK = { check: true } as const;

describe('a function that answers at once', () => {
  it('is given the event, and what it returns is the reply', async () => {
    const { client, plain } = await deployed(async (event) => ({ event }));
    plain();
    expect(await askNow(client)('f', CHECK)).toEqual({ failed: false, payload: JSON.stringify({ event: CHECK }) });
  });

  it('that throws has failed, and the error is the reply', async () => {
    const { client, plain } = await deployed(async () => {
      throw new TypeError('no');
    });
    plain();
    const { failed, payload } = await askNow(client)('f', CHECK);
    expect([failed, JSON.parse(payload)]).toEqual([true, expect.objectContaining({ errorMessage: 'no' })]);
  });
});

describe('a durable function', () => {
  const durable = { executionTimeoutSeconds: 86_400 };

  it('is started by the alias under a name that is no plan, and waited for', async () => {
    const { client, lambda, invoked } = await deployed(async () => undefined);
    const runtime: Runtime = async () => ({ Status: 'SUCCEEDED', Result: '{"ok":true}' });
    lambda.register('f', { runtime, durable });
    let pauses = 0;
    const pause = async () => (++pauses === 3 ? lambda.settle() : undefined);
    expect(await askDurable(client, pause)('f', CHECK)).toEqual({ failed: false, payload: '{"ok":true}' });
    expect(pauses).toBe(3);
    const [execution] = lambda.executions.all();
    expect(invoked).toEqual(['f:live']);
    expect(execution?.name).toMatch(/^check-[\w-]{36}$/);
    expect(JSON.parse(execution?.payload ?? '')).toEqual(CHECK);
  });

  it('that fails says why', async () => {
    const { client, lambda } = await deployed(async () => undefined);
    const thrown = { ErrorType: 'InvalidConfigError', ErrorMessage: 'EXTERNAL_ID: ...' };
    lambda.register('f', { runtime: async () => ({ Status: 'FAILED', Error: thrown }), durable });
    const { failed, payload } = await askDurable(client, () => lambda.settle())('f', CHECK);
    expect([failed, JSON.parse(payload)]).toEqual([
      true,
      { errorType: 'InvalidConfigError', errorMessage: 'EXTERNAL_ID: ...' },
    ]);
  });

  it('that is not deployed is an error', async () => {
    const { client } = await deployed(async () => undefined);
    const asked = askDurable(client, async () => undefined)('f', CHECK);
    await expect(asked).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
