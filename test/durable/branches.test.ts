import { describe, expect, it } from 'vitest';
import { minutesOf, registerFlow, resultOf, runToEnd, startFlow, startLambda } from './support/lambda.ts';

describe('branches', () => {
  it('of parallel wait at the same time', async () => {
    const execution = await runToEnd(async (_, context) => {
      const both = await context.parallel<string>('both', [
        async (branch) => {
          await branch.wait({ hours: 3 });
          return branch.step('slow', async () => 'slow');
        },
        async (branch) => {
          await branch.wait({ hours: 1 });
          return branch.step('fast', async () => 'fast');
        },
      ]);
      return both.getResults();
    });
    expect(resultOf(execution)).toEqual(['slow', 'fast']);
    expect(minutesOf(execution)).toBe(3 * 60);
  });

  it('of map run at most so many at a time', async () => {
    const execution = await runToEnd(async (_, context) => {
      const hours = (branch: typeof context) => branch.wait({ hours: 1 });
      await context.map('ten', Array.from({ length: 10 }), hours, { maxConcurrency: 4 });
    });
    expect(minutesOf(execution)).toBe(3 * 60);
  });

  it('of a map of fifty with waits of their own run every step once', async () => {
    const steps: string[] = [];
    const execution = await runToEnd(async (_, context) => {
      const items = Array.from({ length: 50 }, (_unused, index) => index);
      const mapped = await context.map('fifty', items, async (branch, item) => {
        for (const step of ['a', 'b', 'c']) await branch.step(step, async () => steps.push(`${item}${step}`));
        await branch.wait({ minutes: item + 1 });
        return item;
      });
      return mapped.successCount;
    });
    expect(resultOf(execution)).toBe(50);
    expect(steps).toHaveLength(150);
    expect(new Set(steps).size).toBe(150);
    // The execution, the map, and per item its context, three steps and a wait.
    expect(execution.operations.size).toBe(2 + 50 * 5);
  }, 30_000);
});

describe('a child context', () => {
  it('keeps its failure to itself until somebody asks', async () => {
    const execution = await runToEnd((_, context) =>
      context
        .runInChildContext('child', async (child) => {
          await child.step('inside', async () => 1);
          throw new TypeError('broken');
        })
        .catch((error: unknown) => `caught ${(error as Error).name}: ${(error as Error).message}`),
    );
    expect(resultOf(execution)).toBe('caught ChildContextError: broken');
  });

  it('that is over is not replayed: its operations are not sent again', async () => {
    const lambda = startLambda();
    const sent: number[] = [];
    registerFlow(lambda, async (_, context) => {
      await context.runInChildContext('child', async (child) => {
        for (let step = 0; step < 20; step++) await child.step(async () => step);
      });
      await context.wait({ hours: 1 });
    });
    const { runtime, durable } = lambda.functions.get('flow');
    lambda.register('flow', {
      durable: durable!,
      runtime: (event, invocation) => {
        sent.push(
          (event as { InitialExecutionState: { Operations: unknown[] } }).InitialExecutionState.Operations.length,
        );
        return runtime(event, invocation);
      },
    });
    startFlow(lambda);
    await lambda.finish();

    // First the execution alone; then the execution, the context and the wait.
    expect(sent).toEqual([1, 3]);
  });
});
