import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { MONTH_SECONDS, minutesOf, resultOf, runToEnd, startFlow } from './support/lambda.ts';

interface Poll {
  readonly rounds: number;
  readonly error?: string;
}

const again = { shouldContinue: true, delay: { seconds: 10 } } as const;
const enough = { shouldContinue: false } as const;

describe('waitForCondition', () => {
  it('polls on the clock and hands its state from round to round', async () => {
    const execution = await runToEnd(async (_, context) =>
      context.waitForCondition('poll', async ({ rounds }: Poll) => ({ rounds: rounds + 1 }), {
        initialState: { rounds: 0 },
        waitStrategy: ({ rounds }, attempt) =>
          rounds < 4 ? { shouldContinue: true, delay: { minutes: attempt } } : enough,
      }),
    );
    expect(resultOf(execution)).toEqual({ rounds: 4 });
    expect(minutesOf(execution)).toBe(1 + 2 + 3);
    expect(execution.metered).toBe(2 + 3);
  });
});

/**
 * SDK 2.4.0: when a strategy or a check throws in a later round of the same invocation, the failure is
 * checkpointed twice. The service refuses the second one, and the execution dies past every catch.
 * It takes a sibling that keeps the invocation alive until the next round is due.
 */
describe('waitForCondition next to a sibling that keeps the invocation alive', () => {
  it('survives when the strategy gives up by returning and the check catches its errors', async () => {
    const execution = await besideASibling((context) =>
      context.waitForCondition('poll', async ({ rounds }: Poll) => failing(rounds).catch(asState(rounds)), {
        initialState: { rounds: 0 },
        waitStrategy: ({ rounds }) => (rounds < 3 ? again : enough),
      }),
    );
    expect(execution.status).toBe('SUCCEEDED');
    expect(resultOf(execution)).toEqual(['sibling', { rounds: 3, error: 'no network' }]);
  });

  it.each([
    ['strategy', async ({ rounds }: Poll) => ({ rounds: rounds + 1 }), 3],
    ['check', async ({ rounds }: Poll) => (rounds < 2 ? { rounds: rounds + 1 } : failing(rounds)), 99],
  ])('kills the execution when the %s throws, whatever the workflow catches', async (_, check, giveUpAfter) => {
    const execution = await besideASibling((context) =>
      context
        .waitForCondition('poll', check, {
          initialState: { rounds: 0 },
          waitStrategy: ({ rounds }) => {
            if (rounds >= giveUpAfter) throw new Error('I give up');
            return again;
          },
        })
        .catch(() => 'compensated'),
    );
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('Invalid current STEP state');
  });
});

const failing = (_rounds: number): Promise<Poll> => Promise.reject(new Error('no network'));

const asState =
  (rounds: number) =>
  (error: Error): Poll => ({ rounds: rounds + 1, error: error.message });

/** Runs `poll` in parallel with a step that lasts three rounds of it. */
async function besideASibling(poll: (context: DurableContext) => Promise<unknown>) {
  // Long ago for the SDK, so that it asks for the next round at once instead of sleeping until it is due.
  const clock = createClock(new Date('2001-01-01T00:00:00Z'));
  const lambda = new Lambda({ clock });
  const sibling = async (): Promise<string> => {
    for (let round = 1; round < 3; round++) {
      while (!pollIsPending(lambda)) await nextTurn();
      clock.advance({ seconds: 10 });
    }
    while (!pollIsOver(lambda)) await nextTurn();
    return 'sibling';
  };
  const workflow = async (_: unknown, context: DurableContext) => {
    const branches = [(branch: DurableContext) => branch.step('sibling', sibling), poll];
    return (await context.parallel<unknown>('both', branches)).getResults();
  };
  const runtime = inProcess(withDurableExecution(workflow));
  lambda.register('flow', { runtime, durable: { executionTimeoutSeconds: MONTH_SECONDS } });
  const execution = startFlow(lambda);
  await lambda.finish();
  return execution;
}

const pollOf = (lambda: Lambda) =>
  [...lambda.executions.all()[0]!.operations.values()].find((one) => one.Name === 'poll');

const pollIsPending = (lambda: Lambda): boolean => pollOf(lambda)?.Status === 'PENDING';

const pollIsOver = (lambda: Lambda): boolean => ['SUCCEEDED', 'FAILED'].includes(pollOf(lambda)?.Status ?? '');
