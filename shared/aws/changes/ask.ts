import type { Asked } from '../../ports-acting.ts';
import { RefusedError, refusedBy } from './refused.ts';

/** What to do about a resource that looks as it does: ask AWS; nothing, it is there or on its way; or nothing, and why. */
export type Verdict = 'ask' | 'done' | RefusedError;

/** One mutation of one resource. */
export interface Question<Seen> {
  /** The resource as it is now, or why there is nothing to be done with it. */
  readonly look: () => Promise<Seen | RefusedError>;
  readonly judge: (seen: Seen) => Verdict;
  readonly mutate: (seen: Seen) => Promise<unknown>;
}

/**
 * Looks, compares, and asks at once. When AWS refuses, it looks again: a call before, whose reply was lost, may have been
 * heard, and then the refusal only says that it is being done.
 * @throws {RefusedError} when nothing was changed
 */
export async function ask<Seen>({ look, judge, mutate }: Question<Seen>): Promise<Asked> {
  const seen = await look().catch(refuse);
  if (seen instanceof RefusedError) throw seen;
  const verdict = judge(seen);
  if (verdict === 'done') return 'there';
  if (verdict !== 'ask') throw verdict;
  try {
    await mutate(seen);
    return 'asked';
  } catch (error) {
    const { message, code, retryable, untimely, cause } = refusedBy(error);
    const again = await look().catch(refuse);
    const now = again instanceof RefusedError ? again : judge(again);
    if (now === 'done') return 'asked';
    const passes = now !== 'ask' && now.retryable;
    throw new RefusedError(message, { code, retryable: retryable || passes, untimely, cause });
  }
}

const refuse = (error: unknown): never => {
  throw refusedBy(error);
};
