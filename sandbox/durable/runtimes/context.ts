import type { Context } from 'aws-lambda';
import type { Invocation } from '../invocation.ts';

/** An invocation has all of Lambda's fifteen minutes left, always: the clock stands still while it runs. */
const REMAINING_MS = 15 * 60_000;

/** The part of a context that can be sent to another thread. */
export type ContextData = Omit<Context, 'getRemainingTimeInMillis' | 'done' | 'fail' | 'succeed'>;

export const contextData = ({ id, functionName, functionArn }: Invocation): ContextData => ({
  awsRequestId: id,
  functionName,
  functionVersion: '1',
  invokedFunctionArn: functionArn,
  memoryLimitInMB: '256',
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: 'sandbox',
  callbackWaitsForEmptyEventLoop: false,
});

/** What a handler gets as its second argument. */
export const contextOf = (data: ContextData): Context => ({
  ...data,
  getRemainingTimeInMillis: () => REMAINING_MS,
  done: unsupported,
  fail: unsupported,
  succeed: unsupported,
});

function unsupported(): never {
  throw new Error('callbacks of the context are not supported');
}
