import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { onTestFinished } from 'vitest';
import { createClock, DAY } from '../../../sandbox/clock.ts';
import { followTime, seedMathRandom } from '../../../sandbox/durable/determinism.ts';
import type { Execution } from '../../../sandbox/durable/execution.ts';
import { Lambda } from '../../../sandbox/durable/lambda.ts';
import { inProcess } from '../../../sandbox/durable/runtimes/in-process.ts';

export const START = new Date('2026-11-02T09:00:00Z');

/** A month, in seconds: longer than anything that these tests wait for. */
export const MONTH_SECONDS = (30 * DAY) / 1_000;

/** A Lambda on a clock of its own. `Date` and `Math.random` of this process follow it until the test is over. */
export function startLambda(): Lambda {
  const clock = createClock(START);
  onTestFinished(followTime(() => clock.now().getTime()));
  onTestFinished(seedMathRandom());
  return new Lambda({ clock });
}

/** A workflow as a test writes it down. `any` event would hide typing errors, so tests say what they take. */
export type Workflow<Event> = (event: Event, context: DurableContext) => Promise<unknown>;

/** Registers `workflow` as the durable function `flow`. */
export function registerFlow<Event>(lambda: Lambda, workflow: Workflow<Event>): void {
  const runtime = inProcess(withDurableExecution(workflow));
  lambda.register('flow', { runtime, durable: { executionTimeoutSeconds: MONTH_SECONDS } });
}

export function startFlow(lambda: Lambda, payload: unknown = {}, name?: string): Execution {
  return lambda.start({ functionName: 'flow:live', payload, ...(name === undefined ? {} : { name }) });
}

/** A Lambda that runs `workflow` to its end, and what became of it. */
export async function runToEnd<Event>(workflow: Workflow<Event>): Promise<Execution> {
  const lambda = startLambda();
  registerFlow(lambda, workflow);
  const execution = startFlow(lambda);
  await lambda.finish();
  return execution;
}

/** What the handler returned. */
export const resultOf = (execution: Execution): unknown => execution.result && JSON.parse(execution.result);

/** Minutes of sandbox time from the start of an execution to its end. */
export const minutesOf = ({ startedAt, endedAt }: Execution): number =>
  (endedAt!.getTime() - startedAt.getTime()) / 60_000;
