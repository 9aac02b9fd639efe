import type { Progress } from '../../shared/ports-acting.ts';
import { type Durable, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

/** Every minute at first, every quarter of an hour later, for more than a day: there is room for 3,000 operations. */
const POLLING = { firstSeconds: 60, mostSeconds: 900, times: 120 } as const;

/** Waits until AWS says that the change, or the taking back, is done. */
export function awaitProgress(
  hands: Hands,
  durable: Durable,
  { item, what, name }: { item: Item; what: 'settled' | 'undone'; name: string },
): Promise<Progress> {
  const { action } = proposalOf(item);
  const ask = async () => (await hands.verbsFor(scopeOf(proposalOf(item)), action))[what](action);
  return poll(hands, durable, { name, ask });
}

/** What is asked about, and the name of the operation. */
interface Poll {
  readonly name: string;
  readonly ask: () => Promise<Progress>;
}

interface Polled {
  readonly progress: Progress;
  /** When it was first asked, in ISO time: just after the call to AWS. */
  readonly since?: string;
}

/**
 * What AWS shows may lag behind what it was just asked for.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const LAG_MS = 2 * 60_000;

/**
 * Asks until it is no longer pending. A question that fails is asked again: it says nothing about the change. Nor does what
 * looks failed at first: it may be how it was before.
 */
export async function poll(hands: Hands, durable: Durable, { name, ask }: Poll): Promise<Progress> {
  const look = async ({ since = hands.clock().toISOString() }: Polled): Promise<Polled> => {
    const progress = await ask().catch((error: Error): Progress => ({ state: 'pending', seen: error.name }));
    const mayLag = hands.clock().getTime() - Date.parse(since) < LAG_MS;
    if (progress.state !== 'failed' || !mayLag) return { progress, since };
    return { progress: { state: 'pending', seen: progress.because }, since };
  };
  const { progress } = await durable.waitForCondition<Polled>(name, look, {
    initialState: { progress: { state: 'pending', seen: 'nothing yet' } },
    waitStrategy: polling(({ progress: { state } }) => state === 'pending', POLLING),
  });
  return progress;
}
