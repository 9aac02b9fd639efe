import {
  type DurableExecutionInvocationInput,
  DurableExecutionInvocationInputWithClient,
} from '@aws/durable-execution-sdk-js';
import type { Context } from 'aws-lambda';
import type { Runtime } from '../invocation.ts';
import { contextData, contextOf } from './context.ts';

/** A function's handler: plain, durable or wrapped by middy. `never` lets each declare its own event. */
export type Handler = (event: never, context: Context) => unknown;

/**
 * Runs a handler in this process; a durable one is handed its client with the event.
 *
 * Code cannot be stopped in here. A killed handler merely gets no answer to its next checkpoint. That is
 * exact for sequential code; parallel branches go on a little longer than in life: use `inWorker` for them.
 */
export const inProcess =
  (handler: Handler): Runtime =>
  async (event, invocation) =>
    handler(withClient(event, invocation.client) as never, contextOf(contextData(invocation)));

const withClient = (event: unknown, client: Parameters<Runtime>[1]['client']): unknown =>
  client ? new DurableExecutionInvocationInputWithClient(event as DurableExecutionInvocationInput, client) : event;
