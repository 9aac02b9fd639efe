import { hasOutage, targetOf } from '../../shared/core/action.ts';
import type { AlarmSince } from '../../shared/core/plan.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import { tellsOfHarm } from '../../shared/core/remediation/harm.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { type Durable, type Polling, patiently, polling } from './durable.ts';
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
  /** The alarm cannot show it in time, and the remedy itself is in effect. */
  | { readonly state: 'in effect'; readonly because: string; readonly warning?: string }
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
  /** How the alarm was when it was seen last; `gone` when it does not exist. */
  readonly alarm?: Pick<Alarm, 'by' | 'state'> | { readonly state: 'gone' };
  /** The alarm watches the balance of CPU credits. */
  readonly ofCredits?: boolean;
  /** It is OK by what was measured: since when, while the remedy was there, and when that was first seen, in ISO times. */
  readonly well?: { readonly since: string; readonly seen: string };
  /** The resource's other alarms, of something else, which would tell of harm. */
  readonly others?: readonly string[];
  /** When somebody last saw those. */
  readonly looked?: string;
  /** Why the others could not be read at some look: nothing is known of them then. */
  readonly blind?: string;
  /** Why the alarm itself could not be read at the last look. */
  readonly failed?: string;
}

/**
 * Asks whether the alarm is OK again for as long as the policy says: by what it measures, with the remedy there, and still so one
 * evaluation later. An alarm that stays on sends no second event.
 */
export async function verify(hands: Hands, durable: Durable, verifying: Verifying): Promise<Verified> {
  const ended = await durable.waitForCondition<Looked>('verify', (before) => look(hands, verifying, before), {
    initialState: { state: 'open' },
    waitStrategy: polling(({ state }) => state === 'open', pace(verifying.terms)),
  });
  const verified = verdictOn(ended, verifying);
  const slow = ended.ofCredits ? slowly(verifying) : undefined;
  if (verified.state !== 'unresolved' || !slow) return verified;
  return (await isInEffect(hands, durable, verifying)) ? { ...verified, state: 'in effect', because: slow } : verified;
}

/** Every half minute, growing to two; further apart where the policy gives it hours: an execution has room for 3,000 operations. */
const pace = ({ verifyWithinMinutes }: Terms): Polling => ({
  firstSeconds: 30,
  mostSeconds: Math.max(120, Math.round((verifyWithinMinutes * 60) / 40)),
  times: 80,
});

/**
 * What is to be said instead where the balance of CPU credits is watched: earned credits pay surplus ones back before they count
 * (EC2 User Guide, "Unlimited mode concepts"), a T2 begins without any, and all earn but a few dozen an hour.
 */
function slowly({ item }: Verifying): string | undefined {
  const { rule, action } = proposalOf(item);
  if (rule !== 'credits-exhausted') return undefined;
  return action.kind === 'set-unlimited-credits'
    ? 'unlimited credits are on; nothing holds it down any more, but its alarm stays on until it has earned back what it spends beyond them'
    : 'its larger type is there; its alarm stays on until that has earned credits';
}

const watchesCredits = ({ watches }: Alarm): boolean =>
  watches.kind === 'metric' && watches.metrics.some(({ name }) => name === 'CPUCreditBalance');

/** Whether it is as the remedy wanted it. Nobody knows is no. */
async function isInEffect(hands: Hands, durable: Durable, { item }: Verifying): Promise<boolean> {
  const proposal = proposalOf(item);
  const ask = async () =>
    (await (await hands.verbsFor(scopeOf(proposal), proposal.action)).settled(proposal.action)).state === 'done';
  return Promise.resolve(durable.step('in effect', ask, patiently)).catch(() => false);
}

function verdictOn({ state, seen, alarm, well, failed, blind }: Looked, { since, terms }: Verifying): Verified {
  const warning = blind ? { warning: `its other alarms could not be read at every look (${blind})` } : {};
  if (state === 'worse') return { state, because: `the alarm ${seen} went off after it` };
  if (state === 'overtaken') return { state, because: `${seen} took it back` };
  if (state === 'resolved') return { state, because: resolvedIn(well?.since ?? since, since), ...warning };
  const minutes = terms.verifyWithinMinutes;
  return { state: 'unresolved', because: unresolved(alarm, { failed, minutes }), ...warning };
}

