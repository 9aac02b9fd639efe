/** The runtime inside a worker thread: imports the handler, runs one event, reports. */
import { parentPort, workerData } from 'node:worker_threads';
import { followTime, seedMathRandom } from '../determinism.ts';
import { contextOf } from './context.ts';
import type { Handler } from './in-process.ts';
import type { WorkerJob, WorkerReport } from './in-worker.ts';

const { module, event, context, now } = workerData as WorkerJob;

// Time passes in here from the sandbox's present on, so that time-outs of clients work.
const startedAt = performance.now();
followTime(() => Math.round(now + performance.now() - startedAt));
seedMathRandom();

async function run(): Promise<WorkerReport> {
  try {
    const { handler } = (await import(module)) as { readonly handler: Handler };
    return { answer: await handler(event as never, contextOf(context)) };
  } catch (thrown) {
    const { name = 'Error', message = String(thrown) } = thrown as Error;
    return { error: { name, message } };
  }
}

parentPort!.postMessage(await run());
