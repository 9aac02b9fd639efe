import type { Closed } from './ask.ts';
import { giveBack } from './cap.ts';
import { type Durable, patiently, pauseAfter, reasonOf } from './durable.ts';
import { mayBeApplied, type Passed } from './gate.ts';
import type { Hands } from './hands.ts';
import { attemptsOf } from './item.ts';
import type { Leased } from './lease.ts';
import { type Applied, type Later, mutate } from './mutation.ts';
import { beginSharing } from './sharing.ts';

/** One mutation with the gate that has to let it through. */
export interface Attempt {
  readonly item: Leased;
  readonly name: string;
  readonly gate: () => Promise<Passed | Closed>;
}

/** The action itself. What it took of the day's cap and did not use is given back. */
export async function applyOnce(
  hands: Hands,
  durable: Durable,
  { item, name }: Pick<Attempt, 'item' | 'name'>,
): Promise<Applied> {
  const gate = async () => {
    const passed = await mayBeApplied(hands, item);
    if ('at' in passed) await beginSharing(hands, item, passed.at);
    return passed;
  };
  const unused = (at = hands.clock().toISOString()) => giveBack(hands, item, at);
  return passAndApply(hands, durable, { item, name, gate, unused });
}

/** Asks the gate and makes the mutation, again for some hours while AWS says that it may be granted later. */
export async function passAndApply(
  hands: Hands,
  durable: Durable,
  attempt: Attempt & { readonly unused?: (passedAt?: string) => Promise<void> },
): Promise<Applied> {
  for (let round = 1; ; round++) {
    const name = round === 1 ? attempt.name : `${attempt.name}, round ${round}`;
    const { passedAt, applied } = await tryOnce(hands, durable, { ...attempt, name });
    if ('at' in applied) return applied;
    const { unused } = attempt;
    // A gate that could not be asked to its end may have taken a place. One that cannot be given back is lost for the day.
    const mayHaveCounted = passedAt !== undefined || ('closed' in applied && applied.unknown);
    if (mayHaveCounted && unused)
      await Promise.resolve(durable.step(`unused: ${name}`, () => unused(passedAt), patiently)).catch(() => undefined);
    if (!('later' in applied)) return applied;
    if (round === attemptsOf(attempt.item))
      return applied.untimely ? { closed: applied.later } : { refused: applied.later };
    await durable.wait(`before round ${round + 1} of ${attempt.name}`, pauseAfter(round));
  }
}

interface Tried {
  /** When the gate let it through, if it did. */
  readonly passedAt?: string;
  readonly applied: Applied | Later;
}

/**
 * The gate in one step, the mutation in the next: what the gate let through is done at once, and a crash in between repeats
 * the mutation and not the question, whose answer would be the change itself.
 */
async function tryOnce(hands: Hands, durable: Durable, { item, name, gate }: Attempt): Promise<Tried> {
  // True only in the invocation in which the gate was asked, and until the first try: after that nobody knows.
  const memory = { untried: false };
  const work = async () => {
    const passed = await gate();
    memory.untried = true;
    return passed;
  };
  try {
    const passed = await durable.step(`gate: ${name}`, work, patiently);
    if ('closed' in passed) return { applied: passed };
    const applied = await mutate(hands, durable, { item, name, memory, passedAt: passed.at });
    return { passedAt: passed.at, applied };
  } catch (error) {
    return { applied: { closed: `it could not be checked again: ${reasonOf(error)}`, unknown: true } };
  }
}
