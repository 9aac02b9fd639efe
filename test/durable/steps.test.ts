import { StepSemantics } from '@aws/durable-execution-sdk-js';
import { describe, expect, it } from 'vitest';
import type { Lambda } from '../../sandbox/durable/lambda.ts';
import { minutesOf, registerFlow, resultOf, runToEnd, startFlow, startLambda } from './support/lambda.ts';

/** Three attempts, five minutes apart. */
const threeTimes = {
  retryStrategy: (_: Error, attempt: number) => ({ shouldRetry: attempt < 3, delay: { minutes: 5 } }),
};

describe('a step', () => {
  it('is tried again after its delay, and its result is kept', async () => {
    let attempts = 0;
    const execution = await runToEnd(async (_, context) => {
      const result = await context.step(
        'flaky',
        async () => {
          if (++attempts < 3) throw new Error('not yet');
          return 'done';
        },
        threeTimes,
      );
      await context.wait({ hours: 1 });
      return result;
    });

    expect(resultOf(execution)).toBe('done');
    expect(attempts).toBe(3);
    expect(minutesOf(execution)).toBe(70);
  });

  it('that is never done throws to the workflow, which goes on', async () => {
    const execution = await runToEnd(async (_, context) => {
      try {
        await context.step('hopeless', () => Promise.reject(new RangeError('never')), threeTimes);
      } catch (error) {
        return context.step('undo', async () => `undone after ${(error as Error).name}: ${(error as Error).message}`);
      }
    });
    expect(resultOf(execution)).toBe('undone after StepError: never');
  });

  it('is not run again when the invocation crashes after it', async () => {
    let runs = 0;
    const lambda = startLambda();
    registerFlow(lambda, async (_, context) => {
      await context.step('effect', async () => ++runs);
      await context.step('crash', async () => {
        if (lambda.executions.all()[0]!.crashes < 2) await dieHere(lambda);
      });
    });
    const execution = startFlow(lambda);
    await lambda.finish();

    expect(execution).toMatchObject({ status: 'SUCCEEDED', crashes: 2, invocations: 3 });
    expect(runs).toBe(1);
    // Redelivered after one second and then after two.
    expect(minutesOf(execution)).toBe(3 / 60);
  });

  describe('with at-most-once semantics that is killed after its effect', () => {
    it.each([
      ['twice with the default retry: "per retry" is meant literally', {}, 2, 'done'],
      [
        'once without a retry, and throws a StepError',
        { retryStrategy: () => ({ shouldRetry: false }) },
        1,
        'caught StepError',
      ],
    ])('has it %s', async (_, config, times, result) => {
      let effects = 0;
      const lambda = startLambda();
      registerFlow(lambda, async (_event, context) => {
        const charge = async () => {
          if (++effects === 1) await dieHere(lambda);
          return 'done';
        };
        return context
          .step('charge', charge, { semantics: StepSemantics.AtMostOncePerRetry, ...config })
          .catch((error: unknown) => `caught ${(error as Error).name}`);
      });
      const execution = startFlow(lambda);
      await lambda.finish();

      expect([effects, resultOf(execution)]).toEqual([times, result]);
    });
  });
});

/** What happens to code whose machine is gone: nothing any more. */
function dieHere(lambda: Lambda): Promise<never> {
  lambda.kill();
  return new Promise(() => {});
}
