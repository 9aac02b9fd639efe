import { describe, expect, it } from 'vitest';
import { resultOf, runToEnd } from './support/lambda.ts';

const KB = 1024;

describe('the limits', () => {
  it('let an execution have 3,000 operations, itself included', async () => {
    const execution = await runToEnd(async (_, context) => {
      for (let step = 0; step < 2_999; step++) await context.step(async () => step);
      return 'done';
    });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', metered: 3_000 });
  }, 30_000);

  it('end an execution at the next one', async () => {
    const execution = await runToEnd(async (_, context) => {
      for (let step = 0; step < 3_000; step++) await context.step(async () => step).catch(() => 'never mind');
      return 'done';
    });
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('Too many operations');
  }, 30_000);

  it('count every poll', async () => {
    const execution = await runToEnd(async (_, context) =>
      context.waitForCondition(async (polls: number) => polls + 1, {
        initialState: 0,
        waitStrategy: (polls) =>
          polls < 20 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      }),
    );
    expect(execution).toMatchObject({ metered: 2 + 19 });
    expect(execution.operations.size).toBe(2);
  });

  it.each([
    ['within', 256 * KB - 2, 'SUCCEEDED'],
    ['beyond', 256 * KB - 1, 'FAILED'],
  ])('are kept by a result %s 256 KB', async (_, letters, status) => {
    const execution = await runToEnd(async (_event, context) => {
      await context.step(async () => 'x'.repeat(letters));
    });
    expect(execution.status).toBe(status);
  });

  it('allow the result of an execution more than the 6 MB of an answer', async () => {
    const execution = await runToEnd(async () => 'x'.repeat(7 * KB * KB));
    expect(execution.status).toBe('SUCCEEDED');
    expect(resultOf(execution)).toHaveLength(7 * KB * KB);
  });

  it('send a long history in pages', async () => {
    let steps = 0;
    const execution = await runToEnd(async (_, context) => {
      for (let step = 0; step < 250; step++) await context.step(async () => ++steps);
      await context.wait({ hours: 1 });
      return context.step(async () => ++steps);
    });
    expect(resultOf(execution)).toBe(251);
    expect(execution.invocations).toBe(2);
  });
});
