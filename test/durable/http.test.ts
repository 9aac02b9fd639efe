import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  ListFunctionsCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LambdaCall, listenLambda } from '../../sandbox/durable/http/listen.ts';
import { contextData, contextOf } from '../../sandbox/durable/runtimes/context.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { MONTH_SECONDS, registerFlow, START, startLambda } from './support/lambda.ts';

const ANN = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann', userId: 'AIDAANN' };

async function listening() {
  const lambda = startLambda();
  const calls: LambdaCall[] = [];
  const endpoint = await listenLambda({
    lambda,
    record: (call) => calls.push(call),
    principalOf: (key) => (key === 'AKIAANN' ? ANN : undefined),
  });
  onTestFinished(() => endpoint.close());
  const credentials = { accessKeyId: 'AKIAANN', secretAccessKey: 'secret' };
  const client = new LambdaClient({ region: 'ap-northeast-2', endpoint: endpoint.url, credentials, maxAttempts: 1 });
  return { lambda, client, calls, url: endpoint.url };
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

const start = (DurableExecutionName: string, payload: unknown = {}) =>
  new InvokeCommand({
    FunctionName: 'flow:live',
    InvocationType: 'Event',
    DurableExecutionName,
    Payload: json(payload),
  });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('over HTTP', () => {
  it('a function is started by name, approved and read by the SDK, and checkpoints by the SDK', async () => {
    const { lambda, client, calls, url } = await listening();
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', url);
    vi.stubEnv('AWS_REGION', 'ap-northeast-2');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFUNCTION');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const handler = withDurableExecution(async (event: { database: string }, context) => {
      const say = await context.waitForCallback<string>('approval', async () => {}, { timeout: { days: 7 } });
      for (let step = 0; step < 120; step++) await context.step(async () => step);
      await context.wait({ hours: 1 });
      return `${event.database}: ${say}`;
    });
    lambda.register('flow', {
      // The event without a client in it: the SDK looks for Lambda where the environment says.
      runtime: (event, invocation) => handler(event as never, contextOf(contextData(invocation))),
      durable: { executionTimeoutSeconds: MONTH_SECONDS },
    });

    const { StatusCode, DurableExecutionArn } = await client.send(start('orders', { database: 'orders' }));
    expect(StatusCode).toBe(202);
    await lambda.advance({ days: 1 });
    const [CallbackId] = lambda.callbacks.waiting();
    await client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('yes') }));
    await lambda.finish();

    expect(await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
      DurableExecutionName: 'orders',
      FunctionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:flow:1',
      Status: 'SUCCEEDED',
      StartTimestamp: START,
      EndTimestamp: new Date('2026-11-03T10:00:00Z'),
      InputPayload: '{"database":"orders"}',
      Result: '"orders: yes"',
    });
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(
      new Set([
        'Invoke',
        'CheckpointDurableExecution',
        'GetDurableExecutionState',
        'SendDurableExecutionCallbackHeartbeat',
        'SendDurableExecutionCallbackSuccess',
        'GetDurableExecution',
      ]),
    );
    expect(calls.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  it('every call is recorded, with who made it and what came of it', async () => {
    const { lambda, client, calls } = await listening();
    registerFlow(lambda, async () => 1);
    await client.send(start('one', { plan: 1 }));
    await expect(client.send(start('one', { plan: 2 }))).rejects.toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
    });
    const call = {
      at: START,
      service: 'lambda',
      operation: 'Invoke',
      account: ANN.account,
      principal: ANN.arn,
      region: 'ap-northeast-2',
    };
    expect(calls).toEqual([
      {
        ...call,
        input: expect.objectContaining({ FunctionName: 'flow:live', DurableExecutionName: 'one' }),
        outcome: 'ok',
      },
      { ...call, input: expect.anything(), outcome: 'DurableExecutionAlreadyStartedException' },
    ]);
  });

  it.each([
    [
      'an unqualified name',
      new InvokeCommand({ FunctionName: 'flow', InvocationType: 'Event' }),
      'InvalidParameterValueException',
    ],
    ['a function that does not exist', new InvokeCommand({ FunctionName: 'floe' }), 'ResourceNotFoundException'],
    [
      'an execution that does not exist',
      new GetDurableExecutionCommand({ DurableExecutionArn: 'arn:x/y' }),
      'ResourceNotFoundException',
    ],
    [
      'a callback that does not exist',
      new SendDurableExecutionCallbackFailureCommand({ CallbackId: 'x' }),
      'ResourceNotFoundException',
    ],
    ['an operation that nobody needs', new ListFunctionsCommand({}), 'NotImplemented'],
  ])('%s is refused as Lambda does', async (_, command, name) => {
    const { lambda, client } = await listening();
    registerFlow(lambda, async () => 1);
    await expect(client.send(command as InvokeCommand)).rejects.toMatchObject({ name });
  });

  it('a stale token is refused, and a checkpoint that arrives twice is stored once', async () => {
    const { lambda, client } = await listening();
    lambda.register('flow', {
      runtime: () => new Promise(() => {}),
      durable: { executionTimeoutSeconds: MONTH_SECONDS },
    });
    await client.send(start('one'));
    void lambda.settle();
    await vi.waitUntil(() => lambda.executions.all()[0]!.running, { timeout: 30_000 });
    const { arn: DurableExecutionArn, token } = lambda.executions.all()[0]!;
    const checkpoint = (ClientToken: string, Id: string) =>
      client.send(
        new CheckpointDurableExecutionCommand({
          DurableExecutionArn,
          CheckpointToken: token,
          ClientToken,
          Updates: [{ Id, Type: 'STEP', Action: 'START' }],
        }),
      );

    const first = await checkpoint('a', 'step-1');
    expect(await checkpoint('a', 'step-1')).toMatchObject({ CheckpointToken: first.CheckpointToken });
    await expect(checkpoint('b', 'step-2')).rejects.toThrow('Invalid Checkpoint Token');
    expect(lambda.executions.get(DurableExecutionArn).operations.size).toBe(2);
  });

  it('executions are listed, newest first, and stopped', async () => {
    const { lambda, client } = await listening();
    registerFlow(lambda, (_, context) => context.wait({ days: 1 }));
    for (const name of ['one', 'two', 'three']) await client.send(start(name));
    await lambda.settle();
    const { arn: DurableExecutionArn } = lambda.executions.all()[1]!;
    const stopped = await client.send(
      new StopDurableExecutionCommand({ DurableExecutionArn, Error: { ErrorMessage: 'enough' } }),
    );
    expect(stopped.StopTimestamp).toEqual(START);

    const list = async (filter: object) => {
      const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'flow', ...filter });
      const { DurableExecutions = [], NextMarker } = await client.send(command);
      return [DurableExecutions.map(({ DurableExecutionName }) => DurableExecutionName), NextMarker];
    };
    expect(await list({})).toEqual([['three', 'two', 'one'], undefined]);
    expect(await list({ Statuses: ['RUNNING'], ReverseOrder: true })).toEqual([['one', 'three'], undefined]);
    expect(await list({ MaxItems: 2 })).toEqual([['three', 'two'], '2']);
    expect(await list({ MaxItems: 2, Marker: '2' })).toEqual([['one'], undefined]);
    expect(await list({ StartedAfter: START })).toEqual([[], undefined]);
  });

  it('a plain function is woken, at once or by an event', async () => {
    const { lambda, client } = await listening();
    const events: unknown[] = [];
    const handler = async (event: { fail?: boolean }) => {
      events.push(event);
      if (event.fail) throw new TypeError('broken');
      return { seen: events.length };
    };
    lambda.register('scan', { runtime: inProcess(handler) });
    const invoke = (payload: unknown, InvocationType: 'Event' | 'RequestResponse' = 'RequestResponse') =>
      client.send(new InvokeCommand({ FunctionName: 'scan', InvocationType, Payload: json(payload) }));

    const answered = await invoke({ n: 1 });
    expect([answered.StatusCode, answered.FunctionError, answered.Payload?.transformToString()]).toEqual([
      200,
      undefined,
      '{"seen":1}',
    ]);
    const failed = await invoke({ fail: true });
    expect([failed.StatusCode, failed.FunctionError]).toEqual([200, 'Unhandled']);
    expect(JSON.parse(failed.Payload!.transformToString())).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'broken',
    });

    expect((await invoke({ n: 2 }, 'Event')).StatusCode).toBe(202);
    expect(events).toHaveLength(2);
    await lambda.settle();
    expect(events.at(-1)).toEqual({ n: 2 });
  });
});
