import type { Progress } from '../../shared/ports-acting.ts';
import { type Durable, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

/** Every half minute at first, every five minutes later, for more than a day. */
const POLLING = { firstSeconds: 30, mostSeconds: 300, times: 400 } as const;

/** Waits until AWS says that the change, or the taking back, is done. */
export function awaitProgress(
  hands: Hands,
  durable: Durable,
  { item, what, name }: { item: Item; what: 'settled' | 'undone'; name: string },
): Promise<Progress> {
  const { action } = proposalOf(item);
  return poll(durable, name, async () => (await hands.verbsFor(scopeOf(proposalOf(item)), action))[what](action));
}

/** Asks until it is no longer pending. A question that fails is asked again: it says nothing about the change. */
export async function poll(durable: Durable, name: string, ask: () => Promise<Progress>): Promise<Progress> {
  return durable.waitForCondition<Progress>(
    name,
    () => ask().catch((error: Error): Progress => ({ state: 'pending', seen: error.name })),
    {
      initialState: { state: 'pending', seen: 'nothing yet' },
      waitStrategy: polling(({ state }) => state === 'pending', POLLING),
    },
  );
}
