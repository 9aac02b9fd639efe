import { Worker } from 'node:worker_threads';
import type { Invocation, Runtime } from '../invocation.ts';
import { type ContextData, contextData } from './context.ts';

export interface WorkerSpec {
  /** The module that exports `handler`. */
  readonly module: URL;
  /** All of its environment, AWS_ENDPOINT_URL and credentials above all: nothing of this process's own comes along. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the worker is started with. */
export interface WorkerJob {
  readonly module: string;
  readonly event: unknown;
  readonly context: ContextData;
  /** The sandbox's time, in milliseconds. */
  readonly now: number;
}

/** What it says at the end. */
export type WorkerReport =
  | { readonly answer: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

/**
 * Runs every invocation in a thread of its own, which is terminated when the invocation is killed: nothing
 * of it goes on, not even parallel branches. The handler's module is used as it is; it finds Lambda and
 * everything else over HTTP.
 */
export const inWorker =
  (spec: WorkerSpec): Runtime =>
  (event, invocation) =>
    new Promise((resolve, reject) => {
      const worker = startWorker(spec, event, invocation);
      invocation.onKill(() => worker.terminate());
      worker.once('message', (report: WorkerReport) => {
        void worker.terminate();
        if ('error' in report) reject(Object.assign(new Error(report.error.message), { name: report.error.name }));
        else resolve(report.answer);
      });
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the runtime exited with ${code}`)));
    });

function startWorker({ module, env }: WorkerSpec, event: unknown, invocation: Invocation): Worker {
  const now = invocation.startedAt.getTime();
  const workerData: WorkerJob = { module: module.href, event, context: contextData(invocation), now };
  return new Worker(new URL('./worker-main.ts', import.meta.url), { workerData, env: { ...env } });
}
