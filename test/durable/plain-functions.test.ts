import { describe, expect, it } from 'vitest';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { registerFlow, resultOf, startFlow, startLambda } from './support/lambda.ts';

describe('a plain function', () => {
  it('answers an invocation at once, with its event and its context', async () => {
    const lambda = startLambda();
    lambda.register('greet', {
      runtime: inProcess(async ({ name }: { name: string }, { functionName }) => `${functionName} ${name}`),
    });
    expect(await lambda.invoke('greet', { name: 'Ann' })).toEqual({ payload: '"greet Ann"', failed: false });
  });

  it('that throws answers with the error', async () => {
    const lambda = startLambda();
    lambda.register('broken', { runtime: inProcess(() => Promise.reject(new RangeError('too far'))) });
    const { payload, failed } = await lambda.invoke('broken', {});
    expect(failed).toBe(true);
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });

  it('takes an event when the clock is run, and twice more when it fails', async () => {
    const lambda = startLambda();
    const attempts: string[] = [];
    lambda.register('scan', {
      runtime: inProcess(async () => {
        attempts.push(lambda.clock.now().toISOString().slice(11, 19));
        throw new Error('no');
      }),
    });
    lambda.send('scan', '{"time":"x"}');
    expect(attempts).toEqual([]);
    await lambda.advance({ hours: 1 });

    expect(attempts).toEqual(['09:00:00', '09:01:00', '09:03:00']);
    expect(lambda.lostEvents).toEqual([
      { functionName: 'scan', payload: '{"time":"x"}', error: expect.stringContaining('"errorMessage":"no"') },
    ]);
  });

  it('can start a durable one', async () => {
    const lambda = startLambda();
    registerFlow(lambda, async (event: unknown) => event);
    lambda.register('scan', { runtime: inProcess(async () => startFlow(lambda, { plan: 1 }, 'plan-1').name) });
    lambda.send('scan', '{}');
    await lambda.settle();
    expect(lambda.executions.all().map(resultOf)).toEqual([{ plan: 1 }]);
  });
});

describe('a durable function', () => {
  it('is not for synchronous invocations', async () => {
    const lambda = startLambda();
    registerFlow(lambda, async () => 1);
    await expect(lambda.invoke('flow:live', {})).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
  });

  it('can call others and sleeps until they are done', async () => {
    const lambda = startLambda();
    lambda.register('double', { runtime: inProcess(async (n: number) => 2 * n) });
    lambda.register('broken', { runtime: inProcess(() => Promise.reject(new RangeError('too far'))) });
    registerFlow(lambda, async ({ nap }: { nap?: boolean }, context) => {
      if (nap) return context.wait({ hours: 1 }).then(() => 'rested');
      const failure = (error: unknown) => (error as Error).message;
      return [
        await context.invoke('double', 'double', 21),
        await context.invoke('nap', 'flow:live', { nap: true }),
        await context.invoke('broken', 'broken', {}).catch(failure),
        await context.invoke('missing', 'missing', {}).catch(failure),
      ];
    });
    const execution = startFlow(lambda);
    await lambda.finish();
    expect(resultOf(execution)).toEqual([42, 'rested', 'too far', 'Function missing not found']);
  });
});
