import { describeDone, isAskedOnce } from '../../shared/core/action.ts';
import type { Closed } from './ask.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Passed } from './gate.ts';
import type { Hands } from './hands.ts';
import { proposalOf, scopeOf } from './item.ts';
import type { Leased } from './lease.ts';
import { isRefused } from './refusal.ts';

export type Applied =
  | (Passed & {
      /** It was asked for once, and nobody knows whether AWS has heard it. */
      readonly unheard?: true;
    })
  | Closed
  | { readonly refused: string }
  /** Nobody can say whether it was done: it may have been. */
  | { readonly unclear: string; readonly at: string };

/**
 * Nothing was done, and it may be granted later: the whole gate is asked again before the next try. `untimely`: if it is not,
 * nobody has to look.
 */
export type Later = { readonly later: string; readonly untimely?: true };

/** One mutation, after its gate. */
export interface Mutation {
  readonly item: Leased;
  readonly name: string;
  readonly passedAt: string;
  readonly memory: { untried: boolean };
}

/** Makes the mutation, again for some hours while nobody can say whether it was made. */
export async function mutate(hands: Hands, durable: Durable, mutation: Mutation): Promise<Applied | Later> {
  const { memory, name } = mutation;
  const work = () => {
    const first = memory.untried;
    memory.untried = false;
    return first ? firstTry(hands, mutation) : nextTry(hands, mutation);
  };
  try {
    return await durable.step(name, work, patiently);
  } catch (error) {
    return whetherDone(hands, durable, { ...mutation, because: reasonOf(error) });
  }
}

/** A mutation follows its gate within this, else the gate is asked again. */
const FRESH_MS = 2 * 60_000;

export const isFresh = ({ clock }: Hands, at: string): boolean => clock().getTime() - Date.parse(at) <= FRESH_MS;

const verbsOf = (hands: Hands, item: Leased) => hands.verbsFor(scopeOf(proposalOf(item)), proposalOf(item).action);

/** Nothing was sent yet: if the resource is already as wanted, that was not us, and the change is not ours. */
async function firstTry(hands: Hands, { item, passedAt }: Mutation): Promise<Applied | Later> {
  const { action } = proposalOf(item);
  if (!isFresh(hands, passedAt)) return { later: 'the gate was asked too long ago' };
  try {
    const verbs = await verbsOf(hands, item);
    return await refusalOrLater(async () => {
      const asked = await verbs.apply(action, item.protection, passedAt);
      if (asked === 'there') return { closed: `already ${describeDone(action)} by somebody else` };
      return asked === 'unheard' ? { at: passedAt, unheard: true } : { at: passedAt };
    });
  } catch (error) {
    if (!isAskedOnce(action)) throw error;
    return { later: reasonOf(error) }; // nothing was sent
  }
}

/** A try before this one may have done it, and then the change is half done and goes on whatever the gate would say. */
async function nextTry(hands: Hands, { item, passedAt }: Mutation): Promise<Applied | Later> {
  if (!isFresh(hands, passedAt)) {
    return (await tookEffect(hands, item)) ? { at: passedAt } : { later: 'AWS could not be reached' };
  }
  const { action } = proposalOf(item);
  if (isAskedOnce(action)) return { at: passedAt, unheard: true };
  const verbs = await verbsOf(hands, item);
  return refusalOrLater(async () => {
    await verbs.apply(action, item.protection, passedAt);
    return { at: passedAt };
  });
}

async function refusalOrLater(work: () => Promise<Applied>): Promise<Applied | Later> {
  try {
    return await work();
  } catch (error) {
    if (!isRefused(error)) throw error;
    const { message, retryable, untimely } = error;
    if (retryable) return untimely ? { later: message, untimely } : { later: message };
    return untimely ? { closed: message } : { refused: message };
  }
}

/** Whether a mutation did whose tries ended in errors. When it did not, nothing is muted for it. */
async function tookEffect(hands: Hands, item: Leased): Promise<boolean> {
  const { action } = proposalOf(item);
  const verbs = await verbsOf(hands, item);
  if ((await verbs.settled(action)).state !== 'failed') return true;
  await verbs.hearAgain?.(action);
  return false;
}

/** Asks AWS itself whether a mutation took effect whose every try ended in an error. */
async function whetherDone(
  hands: Hands,
  durable: Durable,
  { item, passedAt: at, name, because }: Mutation & { readonly because: string },
): Promise<Applied> {
  const ask = async (): Promise<Applied> => ((await tookEffect(hands, item)) ? { at } : { refused: because });
  try {
    return await durable.step(`${name}: whether it was done`, ask, patiently);
  } catch (error) {
    return { unclear: `nobody can say whether it was done: ${because}, and then ${reasonOf(error)}`, at };
  }
}
