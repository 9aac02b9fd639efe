import { describe, expect, it } from 'vitest';
import { minutesOf, registerFlow, resultOf, runToEnd, START, startFlow, startLambda } from './support/lambda.ts';

describe('waits', () => {
  it('take their time on the clock, one after the other, and none in life', async () => {
    const execution = await runToEnd(async (_, context) => {
      await context.wait('an hour', { hours: 1 });
      await context.wait('a day', { days: 1 });
    });

    expect(execution.status).toBe('SUCCEEDED');
    expect(minutesOf(execution)).toBe(25 * 60);
    expect(execution.invocations).toBe(3);
  });

  it('end at their own moment, even when the clock is moved far beyond', async () => {
    const lambda = startLambda();
    const seen: string[] = [];
    registerFlow(lambda, async (_, context) => {
      for (const days of [1, 30]) {
        await context.wait({ days });
        await context.step(async () => seen.push(new Date().toISOString()));
      }
    });
    lambda.register('flow', { ...lambda.functions.get('flow'), durable: { executionTimeoutSeconds: 366 * 86_400 } });
    startFlow(lambda);
    await lambda.advance({ days: 100 });

    expect(seen).toEqual(['2026-11-03T09:00:00.000Z', '2026-12-03T09:00:00.000Z']);
    expect(lambda.clock.now()).toEqual(new Date('2027-02-10T09:00:00Z'));
  });

  it('leave an execution running until the clock gets there', async () => {
    const lambda = startLambda();
    registerFlow(lambda, (_, context) => context.wait({ hours: 1 }));
    const execution = startFlow(lambda);

    await lambda.settle();
    expect(lambda.clock.now()).toEqual(START);
    expect(execution).toMatchObject({ status: 'RUNNING', invocations: 1 });
    await lambda.advance({ minutes: 59 });
    expect(execution.status).toBe('RUNNING');
    await lambda.advance({ minutes: 1 });
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('share the clock with whatever else is due on it', async () => {
    const lambda = startLambda();
    let ready = false;
    lambda.clock.after({ minutes: 25 }, () => {
      ready = true;
    });
    registerFlow(lambda, (_, context) =>
      context.waitForCondition(async () => ready, {
        initialState: false,
        waitStrategy: (done) => (done ? { shouldContinue: false } : { shouldContinue: true, delay: { minutes: 10 } }),
      }),
    );
    const execution = startFlow(lambda);
    await lambda.finish();

    expect(minutesOf(execution)).toBe(30);
  });
});

describe('an execution', () => {
  it('times out at the time-out of its function', async () => {
    const lambda = startLambda();
    registerFlow(lambda, (_, context) => context.wait({ days: 60 }));
    const execution = startFlow(lambda);
    await lambda.finish();

    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: { ErrorType: 'Execution.TimedOut' } });
    expect(minutesOf(execution)).toBe(30 * 24 * 60);
  });

  it('can be stopped while it waits, and stays stopped', async () => {
    const lambda = startLambda();
    registerFlow(lambda, (_, context) => context.wait({ days: 1 }));
    const execution = startFlow(lambda);
    await lambda.settle();
    lambda.stop(execution.arn, { ErrorMessage: 'a person said so' });
    await lambda.advance({ days: 2 });

    expect(execution).toMatchObject({ status: 'STOPPED', error: { ErrorMessage: 'a person said so' }, invocations: 1 });
  });

  it('fails with what the handler threw', async () => {
    const execution = await runToEnd(async () => {
      throw new RangeError('too far');
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: 'RangeError', ErrorMessage: 'too far' } });
  });

  it('runs at the same time as others, and the same way every time', async () => {
    const play = async (): Promise<unknown> => {
      const lambda = startLambda();
      registerFlow(lambda, async ({ nth }: { nth: number }, context) => {
        await context.wait({ minutes: 7 * nth });
        await context.step(async () => nth);
        await context.wait({ hours: 1 });
        return nth;
      });
      const executions = Array.from({ length: 30 }, (_, nth) => startFlow(lambda, { nth: nth + 1 }, `flow-${nth}`));
      await lambda.finish();
      return executions.map((one) => [one.arn, resultOf(one), minutesOf(one), one.invocations]);
    };
    const first = await play();
    expect(first).toHaveLength(30);
    expect(first).toContainEqual([expect.stringContaining('/flow-9/'), 10, 130, 3]);
    expect(await play()).toEqual(first);
  }, 30_000);
});
