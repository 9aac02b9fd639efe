import { directionOf } from '../../shared/core/action.ts';
import { nextOpening } from '../../shared/core/maintenance-window.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { type Durable, patiently } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';
import { refusalOr } from './refusal.ts';

/** Whether an action waits for the maintenance window of its resource: what is a second outage anyway does not. */
export function waitsForWindow(item: { readonly plan: Plan; readonly number: number }): boolean {
  const { action } = proposalOf(item);
  return action.kind === 'resize-database' && directionOf(action) === 'takes';
}

/**
 * Sleeps until the window opens, and why there is none to wait for, if so. It holds no lease meanwhile, and everything is
 * checked after it.
 */
export async function awaitWindow(hands: Hands, durable: Durable, item: Item): Promise<string | undefined> {
  if (!waitsForWindow(item)) return undefined;
  const opening = await durable.step('window', () => refusalOr(() => openingOf(hands, item)), patiently);
  if ('refused' in opening) return opening.refused;
  if (opening.seconds > 0) await durable.wait('until the window', opening);
  return undefined;
}

/** Why it is not to be done now, although it was: the window is over by now. */
export async function whyOutside(hands: Hands, item: Item): Promise<string | undefined> {
  if (!waitsForWindow(item)) return undefined;
  const { seconds, window } = await openingOf(hands, item);
  return seconds > 0 ? `its maintenance window (${window} UTC) is over` : undefined;
}

/** How long it is closed from now on. */
async function openingOf(hands: Hands, item: Item): Promise<{ readonly seconds: number; readonly window: string }> {
  const proposal = proposalOf(item);
  const { window: ask } = await hands.verbsFor(scopeOf(proposal), proposal.action);
  if (!ask) throw new Error(`nothing says when a ${proposal.action.kind} may be done`);
  const [window, now] = [await ask(proposal.action), hands.clock()];
  return { seconds: Math.ceil((nextOpening(window, now).getTime() - now.getTime()) / 1000), window };
}
