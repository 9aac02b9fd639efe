import { type Plan, type Proposal, partsOf } from '../core/plan.ts';
import { planMessage } from '../core/plan-message.ts';
import type { Policy } from '../core/policy.ts';
import { parseHours } from '../core/quantity.ts';
import type { Announcer, Claim, Ledger, Run, Starter } from '../ports.ts';

/** Longer than a publish ever takes, short enough that a delivery that died in it does not keep the next one waiting. */
const CLAIM_MS = 300_000;

export interface Delivery {
  readonly ledger: Ledger;
  readonly announcer: Announcer;
  readonly starter: Starter;
  readonly policy: Policy;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
  /** The clock of the machine: a claim ends in real time, not in the tick's. */
  readonly clock: () => Date;
}

/** What became of a run's message. */
export type Said =
  | { readonly said: 'sent' | 'before' }
  | { readonly said: 'unchanged'; readonly since: string }
  | { readonly said: 'by another delivery' };

/**
 * Brings a recorded run to its end from wherever it stands: announces the plan unless an earlier message of the last days
 * said the same. A crash between SNS's taking the message and our writing it down, or a lost answer of SNS, repeats
 * the message with the same id; nothing else can repeat it, and nothing can lose it.
 */
export async function deliver(delivery: Delivery, recorded: { run: Run; previous?: Run; plan: Plan }): Promise<Said> {
  const { ledger } = delivery;
  const { run } = recorded;
  if (run.state !== 'recorded') {
    // Announced by its own message and not handed over yet: the crash was in between.
    if (run.state === 'announced' && run.saidAt === run.time) await handOver(delivery, run, recorded.plan);
    return { said: 'before' };
  }
  const since = saidSince(delivery.policy, recorded);
  if (since) {
    await ledger.announced(run, since);
    return { said: 'unchanged', since };
  }
  const isOurs = run.holder === delivery.holder || (await ledger.claim(run, claimOf(delivery)));
  if (!isOurs) return { said: 'by another delivery' };
  await announce(delivery, run, recorded.plan);
  await ledger.announced(run, run.time);
  await handOver(delivery, run, recorded.plan);
  return { said: 'sent' };
}

/** Starts the executions of a plan in which something may be carried out. Starting twice starts once. */
async function handOver({ ledger, starter }: Delivery, run: Run, plan: Plan): Promise<void> {
  if (!plan.act.some(mayBeCarriedOut)) return;
  for (const part of partsOf(plan)) await starter.start(part);
  await ledger.handedOver(run);
}

/** Whether the plan waits for people, or for the end of its grace. */
const mayBeCarriedOut = ({ mode }: Proposal): boolean => mode === 'approve' || mode === 'auto';

/** This delivery's claim, from now on. */
export function claimOf({ holder, clock }: Pick<Delivery, 'holder' | 'clock'>): Claim {
  const now = clock();
  return { holder, now, until: new Date(now.getTime() + CLAIM_MS) };
}

async function announce({ ledger, announcer, policy, holder }: Delivery, run: Run, plan: Plan): Promise<void> {
  try {
    await announcer.send(planMessage(plan, policy));
  } catch (error) {
    await ledger.release(run, holder).catch(() => undefined); // the claim ends by itself; the first error tells more
    throw error;
  }
}

/**
 * When the same was last said, if it was said recently enough not to be said again. A plan that waits for an approval is
 * said again as soon as the one before it has expired: nobody could approve it otherwise. One that holds an action in mode
 * `auto` is not said again before its grace is over: the newer plan would take its place, and the grace begin anew.
 */
function saidSince(
  { defaults }: Policy,
  { run, previous, plan }: { run: Run; previous?: Run; plan: Plan },
): string | undefined {
  if (previous?.digest !== run.digest || !previous.saidAt || owesHandOver(previous, plan)) return undefined;
  const hoursAgo = (Date.parse(run.time) - Date.parse(previous.saidAt)) / HOUR_MS;
  const holds = (wanted: Proposal['mode']) => plan.act.some(({ mode }) => mode === wanted);
  const expires = holds('approve') ? parseHours(defaults.approveWithin) : Number.POSITIVE_INFINITY;
  const acts = holds('auto') ? parseHours(defaults.grace) + HOURS_TO_ACT : 0;
  const rest = Math.max(acts, Math.min(expires, parseHours(defaults.remindAfter)));
  return hoursAgo < rest ? previous.saidAt : undefined;
}

/** The grace runs from when the execution claimed the plan, which may be hours later; then it needs time to act. */
const HOURS_TO_ACT = 24;

/** Announced by its own message, and never handed over: whoever approves it waits for nothing. */
const owesHandOver = (previous: Run, plan: Plan): boolean =>
  previous.state === 'announced' && previous.saidAt === previous.time && plan.act.some(mayBeCarriedOut);

const HOUR_MS = 3_600_000;
