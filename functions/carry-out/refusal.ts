import type { Refused } from '../../shared/ports-acting.ts';

/** What AWS refuses for good is an answer. What may be granted later is thrown: the step tries it again. */
export async function refusalOr<T>(work: () => Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await work();
  } catch (error) {
    if (isRefused(error) && !error.retryable) return { refused: error.message };
    throw error;
  }
}

export const isRefused = (error: unknown): error is Refused => error instanceof Error && error.name === 'RefusedError';
