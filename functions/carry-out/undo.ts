import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Ending, type Item, proposalOf, scopeOf } from './item.ts';
import { takeLease, whoseIs } from './lease.ts';
import { awaitProgress, whyHalted } from './progress.ts';
import { isRefused } from './refusal.ts';

/** Capacity comes back within minutes or hours: so long, in seconds, is waited before each next try. */
const WAITS = [60, 300, 900, 3600] as const;

/** Takes the change back, again and again for some hours. What cannot be taken back is stuck and needs a person. */
export async function undo(hands: Hands, durable: Durable, item: Item, because: string): Promise<Ending> {
  for (let round = 1; ; round++) {
    const tried = await tryUndo(hands, durable, item, `${round}`);
    if ('done' in tried) return { outcome: 'undone', because };
    if ('overtakenBy' in tried) return { outcome: 'undone', because: `${because}; ${tried.overtakenBy} takes it back` };
    const wait = WAITS[round - 1];
    if (!wait)
      return { outcome: 'stuck', because: `${because}; taking it back failed ${round} times: ${tried.failed}` };
    await durable.wait(`before undo ${round + 1}`, { seconds: wait });
  }
}

/** It is as it was; why it is not; or whose plan has taken it over. */
type Tried = { readonly done: true } | { readonly failed: string } | { readonly overtakenBy: string };

export async function tryUndo(hands: Hands, durable: Durable, item: Item, name: string): Promise<Tried> {
  try {
    const begun = await durable.step(`undo ${name}`, () => begin(hands, item), patiently);
    if (!('begun' in begun)) return begun;
  } catch (error) {
    return { failed: reasonOf(error) };
  }
  const undone = await awaitProgress(hands, durable, { item, what: 'undone', name: `undone ${name}` });
  if (undone.state === 'done') return { done: true };
  return { failed: undone.state === 'failed' ? undone.because : `still ${undone.seen}` };
}

/** Whatever is paused or frozen, only `halt` stops this; and a person's plan that has taken the lease, which does the same. */
async function begin(hands: Hands, item: Item): Promise<{ readonly begun: true } | Exclude<Tried, { done: true }>> {
  const { action } = proposalOf(item);
  const taken = await takeLease(hands, item);
  if ('heldBy' in taken) return { overtakenBy: await whoseIs(hands, taken.heldBy) };
  const halted = await whyHalted(hands, item);
  if (halted) return { failed: halted };
  const verbs = await hands.verbsFor(scopeOf(proposalOf(item)), action);
  if (!(await hands.ledger.beginUndo(taken.lease))) throw new Error('the lease was lost in this moment');
  try {
    await verbs.undo(action);
    return { begun: true };
  } catch (error) {
    if (isRefused(error)) return { failed: error.message }; // the rounds wait longer than a step would
    throw error;
  }
}
