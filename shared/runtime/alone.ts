import type { Turns } from '../ports.ts';
import { AtWorkError } from './errors.ts';

/** As long as Lambda lets any invocation run. */
const LONGEST_SECONDS = 900;

export interface Alone {
  readonly turns: Turns;
  /** Of what only one may be at work, e.g. a payer. */
  readonly of: string;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
  readonly clock: () => Date;
  /** As long as an invocation of this function may run: one that died keeps the next waiting no longer. */
  readonly longestSeconds?: number;
}

/**
 * One delivery at a time: two would find the same and say it twice.
 * @throws {AtWorkError} while another one is at work
 */
export async function alone<T>(
  { turns, of, holder, clock, longestSeconds = LONGEST_SECONDS }: Alone,
  work: () => Promise<T>,
): Promise<T> {
  const now = clock();
  const until = new Date(now.getTime() + longestSeconds * 1000);
  if (!(await turns.begin(of, { holder, now, until }))) throw new AtWorkError(of);
  try {
    return await work();
  } finally {
    await turns.end(of, holder).catch(() => undefined); // it ends by itself; the first error tells more
  }
}