/** It may have been OK just before the remedy was there. */
function resolvedIn(okSince: string, appliedAt: string): string {
  const minutes = Math.ceil((Date.parse(okSince) - Date.parse(appliedAt)) / 60_000);
  if (minutes <= 0) return 'the alarm was OK again just before it';
  return `resolved after ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

function unresolved(
  alarm: Looked['alarm'],
  { failed, minutes }: { readonly failed: string | undefined; readonly minutes: number },
): string {
  if (failed || !alarm) return `nobody can say whether the alarm is OK again after ${minutes} minutes (${failed})`;
  if (alarm.state === 'gone') return 'nobody can say whether it helped: the alarm does not exist any more';
  if (alarm.state === 'ALARM') return `the alarm is still on after ${minutes} minutes`;
  if (alarm.by === 'a person')
    return `a person has set the alarm to ${alarm.state}, and nobody can say after ${minutes} minutes whether it helped`;
  if (alarm.by === 'data' && alarm.state === 'OK') return `the alarm was not OK again within ${minutes} minutes`;
  return alarm.state === 'OK'
    ? `the alarm is OK only because it has no data, and nobody can say after ${minutes} minutes whether it helped`
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
  const isLate = now.getTime() >= Date.parse(began) + withinMs(terms);
  const { failed: _, well, ...known } = after;
  try {
    const [found] = await hands.remedies.alarms(alarm.scope, [alarm.name]);
    if (!found) return { ...known, state: isLate ? 'over' : 'open', alarm: { state: 'gone' } };
    const seen = { ...known, alarm: { state: found.state, by: found.by }, ofCredits: watchesCredits(found) };
    if (found.state !== 'OK' || found.by !== 'data') return { ...seen, state: isLate ? 'over' : 'open' };
    return whetherItLasts({ ...seen, began }, { found, well, verifying, now });
  } catch (error) {
    return { ...after, state: isLate ? 'over' : 'open', failed: nameOf(error) };
  }
}

interface Well {
  readonly found: Alarm;
  /** As it was seen before. */
  readonly well: Looked['well'] | undefined;
  readonly verifying: Verifying;
  readonly now: Date;
}

/** OK in time is waited for to stay so. What was measured while it was down says nothing of how it is since. */
function whetherItLasts(known: Looked & { readonly began: string }, { found, well, verifying, now }: Well): Looked {
  const { item, since, terms } = verifying;
  const { began } = known;
  const from = hasOutage(proposalOf(item).action) ? began : since;
  const okSince = new Date(Math.max(found.since.getTime(), Date.parse(from))).toISOString();
  const first = well?.since === okSince ? well : { since: okSince, seen: now.toISOString() };
  const until = Date.parse(began) + withinMs(terms);
  if (Date.parse(okSince) > until) return { ...known, state: 'over' };
  const lasts = now.getTime() >= Date.parse(first.seen) + evaluationMs(found, terms);
  const isLooked = !isComingUp(item, { began, now }) || now.getTime() >= until;
  return { ...known, well: first, state: lasts && isLooked ? 'resolved' : 'open' };
}

const withinMs = ({ verifyWithinMinutes }: Terms): number => verifyWithinMinutes * 60_000;

/** What is measured comes so late. */
const LATE_MS = 60_000;

/** So long an alarm looks back, or half of the policy's time: who waits for hours has to be told before. */
function evaluationMs({ watches }: Alarm, terms: Terms): number {
  const { periodSeconds = 300, evaluationPeriods = 1 } = watches.kind === 'metric' ? watches : {};
  return Math.min(periodSeconds * evaluationPeriods * 1000 + LATE_MS, withinMs(terms) / 2);
}

/** So long a machine that was down may take until everything around it is well again. */
const COMING_UP_MS = 15 * 60_000;

const isComingUp = (item: Leased, { began, now }: { readonly began: string; readonly now: Date }): boolean =>
  hasOutage(proposalOf(item).action) && now.getTime() < Date.parse(began) + COMING_UP_MS;

/**
 * Another alarm of the resource, or of what depends on it, that went off since. What goes off while it is down is the outage; what
 * was on with the alarm, or has another threshold of its metric, tells of what is being remedied; and what was on in the day before
 * comes and goes anyway.
 */
async function lookAtOthers(
  hands: Hands,
  verifying: Verifying,
  before: Looked & { readonly began: string },
): Promise<Looked & { readonly began: string }> {
  const { item, since, terms, alarm } = verifying;
  const proposal = proposalOf(item);
  const now = hands.clock();
  if (isComingUp(item, { began: before.began, now })) return before;
  try {
    const isOther = (name: string) => name !== alarm.name && !alarm.others?.includes(name);
    const others = before.others ?? (await othersOf(hands, verifying)).filter(isOther);
    const named = alarmsFor(proposal.resource.name, terms).filter(isOther);
    // What came back while it was down does not count.
    const looked = new Date(before.looked ?? (hasOutage(proposalOf(item).action) ? now.toISOString() : since));
    const changed = new Date(since);
    const times = { changed, looked, calmSince: new Date(changed.getTime() - DAY_MS) };
    const { off } = await hands.alarms.look(scopeOf(proposal), { own: others, named }, times);
    return off ? { ...before, state: 'worse', seen: off.name } : { ...before, others, looked: now.toISOString() };
  } catch (error) {
    return { ...before, blind: before.blind ?? nameOf(error) };
  }
}

/** The alarms of the resource that would tell of harm. */
async function othersOf({ alarms, remedies }: Hands, { item, alarm }: Verifying): Promise<string[]> {
  const proposal = proposalOf(item);
  const { action } = proposal;
  const scope = scopeOf(proposal);
  const own = await remedies.alarms(scope, await alarms.alarmsOf(scope, targetOf(action), alarm.name));
  return own.filter((one) => tellsOfHarm(action, one)).map(({ name }) => name);
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'an unknown error');
