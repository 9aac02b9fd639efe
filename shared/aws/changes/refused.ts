import type { Refused } from '../../ports-acting.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';

/** Nothing was changed. The message is fit for people: no principal, no encoded policy. */
export class RefusedError extends Error implements Refused {
  override readonly name = 'RefusedError';
  readonly code: string;
  readonly retryable: boolean;
  readonly untimely: boolean;

  constructor(message: string, { code, retryable, untimely = false, cause }: Refusal) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
    this.untimely = untimely;
  }
}

type Refusal = Pick<Refused, 'code' | 'retryable' | 'cause'> & Partial<Pick<Refused, 'untimely'>>;

/** The resource is not what the action expects, so AWS was not asked. */
export const notAsExpected = (message: string, { retryable = false, untimely = false } = {}): RefusedError =>
  new RefusedError(message, { code: 'NotAsExpected', retryable, untimely });

const NO_CAPACITY = [
  'InsufficientCapacity',
  'InsufficientHostCapacity',
  'InsufficientInstanceCapacity',
  'InsufficientReservedInstanceCapacity',
  'InsufficientClusterCapacityFault',
  'InsufficientDBInstanceCapacityFault',
  'InsufficientStorageClusterCapacityFault',
];

export const isNoCapacity = ({ code }: Refused): boolean => NO_CAPACITY.includes(code);

/** What AWS refuses now and may grant later, without anybody changing anything. */
export const PASSING: ReadonlySet<string> = new Set([
  ...NO_CAPACITY,
  'ConcurrentUpdateException',
  // A Redshift cluster without a recent snapshot, or with something going on that its status does not say.
  'InvalidClusterStateFault',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ResourceContentionFault',
  'ScalingActivityInProgressFault',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** What AWS takes only so often, or one at a time: four modifications of a volume in any 24 hours, whoever makes them. */
const UNTIMELY = new Set(['VolumeModificationRateExceeded', 'IncorrectModificationState']);

/** RDS takes a change of storage every six hours, and says so in words only (InvalidParameterCombination). */
const OPTIMIZED = /previous storage change is being optimized/;

const isUntimely = (error: unknown, code: string): boolean =>
  UNTIMELY.has(code) || (error instanceof Error && OPTIMIZED.test(error.message));

/**
 * AWS's no, as ours. What is none is thrown on: after an outage or on a broken connection nobody knows whether the
 * mutation was made, and the verb has to be repeated.
 */
export function refusedBy(error: unknown): RefusedError {
  if (!isRefusal(error)) throw error;
  const code = nameOf(error);
  const retryable = PASSING.has(code);
  return new RefusedError(sentence(error, code), { code, retryable, untimely: isUntimely(error, code), cause: error });
}

/** Whether AWS has said no: then nothing was changed. */
export const isRefusal = (error: unknown): boolean =>
  PASSING.has(nameOf(error)) || isClientFault(error) || error instanceof AccessDeniedError;

const isClientFault = (error: unknown): boolean => (error as { $fault?: unknown } | undefined)?.$fault === 'client';

/** AWS's own words, but for what is denied: they carry principals and encoded policies. */
function sentence(error: unknown, code: string): string {
  if (error instanceof AccessDeniedError) return error.message;
  if (isDenied(error)) return `the role that acts may not do it (${code})`;
  return `AWS refused: ${error instanceof Error && error.message ? error.message : 'without a word'} (${code})`;
}
