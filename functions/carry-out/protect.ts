import { PERMISSIONS } from '../../shared/core/action.ts';
import { isScheduled } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { parseDays } from '../../shared/core/quantity.ts';
import { DAY_MS, localDate } from '../../shared/core/time.ts';
import type { Progress } from '../../shared/ports-acting.ts';
import type { Closed } from './ask.ts';
import { ATTEMPTS, type Durable, patiently, pauseAfter, reasonOf } from './durable.ts';
import { mayBeProtected } from './gate.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf, scopeOf } from './item.ts';
import { isFresh } from './mutation.ts';
import { poll } from './progress.ts';
import { refusalOr } from './refusal.ts';

export type Protection =
  | { readonly state: 'done'; readonly snapshot?: string }
  | { readonly state: 'closed'; readonly because: string; readonly vetoed?: true }
  | { readonly state: 'failed'; readonly because: string; readonly snapshot?: string };

/** Protects what the action touches, if its kind needs it; nothing is protected that would not be touched anyway. */
export async function protect(hands: Hands, durable: Durable, item: Item): Promise<Protection> {
  const proposal = proposalOf(item);
  const { action } = proposal;
  // What is stopped every evening would leave a snapshot every evening.
  if (isScheduled(proposal) || PERMISSIONS[action.kind].protect.length === 0) return { state: 'done' };
  let begun: Begun;
  try {
    begun = await beginOrNot(hands, durable, item);
  } catch (error) {
    return { state: 'closed', because: `it could not be checked again and protected: ${reasonOf(error)}` };
  }
  if ('closed' in begun) {
    const { closed: because, vetoed } = begun;
    return { state: 'closed', because, ...(vetoed ? { vetoed } : {}) };
  }
  if ('refused' in begun) return { state: 'failed', because: `not protected: ${begun.refused}` };
  const { snapshot } = begun;
  const ask = async (): Promise<Progress> => {
    const verbs = await hands.verbsFor(scopeOf(proposal), action);
    return verbs.protected ? verbs.protected(action, snapshot) : { state: 'done' };
  };
  const progress = await poll(hands, durable, { name: 'protected', ask });
  if (progress.state === 'done') return { state: 'done', snapshot };
  const why = progress.state === 'failed' ? progress.because : `still ${progress.seen} after a day`;
  return { state: 'failed', because: `not protected: ${why}`, snapshot };
}

type Begun = { readonly snapshot: string } | Closed | { readonly refused: string };

/** The question in one step, the snapshot in the next: once it has begun, the rule would say that the database is busy. */
async function beginOrNot(hands: Hands, durable: Durable, item: Item): Promise<Begun> {
  for (let round = 1; ; round++) {
    const looked = await durable.step(`recheck ${round}`, () => look(hands, item), patiently);
    if ('closed' in looked) return looked;
    const begun = await durable.step(`protect ${round}`, () => begin(hands, item, looked), patiently);
    if (!('tooLate' in begun)) return begun;
    if (round === ATTEMPTS) return { closed: 'AWS could not be reached in time' };
    await durable.wait(`before recheck ${round + 1}`, pauseAfter(round));
  }
}

interface Looked {
  readonly at: string;
  /** The calendar date from which on the protection may go. */
  readonly expires: string;
}

async function look(hands: Hands, item: Item): Promise<Looked | Closed> {
  const passed = await mayBeProtected(hands, item);
  return 'closed' in passed ? passed : { at: passed.at, expires: expiryUnder(passed.policy, passed.at) };
}

function expiryUnder({ timezone, defaults }: Policy, at: string): string {
  return localDate(new Date(Date.parse(at) + parseDays(defaults.keepSnapshots) * DAY_MS), timezone);
}

/** A retry of long after asks everything again, unless the snapshot has begun and only the reply was lost. */
async function begin(hands: Hands, item: Item, { at, expires }: Looked): Promise<Begun | { tooLate: true }> {
  const { action } = proposalOf(item);
  const { protect: start, protection } = await hands.verbsFor(scopeOf(proposalOf(item)), action);
  if (!start || !protection) throw new Error(`nothing protects a ${action.kind}`);
  if (!isFresh(hands, at)) {
    const snapshot = await protection(action, changeId(item));
    return snapshot ? { snapshot } : { tooLate: true };
  }
  return refusalOr(async () => ({ snapshot: await start(action, changeId(item), expires) }));
}
