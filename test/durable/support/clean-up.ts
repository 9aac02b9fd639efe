import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import type { CloudRequest } from './cloud.ts';

/**
 * A workflow as Lamplighter has them: ask, protect, wait until protected, wait a while, delete. Its effects
 * are idempotent by their ids, so that a step which was killed half-way can be run again.
 */
export interface CleanUp {
  readonly databases: readonly string[];
  /** Ask somebody first. */
  readonly ask?: boolean;
}

type Call = (operation: string, request: CloudRequest) => Promise<string>;

/** @param url where the cloud is */
export const cleanUp = (url: string) => async (event: CleanUp, context: DurableContext) => {
  const call: Call = async (operation, request) => {
    const response = await fetch(`${url}/${operation}`, { method: 'POST', body: JSON.stringify(request) });
    return (await response.json()) as string;
  };
  if (event.ask) {
    const say = await context.waitForCallback<string>('ask', async (callbackId) => {
      await call('ask', { callbackId });
    });
    if (say !== 'yes') return `left alone: ${say}`;
  }
  const cleaned = await context.map('databases', [...event.databases], (child, database) =>
    cleanOne(child, call, database),
  );
  return cleaned.getResults();
};

async function cleanOne(context: DurableContext, call: Call, database: string): Promise<string> {
  await context.step('snapshot', () => call('snapshot', { database }));
  const polls = await context.waitForCondition('available', poll(call, database), {
    initialState: { status: '', polls: 0 },
    waitStrategy: ({ status }) =>
      status === 'available' ? { shouldContinue: false } : { shouldContinue: true, delay: { minutes: 11 } },
  });
  await context.wait('cool off', { hours: 1 });
  await context.step('delete', () => call('delete', { database }));
  return `${database} after ${polls.polls} polls`;
}

const poll = (call: Call, database: string) => async (last: { polls: number }) => ({
  status: await call('status', { database }),
  polls: last.polls + 1,
});

/** For a worker, which knows the cloud by its environment. */
export const handler = withDurableExecution(cleanUp(process.env.CLOUD_URL ?? ''));
