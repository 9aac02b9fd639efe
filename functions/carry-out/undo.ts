import type { Change } from '../../shared/core/change.ts';
import { announce } from './announce.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Ending, type Item, proposalOf, scopeOf } from './item.ts';
import { takeLease, whoseIs } from './lease.ts';
import { awaitProgress, whyHalted } from './progress.ts';
import { isRefused } from './refusal.ts';

/**
 * So long, in seconds, is waited before each next try. Capacity comes back within minutes or hours. What AWS takes only so
 * often, such as another type of storage, it takes again hours or a day later, when it has optimized what it has.
 */
const WAITS = { failed: [60, 300, 900, 3600], untimely: new Array<number>(48).fill(3600) } as const;

/** A change that is to be taken back, and why. */
export interface Undoing {
  readonly item: Item;
  readonly because: string;
  /** As it was recorded last, if it was. */
  readonly watching?: Change | undefined;
  readonly timezone: string;
}

/**
 * Takes the change back, again and again for some hours, or for two days where it is only not the time for it, which is
 * said. What cannot be taken back is stuck and needs a person.
 */
export async function undo(hands: Hands, durable: Durable, undoing: Undoing): Promise<Ending> {
  const { item, because } = undoing;
  const waited = { failed: 0, untimely: 0 };
  for (let round = 1; ; round++) {
    const tried = await tryUndo(hands, durable, item, `${round}`);
    if ('done' in tried) return { outcome: 'undone', because };
    if ('overtakenBy' in tried) return { outcome: 'undone', because: `${because}; ${tried.overtakenBy} takes it back` };
    const kind = tried.untimely ? 'untimely' : 'failed';
    const wait = WAITS[kind][waited[kind]];
    if (!wait)
      return { outcome: 'stuck', because: `${because}; taking it back failed ${round} times: ${tried.failed}` };
    waited[kind]++;
    if (tried.untimely && waited.untimely === 1) {
      const waits = `${because}; taking it back waits for AWS: ${tried.failed}`;
      await sayThatItWaits(hands, durable, { ...undoing, because: waits });
    }
    await durable.wait(`before undo ${round + 1}`, { seconds: wait });
  }
}

const WAITING = 'it stays changed until AWS takes the way back, which is asked for every hour for two days';

/** Once, and besides how it ends: who depends on it is not well for so long. */
async function sayThatItWaits(
  hands: Hands,
  durable: Durable,
  { item, because, watching, timezone }: Undoing,
): Promise<void> {
  if (!watching) return;
  const change = { ...watching, because, warning: WAITING };
  await announce(hands, durable, { name: 'announce the wait', plan: item.plan, changes: [change], timezone });
}

/** It is as it was; why it is not, and whether that is only for now; or whose plan has taken it over. */
type Tried =
  | { readonly done: true }
  | { readonly failed: string; readonly untimely?: boolean }
  | { readonly overtakenBy: string };

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
  const halted = await whyHalted(hands, action);
  if (halted) return { failed: halted };
  const verbs = await hands.verbsFor(scopeOf(proposalOf(item)), action);
  if (!(await hands.ledger.beginUndo(taken.lease))) throw new Error('the lease was lost in this moment');
  try {
    await verbs.undo(action);
    return { begun: true };
  } catch (error) {
    // The rounds wait longer than a step would.
    if (isRefused(error)) return { failed: error.message, untimely: error.untimely };
    throw error;
  }
}
