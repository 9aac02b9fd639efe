import { type DurableContext, type Operation, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { expect, it, onTestFinished } from 'vitest';
import { registerFlow, resultOf, startFlow, startLambda } from './support/lambda.ts';

/**
 * The referee: the SDK's own local runner plays the same workflow, in real time. Operations, attempts,
 * results and errors have to agree.
 */
it("the sandbox and the SDK's local runner record the same execution", async () => {
  const theirs = await playTheirs();
  const ours = await playOurs();
  expect(ours.result).toEqual(theirs.result);
  expect(ours.operations).toEqual(theirs.operations);
  expect(ours.operations).toHaveLength(22);
}, 20_000);

async function playTheirs() {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  onTestFinished(() => LocalDurableTestRunner.teardownTestEnvironment());
  const handlerFunction = withDurableExecution(allKinds());
  const played = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: { seven: 7 } });
  const operations = played.getOperations().map((one) => one.getOperationData() as Operation);
  return { result: played.getResult(), operations: inWords(operations) };
}

async function playOurs() {
  const lambda = startLambda();
  registerFlow(lambda, allKinds());
  const execution = startFlow(lambda, { seven: 7 });
  await lambda.finish();
  return { result: resultOf(execution), operations: inWords([...execution.operations.values()]) };
}

/** One workflow with every kind of operation. Its parts wait side by side, so that it takes two seconds of life. */
function allKinds() {
  const retry = { retryStrategy: (_: Error, attempt: number) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } }) };
  let attempts = 0;
  const flaky = async () => {
    if (++attempts < 2) throw new RangeError('not yet');
    return attempts;
  };
  const parts: ((context: DurableContext) => Promise<unknown>)[] = [
    (context) => context.step('flaky', flaky, retry),
    (context) => context.step('hopeless', () => Promise.reject(new RangeError('never')), retry).catch(inShort),
    (context) => context.wait('nap', { seconds: 1 }),
    (context) =>
      context.waitForCondition('poll', async (polls: number) => polls + 1, {
        initialState: 0,
        waitStrategy: (polls) =>
          polls < 2 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      }),
    (context) => context.waitForCallback('callback', async () => {}, { timeout: { seconds: 1 } }).catch(inShort),
    (context) =>
      context
        .runInChildContext('child', async (child) => {
          await child.step('inside', async () => 1);
          throw new TypeError('broken');
        })
        .catch(inShort),
  ];
  return async ({ seven }: { seven: number }, context: DurableContext): Promise<unknown> => {
    const plain = await context.step('plain', async () => ({ seven }));
    const results = (await context.parallel<unknown>('parts', parts)).getResults();
    const squares = await context.map('squares', [1, 2], (child, n) => child.step('square', async () => n * n));
    return [plain, ...results, ...squares.getResults()];
  };
}

const inShort = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`;

/** What has to agree, a line an operation. Ids and times differ, and the runner leaves the execution itself out. */
function inWords(operations: readonly Operation[]): string[] {
  const lines = operations.map((one) => {
    const details = one.StepDetails ?? one.ContextDetails ?? one.CallbackDetails;
    const attempt = one.StepDetails?.Attempt;
    return JSON.stringify([
      one.Name,
      one.Type,
      one.SubType,
      one.Status,
      attempt,
      details?.Result,
      details?.Error?.ErrorMessage,
    ]);
  });
  return lines.filter((line) => !line.includes('"EXECUTION"')).sort();
}
