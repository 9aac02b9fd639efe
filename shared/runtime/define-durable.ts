import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import type * as z from 'zod';
import { parseEvent } from './define-function.ts';

export interface DurableDefinition<Schema extends z.ZodType> {
  readonly name: string;
  readonly event: Schema;
  readonly handle: (event: z.output<Schema>, context: DurableContext) => Promise<unknown>;
}

/** The one place that knows how a durable function is made. What it runs is replayed: effects belong into steps. */
export const defineDurable = <Schema extends z.ZodType>({ name, event: schema, handle }: DurableDefinition<Schema>) =>
  withDurableExecution((raw: unknown, context: DurableContext) => handle(parseEvent(name, schema, raw), context));
