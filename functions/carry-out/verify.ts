import { isRestart, targetOf } from '../../shared/core/action.ts';
import type { AlarmSince } from '../../shared/core/plan.ts';
import type { AlarmState } from '../../shared/core/remediation/alarm.ts';
import { type Durable, type Polling, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { proposalOf, scopeOf } from './item.ts';
import type { Leased } from './lease.ts';
import { alarmsFor, type Terms } from './terms.ts';
import { overtaken } from './watch.ts';

interface Verifying {
  readonly item: Leased;
  /** When the remedy was applied. */
  readonly since: string;
  readonly terms: Terms;
  readonly alarm: AlarmSince;
}

/** What has become of the alarm. */
export type Verified =
  | { readonly state: 'resolved'; readonly because: string; readonly warning?: string }
  /** It is still on, or nobody can say. */
  | { readonly state: 'unresolved'; readonly because: string; readonly warning?: string }
  /** Another alarm of the resource went off. */
  | { readonly state: 'worse'; readonly because: string }
  /** A person's plan has taken it back. */
  | { readonly state: 'overtaken'; readonly because: string };

/** What the looks so far have found. */
interface Looked {
  readonly state: 'open' | 'over' | 'resolved' | 'worse' | 'overtaken';
  /** When the first look was, in ISO time: the change had just settled. */
  readonly began?: string;
  /** The alarm that went off, or whose plan took over. */
  readonly seen?: string;
  /** How the alarm was when it was seen last, and since when, in ISO time; `gone` when it does not exist. */
  readonly alarm?: { readonly state: AlarmState | 'gone'; readonly since?: string };
  /** The resource's other alarms, of something else. */
  readonly others?: readonly string[];
  /** When somebody last saw those. */
  readonly looked?: string;
  /** Why the others could not be read at some look: nothing is known of them then. */
  readonly blind?: string;
  /** Why the alarm itself could not be read at the last look. */
  readonly failed?: string;
}

/** Asks whether the alarm is OK again for as long as the policy says. An alarm that stays on sends no second event. */
export async function verify(hands: Hands, durable: Durable, verifying: Verifying): Promise<Verified> {
  const ended = await durable.waitForCondition<Looked>('verify', (before) => look(hands, verifying, before), {
    initialState: { state: 'open' },
    waitStrategy: polling(({ state }) => state === 'open', pace(verifying.terms)),
  });
  return verdictOn(ended, verifying);
}

/** Every half minute, growing to two; further apart where the policy gives it hours: an execution has room for 3,000 operations. */
const pace = ({ verifyWithinMinutes }: Terms): Polling => ({
  firstSeconds: 30,
  mostSeconds: Math.max(120, Math.round((verifyWithinMinutes * 60) / 40)),
  times: 60,
});

function verdictOn({ state, seen, alarm, failed, blind }: Looked, { since, terms }: Verifying): Verified {
  const warning = blind ? { warning: `its other alarms could not be read at every look (${blind})` } : {};
  if (state === 'worse') return { state, because: `the alarm ${seen} went off after it` };
  if (state === 'overtaken') return { state, because: `${seen} took it back` };
  if (state === 'resolved') return { state, because: resolvedIn(alarm?.since ?? since, since), ...warning };
  const minutes = terms.verifyWithinMinutes;
  return { state: 'unresolved', because: unresolved(alarm?.state, { failed, minutes }), ...warning };
}

/** It may have been OK just before the remedy was there. */
function resolvedIn(okSince: string, appliedAt: string): string {
  const minutes = Math.ceil((Date.parse(okSince) - Date.parse(appliedAt)) / 60_000);
  if (minutes <= 0) return 'the alarm was OK again just before it';
  return `resolved after ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

function unresolved(
  state: AlarmState | 'gone' | undefined,
  { failed, minutes }: { readonly failed: string | undefined; readonly minutes: number },
): string {
  if (failed || !state) return `nobody can say whether the alarm is OK again after ${minutes} minutes (${failed})`;
  if (state === 'gone') return 'nobody can say whether it helped: the alarm does not exist any more';
  return state === 'ALARM'
    ? `the alarm is still on after ${minutes} minutes`
    : `the alarm has had no data since, and nobody can say after ${minutes} minutes whether it helped`;
}

/** A look that fails says so and never throws: the polling must go on. */
async function look(hands: Hands, verifying: Verifying, before: Looked): Promise<Looked> {
  const { terms, alarm } = verifying;
  const taken = await overtaken(hands, verifying).catch(() => undefined);
  if (taken?.state === 'overtaken') return { ...before, state: 'overtaken', seen: taken.seen ?? '' };
  const now = hands.clock();
  const { began = now.toISOString() } = before;
  const after = await lookAtOthers(hands, verifying, { ...before, began });
  if (after.state !== 'open') return after;
  const until = Date.parse(began) + terms.verifyWithinMinutes * 60_000;
  const state = now.getTime() >= until ? 'over' : 'open';
  try {
    const found = await hands.remedies.alarm(alarm.scope, alarm.name);
    const { failed: _, ...known } = after;
    if (!found) return { ...known, state, alarm: { state: 'gone' } };
    const seen = { state: found.state, since: found.since.toISOString() };
    return { ...known, state: found.state === 'OK' ? 'resolved' : state, alarm: seen };
  } catch (error) {
    return { ...after, state, failed: nameOf(error) };
  }
}

/** So long a machine that was down may take until everything around it is well again. */
const COMING_UP_MS = 15 * 60_000;

/**
 * Another alarm of the resource, or of what depends on it, that went off since. What goes off while it is down is the outage; what
 * was on with the alarm, or has another threshold of its metric, tells of what is being remedied.
 */
async function lookAtOthers(hands: Hands, verifying: Verifying, before: Looked): Promise<Looked> {
  const { item, since, terms, alarm } = verifying;
  const proposal = proposalOf(item);
  const now = hands.clock();
  const isDown = hasOutage(item) && now.getTime() < Date.parse(before.began ?? since) + COMING_UP_MS;
  if (isDown) return before;
  try {
    const of = targetOf(proposal.action);
    const own = before.others ?? (await hands.alarms.alarmsOf(scopeOf(proposal), of, alarm.name));
    const isOther = (name: string) => name !== alarm.name && !alarm.others?.includes(name);
    const others = own.filter(isOther);
    const named = alarmsFor(proposal.resource.name, terms).filter(isOther);
    // What came back while it was down does not count.
    const looked = before.looked ?? (hasOutage(item) ? now.toISOString() : since);
    const times = { changed: new Date(since), looked: new Date(looked) };
    const { off } = await hands.alarms.look(scopeOf(proposal), { own: others, named }, times);
    return off ? { ...before, state: 'worse', seen: off.name } : { ...before, others, looked: now.toISOString() };
  } catch (error) {
    return { ...before, blind: before.blind ?? nameOf(error) };
  }
}

function hasOutage(item: Leased): boolean {
  const { action } = proposalOf(item);
  return isRestart(action) || action.kind === 'resize-database' || action.kind === 'resize-instance';
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'an unknown error');
