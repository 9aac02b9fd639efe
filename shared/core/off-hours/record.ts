import { canonicalJson } from '../canonical.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan.ts';
import type { Policy } from '../policy.ts';
import type { Decision, Step } from './decide.ts';
import { byIdentity, memoryKey, type Pending, type Remembered, saysTheSame, withMemory, withMuted } from './memory.ts';
import { offHoursMessage } from './message.ts';
import { isNews, NOTHING_SAID, newsOf, type Said } from './news.ts';
import { type Alarms, planOf } from './proposal.ts';

/** Everything of one tick and account that the ledger keeps at once, and then counts. */
export interface OffHoursRecord {
  readonly account: string;
  /** The tick, ISO 8601 in UTC. */
  readonly time: string;
  readonly plan?: Plan;
  readonly messages: readonly Message[];
  readonly memories: readonly Remembered[];
  readonly said: Said;
}

/** What is kept of a tick. @param decision with the prices of what is stopped */
export function recordOf(
  { decision, alarms, policy }: { readonly decision: Decision; readonly alarms: Alarms; readonly policy: Policy },
  before: OffHoursRecord | undefined,
): OffHoursRecord {
  const { account, now } = decision;
  const plan = planOf(decision, alarms, policy);
  const memories = plan ? planned(decision, plan) : decision.memories;
  const { news, said } = newsOf({ decision, plan, memories, policy }, before?.said ?? NOTHING_SAID);
  return {
    account,
    time: now.toISOString(),
    ...(plan ? { plan } : {}),
    messages: isNews(news) ? [offHoursMessage(news, { decision, plan, policy })] : [],
    memories,
    said,
  };
}

/** What is remembered once the acts are planned. What is only reported counts as left on. */
function planned({ acts, memories, now }: Decision, plan: Plan): Remembered[] {
  const next = byIdentity(memories);
  for (const [index, act] of acts.entries()) {
    const action = plan.act[index]?.action;
    const mutes = action && 'mute' in action && action.mute ? { mutes: action.mute } : {};
    next.set(
      memoryKey(act.resource.identity),
      afterPlanning(act, { planId: plan.id, number: index + 1, ...mutes, now }),
    );
  }
  return [...next.values()];
}

function afterPlanning(
  { act, mode, step, remembered: { heldBack: _heldBack, ...remembered }, until }: Step,
  { planId, number, now, ...mutes }: Planned,
): Remembered {
  if (mode === 'report') return withMemory(remembered, { state: 'off', at: now, stoppedByUs: false });
  const pending = { act, planId, number, mode, step, since: now.toISOString(), ...mutes };
  // What an earlier plan was to mute may be muted: nobody has written down its end.
  const before = withMuted(remembered, remembered.pending?.mutes);
  return { ...before, pending: { ...pending, ...(until ? { until: until.toISOString() } : {}) } };
}

interface Planned extends Pick<Pending, 'planId' | 'number' | 'mutes'> {
  readonly now: Date;
}

/** A day: so that what matters does not depend on what happened long ago. */
const REFRESHED_MS = 86_400_000;

/** Whether there is something to keep: most ticks find that everything is as it was. */
export function isWorthKeeping(next: OffHoursRecord, before: OffHoursRecord | undefined): boolean {
  if (next.plan || next.messages.length > 0) return true;
  if (!before) return next.memories.length > 0;
  const isOld = Date.parse(next.time) - Date.parse(before.time) >= REFRESHED_MS;
  return isOld || !saysTheSame(next.memories, before.memories) || !isSame(next.said, before.said);
}

const isSame = (a: Said, b: Said): boolean => canonicalJson(a) === canonicalJson(b);
