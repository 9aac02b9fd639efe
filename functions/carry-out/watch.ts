import { targetOf } from '../../shared/core/action.ts';
import type { AlarmsSeen } from '../../shared/ports-acting.ts';
import { type Durable, type PollDecision, type Polling, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { proposalOf, scopeOf } from './item.ts';
import { type Leased, whoseIs } from './lease.ts';
import { machineOf, measure } from './machine.ts';
import { alarmsFor, type Terms } from './terms.ts';

interface Watching {
  readonly item: Leased;
  /** When the change was made. */
  readonly since: string;
  readonly terms: Terms;
}

export type Health =
  | { readonly state: 'well'; readonly because: string; readonly warning?: string }
  | { readonly state: 'ill'; readonly because: string }
  /** A person's plan has taken it back. */
  | { readonly state: 'overtaken'; readonly because: string };

/** What the looks so far have found. */
interface Watched {
  readonly state: 'quiet' | 'over' | 'alarm' | 'ill' | 'overtaken' | 'left';
  /** When the first look was, in ISO time: the change had just settled, and the watch begins. */
  readonly began?: string;
  /** The alarm that went off, what ails the machine, or whose plan took over. */
  readonly seen?: string;
  /** The resource's own alarms. */
  readonly own?: readonly string[];
  /** When somebody last saw the alarms. */
  readonly looked?: string;
  /** Named alarms that do not exist. */
  readonly missing?: readonly string[];
  /** Why a look failed, kept from the first that did: one good look does not mend it. */
  readonly failed?: string;
  /** When somebody last saw the load of a resized machine. */
  readonly measured?: string;
  /** What was not known of it, at whichever look but the first: what is measured under the new type may be listed later. */
  readonly unmeasured?: readonly string[];
}

/**
 * Watches the alarms of the resource and of the dependents that the policy names, for as long as the policy says, and
 * whether a person's plan takes over. An alarm that went off before the change is not of its making. Of a machine that was
 * resized it watches the load and the status checks, too; what goes off while that is down, and comes back, is the outage that it had to be.
 */
export async function watch(hands: Hands, durable: Durable, watching: Watching): Promise<Health> {
  const machine = machineOf(watching.item);
  if (machine) await durable.wait('until it has come up', { seconds: COMING_UP_SECONDS });
  const ended = await durable.waitForCondition<Watched>('watch', (before) => look(hands, watching, before), {
    initialState: { state: 'quiet' },
    waitStrategy: machine ? closeLooks(watching) : polling(isQuiet, looksOver(watching)),
  });
  if (ended.state === 'alarm') return { state: 'ill', because: `the alarm ${ended.seen} after the change` };
  if (ended.state === 'ill') return { state: 'ill', because: `${ended.seen} after the change` };
  if (ended.state === 'overtaken')
    return { state: 'overtaken', because: `${ended.seen} took it back while it was watched` };
  return healthOf(ended, watching);
}

function healthOf(ended: Watched, { item, terms }: Watching): Health {
  const { state, seen, looked, own = [], missing = [], failed, measured, unmeasured = [] } = ended;
  const { watchHours } = terms;
  const named = alarmsFor(proposalOf(item).resource.name, terms).filter((name) => !missing.includes(name));
  const watched = [...(own.length > 0 ? [`${own.length} of its own`] : []), ...named];
  const calm = measured && unmeasured.length === 0 ? `no overload in ${watchHours} hours` : undefined;
  const quiet =
    watched.length > 0
      ? `no alarm in ${watchHours} hours; watched: ${watched.join(', ')}`
      : `${calm ? 'no alarm' : 'nothing'} watched it: no alarm of its own exists, nor one of its dependents that the policy names`;
  const warnings = [
    ...(failed
      ? [`its alarms could not be read at every look (${failed}), and nothing is known of its health then`]
      : []),
    ...(missing.length > 0
      ? [`nothing is known of what ${missing.join(', ')} should watch: no such alarm exists`]
      : []),
    ...(unmeasured.length > 0 ? [`its load could not be read at every look (${unmeasured.join('; ')})`] : []),
    ...(state === 'left' ? [`${seen} took it over and left it as it was, so it was not watched to the end`] : []),
    ...(state === 'quiet' ? [`${seen} took it over and works on it still, so it was not watched to the end`] : []),
  ];
  return {
    state: 'well',
    because: looked
      ? [...(calm ? [calm] : []), quiet].join('; ')
      : `its alarms could not be read in ${watchHours} hours`,
    ...(warnings.length > 0 ? { warning: warnings.join('; ') } : {}),
  };
}

/** The alarms, and the load of what was resized. Neither needs the other to be read. */
async function look(hands: Hands, watching: Watching, before: Watched): Promise<Watched> {
  const seen = await lookAtAlarms(hands, watching, before);
  if (seen.state !== 'quiet' && seen.state !== 'over') return seen;
  const { item, since } = watching;
  const { ill, unmeasured, ...load } = await measure(hands, item, { since, measured: before.measured });
  if (ill) return { ...seen, state: 'ill', seen: ill };
  const missing = before.began ? [...new Set([...(before.unmeasured ?? []), ...unmeasured])] : [];
  return { ...seen, ...load, unmeasured: missing };
}

/** A look that fails says so and never throws: the polling must go on. */
async function lookAtAlarms(hands: Hands, watching: Watching, before: Watched): Promise<Watched> {
  const taken = await overtaken(hands, watching).catch(() => undefined); // whoever undoes it asks for the lease again
  if (taken) return { ...before, ...taken };
  const now = hands.clock();
  const { began = now.toISOString() } = before;
  const until = Date.parse(began) + watching.terms.watchHours * 3_600_000;
  const after = { ...before, began, state: now.getTime() >= until ? 'over' : 'quiet' } as const;
  try {
    const own = before.own ?? (await ownAlarms(hands, watching));
    const { off, missing } = await alarmsNow(hands, watching, { ...before, own });
    if (off)
      return { ...after, state: 'alarm', seen: `${off.name} ${off.cameBack ? 'went off and came back' : 'went off'}` };
    return { ...after, own, missing, looked: now.toISOString() };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'an unknown error';
    return { ...after, failed: before.failed ?? why };
  }
}

function ownAlarms(hands: Hands, { item }: Watching): Promise<readonly string[]> {
  const proposal = proposalOf(item);
  return hands.alarms.alarmsOf(scopeOf(proposal), targetOf(proposal.action));
}

/** Since when an alarm that came back counts: not while a machine was down. */
const firstLookFrom = (item: Leased, { since, now }: { since: string; now: Date }): string =>
  machineOf(item) ? now.toISOString() : since;

function alarmsNow(
  hands: Hands,
  { item, since, terms }: Watching,
  { own = [], looked = firstLookFrom(item, { since, now: hands.clock() }) }: Watched,
): Promise<AlarmsSeen> {
  const proposal = proposalOf(item);
  const named = alarmsFor(proposal.resource.name, terms);
  const times = { changed: new Date(since), looked: new Date(looked) };
  return hands.alarms.look(scopeOf(proposal), { own, named }, times);
}

/** Whether a person's plan works on the resource, and what has come of it. */
export async function overtaken(
  hands: Hands,
  { item }: Pick<Watching, 'item'>,
): Promise<Pick<Watched, 'state' | 'seen'> | undefined> {
  const taken = await hands.ledger.overtakenBy(item.lease);
  if (!taken) return undefined;
  const { action } = proposalOf(item);
  const seen = await whoseIs(hands, taken.by);
  const { state } = await (await hands.verbsFor(scopeOf(proposalOf(item)), action)).settled(action);
  if (state === 'failed') return { state: 'overtaken', seen };
  return { state: taken.still ? 'quiet' : 'left', seen };
}

/** So long a machine that was down may take until those who depend on it are well again. */
const COMING_UP_SECONDS = 900;

/** Every five minutes, but no more than two dozen times: an execution has room for 3,000 operations. */
function looksOver({ terms: { watchHours } }: Watching): Polling {
  const seconds = Math.max(300, (watchHours * 3600) / 24);
  return { firstSeconds: seconds, mostSeconds: seconds, times: 30 };
}

/** So many looks are close together, and so many further apart: of 15 actions they take half of an execution's operations. */
const CLOSE = { looks: 72, seconds: 600 } as const;
const FURTHER_LOOKS = 24;

/**
 * Every ten minutes for twelve hours, whatever the plan's size, so that what shows is taken back within half an hour; what
 * is left of a longer watch is spread over two dozen looks.
 */
function closeLooks({ terms: { watchHours } }: Watching): (state: Watched, attempt: number) => PollDecision {
  const restSeconds = watchHours * 3600 - CLOSE.looks * CLOSE.seconds;
  const every = (seconds: number) =>
    polling(isQuiet, { firstSeconds: seconds, mostSeconds: seconds, times: CLOSE.looks + FURTHER_LOOKS + 6 });
  const [close, further] = [every(CLOSE.seconds), every(Math.max(CLOSE.seconds, restSeconds / FURTHER_LOOKS))];
  return (state, attempt) => (attempt <= CLOSE.looks ? close : further)(state, attempt);
}

const isQuiet = ({ state }: Watched): boolean => state === 'quiet';
