import { AwsError } from '../http/errors.ts';

/** How Lambda says no to durable functions and those who call them. */
export const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

export const notFound = (what: string): AwsError => new AwsError('ResourceNotFoundException', `${what} not found`, 404);

export const tooLarge = (bytes: number): AwsError =>
  new AwsError('RequestTooLargeException', `${bytes} bytes exceed the limit of a payload`, 413);

/** The SDK knows this one by the beginning of its message: the invocation is over, the execution is not. */
export const staleToken = (): AwsError => invalid('Invalid Checkpoint Token');

export const alreadyStarted = (name: string): AwsError =>
  new AwsError('DurableExecutionAlreadyStartedException', `${name} was already started with another payload`, 409);

export const callbackOver = (): AwsError =>
  new AwsError('CallbackTimeoutException', 'the callback has been answered, has timed out or its execution is over');

/**
 * The same error as the AWS SDK would throw it. A handler in this process meets it without HTTP in between,
 * and the durable SDK decides by name, status and message whether the invocation or the execution is lost.
 */
export function asSdkError(thrown: unknown): unknown {
  if (!(thrown instanceof AwsError)) return thrown;
  return Object.assign(new Error(thrown.message), {
    name: thrown.code,
    $metadata: { httpStatusCode: thrown.status },
  });
}
