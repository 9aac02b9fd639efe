import { directionOf } from '../../shared/core/action.ts';
import { closedBecause } from '../../shared/core/gates.ts';
import { type Durable, patiently } from './durable.ts';
import { reasonOf } from './gate.ts';
import type { Hands } from './hands.ts';
import { type Ending, type Item, proposalOf } from './item.ts';
import { awaitProgress } from './progress.ts';
import { scopeOf } from './recheck.ts';
import { isRefused } from './refusal.ts';

/** Capacity comes back within minutes or hours: so long, in seconds, is waited before each next try. */
const WAITS = [60, 300, 900, 3600] as const;

/** Takes the change back, again and again for some hours. What cannot be taken back is stuck and needs a person. */
export async function undo(hands: Hands, durable: Durable, item: Item, because: string): Promise<Ending> {
  for (let round = 1; ; round++) {
    const failed = await tryUndo(hands, durable, item, `${round}`);
    if (!failed) return { outcome: 'undone', because };
    const wait = WAITS[round - 1];
    if (!wait) return { outcome: 'stuck', because: `${because}; taking it back failed ${round} times: ${failed}` };
    await durable.wait(`before undo ${round + 1}`, { seconds: wait });
  }
}

/** Why it could not be taken back; nothing when it is as it was. */
export async function tryUndo(hands: Hands, durable: Durable, item: Item, name: string): Promise<string | undefined> {
  try {
    const { refused } = await durable.step(`undo ${name}`, () => begin(hands, item), patiently);
    if (refused) return refused;
  } catch (error) {
    return reasonOf(error);
  }
  const undone = await awaitProgress(hands, durable, { item, what: 'undone', name: `undone ${name}` });
  if (undone.state === 'done') return undefined;
  return undone.state === 'failed' ? undone.because : `still ${undone.seen}`;
}

/** Whatever is paused or frozen, only `halt` stops this. */
async function begin(hands: Hands, item: Item): Promise<{ readonly refused?: string }> {
  const { action } = proposalOf(item);
  const switches = await hands.switches.read();
  const closed = closedBecause({ direction: directionOf(action), finishing: true, switches, freeze: [], today: '' });
  if (closed) return { refused: closed };
  const verbs = await hands.verbsFor(scopeOf(proposalOf(item)), action);
  try {
    await verbs.undo(action);
    return {};
  } catch (error) {
    if (isRefused(error)) return { refused: error.message }; // the rounds wait longer than a step would
    throw error;
  }
}
