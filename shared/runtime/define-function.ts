import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { type ArnParts, parseArn, type Scope } from '../core/identity.ts';
import { InvalidEventError } from './errors.ts';
import { log } from './log.ts';

/** What a function knows of the delivery that woke it. */
export interface Tick {
  /** The event's time; for a manual event without one, the moment of its arrival. */
  readonly time: Date;
  /** The same for every retry of one delivery. */
  readonly requestId: string;
  /** The account and region that the function itself runs in. */
  readonly own: Scope & Pick<ArnParts, 'partition'>;
}

export interface FunctionDefinition<Schema extends z.ZodType> {
  readonly name: string;
  readonly event: Schema;
  readonly handle: (event: z.output<Schema>, tick: Tick) => Promise<unknown>;
}

/**
 * The one place that knows middy. It parses the event before anything else happens, stamps a manual event that brings no
 * time, and logs how each delivery began and ended.
 */
export function defineFunction<Schema extends z.ZodType<{ time?: Date | undefined }>>({
  name,
  event: schema,
  handle,
}: FunctionDefinition<Schema>) {
  return middy(async (raw: unknown, context: Context) => {
    const event = parseEvent(name, schema, raw);
    const own = parseArn(context.invokedFunctionArn);
    if (!own) throw new Error('the Lambda context carries no function ARN');
    return handle(event, { time: event.time ?? new Date(), requestId: context.awsRequestId, own });
  })
    .use(injectLambdaContext(log, { resetKeys: true }))
    .use({
      before: () => log.info('woken'),
      after: () => log.info('done'),
      onError: ({ error }) => log.error('failed', error as Error),
    });
}

/** @throws {InvalidEventError} that names each wrong field, its place and what is allowed there */
export function parseEvent<Schema extends z.ZodType>(name: string, schema: Schema, raw: unknown): z.output<Schema> {
  const result = schema.safeParse(raw ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => `${path.join('.') || 'event'}: ${issue.message}`);
  });
  throw new InvalidEventError(name, problems);
}
