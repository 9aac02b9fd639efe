import type { Context } from 'aws-lambda';

/** The Lambda context of a function that is called in this process. */
export const plainContext = (name: string): Context => ({
  awsRequestId: `demo-${name}`,
  functionName: `lamplighter-${name}-prod`,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:lamplighter-${name}-prod`,
  memoryLimitInMB: '512',
  logGroupName: `/aws/lambda/lamplighter-${name}-prod`,
  logStreamName: 'demo',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 900_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});
