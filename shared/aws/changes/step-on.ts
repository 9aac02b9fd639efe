import type { Progress } from '../../ports-acting.ts';
import { isNoCapacity, RefusedError } from './refused.ts';

/**
 * A mutation in the middle of a change. A refusal that passes leaves it pending. What AWS has no capacity for is refused
 * for good: a resource that is down does not wait for it, it goes back.
 */
export async function stepOn(work: () => Promise<Progress>): Promise<Progress> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.retryable && !isNoCapacity(error)) return { state: 'pending', seen: error.message };
    return { state: 'failed', because: error.message, refused: true };
  }
}
