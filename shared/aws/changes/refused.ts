import type { Refused } from '../../ports-acting.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';

/** Nothing was changed. The message is fit for people: no principal, no encoded policy. */
export class RefusedError extends Error implements Refused {
  override readonly name = 'RefusedError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, { code, retryable, cause }: Pick<Refused, 'code' | 'retryable' | 'cause'>) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
  }
}

/** The resource is not what the action expects, so AWS was not asked. */
export const notAsExpected = (message: string, { retryable = false } = {}): RefusedError =>
  new RefusedError(message, { code: 'NotAsExpected', retryable });

/** What AWS refuses now and may grant later, without anybody changing anything. */
export const PASSING: ReadonlySet<string> = new Set([
  'InsufficientCapacity',
  'InsufficientHostCapacity',
  'InsufficientInstanceCapacity',
  'InsufficientReservedInstanceCapacity',
  'InsufficientDBInstanceCapacityFault',
  'InsufficientStorageClusterCapacityFault',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/**
 * AWS's no, as ours. What is none is thrown on: after an outage or on a broken connection nobody knows whether the
 * mutation was made, and the verb has to be repeated.
 */
export function refusedBy(error: unknown): RefusedError {
  const code = nameOf(error);
  const retryable = PASSING.has(code);
  if (!retryable && !isClientFault(error) && !(error instanceof AccessDeniedError)) throw error;
  return new RefusedError(sentence(error, code), { code, retryable, cause: error });
}

const isClientFault = (error: unknown): boolean => (error as { $fault?: unknown } | undefined)?.$fault === 'client';

/** AWS's own words, but for what is denied: they carry principals and encoded policies. */
function sentence(error: unknown, code: string): string {
  if (error instanceof AccessDeniedError) return error.message;
  if (isDenied(error)) return `the role that acts may not do it (${code})`;
  return `AWS refused: ${error instanceof Error && error.message ? error.message : 'without a word'} (${code})`;
}
