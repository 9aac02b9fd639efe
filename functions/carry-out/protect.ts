import { PERMISSIONS } from '../../shared/core/action.ts';
import { parseDays } from '../../shared/core/quantity.ts';
import { DAY_MS, localDate } from '../../shared/core/time.ts';
import { type Durable, patiently } from './durable.ts';
import { contextFor, isFresh, notNow, reasonOf } from './gate.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf } from './item.ts';
import { poll } from './progress.ts';
import { scopeOf } from './recheck.ts';
import { refusalOr } from './refusal.ts';

export type Protection =
  | { readonly state: 'done'; readonly snapshot?: string }
  | { readonly state: 'closed'; readonly because: string }
  | { readonly state: 'failed'; readonly because: string };

/** Protects what the action touches, if its kind needs it; nothing is protected that would not be touched anyway. */
export async function protect(hands: Hands, durable: Durable, item: Item): Promise<Protection> {
  const { action } = proposalOf(item);
  const verbs = () => hands.verbsFor(scopeOf(proposalOf(item)), action);
  if (PERMISSIONS[action.kind].protect.length === 0) return { state: 'done' };
  let begun: Begun;
  try {
    // Apart from the next step: once the snapshot has begun, the rule would say that the database is busy.
    const looked = await durable.step('recheck', () => look(hands, item), patiently);
    if ('closed' in looked) return { state: 'closed', because: looked.closed };
    begun = await durable.step('protect', () => begin(hands, item, looked), patiently);
  } catch (error) {
    return { state: 'closed', because: `it could not be checked again and protected: ${reasonOf(error)}` };
  }
  if ('closed' in begun) return { state: 'closed', because: begun.closed };
  if ('refused' in begun) return { state: 'failed', because: `not protected: ${begun.refused}` };
  const { snapshot } = begun;
  const progress = await poll(durable, 'protected', async () => {
    const { protected: ask } = await verbs();
    return ask ? ask(action, snapshot) : { state: 'done' };
  });
  if (progress.state === 'done') return { state: 'done', snapshot };
  const why = progress.state === 'failed' ? progress.because : `still ${progress.seen} after a day`;
  return { state: 'failed', because: `not protected: ${why}` };
}

type Begun = { readonly snapshot: string } | { readonly closed: string } | { readonly refused: string };

interface Looked {
  readonly at: string;
  /** The calendar date from which on the protection may go. */
  readonly expires: string;
}

async function look(hands: Hands, item: Item): Promise<Looked | { closed: string }> {
  const context = await contextFor(hands, item);
  const closed = await notNow(hands, item, context);
  if (closed) return { closed };
  const { timezone, defaults } = context.policy;
  const expires = new Date(context.now.getTime() + parseDays(defaults.keepSnapshots) * DAY_MS);
  return { at: context.now.toISOString(), expires: localDate(expires, timezone) };
}

/** A retry of long after asks again whether anything may be changed at all. */
async function begin(hands: Hands, item: Item, { at, expires }: Looked): Promise<Begun> {
  if (!isFresh(hands, at) && (await hands.switches.read()).halt) return { closed: 'the switch halt is on' };
  const { action } = proposalOf(item);
  const { protect: start } = await hands.verbsFor(scopeOf(proposalOf(item)), action);
  if (!start) throw new Error(`nothing protects a ${action.kind}`);
  return refusalOr(async () => ({ snapshot: await start(action, changeId(item), expires) }));
}
