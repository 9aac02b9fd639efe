import { type Evidence, known, unknown } from '../../core/evidence.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';

/**
 * What was read, or why it could not be: we may not, AWS did not answer in ten attempts, or its time was over. A scope that is
 * silent must not keep the others from their snapshots. A mistake of ours is thrown.
 */
export async function readable<T>(what: string, read: () => Promise<T>): Promise<Evidence<T>> {
  try {
    return known(await read());
  } catch (error) {
    if (error instanceof AccessDeniedError) return unknown(error.message);
    if (isDenied(error)) return unknown(new AccessDeniedError(`may not read ${what}`, error).message);
    if (nameOf(error) === 'AbortError') return unknown(`there was no time to read ${what}`);
    if (isFromAws(error)) return unknown(`could not read ${what}: ${nameOf(error)}`);
    throw error;
  }
}

/** The SDK notes on every error of a call how often it was tried, also when no answer came. */
const isFromAws = (error: unknown): boolean => error instanceof Error && '$metadata' in error;
