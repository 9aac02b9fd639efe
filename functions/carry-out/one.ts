import { describeDone, directionOf, isFollowed, REVERSIBILITY, switchesOn } from '../../shared/core/action.ts';
import type { Change, Made } from '../../shared/core/change.ts';
import { isRemediation, isScheduled } from '../../shared/core/plan.ts';
import type { Progress } from '../../shared/ports-acting.ts';
import { applyOnce } from './apply.ts';
import { type Durable, patiently, pauseAfter, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';
import { attemptsOf, book, type Ending, type Item, proposalOf, recordWatching, scopeOf } from './item.ts';
import { type Leased, release, revived, takeLease, whoseIs } from './lease.ts';
import { awaitProgress, whyHalted } from './progress.ts';
import { protect } from './protect.ts';
import { endSharing } from './sharing.ts';
import { mayGoBack, standsUntil, type Terms } from './terms.ts';
import { undo } from './undo.ts';
import { watch } from './watch.ts';
import { awaitWindow } from './window.ts';

interface Carried<One extends Item = Item> {
  readonly item: One;
  readonly terms: Terms;
}

/** What is known of a change by now, and stays known whatever goes wrong after it. */
interface Known {
  warning?: string;
  snapshot?: string;
  appliedAt?: string;
  standsUntil?: string;
  /** As it was recorded last. */
  watching?: Change;
}

/** One action from its lease to its entry in the ledger. Whatever happens to it becomes an outcome. */
export async function carryOutOne(hands: Hands, durable: Durable, { item, terms }: Carried): Promise<Change> {
  const windowless = await awaitWindow(hands, durable, item);
  if (windowless) return book(hands, durable, { item, ending: { outcome: 'skipped', because: windowless } });
  const taken = await durable.step('lease', () => takeLease(hands, item), patiently);
  if ('heldBy' in taken) {
    const ending: Ending = { outcome: 'skipped', because: `${taken.heldBy} works on it` };
    return book(hands, durable, { item, ending });
  }
  const leased = { ...item, lease: revived(taken) };
  const known: Known = {};
  const ended = await underLease(hands, durable, { item: leased, terms, known }).catch(
    (error: unknown): Ending => ({ outcome: 'failed', because: reasonOf(error) }),
  );
  const { watching, warning: doubt, ...facts } = known;
  const warning = [doubt, ended.warning, await endSharing(hands, durable, item)].filter(Boolean).join('; ');
  const ending = { ...facts, ...ended, ...(warning ? { warning } : {}) };
  const change = await book(hands, durable, { item, ending, ...(watching && { watching }) });
  await release(hands, durable, { lease: leased.lease, name: 'release' });
  return change;
}

async function underLease(
  hands: Hands,
  durable: Durable,
  { item, terms, known }: Carried<Leased> & { known: Known },
): Promise<Ending> {
  const protection = await protect(hands, durable, item);
  if (protection.state !== 'closed' && protection.snapshot) known.snapshot = protection.snapshot;
  if (protection.state === 'closed')
    return { outcome: protection.vetoed ? 'vetoed' : 'skipped', because: protection.because };
  if (protection.state === 'failed') return { outcome: 'failed', because: protection.because };

  const { snapshot } = known;
  const applied = await applyOnce(hands, durable, {
    item: snapshot ? { ...item, protection: snapshot } : item,
    name: 'apply',
  });
  if ('closed' in applied) return { outcome: applied.vetoed ? 'vetoed' : 'skipped', because: applied.closed };
  if ('refused' in applied) return { outcome: 'failed', because: applied.refused };
  known.appliedAt = applied.at;
  if ('unheard' in applied) known.warning = UNHEARD;
  const { action, schedule } = proposalOf(item);
  if (isFollowed(action)) known.standsUntil = schedule?.until ?? standsUntil(applied.at, terms);
  if ('unclear' in applied) return { outcome: 'failed', because: applied.unclear };
  try {
    known.watching = await recordWatching(hands, durable, { item, ...known });
  } catch {
    // It is done, and somebody has to watch it. That it cannot be seen meanwhile is the ledger's trouble, which the end meets.
  }
  return afterwards(hands, durable, { item, terms, since: applied.at, watching: known.watching });
}

const UNHEARD = 'nobody knows whether AWS has heard it: the reply was lost, and it must not be asked for twice';

/** From the mutation to its end: settled, watched, and taken back when it is not well. */
async function afterwards(
  hands: Hands,
  durable: Durable,
  { item, terms, since, watching }: Carried<Leased> & { since: string; watching: Change | undefined },
): Promise<Ending> {
  const takeBack = (because: string) => undo(hands, durable, { item, because, watching, timezone: terms.timezone });
  const settled = await settle(hands, durable, item);
  if (isRemediation(item.plan)) {
    const { endRemedy } = await import('./remedy.ts'); // a start of the function does not wait for it
    return endRemedy(hands, durable, { item, terms, since, watching, settled });
  }
  const unsettled =
    settled.state === 'failed' ? settled.because : settled.state === 'pending' ? `still ${settled.seen}` : undefined;
  const proposal = proposalOf(item);
  const { action } = proposal;
  const returns = switchesOn(action);
  const lost = REVERSIBILITY[action.kind] === 'none';
  if (unsettled && isScheduled(proposal)) return unsettledByWhom(hands, durable, item, unsettled);
  // To stop again what somebody had started, because it woke an alarm or starts slowly, would be no help to anybody.
  if (unsettled && (returns || lost)) return { outcome: 'failed', because: unsettled };
  if (unsettled) return takeBack(unsettled);
  if (returns) return { outcome: 'kept', because: 'it runs again' };
  if (lost || directionOf(action) !== 'takes' || isScheduled(proposal)) {
    return { outcome: 'kept', because: `it is ${describeDone(action)}`, ...madeBy(settled) };
  }
  const health = await watch(hands, durable, { item, since, terms });
  if (health.state === 'ill' && mayGoBack(action, terms)) return takeBack(health.because);
  if (health.state === 'ill')
    return { outcome: 'kept', because: `it is ${describeDone(action)}`, warning: leftTo(health) };
  if (health.state === 'overtaken') return { outcome: 'undone', because: health.because };
  const { because, warning } = health;
  return { outcome: 'kept', because, ...(warning ? { warning } : {}) };
}

/** What a schedule wanted is never taken back by itself; a person's plan may have done so. */
async function unsettledByWhom(hands: Hands, durable: Durable, { lease }: Leased, because: string): Promise<Ending> {
  const look = async () => {
    const taken = await hands.ledger.overtakenBy(lease);
    return { by: taken ? await whoseIs(hands, taken.by) : '' };
  };
  const { by } = await durable.step('overtaken', look, patiently);
  return by ? { outcome: 'undone', because: `${by} took it back` } : { outcome: 'failed', because };
}

const madeBy = (settled: Progress): { readonly made?: Made } =>
  settled.state === 'done' && settled.made ? { made: settled.made } : {};

const leftTo = ({ because }: { readonly because: string }): string =>
  `it is not well: ${because}; taking it back is a second outage, which the policy leaves to people`;

/** A start that AWS has granted may come to nothing, for lack of capacity: it is asked for again, gate and all. */
async function settle(hands: Hands, durable: Durable, item: Leased): Promise<Progress> {
  let settled = await awaitProgress(hands, durable, { item, what: 'settled', name: 'settled' });
  for (let round = 1; settled.state === 'failed' && settled.retryable && round < attemptsOf(item); round++) {
    await durable.wait(`before apply again ${round}`, pauseAfter(round));
    const applied = await applyOnce(hands, durable, { item, name: `apply again ${round}` });
    settled = await awaitProgress(hands, durable, { item, what: 'settled', name: `settled again ${round}` });
    if (!('at' in applied)) break;
  }
  return settled.state === 'pending' ? callOff(hands, durable, item, settled) : settled;
}

/** A copy that hangs is ended where AWS lets it; whatever else is still pending stays as it is. */
async function callOff(hands: Hands, durable: Durable, item: Leased, hanging: Pending): Promise<Progress> {
  const proposal = proposalOf(item);
  const { action } = proposal;
  if (action.kind !== 'copy-snapshot') return hanging;
  const left = (why: string): Progress => ({ state: 'failed', because: `it is still ${hanging.seen}: ${why}` });
  const work = async () => {
    const halted = await whyHalted(hands, action);
    if (halted) return left(halted);
    return (await (await hands.verbsFor(scopeOf(proposal), action)).callOff?.(action)) ?? hanging;
  };
  try {
    return await durable.step('call off', work, patiently);
  } catch (error) {
    return left(`it could not be called off: ${reasonOf(error)}`);
  }
}

type Pending = Extract<Progress, { readonly state: 'pending' }>;
