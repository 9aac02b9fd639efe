import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, it } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';
import { listenLambda } from '../../sandbox/durable/http/listen.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';

const PLAN = 'right-size-2026-11-22-2000-123456789012-3f9a1c';
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close.splice(0)) await one();
});

async function open() {
  const lambda = new Lambda({ clock: createClock(new Date('2026-11-22T20:00:00Z')) });
  const runtime = inProcess(withDurableExecution(async (event: unknown) => event));
  lambda.register('carry-out', { runtime, durable: { executionTimeoutSeconds: 86_400 } });
  const endpoint = await listenLambda({
    lambda,
    principalOf: () => ({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann', userId: 'AIDAANN' }),
  });
  close.push(() => endpoint.close());
  const credentials = { accessKeyId: 'AKIAANN', secretAccessKey: 'secret' };
  const client = new LambdaClient({ region: 'ap-northeast-2', endpoint: endpoint.url, credentials, maxAttempts: 1 });
  return { lambda, starter: lambdaStarter(client, `${lambda.arnOf('carry-out')}:live`), client };
}

it('starts one execution of the plan, by its name, however often asked', async () => {
  const { lambda, starter } = await open();
  await starter.start({ plan: PLAN });
  await starter.start({ plan: PLAN });
  const executions = lambda.executions.of('carry-out');
  expect(executions.map(({ name, payload }) => [name, JSON.parse(payload)])).toEqual([[PLAN, { plan: PLAN }]]);
});

it('one that was started with another payload is started', async () => {
  const { lambda, starter } = await open();
  lambda.start({ functionName: 'carry-out:live', payload: { plan: PLAN, by: 'hand' }, name: PLAN });
  await starter.start({ plan: PLAN });
  expect(lambda.executions.of('carry-out')).toHaveLength(1);
});

it('starts each part of a large plan by a name of its own', async () => {
  const { lambda, starter } = await open();
  for (const part of [1, 2, 2]) await starter.start({ plan: PLAN, part });
  const executions = lambda.executions.of('carry-out');
  expect(executions.map(({ name, payload }) => [name, JSON.parse(payload)])).toEqual([
    [`${PLAN}-1`, { plan: PLAN, part: 1 }],
    [`${PLAN}-2`, { plan: PLAN, part: 2 }],
  ]);
});

it('a function that is not there is an error', async () => {
  const { client } = await open();
  const starter = lambdaStarter(client, 'arn:aws:lambda:ap-northeast-2:123456789012:function:nobody:live');
  await expect(starter.start({ plan: PLAN })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

it('may be tried without starting anything', async () => {
  const { lambda, client } = await open();
  expect(await starterCheck(client, `${lambda.arnOf('carry-out')}:live`)()).toEqual({ state: 'ok' });
  expect(lambda.executions.all()).toEqual([]);
  expect(await starterCheck(client, `${lambda.arnOf('nobody')}:live`)()).toEqual({
    state: 'failed',
    code: 'ResourceNotFoundException',
  });
});

it.each([
  ['AccessDeniedException', { state: 'denied', code: 'AccessDeniedException' }],
  ['InvalidParameterValueException', { state: 'untried', why: expect.stringMatching(/no dry run/) as string }],
])('a dry run that ends in %s says so', async (code, answer) => {
  const { client } = await open();
  client.middlewareStack.add(() => () => Promise.reject(Object.assign(new Error('no'), { name: code })), {
    step: 'initialize',
  });
  expect(await starterCheck(client, 'arn:aws:lambda:ap-northeast-2:123456789012:function:nobody:live')()).toEqual(
    answer,
  );
});
